import type { ClientEvent, UnitEvent } from '#libs/client';
import { parseStream, type LocalDate, type Recorded } from '#libs/kernel';
import type { RelationshipOpening } from '#libs/relationship';
import type { AuthorityOnRecord } from '../consent/guardians.js';
import { held, type TwoClocks } from '../consent/situation.js';
import type { Stamp } from './facts.js';

/*
 * What consent rests on about people: who is treated together, how old somebody is, where they are, who decides for them
 * and whether they can. No names and nobody's words.
 */

export type ClientFact = Stamp &
  (
    | {
        type: 'ClientRegistered' | 'ClientDetailsChanged';
        dateOfBirth?: LocalDate;
        jurisdiction?: string;
      }
    | { type: 'GuardianAuthorityRecorded'; authority: AuthorityOnRecord }
    | { type: 'GuardianAuthorityEnded'; guardianId: string; endedOn: LocalDate }
    | { type: 'CapacityAssessed'; decision: string; capable: boolean }
  );

export interface ClientPart {
  kind: 'client';
  entries: ClientFact[];
  /** relationships that began with this client */
  relationships: (Stamp & { relationshipId: string })[];
  /** units joined after they were formed */
  units: (Stamp & { unitId: string })[];
  /** records of the same person it was merged with, in either direction, or parted from */
  links: (Stamp & { otherClientId: string; merged: boolean })[];
}

/** Who is treated together. */
export interface UnitPart {
  kind: 'unit';
  /** null when it is not told how the unit was formed */
  founders: string[] | null;
  changes: (Stamp & { type: 'UnitMemberAdded' | 'UnitMemberLeft'; clientId: string })[];
  relationships: (Stamp & { relationshipId: string })[];
}

export function evolveClient(
  part: ClientPart = { kind: 'client', entries: [], relationships: [], units: [], links: [] },
  event: Recorded,
  stamp: Stamp,
): ClientPart {
  const { category, id } = parseStream(event.stream);
  if (category === 'relationship')
    return { ...part, relationships: [...part.relationships, { ...stamp, relationshipId: id }] };
  if (category === 'unit') return { ...part, units: [...part.units, { ...stamp, unitId: id }] };
  const { type, data } = event as Recorded<ClientEvent>;
  if (type === 'ClientsMerged' || type === 'ClientsUnmerged') {
    const link = { ...stamp, otherClientId: data.otherClientId, merged: type === 'ClientsMerged' };
    return { ...part, links: [...part.links, link] };
  }
  const said = clientFact(event as Recorded<ClientEvent>);
  return said ? { ...part, entries: [...part.entries, { ...stamp, ...said }] } : part;
}

type Said<T> = T extends unknown ? Omit<T, keyof Stamp> : never;

function clientFact(event: ClientEvent): Said<ClientFact> | undefined {
  switch (event.type) {
    case 'ClientRegistered':
    case 'ClientDetailsChanged': {
      const { dateOfBirth, jurisdiction } = event.data;
      return {
        type: event.type,
        ...(dateOfBirth === undefined ? {} : { dateOfBirth }),
        ...(jurisdiction === undefined ? {} : { jurisdiction }),
      };
    }
    case 'GuardianAuthorityRecorded': {
      const { guardianId, scope, jointRule, relation, validFrom, validTo } = event.data;
      const legalRepresentative = relation === 'legal_representative';
      const until = validTo === undefined ? {} : { validTo };
      return {
        type: event.type,
        authority: { guardianId, scope, jointRule, legalRepresentative, validFrom, ...until },
      };
    }
    case 'GuardianAuthorityEnded':
      return { type: event.type, guardianId: event.data.guardianId, endedOn: event.data.endedOn };
    case 'CapacityAssessed':
      return { type: event.type, decision: event.data.decision, capable: event.data.capable };
    default:
      return undefined;
  }
}

