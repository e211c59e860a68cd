import {
  conflict,
  deriveId,
  missing,
  reasonIf,
  refuseIfAny,
  same,
  unreachable,
  type CommandContext,
  type Decider,
  type LocalDate,
  type Reason,
  type Recorded,
} from '#libs/kernel';
import type { CANCELLED_BY } from '../session/cancellation.js';
import { weigh, type Planning } from '../session/conflicts.js';
import type { Plan } from '../session/plan.js';
import { passed, type Overridden } from '../session/planning.js';
import type { Recurrence } from './recurrence.js';
import type { Scope, Wish } from './change.js';

// events

/** Sessions that recur, as they were planned at first. */
export type SeriesPlan = Omit<Plan, 'start' | 'seriesId' | 'occurrence'> & Recurrence;
type About = { relationshipId: string };

/** `occurrences`, `moved` and `cancelled` are local dates in the rule: each names a session, wherever it was moved to. */
export type SeriesEvent =
  | { type: 'SeriesScheduled'; data: SeriesPlan & { occurrences: LocalDate[] } & Overridden }
  | {
      type: 'SeriesChanged';
      data: About & { scope: Scope; occurrence: LocalDate; wish: Wish; moved: LocalDate[] } & Overridden;
    }
  | { type: 'SeriesEnded'; data: About & { from: LocalDate; by: Canceller; cancelled: LocalDate[] } };
export type Canceller = (typeof CANCELLED_BY)[number];

// state

export type Series =
  | { situation: 'none' }
  /** `from`: no more sessions from this day on */
  | ({ situation: 'running' } & Begun)
  | ({ situation: 'ended'; from: LocalDate } & Begun);
type Begun = { plan: SeriesPlan; occurrences: readonly LocalDate[] };

// evolve

function evolve(state: Series, event: Recorded<SeriesEvent>): Series {
  if (event.type === 'SeriesScheduled') {
    const { occurrences, overridden: _, ...plan } = event.data;
    return { situation: 'running', plan, occurrences };
  }
  if (state.situation === 'none') throw new Error('a series stream begins with SeriesScheduled');
  switch (event.type) {
    case 'SeriesChanged':
      return state;
    case 'SeriesEnded': {
      const { from } = event.data;
      return {
        ...state,
        situation: 'ended',
        from: state.situation === 'ended' && state.from < from ? state.from : from,
      };
    }
    default:
      return unreachable(event);
  }
}

// commands

/** What the handler found: `plannings` are the sessions to be made or moved, with what stands around each. */
export type SeriesCommand =
  | {
      type: 'ScheduleSeries';
      plan: SeriesPlan;
      occurrences: LocalDate[];
      problems: readonly Reason[];
      plannings: readonly Planning[];
      override: boolean;
    }
  /** `isAhead`: the session of the occurrence named has yet to come and is planned or confirmed */
  | {
      type: 'ChangeSeries';
      scope: Scope;
      occurrence: LocalDate;
      wish: Wish;
      isAhead: boolean;
      moved: LocalDate[];
      plannings: readonly Planning[];
      override: boolean;
    }
  | { type: 'EndSeries'; from: LocalDate; by: Canceller; cancelled: LocalDate[] };

// decide

function decide(state: Series, command: SeriesCommand, context: CommandContext): SeriesEvent[] {
  if (command.type === 'ScheduleSeries') return schedule(state, command, context);
  if (state.situation === 'none') return missing('series');
  const { relationshipId } = state.plan;
  switch (command.type) {
    case 'ChangeSeries': {
      const { scope, occurrence, wish, isAhead, moved, plannings, override } = command;
      refuseIfAny(occurrenceReasons(state.occurrences.includes(occurrence), isAhead));
      if (moved.length === 0) return [];
      const overridden = weigh(plannings, override, context.reason).flat();
      const data = { relationshipId, scope, occurrence, wish, moved, ...passed([...new Set(overridden)]) };
      return [{ type: 'SeriesChanged', data }];
    }
    case 'EndSeries': {
      const { from, by, cancelled } = command;
      if (state.situation === 'ended' && state.from <= from && cancelled.length === 0) return [];
      return [{ type: 'SeriesEnded', data: { relationshipId, from, by, cancelled } }];
    }
    default:
      return unreachable(command);
  }
}

function schedule(
  state: Series,
  { plan, occurrences, problems, plannings, override }: Extract<SeriesCommand, { type: 'ScheduleSeries' }>,
  { now, reason }: CommandContext,
): SeriesEvent[] {
  if (state.situation !== 'none') {
    if (same(state.plan, plan)) return [];
    conflict('already_scheduled', 'This series is planned already. Plan the other one under its own id.');
  }
  const [first] = plannings;
  refuseIfAny([
    ...problems,
    ...reasonIf(
      first !== undefined && first.plan.start < now,
      'first_start_is_past',
      'A series begins in the future. Begin with the next session; enter those that were held one by one.',
    ),
  ]);
  const overridden = weigh(plannings, override, reason).flat();
  const data = { ...plan, occurrences, ...passed([...new Set(overridden)]) };
  return [{ type: 'SeriesScheduled', data }];
}

const occurrenceReasons = (known: boolean, isAhead: boolean): Reason[] => [
  ...reasonIf(!known, 'no_such_occurrence', 'The series has no session on that day. Name a day of its rule.'),
  ...reasonIf(
    known && !isAhead,
    'occurrence_not_ahead',
    'This session has been held or called off, or somebody is there. Name the next one that lies ahead.',
  ),
];

/** The only id the session of an occurrence can have: no occurrence is made twice. */
export const sessionIdOf = (seriesId: string, occurrence: LocalDate): string =>
  deriveId('series-session', seriesId, occurrence);

/** Sessions that recur. Each is a session of its own; the series only makes, moves and cancels them together. */
export const series: Decider<Series, SeriesEvent, SeriesCommand> = {
  category: 'series',
  events: {
    SeriesScheduled: { schema: 1, personal: ['place'] },
    SeriesChanged: { schema: 1, personal: ['wish'] },
    SeriesEnded: { schema: 1, personal: [] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : state.plan.clientIds),
};
