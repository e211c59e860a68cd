import { streamOf } from '#libs/kernel';
import type { Policy, PolicyEntry } from '#libs/practice';
import type { RelationshipOpening } from '#libs/relationship';
import { held, type TwoClocks } from '../consent/situation.js';
import type { RulePack } from '../rule-pack/pack.js';
import { rulePackIdOf } from '../rule-pack/rule-pack.js';
import {
  FEE_SCHEDULES,
  type DocumentPart,
  type FeeSchedulesPart,
  type Part,
  type PracticePart,
  type RelationshipPart,
  type RulePackPart,
  type StaffPart,
  type StancePart,
} from './facts.js';
import { joinedEver, recordsOf, wholePerson } from './merged.js';
import { membersEver, type ClientPart, type UnitPart } from './people.js';
import { standingAt } from './standing.js';
import type { StatusFacts } from './status.js';

export type Parts = ReadonlyMap<string, Part>;

/** How ids of other contexts are derived and their policies judged; given by the caller so that this stays pure. */
export interface Known {
  stanceIdOf(practiceId: string, therapistId: string, unitKind: string): string;
  policyAt(entries: readonly PolicyEntry[], instant: string): Policy;
  packs: readonly RulePack[];
}

/**
 * The keys of further parts that the parts at hand point to. Only from the client who is asked about, under any record of
 * theirs, does it go on to relationships: the others in them are followed no further.
 */
export function partsPointedTo(
  parts: Parts,
  practiceId: string,
  { stanceIdOf }: Pick<Known, 'stanceIdOf'>,
  asked = '',
): string[] {
  const keys = new Set([streamOf('practice', practiceId), FEE_SCHEDULES]);
  for (const client of recordsEver(parts, asked)) {
    for (const { unitId } of client.units) keys.add(streamOf('unit', unitId));
    for (const relationshipId of relationshipsEver(parts, client))
      keys.add(streamOf('relationship', relationshipId));
  }
  for (const part of parts.values()) {
    if (part.kind === 'client') for (const id of joinedEver(part)) keys.add(streamOf('client', id));
    if (part.kind === 'fee_schedules') for (const id of part.documentIds) keys.add(streamOf('document', id));
    if (part.kind !== 'relationship') continue;
    for (const id of documentsOf(part)) keys.add(streamOf('document', id));
    const opening = openingOf(part);
    if (opening) {
      keys.add(streamOf('unit', opening.unitId));
      keys.add(streamOf('rulepack', rulePackIdOf(practiceId, opening.rulePack)));
      for (const member of membersEver(unitOf(parts, part), opening)) keys.add(streamOf('client', member));
    }
    for (const therapistId of therapistsOf(part)) {
      keys.add(streamOf('staff', therapistId));
      if (opening) keys.add(streamOf('stance', stanceIdOf(practiceId, therapistId, opening.unitKind)));
    }
  }
  return [...keys].filter((key) => !parts.has(key));
}

export const openingOf = (part: RelationshipPart): RelationshipOpening | undefined =>
  part.entries.find((fact) => fact.type === 'RelationshipOpened')?.opening;

const clientOf = (parts: Parts, clientId: string): ClientPart | undefined =>
  parts.get(streamOf('client', clientId)) as ClientPart | undefined;

export const unitOf = (parts: Parts, part: RelationshipPart): UnitPart | undefined =>
  parts.get(streamOf('unit', openingOf(part)?.unitId ?? '')) as UnitPart | undefined;

/** The parts at hand of a client and of every record that was ever joined with theirs. @param asked key of their part */
export function recordsEver(parts: Parts, asked: string): ClientPart[] {
  const keys = new Set([asked]);
  const found: ClientPart[] = [];
  for (const key of keys) {
    const part = parts.get(key);
    if (part?.kind !== 'client') continue;
    found.push(part);
    for (const id of joinedEver(part)) keys.add(streamOf('client', id));
  }
  return found;
}

/** Relationships that began with the client, and those of units joined later. */
export const relationshipsEver = (parts: Parts, { relationships, units }: ClientPart): string[] => [
  ...new Set(
    [
      ...relationships,
      ...units.flatMap(
        ({ unitId }) => (parts.get(streamOf('unit', unitId)) as UnitPart | undefined)?.relationships ?? [],
      ),
    ].map(({ relationshipId }) => relationshipId),
  ),
];

