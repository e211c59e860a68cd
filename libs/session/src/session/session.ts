import type { CommandContext, Decider, Instant, Recorded } from '#libs/kernel';
import { missing, unreachable } from '#libs/kernel';
import { heldAfterwards, planOfUnplanned, recordAfterwards } from './afterwards.js';
import type { Afterwards, HeldThen } from './afterwards.js';
import { checkIn, confirm, recordNoShow } from './arrival.js';
import { cancel, type Cancellation, type CancelWish } from './cancellation.js';
import { markInError } from './correction.js';
import { fingerprint, heldSince, stoppedAt } from './held.js';
import type { Fresh, Held, Minutes, Withdrawal } from './held.js';
import type { Observation, ObservationEvent } from './observations.js';
import type { Plan } from './plan.js';
import { inSlot, planIn, reschedule, schedule } from './planning.js';
import type { Judged, Move, Moved, Overridden } from './planning.js';
import type { RecordingJudged } from './recording.js';
import { end, makeSafetyContact, observe, pause, resume, withdraw } from './running.js';
import { start, type Start, type Started } from './start.js';

// events

type About = { relationshipId: string };
/**
 * The `occurredAt` of SessionStarted, Paused, Resumed and Ended are the times that minutes are counted
 * from.
 */
export type SessionEvent =
  | { type: 'SessionScheduled'; data: Plan & Overridden }
  | { type: 'SessionRescheduled'; data: Moved }
  /** `by`: the client who confirmed, through staff */
  | { type: 'SessionConfirmed'; data: About & { by: string } }
  /** without `clientId` everyone who was expected is there */
  | { type: 'ClientCheckedIn'; data: About & { clientId?: string } }
  | { type: 'SessionCancelled'; data: About & Cancellation }
  | { type: 'SessionNoShow'; data: About & { clientId?: string } }
  | { type: 'SessionStarted'; data: About & Started }
  | { type: 'SessionPaused'; data: About }
  | { type: 'SessionResumed'; data: About }
  | { type: 'ConsentWithdrawnInSession'; data: About & Withdrawal }
  | { type: 'SafetyContactMade'; data: About & { summary?: string } }
  | { type: 'SessionEnded'; data: About & Minutes }
  /** Stands at the beginning of a stream where the session was never planned. */
  | { type: 'SessionRecordedAfterwards'; data: Afterwards }
  /** From now on it counts for nothing and stays to be seen. `correctsEventId`: the entry that made it count */
  | { type: 'SessionMarkedInError'; data: About & { correctsEventId?: string } }
  | ObservationEvent;

// state

/**
 * Ids of clients: `confirmedBy` said that they will come, `arrived` checked in, `absent` did not come, while the others
 * of their couple, family or group may have. `enteredBy`: the event with which the session came to be.
 */
type Planned = {
  plan: Plan;
  enteredBy: string;
  confirmedBy: string[];
  arrived: string[];
  absent: string[];
};
export type Session =
  | { situation: 'none' }
  | ({ situation: 'scheduled' | 'confirmed' | 'checked_in' } & Planned)
  | ({ situation: 'cancelled'; cancellation: Cancellation } & Planned)
  | ({ situation: 'no_show' | 'entered_in_error' } & Planned)
  | ({ situation: 'running' | 'paused' } & Planned & Held)
  | ({ situation: 'ended'; endedAt: Instant; recordedAfterwards: boolean } & Minutes & Planned & Held);
export type Existing = Exclude<Session, { situation: 'none' }>;
type Begun = Extract<Session, { startedAt: Instant }>;
export type Underway = Extract<Session, { situation: 'running' | 'paused' }>;

// evolve

