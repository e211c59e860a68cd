import { streamOf } from '#libs/kernel';
import type { Policy, PolicyEntry } from '#libs/practice';
import { held, type TwoClocks } from '../consent/situation.js';
import type { RulePack } from '../rule-pack/rule-pack.js';
import {
  LIBRARY,
  type ClientPart,
  type DocumentPart,
  type LibraryPart,
  type Part,
  type PracticePart,
  type RelationshipPart,
  type StaffPart,
  type StancePart,
} from './facts.js';
import { standingAt, type StatusFacts } from './status.js';

export type Parts = ReadonlyMap<string, Part>;

/** How ids of other contexts are derived and their policies judged; given by the caller so that this stays pure. */
export interface Known {
  stanceIdOf(practiceId: string, therapistId: string, unitKind: string): string;
  policyAt(entries: readonly PolicyEntry[], instant: string): Policy;
  packs: readonly RulePack[];
}

/** The keys of further parts that the parts at hand point to: relationships of clients, and what those rest on. */
export function partsPointedTo(
  parts: Parts,
  practiceId: string,
  { stanceIdOf }: Pick<Known, 'stanceIdOf'>,
): string[] {
  const keys = new Set([streamOf('practice', practiceId), LIBRARY]);
  for (const part of parts.values()) {
    if (part.kind === 'client')
      for (const { relationshipId } of part.relationships) keys.add(streamOf('relationship', relationshipId));
    if (part.kind === 'library') for (const id of part.documentIds) keys.add(streamOf('document', id));
    if (part.kind !== 'relationship') continue;
    const opening = part.entries.find((fact) => fact.type === 'RelationshipOpened')?.opening;
    for (const therapistId of therapistsOf(part)) {
      keys.add(streamOf('staff', therapistId));
      if (opening) keys.add(streamOf('stance', stanceIdOf(practiceId, therapistId, opening.unitKind)));
    }
  }
  return [...keys].filter((key) => !parts.has(key));
}

/** Everybody who has been the therapist of a relationship. */
export const therapistsOf = (part: RelationshipPart): string[] =>
  part.entries.flatMap((fact) =>
    fact.type === 'RelationshipOpened'
      ? [fact.opening.therapistId]
      : fact.type === 'TherapistReassigned'
        ? [fact.to]
        : [],
  );

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
  const library = parts.get(LIBRARY) as LibraryPart | undefined;
  return {
    relationship,
    stance:
      standing &&
      (parts.get(streamOf('stance', stanceIdOf(practiceId, therapistId, standing.opening.unitKind))) as
        StancePart | undefined),
    therapistName: (parts.get(streamOf('staff', therapistId)) as StaffPart | undefined)?.name,
    documents: (library?.documentIds ?? []).flatMap(
      (id) => (parts.get(streamOf('document', id)) as DocumentPart | undefined) ?? [],
    ),
    zone: practice.zone,
    policy: policyAt(
      practice.policies
        .filter(({ recordedAt }) => recordedAt <= clocks.knownAt)
        .map(({ occurredAt, policy }) => ({ from: occurredAt, policy })),
      clocks.at,
    ),
    packs,
  };
}

/** The relationships a client was in, as known by then. */
export const relationshipsOf = (parts: Parts, clientId: string, clocks: TwoClocks): string[] =>
  held((parts.get(streamOf('client', clientId)) as ClientPart | undefined)?.relationships ?? [], clocks).map(
    ({ relationshipId }) => relationshipId,
  );