export function evolveUnit(
  part: UnitPart = { kind: 'unit', founders: null, changes: [], relationships: [] },
  recorded: Recorded,
  stamp: Stamp,
): UnitPart {
  const { category, id } = parseStream(recorded.stream);
  if (category === 'relationship')
    return { ...part, relationships: [...part.relationships, { ...stamp, relationshipId: id }] };
  const event = recorded as Recorded<UnitEvent>;
  if (event.type === 'UnitFormed') return { ...part, founders: event.data.members };
  return {
    ...part,
    changes: [...part.changes, { ...stamp, type: event.type, clientId: event.data.clientId }],
  };
}

/** Who is treated together at the moment asked about: those it began with, and whoever joined and has not left. */
export function membersAt(
  unit: UnitPart | undefined,
  opening: RelationshipOpening,
  clocks: TwoClocks,
): string[] {
  const members = new Set(unit?.founders ?? opening.members);
  for (const { type, clientId } of held(unit?.changes ?? [], clocks))
    if (type === 'UnitMemberAdded') members.add(clientId);
    else members.delete(clientId);
  return [...members];
}

/** Everybody who ever was a member, as far as the log goes. */
export const membersEver = (unit: UnitPart | undefined, opening: RelationshipOpening): string[] => [
  ...new Set([
    ...opening.members,
    ...(unit?.founders ?? []),
    ...(unit?.changes ?? []).map(({ clientId }) => clientId),
  ]),
];

/** A date of birth that is put right was never another: what is known counts for every day asked about. */
export const birthKnown = (
  client: ClientPart | undefined,
  knownAt: string,
): (Stamp & { dateOfBirth: LocalDate }) | undefined =>
  client?.entries.findLast(
    (
      fact,
    ): fact is Extract<ClientFact, { type: 'ClientRegistered' | 'ClientDetailsChanged' }> & {
      dateOfBirth: LocalDate;
    } => 'dateOfBirth' in fact && fact.recordedAt <= knownAt,
  );

/** Where the client is; undefined when nobody has said. */
export const jurisdictionAt = (
  client: ClientPart | undefined,
  clocks: TwoClocks,
): (Stamp & { jurisdiction?: string }) | undefined =>
  held(client?.entries ?? [], clocks).findLast(
    (fact): fact is Extract<ClientFact, { type: 'ClientRegistered' | 'ClientDetailsChanged' }> =>
      'jurisdiction' in fact,
  );

/** Every assessment of whether the client can make a decision, oldest first. */
export const assessmentsOf = (
  client: ClientPart | undefined,
  decision: string,
  clocks: TwoClocks,
): Extract<ClientFact, { type: 'CapacityAssessed' }>[] =>
  held(client?.entries ?? [], clocks).filter(
    (fact) => fact.type === 'CapacityAssessed' && fact.decision === decision,
  ) as Extract<ClientFact, { type: 'CapacityAssessed' }>[];

/** Who may decide for the client, as known: documents say from when until when, so that their days are judged elsewhere. */
export function authoritiesKnown(
  client: ClientPart | undefined,
  knownAt: string,
): (AuthorityOnRecord & { by: Stamp; endedBy?: Stamp })[] {
  const authorities: (AuthorityOnRecord & { by: Stamp; endedBy?: Stamp })[] = [];
  for (const fact of client?.entries ?? []) {
    if (fact.recordedAt > knownAt) continue;
    if (fact.type === 'GuardianAuthorityRecorded') authorities.push({ ...fact.authority, by: fact });
    if (fact.type !== 'GuardianAuthorityEnded') continue;
    const { guardianId, endedOn } = fact;
    const ended = authorities.find(
      (one) =>
        one.guardianId === guardianId &&
        one.validFrom <= endedOn &&
        endedOn <= (one.validTo ?? endedOn) &&
        endedOn < (one.endedOn ?? '9999'),
    );
    if (ended) Object.assign(ended, { endedOn, endedBy: fact });
  }
  return authorities;
}
