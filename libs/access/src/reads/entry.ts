import type { PurposeOfReading } from '#libs/http';
import { canonicalJson, sha256, type Instant } from '#libs/kernel';

const BY_ROLE: Readonly<Record<string, PurposeOfReading>> = {
  therapist: 'treatment',
  supervisor: 'supervision',
  auditor: 'audit',
};
/** What a read is for when nobody says. */
export const purposeByRole = (role: string): PurposeOfReading => BY_ROLE[role] ?? 'operations';

/** One read, as it is kept and hashed. Of people it holds ids and nothing else. */
export interface AccessData {
  actor: { id: string; role: string };
  /** how they signed in, e.g. `token` */
  via: string;
  /** the pattern of the route, e.g. `/v1/clients/:id`: an address can hold what somebody searched for */
  route: string;
  /** whom the answer concerns, sorted, each once; of somebody who is no client yet the id of the inquiry */
  clientIds: readonly string[];
  purpose: PurposeOfReading;
  /** the break-glass grant without which it would have been refused */
  grantId?: string;
  /** the same for every part of one streamed answer */
  requestId: string;
}

/**
 * SHA-256, lower-case hex, over the RFC 8785 form of an entry without its position, which the tree proves. Recomputed
 * from the columns of `access.entry` it must be the one that is stored there.
 */
export const accessLeafHash = (entry: {
  accessId: string;
  at: Instant;
  data: AccessData;
  practiceId: string;
}): string => {
  const { accessId, at, data, practiceId } = entry;
  return sha256(canonicalJson({ accessId, at, data, practiceId }));
};