function evolve(state: Session, event: Recorded<SessionEvent>): Session {
  if (event.type === 'SessionScheduled')
    return { situation: 'scheduled', ...planned(planIn(event.data), event.eventId) };
  if (event.type === 'SessionRecordedAfterwards') {
    const { minutes, minutesAfterWithdrawal, end: endedAt } = event.data;
    const known =
      state.situation === 'none' ? planned(planOfUnplanned(event.data), event.eventId) : plannedOf(state);
    const counted = { endedAt, minutes, minutesAfterWithdrawal, recordedAfterwards: true };
    return { situation: 'ended', ...known, ...heldAfterwards(event.data), ...counted };
  }
  if (state.situation === 'none') throw new Error('a session stream begins with SessionScheduled');
  const known = plannedOf(state);
  const { plan, absent } = known;
  const { occurredAt: at } = event;
  switch (event.type) {
    case 'SessionRescheduled': {
      // nobody has confirmed the new time
      const moved = { ...known, plan: inSlot(plan, event.data.to), confirmedBy: [] };
      return { situation: 'scheduled', ...moved };
    }
    case 'SessionConfirmed': {
      const confirmedBy = [...known.confirmedBy, event.data.by];
      // who is there already has more than confirmed
      const situation = state.situation === 'scheduled' ? 'confirmed' : state.situation;
      return { ...state, situation, confirmedBy } as Session;
    }
    case 'ClientCheckedIn': {
      const { clientId } = event.data;
      const there = clientId ? [clientId] : plan.clientIds.filter((one) => !absent.includes(one));
      const arrived = [...new Set([...known.arrived, ...there])];
      const come = { arrived, absent: absent.filter((one) => !there.includes(one)) };
      return 'startedAt' in state ? { ...state, ...come } : { situation: 'checked_in', ...known, ...come };
    }
    case 'SessionMarkedInError':
      return { situation: 'entered_in_error', ...known };
    case 'SessionCancelled': {
      const { relationshipId: _, ...cancellation } = event.data;
      return { situation: 'cancelled', ...known, cancellation };
    }
    case 'SessionNoShow': {
      const missed = event.data.clientId ? [...absent, event.data.clientId] : plan.clientIds;
      const nobody = plan.clientIds.every((clientId) => missed.includes(clientId));
      return nobody ? { situation: 'no_show', ...known, absent: missed } : { ...state, absent: missed };
    }
    case 'SessionStarted': {
      const { relationshipId: _, ...started } = event.data;
      return { situation: 'running', ...known, ...heldSince(at, started) };
    }
    case 'SessionPaused': {
      const stretches = stoppedAt(begun(state, at), at);
      return { ...begun(state, at), situation: 'paused', stretches };
    }
    case 'SessionResumed': {
      const stretches = [...begun(state, at).stretches, { from: at }];
      return { ...begun(state, at), situation: 'running', stretches };
    }
    case 'ConsentWithdrawnInSession': {
      const { clientId, scope } = event.data;
      const withdrawal = { clientId, scope, at };
      return { ...begun(state, at), withdrawals: [...begun(state, at).withdrawals, withdrawal] };
    }
    case 'SessionEnded': {
      const { minutes, minutesAfterWithdrawal } = event.data;
      const stretches = stoppedAt(begun(state, at), at);
      const counted = { endedAt: at, minutes, minutesAfterWithdrawal, recordedAfterwards: false };
      return { ...begun(state, at), situation: 'ended', stretches, ...counted };
    }
    case 'SafetyContactMade':
    case 'SelfDisclosureMade':
    case 'ChallengeOffered':
    case 'RuptureNoticed':
    case 'RuptureRepaired':
    case 'AllianceFeedbackGiven':
    case 'BoundaryTouchedOn':
      return { ...begun(state, at), seen: [...begun(state, at).seen, fingerprint(event, at)] };
    case 'RecordingStarted': {
      const seen = [...begun(state, at).seen, fingerprint(event, at)];
      return { ...begun(state, at), seen, recorded: true };
    }
    default:
      return unreachable(event);
  }
}

const planned = (plan: Plan, enteredBy: string): Planned => ({
  plan,
  enteredBy,
  confirmedBy: [],
  arrived: [],
  absent: [],
});

const plannedOf = ({ plan, enteredBy, confirmedBy, arrived, absent }: Planned): Planned => ({
  plan,
  enteredBy,
  confirmedBy,
  arrived,
  absent,
});

/** As it was, with something recorded of a moment. */
function begun(state: Session, at: Instant): Begun {
  if ('startedAt' in state) return { ...state, latest: at > state.latest ? at : state.latest };
  throw new Error('what happens in a session follows SessionStarted');
}

// commands

