import { byStream, type Projection, members, text } from '#libs/event-store';
import { parseStream, type Instant, type Recorded } from '#libs/kernel';
import { endOf, grant, type Grant, type GrantEvent, type Opening } from '../grant/grant.js';

/** One row per break-glass grant, without anybody's words. Whether it is open or its review due is judged when it is read. */
export interface GrantRow extends Opening {
  grantId: string;
  openedAt: Instant;
  /** when it ends, or ended */
  endsAt: Instant;
  review?: { finding: string; by: string; at: Instant };
  state: Grant;
}

function evolve(row: GrantRow | undefined, event: Recorded<GrantEvent>): GrantRow {
  const wordless =
    event.type === 'BreakGlassReviewed' ? { ...event, data: { ...event.data, words: undefined } } : event;
  const state = grant.evolve(row?.state ?? grant.initial, wordless);
  if (state.situation === 'none') throw new Error('a grant that something happened to exists');
  const review =
    event.type === 'BreakGlassReviewed'
      ? { finding: event.data.finding, by: event.actor.id, at: event.occurredAt }
      : row?.review;
  return {
    grantId: parseStream(event.stream).id,
    ...state.opening,
    openedAt: state.openedAt,
    endsAt: endOf(state),
    ...(review ? { review } : {}),
    state,
  };
}

export const grants: Projection<GrantRow> = {
  name: 'grants',
  version: 2,
  keys: byStream(grant.category),
  evolve: (row, event) => evolve(row, event as Recorded<GrantEvent>),
  columns: {
    ...members('clientId', 'staffId', 'endsAt'),
    reviewed: text(({ review }) => review !== undefined),
  },
  indexes: ['"clientId"'],
};

export const isOpenAt = ({ openedAt, endsAt }: Pick<GrantRow, 'openedAt' | 'endsAt'>, at: Instant): boolean =>
  openedAt <= at && at < endsAt;

/** A grant as it is read. */
export function shownGrant(row: GrantRow, now: Instant) {
  const { grantId, staffId, clientId, reasonCode, minutes, openedAt, endsAt, reviewBy, review } = row;
  return {
    id: grantId,
    staffId,
    clientId,
    reasonCode,
    minutes,
    openedAt,
    endsAt,
    open: isOpenAt(row, now),
    reviewBy,
    reviewDue: endsAt <= now && review === undefined,
    reviewOverdue: reviewBy < now && review === undefined,
    ...(review ? { review: { ...review, late: review.at > reviewBy } } : {}),
  };
}
