import { addMinutes, conflict, type CommandContext, reasonIf, refuseIfAny } from '#libs/kernel';
import {
  countMinutes,
  fingerprint,
  lastMark,
  lengthReasons,
  orderReasons,
  refuseAfterWithdrawal,
} from './held.js';
import { observationReasons, observed } from './observations.js';
import { LONGEST_MINUTES, strangerReasons } from './plan.js';
import { recordingReasons } from './recording.js';
import type { CommandOf, Existing, SessionEvent } from './session.js';
import { underway } from './situation.js';

export function observe(
  state: Existing,
  command: CommandOf<'ObserveInSession'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const { observation, recordingJudged } = command;
  const event = observed(state.plan.relationshipId, observation);
  const running = underway(state);
  const wrong = observationReasons(observation);
  if (wrong.length === 0 && running.seen.includes(fingerprint(event, occurredAt))) return [];
  refuseAfterWithdrawal(running, command);
  refuseIfAny([
    ...wrong,
    ...orderReasons(running.startedAt, occurredAt),
    ...(observation.kind === 'RecordingStarted' ? recordingReasons(recordingJudged) : []),
  ]);
  return [event];
}

export function pause(state: Existing, { occurredAt }: CommandContext): SessionEvent[] {
  const running = underway(state);
  if (running.situation === 'paused') return [];
  refuseIfAny(orderReasons(lastMark(running), occurredAt));
  return [{ type: 'SessionPaused', data: { relationshipId: state.plan.relationshipId } }];
}

export function resume(
  state: Existing,
  command: CommandOf<'ResumeSession'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const running = underway(state);
  if (running.situation === 'running') {
    if (running.stretches.length > 1 && lastMark(running) === occurredAt) return [];
    conflict('not_paused', 'The session is not paused; it goes on.');
  }
  refuseAfterWithdrawal(running, command);
  refuseIfAny([
    ...orderReasons(lastMark(running), occurredAt),
    // else one start would let a session in for ever, whatever became of the consent it was judged by
    ...reasonIf(
      occurredAt > addMinutes(running.startedAt, LONGEST_MINUTES),
      'longer_than_12_hours',
      'This session began more than 12 hours ago. End it, and start another: the gate judges that one anew.',
    ),
  ]);
  return [{ type: 'SessionResumed', data: { relationshipId: state.plan.relationshipId } }];
}

/**
 * Nobody refuses a withdrawal: it is also taken when the session is over but was running at the time. One from before
 * it began is entered on the consent itself.
 */
export function withdraw(
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
  const data = { relationshipId: plan.relationshipId, clientId, scope };
  return [{ type: 'ConsentWithdrawnInSession', data }];
}

export function makeSafetyContact(
  state: Existing,
  { summary }: CommandOf<'MakeSafetyContact'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const { relationshipId } = state.plan;
  const data = { relationshipId, ...(summary === undefined ? {} : { summary }) };
  const event: SessionEvent = { type: 'SafetyContactMade', data };
  const { seen, startedAt } = underway(state);
  if (seen.includes(fingerprint(event, occurredAt))) return [];
  refuseIfAny(orderReasons(startedAt, occurredAt));
  return [event];
}

export function end(
  state: Existing,
  { consentWithdrawnAt, stoppedSince }: CommandOf<'EndSession'>,
  { occurredAt, reason }: CommandContext,
): SessionEvent[] {
  if (state.situation === 'ended' && state.endedAt === occurredAt) return [];
  const running = underway(state);
  refuseIfAny([
    ...orderReasons(running.latest, occurredAt),
    ...reasonIf(
      consentWithdrawnAt !== undefined && occurredAt < consentWithdrawnAt && !reason?.trim(),
      'end_before_withdrawal_needs_reason',
      `Consent was withdrawn at ${consentWithdrawnAt}. If the session was over by then, add a "reason" why its end is entered only now.`,
    ),
  ]);
  const counted = countMinutes(running, occurredAt, { consentWithdrawnAt, stoppedSince });
  refuseIfAny(lengthReasons(counted.minutes));
  return [{ type: 'SessionEnded', data: { relationshipId: running.plan.relationshipId, ...counted } }];
}
