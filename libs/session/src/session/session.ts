import type { CommandContext, Decider, Instant, Recorded } from '#libs/kernel';
import { missing, unreachable } from '#libs/kernel';
import { heldAfterwards, planOfUnplanned, recordAfterwards } from './afterwards.js';
import type { Afterwards, HeldThen } from './afterwards.js';
import { entryOf, standingAfter, withoutConfirmations, withoutEntry } from './attendance.js';
import type { Entry } from './attendance.js';
import { checkIn, confirm, recordNoShow } from './arrival.js';
import { cancel, type Cancellation, type CancelWish } from './cancellation.js';
import type { Surroundings } from './conflicts.js';
import { correctEntry, markInError } from './correction.js';
import { fingerprint, heldSince, minutesOf, stoppedAt } from './held.js';
import type { Ended, Fresh, Held, Minutes, Withdrawal } from './held.js';
import type { Observation, ObservationEvent } from './observations.js';
import type { Plan } from './plan.js';
import { planned, plannedOf, settled, type Planned } from './planned.js';
import { inSlot, movedIn, planIn, reschedule, schedule } from './planning.js';
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
  /** One confirmation, check-in, no-show or cancellation counts for nothing; all else stays as it was. */
  | { type: 'SessionEntryCorrected'; data: About & { correctsEventId: string } & Overridden }
  | ObservationEvent;

// state

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
    return {
      situation: 'scheduled',
      ...planned(planIn(event.data), event.eventId),
      overridden: event.data.overridden ?? [],
    };
  if (event.type === 'SessionRecordedAfterwards') {
    const { end: endedAt } = event.data;
    const known =
      state.situation === 'none' ? planned(planOfUnplanned(event.data), event.eventId) : settled(state);
    const counted = { endedAt, ...minutesOf(event.data), recordedAfterwards: true };
    return { situation: 'ended', ...known, ...heldAfterwards(event.data), ...counted };
  }
  if (state.situation === 'none') throw new Error('a session stream begins with SessionScheduled');
  const known = plannedOf(state);
  const { plan, entries } = known;
  const { occurredAt: at } = event;
  switch (event.type) {
    case 'SessionRescheduled': {
      const { overridden = [] } = event.data;
      const moved = { ...known, plan: inSlot(plan, movedIn(event.data)), overridden };
      return attended(state, moved, withoutConfirmations(entries));
    }
    case 'SessionConfirmed':
    case 'ClientCheckedIn':
    case 'SessionNoShow':
    case 'SessionCancelled':
      return attended(state, known, [...entries, entryOf(event)]);
    case 'SessionEntryCorrected': {
      const { correctsEventId } = event.data;
      const corrected = [...known.corrected, correctsEventId];
      return attended(state, { ...known, corrected }, withoutEntry(entries, correctsEventId));
    }
    case 'SessionMarkedInError':
      return { situation: 'entered_in_error', ...known };
    case 'SessionStarted': {
      const { relationshipId: _, ...started } = event.data;
      return { situation: 'running', ...settled(state), ...heldSince(at, started) };
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
      const stretches = stoppedAt(begun(state, at), at);
      const counted = { endedAt: at, ...minutesOf(event.data), recordedAfterwards: false };
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
      return { ...begun(state, at), ...settled(state), seen, recorded: true };
    }
    default:
      return unreachable(event);
  }
}

/** With these entries about who comes. A session that has begun goes on, whoever did not come. */
function attended(state: Existing, known: Planned, entries: readonly Entry[]): Session {
  const { situation, cancellation, ...attendance } = standingAfter(known.plan.clientIds, entries);
  const all = { ...known, entries, ...attendance };
  if ('startedAt' in state) return { ...state, ...all };
  if (situation === 'cancelled') return { situation, ...all, cancellation: cancellation! };
  return { situation, ...all };
}

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
  /**
   * `therapistNow`: whose relationship it is by now; `therapistGone`: they no longer work here; `alsoRunning`: other
   * sessions they have begun and not ended
   */
  | ({
      type: 'StartSession';
      therapistNow: string;
      therapistGone?: boolean;
      alsoRunning?: readonly string[];
      recordingJudged?: RecordingJudged;
    } & Start)
  | ({ type: 'ObserveInSession'; observation: Observation; recordingJudged?: RecordingJudged } & Fresh)
  | { type: 'PauseSession' }
  | ({ type: 'ResumeSession' } & Fresh)
  | ({ type: 'WithdrawConsentInSession' } & Withdrawal)
  | { type: 'MakeSafetyContact'; summary?: string }
  | ({ type: 'EndSession' } & Ended)
  /** both only between start and end */
  | ({ type: 'RecordAfterwards'; held: HeldThen } & Ended)
  /** `others` as in `Surroundings`: only where the session would be on again */
  | ({
      type: 'CorrectEntry';
      correctsEventId: string;
      others?: Surroundings['others'];
      zone: string;
      override?: boolean;
    } & Fresh)
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
    case 'CorrectEntry':
      return correctEntry(state, command, context);
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
    SessionRescheduled: { schema: 1, personal: ['fromPlace', 'toPlace'] },
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
    SessionEntryCorrected: { schema: 1, personal: [] },
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
