import { deriveId, type Reason, reasonIf } from '#libs/kernel';
import type { Purpose } from '../rule-pack/elements.js';

/* Who may be told: a consent to tell somebody is towards those it names, and nobody else. */

const TOWARDS_SOMEBODY = new Set<Purpose>(['disclosure_authorization', 'psychotherapy_note_authorization']);

/** What is wrong with the recipients that a consent names. */
export const recipientReasons = (purpose: Purpose, recipients: readonly string[] = []): Reason[] => [
  ...reasonIf(
    TOWARDS_SOMEBODY.has(purpose) && !recipients.some((name) => name.trim()),
    'recipients_missing',
    'Name in recipients who may be told. Nobody else will be.',
  ),
  ...reasonIf(
    !TOWARDS_SOMEBODY.has(purpose) && recipients.length > 0,
    'recipients_without_use',
    `Consent to ${purpose} is not about telling somebody. Leave recipients out.`,
  ),
];

/**
 * The same recipient is known again without keeping who it is, however the name is spaced, capitalised or encoded
 * (Unicode NFKC); another client's recipient has another id.
 */
export const recipientId = (
  { relationshipId, clientId }: { relationshipId: string; clientId: string },
  recipient: string,
): string =>
  deriveId(
    'recipient',
    relationshipId,
    clientId,
    recipient.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase(),
  );

/** Ids of those a consent names, each once, in an order of their own. */
export const recipientIds = (
  about: { relationshipId: string; clientId: string },
  recipients: readonly string[] = [],
): string[] => [...new Set(recipients.map((name) => recipientId(about, name)))].sort();