/** Everybody who has been the therapist of a relationship. */
export const therapistsOf = (part: RelationshipPart): string[] =>
  part.entries.flatMap((fact) =>
    fact.type === 'RelationshipOpened'
      ? [fact.opening.therapistId]
      : fact.type === 'TherapistReassigned'
        ? [fact.to]
        : [],
  );

/** Every document that was offered or signed in the consents of a relationship. */
export const documentsOf = ({ consents }: RelationshipPart): string[] => [
  ...new Set(
    Object.values(consents).flatMap(({ entries }) =>
      entries.flatMap((entry) =>
        'documents' in entry ? entry.documents.map(({ documentId }) => documentId) : [],
      ),
    ),
  ),
];

/** What one relationship is judged by, as of two clocks; undefined when there is no such relationship. */
export function statusFacts(
  parts: Parts,
  practiceId: string,
  relationshipId: string,
  clocks: TwoClocks,
  { stanceIdOf, policyAt, packs }: Known,
): StatusFacts | undefined {
  const relationship = parts.get(streamOf('relationship', relationshipId)) as RelationshipPart | undefined;
  const practice = parts.get(streamOf('practice', practiceId)) as PracticePart | undefined;
  if (!relationship || !practice) return undefined;
  const standing = standingAt(relationship, clocks);
  const therapistId = standing?.therapistId ?? '';
  const fees = parts.get(FEE_SCHEDULES) as FeeSchedulesPart | undefined;
  const unit = unitOf(parts, relationship);
  const opening = openingOf(relationship);
  return {
    relationship,
    unit,
    clients: new Map(
      (opening ? membersEver(unit, opening) : []).map((member) => [
        member,
        wholePerson((id) => clientOf(parts, id), member, clocks.knownAt),
      ]),
    ),
    stance:
      standing &&
      (parts.get(streamOf('stance', stanceIdOf(practiceId, therapistId, standing.opening.unitKind))) as
        StancePart | undefined),
    therapistName: (parts.get(streamOf('staff', therapistId)) as StaffPart | undefined)?.name,
    documents: [...new Set([...(fees?.documentIds ?? []), ...documentsOf(relationship)])]
      .sort()
      .flatMap((id) => (parts.get(streamOf('document', id)) as DocumentPart | undefined) ?? []),
    zone: practice.zone,
    policy: policyAt(
      practice.policies
        .filter(({ recordedAt }) => recordedAt <= clocks.knownAt)
        .map(({ occurredAt, policy }) => ({ from: occurredAt, policy })),
      clocks.at,
    ),
    packs: [...packs, ...published(parts, practiceId, relationship, clocks)],
  };
}

/** The practice's own editions of the pack a relationship opened under, as known by then. */
function published(
  parts: Parts,
  practiceId: string,
  { entries }: RelationshipPart,
  { knownAt }: TwoClocks,
): RulePack[] {
  const opening = entries.find((fact) => fact.type === 'RelationshipOpened')?.opening;
  const key = opening && streamOf('rulepack', rulePackIdOf(practiceId, opening.rulePack));
  const part = key && (parts.get(key) as RulePackPart | undefined);
  return (part ? part.editions : [])
    .filter(({ recordedAt }) => recordedAt <= knownAt)
    .map(({ edition }) => edition);
}

/** The records of a client, as known by then, the one asked about first. */
export const recordsKnown = (parts: Parts, clientId: string, { knownAt }: TwoClocks): string[] =>
  recordsOf((id) => clientOf(parts, id), clientId, knownAt);

/** The relationships a client was in, under any record of theirs, as known by then. */
export function relationshipsOf(parts: Parts, clientId: string, clocks: TwoClocks): string[] {
  const records = recordsKnown(parts, clientId, clocks).flatMap((id) => clientOf(parts, id) ?? []);
  const found = records.flatMap(({ relationships, units }) => [
    ...held(relationships, clocks),
    ...held(units, clocks).flatMap(({ unitId }) =>
      held((parts.get(streamOf('unit', unitId)) as UnitPart | undefined)?.relationships ?? [], clocks),
    ),
  ]);
  return [...new Set(found.map(({ relationshipId }) => relationshipId))];
}
