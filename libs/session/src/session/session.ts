import type { CommandContext, Decider, Instant, Recorded } from '#libs/kernel';
import { canonicalJson, conflict, missing, refuseIfAny, unreachable } from '#libs/kernel';
import { countMinutes, fingerprint, heldSince, lastMark, lengthReasons, misfit } from './held.js';
import { orderReasons, refuseAfterWithdrawal, stoppedAt } from './held.js';
import type { Fresh, Held, Minutes, Withdrawal } from './held.js';
import { observationReasons, observed, type Observation, type ObservationEvent } from './observations.js';
import { cancellation, noShowReasons, planReasons, strangerReasons } from './plan.js';
import type { Cancellation, CancelWish, Plan } from './plan.js';
import { startedWith, startReasons, type Start, type Started } from './start.js';

// events

type About = { relationshipId: string };
/**
 * The `occurredAt` of SessionStarted, Paused, Resumed and Ended are the times that minutes are counted
 * from.
 */
export type SessionEvent =
  | { type: 'SessionScheduled'; data: Plan }
  | { type: 'SessionCancelled'; data: About & Cancellation }
  | { type: 'SessionNoShow'; data: About & { clientId?: string } }
  | { type: 'SessionStarted'; data: About & Started }
  | { type: 'SessionPaused'; data: About }
  | { type: 'SessionResumed'; data: About }
  | { type: 'ConsentWithdrawnInSession'; data: About & Withdrawal }
  | { type: 'SafetyContactMade'; data: About & { summary?: string } }
  | { type: 'SessionEnded'; data: About & Minutes }
  | ObservationEvent;

// state

/** `absent`: members of a couple, family or group who did not come, while the others may have */
type Planned = { plan: Plan; absent: string[] };
export type Session =
  | { situation: 'none' }
  | ({ situation: 'scheduled' } & Planned)
  | ({ situation: 'cancelled'; cancellation: Cancellation } & Planned)
  | ({ situation: 'no_show' } & Planned)
  | ({ situation: 'running' | 'paused' } & Planned & Held)
  | ({ situation: 'ended'; endedAt: Instant } & Minutes & Planned & Held);
type Existing = Exclude<Session, { situation: 'none' }>;
type Begun = Extract<Session, { startedAt: Instant }>;
type Underway = Extract<Session, { situation: 'running' | 'paused' }>;

// evolve

