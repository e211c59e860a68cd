import { type CommandContext, reasonIf, refuseIfAny } from '#libs/kernel';
import { standingAfter, withoutEntry } from './attendance.js';
import { overlapsOf } from './conflicts.js';
import { refuseAfterWithdrawal } from './held.js';
import { passed } from './planning.js';
import type { CommandOf, Existing, SessionEvent } from './session.js';
import { isAwaited, misfit } from './situation.js';

/**
 * One entry about who comes counts for nothing from now on, and everything is as it was before it. Where that puts a
 * session back on, what has taken its time meanwhile stands in the way unless it is overridden.
 */
export function correctEntry(
  state: Existing,
  command: CommandOf<'CorrectEntry'>,
  { id, reason }: CommandContext,
): SessionEvent[] {
  const { correctsEventId, override = false, others = [], zone } = command;
  if (state.corrected.includes(correctsEventId)) return [];
  if (state.situation === 'entered_in_error') misfit(state.situation);
  if (state.situation === 'running' || state.situation === 'paused') refuseAfterWithdrawal(state, command);
  const { plan, entries, settled } = state;
  const known = entries.some(({ eventId }) => eventId === correctsEventId);
  const { situation } = standingAfter(plan.clientIds, withoutEntry(entries, correctsEventId));
  const onAgain = isOff(state.situation) && isAwaited(situation);
  const conflicts = onAgain ? overlapsOf(plan, id, others, zone) : [];
  refuseIfAny([
    ...reasonIf(!reason?.trim(), 'reason_missing', 'Say in "reason" what was wrong about this entry.'),
    ...reasonIf(
      !known,
      'entry_not_correctable',
      'Name the event of a confirmation, check-in, no-show or cancellation of this session that counts. For anything else mark the session in error.',
    ),
    ...reasonIf(
      settled.includes(correctsEventId),
      'decision_rests_on_entry',
      'Consent was judged by this entry. It stays; if the session was not held like that, mark the session in error.',
    ),
    ...(override ? [] : conflicts),
  ]);
  const overridden = passed([...new Set(conflicts.map(({ code }) => code))]);
  const data = { relationshipId: plan.relationshipId, correctsEventId, ...overridden };
  return [{ type: 'SessionEntryCorrected', data }];
}

/** Nobody comes: its time is free. */
export const isOff = (situation: string): boolean => situation === 'cancelled' || situation === 'no_show';

/**
 * The session counts for nothing from now on and stays to be seen. What was only planned or missed any of the staff can
 * mark; what is said to have been held only its therapist, a supervisor or an owner.
 */
export function markInError(
  state: Existing,
  { roles, withdrawnInIt }: CommandOf<'MarkSessionInError'>,
  { actor, reason }: CommandContext,
): SessionEvent[] {
  if (state.situation === 'entered_in_error') return [];
  const { plan, enteredBy } = state;
  const held = 'startedAt' in state;
  const entitled = actor.id === plan.therapistId || roles.includes('supervisor') || roles.includes('owner');
  refuseIfAny([
    ...reasonIf(!reason?.trim(), 'reason_missing', 'Say in "reason" what was wrong about this session.'),
    ...reasonIf(
      held && !entitled,
      'not_entitled',
      'Ask the therapist of this session, a supervisor or the owner to mark it.',
    ),
    ...reasonIf(
      held && (state.withdrawals.length > 0 || withdrawnInIt),
      'withdrawal_in_session',
      'Consent was withdrawn in this session. That stays, and the session with it; say in a note what is wrong about it.',
    ),
  ]);
  const data = { relationshipId: plan.relationshipId, correctsEventId: enteredBy };
  return [{ type: 'SessionMarkedInError', data }];
}
