import type { Transaction } from '#libs/event-store';
import { reasonIf } from '#libs/kernel';
import { consent, consentIdOf } from '../consent/consent.js';
import { recipientId } from '../consent/recipients.js';
import { situationOf } from '../consent/situation.js';
import type { Purpose } from '../rule-pack/elements.js';
import type { StatusReader } from '../status/status.reader.js';
import type { Authorization } from './disclosure.js';

/**
 * Whether a client's consent lets a recipient be told something: for the moment it happens and for now as well, so that no
 * date gets past a withdrawal. What is judged stands guard until the command is stored.
 */
export async function authorizationIn(
  tx: Transaction,
  statusReader: StatusReader,
  {
    relationshipId,
    clientId,
    purpose,
    recipient,
  }: { relationshipId: string; clientId: string; purpose: Purpose; recipient: string },
): Promise<Authorization> {
  const consentId = consentIdOf(tx.meta.practiceId, relationshipId, clientId, purpose);
  const gaps = await statusReader.gapsIn(tx, relationshipId, [clientId], purpose);
  const { entries } = await tx.read(consent, consentId);
  const asked = recipientId({ relationshipId, clientId }, recipient);
  const { partlyWithdrawn } = situationOf(entries, { at: tx.now, knownAt: tx.now });
  const isExcluded = partlyWithdrawn.some(
    ({ partly }) => partly && 'recipient' in partly && partly.recipient === asked,
  );
  const isNamed = [tx.occurredAt, tx.now].every((at) => {
    const { given } = situationOf(entries, { at, knownAt: tx.now });
    return !given || given.recipientIds?.includes(asked);
  });
  return {
    consentId,
    reasons: [
      ...gaps.map(({ code, detail, eventId }) => ({ code, detail, ...(eventId ? { eventId } : {}) })),
      ...reasonIf(
        !isNamed,
        'recipient_not_named',
        'The client did not name this recipient. Ask them; the consent can be renewed with recipients that name whoever is told.',
      ),
      ...reasonIf(
        isExcluded,
        'withdrawn_towards_recipient',
        'The client withdrew it towards this recipient. Talk with the client; it can be given anew.',
      ),
    ],
  };
}
