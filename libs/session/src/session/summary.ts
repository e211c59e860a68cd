import type { EmergencyBasis } from '#libs/consent';
import type { Instant, Recorded } from '#libs/kernel';
import type { Cancellation } from './cancellation.js';
import type { Conflict } from './conflicts.js';
import { minutesOf, minutesWithConsent, type Minutes } from './held.js';
import type { Plan } from './plan.js';
import { OBSERVATION_KINDS } from './observations.js';
import { session, type Session, type SessionEvent } from './session.js';
import type { Start } from './start.js';

/** A session as the calendar and its page show it. Minutes are whole and without pauses. */
export type SessionSummary = Plan & {
  status: Exclude<Session['situation'], 'none'>;
  confirmedBy: string[];
  arrived: string[];
  absent: string[];
  /** what it is planned in spite of */
  overridden?: readonly Conflict[];
  cancelled?: Cancellation;
  startedAt?: Instant;
  gateResult?: Start['gate']['result'];
  emergencyBasis?: EmergencyBasis;
  /** the session is, or was, recorded */
  recorded?: true;
  recordedAfterwards?: true;
  /** of the first withdrawal entered in this session */
  consentWithdrawnAt?: Instant;
  endedAt?: Instant;
  minutes?: number;
  /** those that rest on consent */
  minutesWithConsent?: number;
  minutesAfterWithdrawal?: number;
  /** where something came up that blocks at once, by the practice's policy */
  minutesAfterStop?: number;
};

/** undefined when nothing was ever planned */
export function sessionSummary(state: Session): SessionSummary | undefined {
  if (state.situation === 'none') return undefined;
  const { plan, situation, confirmedBy, arrived, absent } = state;
  const summary: SessionSummary = { ...plan, status: situation, confirmedBy, arrived, absent };
  if (state.overridden.length > 0) summary.overridden = state.overridden;
  if (state.situation === 'cancelled') summary.cancelled = state.cancellation;
  if ('startedAt' in state) {
    const { gate, emergencyBasis } = state.started;
    const [first] = state.withdrawals.map(({ at }) => at).sort();
    summary.startedAt = state.startedAt;
    summary.gateResult = gate.result;
    if (emergencyBasis) summary.emergencyBasis = emergencyBasis;
    if (first) summary.consentWithdrawnAt = first;
    if (state.recorded) summary.recorded = true;
  }
  if (state.situation === 'ended') {
    const { endedAt, started } = state;
    Object.assign(summary, { endedAt, ...countedMinutes(state, started.gate.result) });
    if (state.recordedAfterwards) summary.recordedAfterwards = true;
  }
  return summary;
}

/** The minutes of a session that is over, told apart by what they rest on. */
export const countedMinutes = (minutes: Minutes, gateResult: Start['gate']['result']) => ({
  ...minutesOf(minutes),
  minutesWithConsent: minutesWithConsent(minutes, gateResult),
});

/** One thing that happened in a session, as its page shows it. */
export type Happened = {
  eventId: string;
  type: SessionEvent['type'];
  version: number;
  occurredAt: Instant;
  recordedAt: Instant;
  actorId: string;
  data: object;
  /** as it was given; only for whoever may see clinical text */
  reason?: string;
};

/** What somebody may see: `words` are what is personal and reasons, `observations` what was noticed about the relationship. */
export type Sight = { clinicalText: boolean; observations: boolean };

/** Everything that happened, as far as somebody may see it. */
export function happenedIn(
  events: readonly Recorded<SessionEvent>[],
  { clinicalText: words, observations }: Sight,
): Happened[] {
  return events
    .filter(({ type }) => observations || !(OBSERVATION_KINDS as readonly string[]).includes(type))
    .map(({ eventId, type, version, occurredAt, recordedAt, actor, data, reason }) => {
      const hidden: readonly string[] = words ? [] : session.events[type].personal;
      const shown = Object.fromEntries(Object.entries(data).filter(([name]) => !hidden.includes(name)));
      const why = words && reason !== undefined ? { reason } : {};
      return { eventId, type, version, occurredAt, recordedAt, actorId: actor.id, data: shown, ...why };
    });
}
