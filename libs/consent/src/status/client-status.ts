import type { TwoClocks } from '../consent/situation.js';
import { judge } from '../gate/gate.js';
import { shownTo } from './shown.js';
import { worstOf, type RelationshipStatus } from './status.js';

/** Where every relationship of a client stands; `records` are those of the person, the one asked about first. */
export type ClientStatuses = { records: readonly string[]; relationships: readonly RelationshipStatus[] };

/**
 * The whole answer about one client, as the service gives it and as anybody makes it again from an export.
 * @param position how far the log was read
 */
export function clientStatus(
  clientId: string,
  clocks: TwoClocks,
  position: number,
  { records, relationships }: ClientStatuses,
) {
  const open = relationships.filter(
    (relationship) =>
      relationship.open && relationship.members.some((member) => records.includes(member.clientId)),
  );
  return {
    clientId,
    ...clocks,
    position,
    overall:
      relationships.length === 0
        ? ('not_sought' as const)
        : worstOf((open.length > 0 ? open : relationships).map(({ overall }) => overall)),
    relationships: relationships.map((relationship) => shownTo(records, withGate(relationship, clocks.at))),
  };
}

/** A status with the gate's decision for a session in the relationship's own format. */
export function withGate(whole: RelationshipStatus, at: string) {
  const { opening, members, sessionConsents: _asked, ...status } = whole;
  const { judged: _, ...gate } = judge(whole, { at, format: status.format });
  return {
    ...status,
    unitKind: opening.unitKind,
    members: members.map(({ clientId }) => clientId),
    memberStatuses: members,
    gate,
  };
}
