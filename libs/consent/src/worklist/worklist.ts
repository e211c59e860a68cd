import { startOfLocalDay, type Instant } from '#libs/kernel';
import type { Purpose } from '../rule-pack/elements.js';
import type { ConsentAnswer, Status, StatusReason } from '../status/consent-answer.js';
import type { RelationshipStatus } from '../status/status.js';

/** One person who must be asked again, why, and by when. */
export interface WorklistRow {
  key: string;
  relationshipId: string;
  clientId: string;
  therapistId: string;
  therapistName: string | null;
  purpose: Purpose;
  status: Status;
  reasons: StatusReason[];
  /** from when a session is refused; the day of the review where nothing blocks; null when nothing sets a date */
  dueBy: Instant | null;
}

/**
 * A consent that was given and does not cover what happens now, has run out, or was put off in an emergency. Whoever said
 * no, or withdrew, is not asked again by a list.
 */
const ASKED_AGAIN = new Set<Status>(['stale', 'expired', 'deferred_emergency']);

/** Who of one open relationship must be asked again; members only. */
export function worklistRows(status: RelationshipStatus): WorklistRow[] {
  if (!status.open) return [];
  const { relationshipId, therapistId, therapistName } = status;
  return status.consents
    .filter(
      (consent) =>
        (ASKED_AGAIN.has(consent.status) || consent.emergency?.overdue) &&
        status.members.some(({ clientId }) => clientId === consent.clientId),
    )
    .map((consent) => ({
      key: `${relationshipId}/${consent.clientId}/${consent.purpose}`,
      relationshipId,
      clientId: consent.clientId,
      therapistId,
      therapistName,
      purpose: consent.purpose,
      status: consent.status,
      reasons: consent.reasons,
      dueBy: dueBy(consent, status.zone),
    }));
}

/** The moment the first reason begins to block, else the review. */
function dueBy({ status, since, reasons, reviewOn, emergency }: ConsentAnswer, zone: string): Instant | null {
  const [first] = [
    ...reasons.flatMap(({ blocksFrom }) => blocksFrom ?? []),
    ...(status === 'expired' && since ? [since] : []),
    ...(emergency ? [emergency.followUpBy] : []),
  ].sort();
  return first ?? (reviewOn ? startOfLocalDay(reviewOn, zone) : null);
}

/** Most urgent first; what has no date comes last. */
export const byUrgency = (a: WorklistRow, b: WorklistRow): number => (placeOf(a) < placeOf(b) ? -1 : 1);

/** Tells where a row stands in the list, for a cursor. */
export const placeOf = ({ dueBy: due, key }: WorklistRow): string => `${due ?? '9999'} ${key}`;
