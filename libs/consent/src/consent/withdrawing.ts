import { missing, refuse, refuseIfAny, type CommandContext } from '#libs/kernel';
import type { CommandOf, ConsentEvent, ConsentState, One } from './consent.js';
import { withReceipt } from './receipt.js';
import { recipientId } from './recipients.js';
import type { Situation } from './situation.js';

/* A no, and the taking back of what was entered by mistake. */

export function withdraw(
  state: ConsentState,
  situation: Situation,
  command: CommandOf<'WithdrawConsent'>,
  one: One,
): ConsentEvent[] {
  const { by, channel, scope = { kind: 'purpose' } } = command;
  if ((scope.kind === 'element' && !scope.element) || (scope.kind === 'recipient' && !scope.recipient))
    refuse('scope_incomplete', `Name the ${scope.kind} that is withdrawn.`);
  if (situation.withdrawn) return [];
  const already = situation.partlyWithdrawn.some(
    ({ partly }) =>
      partly &&
      ((scope.kind === 'element' && 'element' in partly && partly.element === scope.element) ||
        (scope.kind === 'recipient' &&
          'recipient' in partly &&
          partly.recipient === recipientId(state.about!, scope.recipient))),
  );
  if (already) return [];
  const [withdrawn] = one('ConsentWithdrawn', {
    by,
    channel,
    ...(scope.kind === 'recipient' ? { scope: { kind: scope.kind }, recipient: scope.recipient } : { scope }),
  });
  return withReceipt('withdrawn', withdrawn!, situation);
}

/** A client's no, and that a session began in an emergency: taken back, both would be gone for whoever looks later. */
const NEEDS_SECOND_CLINICIAN = new Set<string>([
  'ConsentWithdrawn',
  'ConsentDeclined',
  'DissentRecorded',
  'ConsentDeferredForEmergency',
]);

export function markInError(
  state: ConsentState,
  command: CommandOf<'MarkEntryInError'>,
  { actor, reason }: CommandContext,
  one: One,
): ConsentEvent[] {
  const { correctsEventId, requestedBy, treatedBy } = command;
  const entry =
    state.entries.find(({ eventId }) => eventId === correctsEventId) ?? missing('entry of this consent');
  if (entry.type === 'ConsentEntryMarkedInError')
    refuse('correction_cannot_be_corrected', 'A correction stands. Record what is true as a new entry.');
  if (
    state.entries.some(
      (other) => other.type === 'ConsentEntryMarkedInError' && other.correctsEventId === correctsEventId,
    )
  )
    return [];
  const reasons = [];
  if (!reason?.trim())
    reasons.push({ code: 'reason_missing', detail: 'Say in "reason" why the entry is wrong.' });
  // Clients cannot sign in yet, so that "the client asked" is somebody's word: a second clinician answers for it, and
  // never anybody whose own treatment of this client it was about, or who could go on with it.
  if (NEEDS_SECOND_CLINICIAN.has(entry.type)) {
    if (entry.actorId === actor.id || treatedBy.includes(actor.id))
      reasons.push({
        code: 'second_clinician_needed',
        detail:
          "Only a second clinician, who has never treated anybody in this relationship and did not enter it, can mark a client's no, or an emergency, as entered in error. Ask one, or offer the consent again.",
      });
    if (actor.role !== 'therapist' && actor.role !== 'supervisor')
      reasons.push({
        code: 'clinician_needed',
        detail: "Only a clinician can mark a client's no, or an emergency, as entered in error.",
      });
  }
  refuseIfAny(reasons);
  return one('ConsentEntryMarkedInError', { correctsEventId, requestedBy });
}