/** Hours and minutes come from the practice's policy. */
export type SessionCommand =
  | ({ type: 'ScheduleSession' } & Plan & Judged)
  /** `therapistNow`: whose relationship it is by now */
  | ({ type: 'RescheduleSession'; therapistNow: string; move: Move } & Judged)
  | { type: 'ConfirmSession'; clientId?: string }
  | ({ type: 'CheckIn'; clientId?: string } & Fresh)
  | ({ type: 'CancelSession' } & CancelWish)
  | ({ type: 'RecordNoShow'; clientId?: string; graceMinutes: number } & Fresh)
  /** `therapistNow`: whose relationship it is by now; `alsoRunning`: other sessions they have begun and not ended */
  | ({
      type: 'StartSession';
      therapistNow: string;
      alsoRunning?: readonly string[];
      recordingJudged?: RecordingJudged;
    } & Start)
  | ({ type: 'ObserveInSession'; observation: Observation; recordingJudged?: RecordingJudged } & Fresh)
  | { type: 'PauseSession' }
  | ({ type: 'ResumeSession' } & Fresh)
  | ({ type: 'WithdrawConsentInSession' } & Withdrawal)
  | { type: 'MakeSafetyContact'; summary?: string }
  /**
   * `consentWithdrawnAt`: of the first withdrawal the handler found on the consent streams, for the minutes
   */
  | { type: 'EndSession'; consentWithdrawnAt?: Instant }
  /** `consentWithdrawnAt`: of the first withdrawal between start and end, if there was one */
  | { type: 'RecordAfterwards'; held: HeldThen; consentWithdrawnAt?: Instant }
  /** `roles` of whoever marks; `withdrawnInIt`: a withdrawal was entered on a consent while the session ran */
  | { type: 'MarkSessionInError'; roles: readonly string[]; withdrawnInIt: boolean };
export type CommandOf<Type extends SessionCommand['type']> = Extract<SessionCommand, { type: Type }>;

// decide

function decide(state: Session, command: SessionCommand, context: CommandContext): SessionEvent[] {
  if (command.type === 'ScheduleSession') return schedule(state, command, context);
  if (command.type === 'RecordAfterwards') return recordAfterwards(state, command, context);
  if (state.situation === 'none') return missing('session');
  switch (command.type) {
    case 'RescheduleSession':
      return reschedule(state, command, context);
    case 'ConfirmSession':
      return confirm(state, command, context);
    case 'CheckIn':
      return checkIn(state, command, context);
    case 'CancelSession':
      return cancel(state, command, context);
    case 'RecordNoShow':
      return recordNoShow(state, command, context);
    case 'StartSession':
      return start(state, command, context);
    case 'ObserveInSession':
      return observe(state, command, context);
    case 'PauseSession':
      return pause(state, context);
    case 'ResumeSession':
      return resume(state, command, context);
    case 'WithdrawConsentInSession':
      return withdraw(state, command, context);
    case 'MakeSafetyContact':
      return makeSafetyContact(state, command, context);
    case 'EndSession':
      return end(state, command, context);
    case 'MarkSessionInError':
      return markInError(state, command, context);
    default:
      return unreachable(command);
  }
}

/** One meeting, planned or held. */
export const session: Decider<Session, SessionEvent, SessionCommand> = {
  category: 'session',
  events: {
    SessionScheduled: { schema: 1, personal: ['place'] },
    SessionRescheduled: { schema: 1, personal: [] },
    SessionConfirmed: { schema: 1, personal: [] },
    ClientCheckedIn: { schema: 1, personal: [] },
    SessionCancelled: { schema: 1, personal: [] },
    SessionNoShow: { schema: 1, personal: [] },
    SessionStarted: { schema: 1, personal: ['clientLocation'] },
    SessionPaused: { schema: 1, personal: [] },
    SessionResumed: { schema: 1, personal: [] },
    ConsentWithdrawnInSession: { schema: 1, personal: [] },
    SafetyContactMade: { schema: 1, personal: ['summary'] },
    SessionEnded: { schema: 1, personal: [] },
    SessionRecordedAfterwards: { schema: 1, personal: ['place', 'clientLocation'] },
    SessionMarkedInError: { schema: 1, personal: [] },
    SelfDisclosureMade: { schema: 1, personal: ['topic', 'purpose', 'words'] },
    ChallengeOffered: { schema: 1, personal: ['words'] },
    RuptureNoticed: { schema: 1, personal: ['words'] },
    RuptureRepaired: { schema: 1, personal: ['words'] },
    AllianceFeedbackGiven: { schema: 1, personal: ['words'] },
    BoundaryTouchedOn: { schema: 1, personal: ['words'] },
    RecordingStarted: { schema: 1, personal: ['words'] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : state.plan.clientIds),
};