function evolve(state: Session, event: Recorded<SessionEvent>): Session {
  if (event.type === 'SessionScheduled') return { situation: 'scheduled', plan: event.data, absent: [] };
  if (state.situation === 'none') throw new Error('a session stream begins with SessionScheduled');
  const { plan, absent } = state;
  const { occurredAt: at } = event;
  switch (event.type) {
    case 'SessionCancelled': {
      const { relationshipId: _, ...cancellation } = event.data;
      return { situation: 'cancelled', plan, absent, cancellation };
    }
    case 'SessionNoShow': {
      const missed = event.data.clientId ? [...absent, event.data.clientId] : plan.clientIds;
      const nobody = plan.clientIds.every((clientId) => missed.includes(clientId));
      return nobody ? { situation: 'no_show', plan, absent: missed } : { ...state, absent: missed };
    }
    case 'SessionStarted': {
      const { relationshipId: _, ...started } = event.data;
      return { situation: 'running', plan, absent, ...heldSince(at, started) };
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
      const counted = { endedAt: at, minutes, minutesAfterWithdrawal };
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
    default:
      return unreachable(event);
  }
}

/** As it was, with something recorded of a moment. */
function begun(state: Session, at: Instant): Begun {
  if ('startedAt' in state) return { ...state, latest: at > state.latest ? at : state.latest };
  throw new Error('what happens in a session follows SessionStarted');
}

// commands

/** Hours and minutes come from the practice's policy. */
export type SessionCommand =
  | ({ type: 'ScheduleSession' } & Plan)
  | ({ type: 'CancelSession' } & CancelWish)
  | { type: 'RecordNoShow'; clientId?: string; graceMinutes: number }
  /** `therapistNow`: whose relationship it is by now */
  | ({ type: 'StartSession'; therapistNow: string } & Start)
  | ({ type: 'ObserveInSession'; observation: Observation } & Fresh)
  | { type: 'PauseSession' }
  | ({ type: 'ResumeSession' } & Fresh)
  | ({ type: 'WithdrawConsentInSession' } & Withdrawal)
  | { type: 'MakeSafetyContact'; summary?: string }
  /**
   * `consentWithdrawnAt`: of the first withdrawal the handler found on the consent streams, for the minutes
   */
  | { type: 'EndSession'; consentWithdrawnAt?: Instant };
type CommandOf<Type extends SessionCommand['type']> = Extract<SessionCommand, { type: Type }>;

// decide

function decide(state: Session, command: SessionCommand, context: CommandContext): SessionEvent[] {
  if (command.type === 'ScheduleSession') return schedule(state, command);
  if (state.situation === 'none') return missing('session');
  const { occurredAt } = context;
  const about = { relationshipId: state.plan.relationshipId };
  switch (command.type) {
    case 'CancelSession': {
      if (state.situation === 'cancelled') {
        const { by, reasonCode } = state.cancellation;
        if (by === command.by && reasonCode === command.reasonCode) return [];
      }
      awaited(state);
      const data = { ...about, ...cancellation(state.plan, command, occurredAt) };
      return [{ type: 'SessionCancelled', data }];
    }
    case 'RecordNoShow':
      return recordNoShow(state, command, context);
    case 'StartSession':
      return start(state, command, context);
    case 'ObserveInSession': {
      const event = observed(about.relationshipId, command.observation);
      const running = underway(state);
      const wrong = observationReasons(command.observation);
      if (wrong.length === 0 && running.seen.includes(fingerprint(event, occurredAt))) return [];
      refuseAfterWithdrawal(running, command);
      refuseIfAny([...wrong, ...orderReasons(running.startedAt, occurredAt)]);
      return [event];
    }
    case 'PauseSession': {
      const running = underway(state);
      if (running.situation === 'paused') return [];
      refuseIfAny(orderReasons(lastMark(running), occurredAt));
      return [{ type: 'SessionPaused', data: about }];
    }
    case 'ResumeSession': {
      const running = underway(state);
      if (running.situation === 'running') {
        if (running.stretches.length > 1 && lastMark(running) === occurredAt) return [];
        conflict('not_paused', 'The session is not paused; it goes on.');
      }
      refuseAfterWithdrawal(running, command);
      refuseIfAny(orderReasons(lastMark(running), occurredAt));
      return [{ type: 'SessionResumed', data: about }];
    }
    case 'WithdrawConsentInSession':
      return withdraw(state, command, context);
    case 'MakeSafetyContact': {
      const { summary } = command;
      const data = { ...about, ...(summary === undefined ? {} : { summary }) };
      const event: SessionEvent = { type: 'SafetyContactMade', data };
      const { seen, startedAt } = underway(state);
      if (seen.includes(fingerprint(event, occurredAt))) return [];
      refuseIfAny(orderReasons(startedAt, occurredAt));
      return [event];
    }
    case 'EndSession':
      return end(state, command, context);
    default:
      return unreachable(command);
  }
}

function schedule(state: Session, command: CommandOf<'ScheduleSession'>): SessionEvent[] {
  const { type: _, ...plan } = command;
  if (state.situation !== 'none') {
    if (same(state.plan, plan)) return [];
    conflict('already_scheduled', 'This session is planned already. Plan the other one under its own id.');
  }
  refuseIfAny(planReasons(plan));
  return [{ type: 'SessionScheduled', data: plan }];
}

/** Without `clientId` nobody came. One of several can be absent while the session is held with the others. */
function recordNoShow(
  state: Existing,
  { clientId, graceMinutes }: CommandOf<'RecordNoShow'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const { plan, absent } = state;
  if (clientId === undefined ? state.situation === 'no_show' : absent.includes(clientId)) return [];
  const others = plan.clientIds.filter((one) => one !== clientId && !absent.includes(one));
  const heldWithOthers = clientId !== undefined && others.length > 0 && 'startedAt' in state;
  if (!heldWithOthers) awaited(state);
  if (state.situation === 'running' || state.situation === 'paused') refuseAfterWithdrawal(state);
  refuseIfAny(noShowReasons(plan, clientId, occurredAt, graceMinutes));
  const data = { relationshipId: plan.relationshipId, ...(clientId === undefined ? {} : { clientId }) };
  return [{ type: 'SessionNoShow', data }];
}

function start(state: Existing, command: CommandOf<'StartSession'>, context: CommandContext): SessionEvent[] {
  const { plan } = state;
  const started = startedWith(plan, command);
  if ('startedAt' in state && state.startedAt === context.occurredAt) {
    // the gate may judge otherwise by now; that does not make it another start
    if (same(state.started, { ...started, gate: state.started.gate })) return [];
  }
  awaited(state);
  refuseIfAny(startReasons(plan, command, context));
  return [{ type: 'SessionStarted', data: { relationshipId: plan.relationshipId, ...started } }];
}

/**
 * Nobody refuses a withdrawal: it is also taken when the session is over but was running at the time. One from before
 * it began is entered on the consent itself.
 */
function withdraw(
  state: Existing,
  { clientId, scope }: CommandOf<'WithdrawConsentInSession'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const known = 'startedAt' in state ? state.withdrawals : [];
  if (known.some((one) => one.clientId === clientId && one.scope === scope)) return [];
  const wasRunning =
    'startedAt' in state &&
    occurredAt >= state.startedAt &&
    !(state.situation === 'ended' && occurredAt > state.endedAt);
  if (!wasRunning)
    return conflict(
      'not_running_then',
      'The session was not running then. Withdraw the consent itself instead.',
    );
  const { plan } = state;
  refuseIfAny(strangerReasons(plan, clientId));
  return [
    { type: 'ConsentWithdrawnInSession', data: { relationshipId: plan.relationshipId, clientId, scope } },
  ];
}

function end(
  state: Existing,
  { consentWithdrawnAt }: CommandOf<'EndSession'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  if (state.situation === 'ended' && state.endedAt === occurredAt) return [];
  const running = underway(state);
  refuseIfAny(orderReasons(running.latest, occurredAt));
  const counted = countMinutes(running, occurredAt, consentWithdrawnAt);
  refuseIfAny(lengthReasons(counted.minutes));
  return [{ type: 'SessionEnded', data: { relationshipId: running.plan.relationshipId, ...counted } }];
}

const same = (one: object, other: object): boolean => canonicalJson(one) === canonicalJson(other);

/** Planned and nothing more. */
function awaited(state: Existing): void {
  if (state.situation !== 'scheduled') misfit(state.situation);
}

/** Started and not ended. */
function underway(state: Existing): Underway {
  if (state.situation === 'running' || state.situation === 'paused') return state;
  return misfit(state.situation);
}

/** One meeting, planned or held. */
export const session: Decider<Session, SessionEvent, SessionCommand> = {
  category: 'session',
  events: {
    SessionScheduled: { schema: 1, personal: [] },
    SessionCancelled: { schema: 1, personal: [] },
    SessionNoShow: { schema: 1, personal: [] },
    SessionStarted: { schema: 1, personal: ['clientLocation'] },
    SessionPaused: { schema: 1, personal: [] },
    SessionResumed: { schema: 1, personal: [] },
    ConsentWithdrawnInSession: { schema: 1, personal: [] },
    SafetyContactMade: { schema: 1, personal: ['summary'] },
    SessionEnded: { schema: 1, personal: [] },
    SelfDisclosureMade: { schema: 1, personal: ['topic', 'purpose', 'words'] },
    ChallengeOffered: { schema: 1, personal: ['words'] },
    RuptureNoticed: { schema: 1, personal: ['words'] },
    RuptureRepaired: { schema: 1, personal: ['words'] },
    AllianceFeedbackGiven: { schema: 1, personal: ['words'] },
    BoundaryTouchedOn: { schema: 1, personal: ['words'] },
  },
  initial: { situation: 'none' },
  evolve,
  decide,
  subjects: (state) => (state.situation === 'none' ? [] : state.plan.clientIds),
};
