import type { Instant } from '#libs/kernel';
import type { Dimensions } from '#libs/stance';
import { held, situationOf, type TwoClocks } from '../consent/situation.js';
import type { RelationshipPart, StancePart, StanceVersionFact } from './facts.js';

/** The version somebody acknowledged last, and what has changed materially since. */
export interface Acknowledgement {
  by: string;
  versionNo: number;
  contentHash: string;
  at: Instant;
  changedDimensions: string[];
}

export interface StanceAnswer {
  statement: string;
  dimensions: Dimensions;
  versionNo: number;
  contentHash: string;
  publishedAt: Instant;
  /** of several members the one who is furthest behind; null while any of them has acknowledged nothing */
  acknowledged: Omit<Acknowledgement, 'changedDimensions'> | null;
  isCurrent: boolean;
  changedDimensions: string[];
  /** of each member who has acknowledged some version */
  acknowledgements: Acknowledgement[];
  /** from when it is no longer in force; its versions stay readable */
  retiredAt: Instant | null;
  contradictions: { code: string; detail: string; eventId: string }[];
}

/** The version in force in plain words, the one acknowledged, and where practice contradicts it. */
export function stanceAnswer(
  stance: StancePart | undefined,
  relationship: RelationshipPart,
  members: readonly string[],
  clocks: TwoClocks,
): StanceAnswer | null {
  const versions = stance ? held(stance.versions, clocks) : [];
  const current = versions.at(-1);
  if (!stance || !current) return null;
  const acknowledgements = members.flatMap(
    (member) => acknowledgedBy(member, stance.stanceId, relationship, versions, clocks) ?? [],
  );
  return {
    statement: current.statement,
    dimensions: current.dimensions,
    versionNo: current.versionNo,
    contentHash: current.contentHash,
    publishedAt: current.occurredAt,
    ...asAcknowledged(acknowledgements, members, current.versionNo),
    retiredAt: stance.retired && held([stance.retired], clocks)[0] ? stance.retired.occurredAt : null,
    contradictions: contradictions(current.dimensions, relationship, clocks),
  };
}

/** The part of the answer that says who has read which version. */
export function asAcknowledged(
  acknowledgements: readonly Acknowledgement[],
  members: readonly string[],
  currentVersionNo: number,
): Pick<StanceAnswer, 'acknowledged' | 'isCurrent' | 'changedDimensions' | 'acknowledgements'> {
  const everybody = members.every((member) => acknowledgements.some(({ by }) => by === member));
  const [behind] = acknowledgements.toSorted((a, b) => a.versionNo - b.versionNo);
  if (!behind || !everybody)
    return {
      acknowledged: null,
      isCurrent: false,
      changedDimensions: [],
      acknowledgements: [...acknowledgements],
    };
  const { changedDimensions, ...acknowledged } = behind;
  return {
    acknowledged,
    isCurrent: acknowledged.versionNo === currentVersionNo,
    changedDimensions,
    acknowledgements: [...acknowledgements],
  };
}

function acknowledgedBy(
  member: string,
  stanceId: string,
  relationship: RelationshipPart,
  versions: readonly StanceVersionFact[],
  clocks: TwoClocks,
): Acknowledgement | undefined {
  const [last] = Object.values(relationship.consents)
    .filter(({ clientId }) => clientId === member)
    .flatMap(({ entries }) => situationOf(entries, clocks).stance ?? [])
    .filter((acknowledged) => acknowledged.stanceId === stanceId)
    .sort((a, b) => b.versionNo - a.versionNo || (a.occurredAt < b.occurredAt ? 1 : -1));
  if (!last) return undefined;
  const since = versions.filter(
    ({ versionNo, materiality }) => versionNo > last.versionNo && materiality === 'material',
  );
  return {
    by: member,
    versionNo: last.versionNo,
    contentHash: last.contentHash,
    at: last.occurredAt,
    changedDimensions: [...new Set(since.flatMap(({ changedDimensions }) => changedDimensions))],
  };
}

/**
 * `clientIsOnlySource` becomes untrue at the first collateral contact, outside record or mandate; and who
 * owes a mandating party reports is not there for the client alone.
 */
function contradictions(
  { informationSources, allegiance }: Dimensions,
  relationship: RelationshipPart,
  clocks: TwoClocks,
): StanceAnswer['contradictions'] {
  const named = informationSources as readonly string[];
  return held(relationship.entries, clocks).flatMap((fact) => {
    const { eventId } = fact;
    const mandate = fact.type === 'MandateRecorded';
    const source = mandate ? 'mandator' : fact.type === 'InformationSourceAdded' ? fact.source : undefined;
    const found: StanceAnswer['contradictions'] = [];
    if (source && !named.includes(source))
      found.push({
        code: 'client_is_not_only_source',
        detail: `The stance does not name ${source.replaceAll('_', ' ')} as a source, yet information came from there.`,
        eventId,
      });
    if (mandate && allegiance.to !== 'client_with_duty_to_mandator')
      found.push({
        code: 'allegiance_without_mandator',
        detail:
          'The stance names no duty to a mandating party, yet one sends the client. Publish a stance that says so.',
        eventId,
      });
    return found;
  });
}
