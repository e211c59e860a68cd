import { wallTime, type Instant } from '#libs/kernel';
import type { shownGrant } from '../grants/grants.projection.js';
import type { AccessEntry } from './access-log.sql.js';

export type Names = ReadonlyMap<string, { name: string }>;

/** An entry as it is read. Whoever asks about one client gets no ids of others. */
export function shownEntry({ position, accessId, at, data }: AccessEntry, names: Names, clientId?: string) {
  const { actor, clientIds, ...how } = data;
  const name = names.get(actor.id)?.name;
  const shown = clientId === undefined ? clientIds : [clientId];
  return {
    position,
    accessId,
    at,
    staffId: actor.id,
    ...(name === undefined ? {} : { name }),
    role: actor.role,
    ...how,
    clientIds: shown,
    others: clientIds.length - shown.length,
  };
}

/** `/v1/clients/:id/consent-status` is "clients, consent status". */
const inWords = (route: string): string =>
  route
    .replace(/^\/v1\//, '')
    .split('/')
    .filter((part) => !part.startsWith(':'))
    .join(', ')
    .replaceAll('-', ' ');

/** One read as a line of text that its client can be given. */
export function line({ at, data }: AccessEntry, names: Names, zone: string): string {
  const { actor, route, purpose, grantId } = data;
  return [
    onTheWall(at, zone),
    `${names.get(actor.id)?.name ?? 'the operator of the service'} (${actor.role})`,
    inWords(route),
    `for ${purpose.replaceAll('_', ' ')}${grantId ? ', by breaking the glass' : ''}`,
  ].join(' | ');
}

const onTheWall = (at: Instant, zone: string): string => wallTime(at, zone).replace('T', ' ');

/** A break-glass grant as a line of that text. */
export function grantLine(grant: ReturnType<typeof shownGrant>, names: Names, zone: string): string {
  const { staffId, openedAt, endsAt, reasonCode, review, reviewBy, reviewOverdue } = grant;
  return [
    `Opened in an emergency ${onTheWall(openedAt, zone)} to ${onTheWall(endsAt, zone)}`,
    names.get(staffId)?.name ?? staffId,
    reasonCode.replaceAll('_', ' '),
    review
      ? `reviewed ${onTheWall(review.at, zone)}: ${review.finding.replaceAll('_', ' ')}`
      : `${reviewOverdue ? 'not reviewed, overdue since' : 'to be reviewed by'} ${onTheWall(reviewBy, zone)}`,
  ].join(' | ');
}
