import type { Instant, Recorded } from '#libs/kernel';
import type { Plan } from './plan.js';
import { session, type Session, type SessionEvent } from './session.js';
import type { EmergencyBasis, Start } from './start.js';

/** A session as the calendar and its page show it. Minutes are whole and without pauses. */
export type SessionSummary = Plan & {
  status: Exclude<Session['situation'], 'none'>;
  absent: string[];
  cancelled?: { by: string; noticeHours: number; late: boolean; reasonCode?: string };
  startedAt?: Instant;
  gateResult?: Start['gate']['result'];
  emergencyBasis?: EmergencyBasis;
  /** of the first withdrawal entered in this session */
  consentWithdrawnAt?: Instant;
  endedAt?: Instant;
  minutes?: number;
  minutesAfterWithdrawal?: number;
};

/** undefined when nothing was ever planned */
export function sessionSummary(state: Session): SessionSummary | undefined {
  if (state.situation === 'none') return undefined;
  const summary: SessionSummary = { ...state.plan, status: state.situation, absent: state.absent };
  if (state.situation === 'cancelled') summary.cancelled = state.cancellation;
  if ('startedAt' in state) {
    const { gate, emergencyBasis } = state.started;
    const [first] = state.withdrawals.map(({ at }) => at).sort();
    summary.startedAt = state.startedAt;
    summary.gateResult = gate.result;
    if (emergencyBasis) summary.emergencyBasis = emergencyBasis;
    if (first) summary.consentWithdrawnAt = first;
  }
  if (state.situation === 'ended') {
    const { endedAt, minutes, minutesAfterWithdrawal } = state;
    Object.assign(summary, { endedAt, minutes, minutesAfterWithdrawal });
  }
  return summary;
}

/** One thing that happened in a session, as its page shows it. */
export type Happened = {
  eventId: string;
  type: SessionEvent['type'];
  version: number;
  occurredAt: Instant;
  recordedAt: Instant;
  actorId: string;
  data: object;
};

/** Everything that happened; without what is personal (words, summaries, locations) for whoever may not see it. */
export function happenedIn(events: readonly Recorded<SessionEvent>[], clinical: boolean): Happened[] {
  return events.map(({ eventId, type, version, occurredAt, recordedAt, actor, data }) => {
    const hidden: readonly string[] = clinical ? [] : session.events[type].personal;
    const shown = Object.fromEntries(Object.entries(data).filter(([name]) => !hidden.includes(name)));
    return { eventId, type, version, occurredAt, recordedAt, actorId: actor.id, data: shown };
  });
}
