import type { Instant, LocalDate } from '#libs/kernel';
import type { Purpose } from '../rule-pack/elements.js';
import type { Status, StatusReason } from '../status/consent-answer.js';
import type { RelationshipStatus } from '../status/status.js';

/** One consent on the board; a member who was never asked for treatment has a row as well. */
export interface BoardRow {
  /** orders the board and tells rows apart */
  key: string;
  relationshipId: string;
  clientId: string;
  therapistId: string;
  therapistName: string | null;
  purpose: Purpose;
  status: Status;
  since: Instant | null;
  reasons: StatusReason[];
  expiresOn: LocalDate | null;
  reviewOn: LocalDate | null;
}

export interface BoardFilter {
  status?: Status;
  reason?: string;
  therapistId?: string;
}

/** The rows of one open relationship that a filter lets through, in the order of their keys. */
export function boardRows(status: RelationshipStatus, filter: BoardFilter): BoardRow[] {
  if (!status.open || (filter.therapistId && filter.therapistId !== status.therapistId)) return [];
  const { relationshipId, therapistId, therapistName } = status;
  const about = { relationshipId, therapistId, therapistName };
  const members = status.members.map(({ clientId }) => clientId);
  const consents = status.consents.filter(({ clientId }) => members.includes(clientId));
  const asked = consents.map(({ clientId, purpose, status: state, since, reasons, expiresOn, reviewOn }) => ({
    ...about,
    clientId,
    purpose,
    status: state,
    since,
    reasons,
    expiresOn,
    reviewOn,
  }));
  const unasked = members
    .filter(
      (member) => !asked.some(({ clientId, purpose }) => clientId === member && purpose === 'treatment'),
    )
    .map((clientId) => ({
      ...about,
      clientId,
      purpose: 'treatment' as const,
      status: 'not_sought' as const,
      since: null,
      reasons: [],
      expiresOn: null,
      reviewOn: null,
    }));
  return [...asked, ...unasked]
    .map((row) => ({ key: `${relationshipId}/${row.clientId}/${row.purpose}`, ...row }))
    .filter(
      (row) =>
        (!filter.status || row.status === filter.status) &&
        (!filter.reason || row.reasons.some(({ code }) => code === filter.reason)),
    )
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
