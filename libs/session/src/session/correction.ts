import { type CommandContext, reasonIf, refuseIfAny } from '#libs/kernel';
import type { CommandOf, Existing, SessionEvent } from './session.js';

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
