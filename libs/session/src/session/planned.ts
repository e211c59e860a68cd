import type { Attendance, Entry } from './attendance.js';
import type { Conflict } from './conflicts.js';
import type { Plan } from './plan.js';

/**
 * `enteredBy`: the event with which the session came to be; `overridden`: what it is planned in spite of. Ids of events:
 * `settled` are the entries that a decision about consent rests on, `corrected` those that count for nothing.
 */
export type Planned = {
  plan: Plan;
  overridden: readonly Conflict[];
  enteredBy: string;
  entries: readonly Entry[];
  settled: readonly string[];
  corrected: readonly string[];
} & Attendance;

export const planned = (plan: Plan, enteredBy: string): Planned => ({
  plan,
  overridden: [],
  enteredBy,
  entries: [],
  settled: [],
  corrected: [],
  confirmedBy: [],
  arrived: [],
  absent: [],
});

/** A session as it is planned, without what has become of it. */
export function plannedOf({ plan, overridden, enteredBy, ...state }: Planned): Planned {
  const { entries, settled: known, corrected, confirmedBy, arrived, absent } = state;
  return { plan, overridden, enteredBy, entries, settled: known, corrected, confirmedBy, arrived, absent };
}

/** A decision about consent was made by everything entered so far. */
export const settled = (state: Planned): Planned => ({
  ...plannedOf(state),
  settled: state.entries.map(({ eventId }) => eventId),
});
