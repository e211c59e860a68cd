import { endOfLocalDay, localDate, type Instant, type LocalDate } from '#libs/kernel';
import type { Policy } from '#libs/practice';
import type { RelationshipOpening } from '#libs/relationship';
import type { Dimensions } from '#libs/stance';
import { missingElements } from '../consent/conditions.js';
import type { Given } from '../consent/consent.js';
import {
  held,
  situationOf,
  type ConsentEntry,
  type Situation,
  type TwoClocks,
} from '../consent/situation.js';
import type { Element, Purpose } from '../rule-pack/elements.js';
import { packInForce, requirements, type RulePack } from '../rule-pack/rule-pack.js';
import type { BoundaryFact, DocumentPart, RelationshipPart, StancePart } from './facts.js';
import { lostConditions, staleReasons, type Stale } from './stale.js';

/** States of a consent, the worst first when a unit is judged by its members (domain.md §4). */
export const STATUSES = [
  'withdrawn',
  'declined',
  'expired',
  'not_sought',
  'offered',
  'in_discussion',
  'deferred_emergency',
  'stale',
  'given',
] as const;
export type Status = (typeof STATUSES)[number];

/** Everything the status of one relationship is computed from, beside the clocks. */
export interface StatusFacts {
  relationship: RelationshipPart;
  /** the stance of whoever is the therapist at the time asked about; see `therapistAt` */
  stance: StancePart | undefined;
  therapistName: string | undefined;
  /** every document of the practice that anything here refers to, and its fee schedules */
  documents: readonly DocumentPart[];
  zone: string;
  policy: Policy;
  packs: readonly RulePack[];
}

export interface StatusReason {
  code: string;
  detail: string;
  effect: Stale['effect'];
  since: Instant;
  blocksFrom: Instant | null;
  eventId: string | null;
  position: number | null;
}

export interface ConsentAnswer {
  consentId: string;
  clientId: string;
  purpose: Purpose;
  status: Status;
  since: Instant | null;
  givenBy: 'self' | 'substitute' | null;
  reasons: StatusReason[];
  missing: { element: Element; clause: string }[];
  documents: { documentId: string; versionNo: number; contentHash: string; isCurrent: boolean }[];
  expiresOn: LocalDate | null;
  reviewOn: LocalDate | null;
  emergency: { basis: string; followUpBy: Instant; overdue: boolean } | null;
  evidence: { eventId: string; type: string; position: number; occurredAt: Instant; recordedAt: Instant }[];
}

export interface StanceAnswer {
  statement: string;
  dimensions: Dimensions;
  versionNo: number;
  contentHash: string;
  publishedAt: Instant;
  acknowledged: { versionNo: number; contentHash: string; at: Instant; by: string } | null;
  isCurrent: boolean;
  changedDimensions: string[];
  /** from when it is no longer in force; its versions stay readable */
  retiredAt: Instant | null;
  contradictions: { code: string; detail: string; eventId: string }[];
}

export interface RelationshipStatus {
  relationshipId: string;
  /** false before the opening and after the end, as of the time asked about */
  open: boolean;
  opening: RelationshipOpening;
  therapistId: string;
  therapistName: string | null;
  format: string;
  overall: Status;
  stance: StanceAnswer | null;
  consents: ConsentAnswer[];
  boundaries: { topic: string; status: string; versionNo: number | null; eventId: string }[];
}

/** Who is the therapist, in which format, and whether the relationship is open; undefined before its opening. */
export function standingAt(
  relationship: RelationshipPart,
  clocks: TwoClocks,
): { opening: RelationshipOpening; therapistId: string; format: string; open: boolean } | undefined {
  let standing:
    { opening: RelationshipOpening; therapistId: string; format: string; open: boolean } | undefined;
  for (const fact of held(relationship.entries, clocks)) {
    if (fact.type === 'RelationshipOpened')
      standing = {
        opening: fact.opening,
        therapistId: fact.opening.therapistId,
        format: fact.opening.format,
        open: true,
      };
    else if (!standing) continue;
    else if (fact.type === 'TherapistReassigned') standing.therapistId = fact.to;
    else if (fact.type === 'FormatChanged') standing.format = fact.to;
    else if (fact.type === 'RelationshipEnded') standing.open = false;
  }
  return standing;
}

/**
 * The one function that says where consent stands: used by the gate, the read models, the as-of query and the auditor's
 * replay. Pure; expiry, majority and review are judged by `clocks.at` in the practice's zone.
 * @returns undefined when the relationship did not exist, or was not known, by then
 */
export function relationshipStatus(facts: StatusFacts, clocks: TwoClocks): RelationshipStatus | undefined {
  const standing = standingAt(facts.relationship, clocks);
  if (!standing) return undefined;
  const consents = Object.entries(facts.relationship.consents)
    .map(([consentId, { clientId, purpose, entries }]) =>
      consentAnswer(consentId, clientId, purpose, situationOf(entries, clocks), facts, standing, clocks),
    )
    .filter((answer) => answer !== undefined)
    .sort((a, b) =>
      a.purpose === b.purpose ? compare(a.clientId, b.clientId) : compare(a.purpose, b.purpose),
    );
  return {
    relationshipId: facts.relationship.relationshipId,
    open: standing.open,
    opening: standing.opening,
    therapistId: standing.therapistId,
    therapistName: facts.therapistName ?? null,
    format: standing.format,
    overall: overall(standing.opening.members, consents),
    stance: stanceAnswer(facts, clocks),
    consents,
    boundaries: boundaries(facts.relationship.boundaries, clocks),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Treatment consent of every member; the unit's status is the worst member's. */
function overall(members: readonly string[], consents: readonly ConsentAnswer[]): Status {
  const each = members.map(
    (member) =>
      consents.find(({ clientId, purpose }) => clientId === member && purpose === 'treatment')?.status ??
      'not_sought',
  );
  return STATUSES.find((status) => each.includes(status)) ?? 'not_sought';
}

function consentAnswer(
  consentId: string,
  clientId: string,
  purpose: Purpose,
  situation: Situation,
  facts: StatusFacts,
  standing: NonNullable<ReturnType<typeof standingAt>>,
  clocks: TwoClocks,
): ConsentAnswer | undefined {
  if (situation.entries.length === 0) return undefined;
  const { given, offer } = situation;
  const present = {
    clocks,
    ...facts,
    relationship: facts.relationship.entries,
    therapistId: standing.therapistId,
    format: standing.format,
  };
  const gaps = missing(situation, purpose, facts, standing, clocks.at);
  const stale = given
    ? [...staleReasons(given, situation, present), ...lostConditions(given, situation, gaps)]
    : [];
  const { status, since, by } = verdict(situation, stale, facts.zone, clocks.at);
  const reasons = status === 'stale' ? stale.map(({ changedDimensions: _, ...reason }) => reason) : [];
  const counts = status === 'given' || status === 'stale' || status === 'expired';
  const texts = (counts ? given?.documents : offer?.documents) ?? [];
  return {
    consentId,
    clientId,
    purpose,
    status,
    since,
    givenBy: counts ? (given?.by ?? null) : null,
    reasons: [...reasons, ...partial(situation), ...emergencyOverdue(situation, clocks.at)],
    missing: gaps,
    documents: texts.map(({ documentId, versionNo, contentHash }) => ({
      documentId,
      versionNo,
      contentHash,
      isCurrent: isCurrent(documentId, versionNo, facts.documents, clocks),
    })),
    expiresOn: given?.expiresOn ?? null,
    reviewOn: situation.reviewOn ?? null,
    emergency:
      situation.deferral && !situation.followedUp
        ? {
            basis: situation.deferral.basis,
            followUpBy: situation.deferral.followUpBy,
            overdue: situation.deferral.followUpBy < clocks.at,
          }
        : null,
    evidence: evidence(situation, by),
  };
}

/** Withdrawn > declined (if later than the last given) > expired > stale > given (domain.md §4). */
function verdict(
  situation: Situation,
  stale: readonly Stale[],
  zone: string,
  at: Instant,
): { status: Status; since: Instant; by?: ConsentEntry } {
  const { withdrawn, declined, given, offer, deferral, entries } = situation;
  if (withdrawn) return { status: 'withdrawn', since: withdrawn.occurredAt, by: withdrawn };
  if (declined) return { status: 'declined', since: declined.occurredAt, by: declined };
  if (given && given.validFrom <= at) {
    const expiry = given.expiresOn && endOfLocalDay(given.expiresOn, zone);
    if (expiry && expiry <= at) return { status: 'expired', since: expiry, by: given };
    const [first] = stale.map(({ since }) => since).sort();
    return first
      ? { status: 'stale', since: first, by: given }
      : { status: 'given', since: given.validFrom, by: given };
  }
  if (deferral) return { status: 'deferred_emergency', since: deferral.occurredAt, by: deferral };
  const talk = entries.find(({ type }) => type !== 'ConsentOffered' && type !== 'ConsentEntryMarkedInError');
  if (offer && talk) return { status: 'in_discussion', since: talk.occurredAt, by: talk };
  if (offer) return { status: 'offered', since: offer.occurredAt, by: offer };
  return { status: 'not_sought', since: entries[0]!.occurredAt };
}

/** A part withdrawn does not end the rest; it is shown until consent is given anew. */
function partial({ partlyWithdrawn, withdrawn }: Situation): StatusReason[] {
  if (withdrawn) return [];
  return partlyWithdrawn.map(({ partly, occurredAt, eventId, position }) => ({
    code: 'partly_withdrawn',
    detail:
      partly && 'element' in partly
        ? `The client withdrew ${partly.element}.`
        : 'The client withdrew consent towards a recipient.',
    effect: 'inform',
    since: occurredAt,
    blocksFrom: null,
    eventId,
    position,
  }));
}

/** Overdue follow-up blocks ordinary sessions, never a second emergency. */
function emergencyOverdue({ deferral, followedUp }: Situation, at: Instant): StatusReason[] {
  if (!deferral || followedUp || deferral.followUpBy >= at) return [];
  const { followUpBy, eventId, position } = deferral;
  return [
    {
      code: 'emergency_follow_up_overdue',
      detail: `A session began in an emergency; the follow-up was due by ${followUpBy}. Do it and record it.`,
      effect: 'block_next_session',
      since: followUpBy,
      blocksFrom: followUpBy,
      eventId,
      position,
    },
  ];
}

/** Completeness is judged by the pack in force when consent was given; before that, advice by the pack in force now. */
function missing(
  situation: Situation,
  purpose: Purpose,
  { packs, relationship: _, zone }: StatusFacts,
  { opening, format }: { opening: RelationshipOpening; format: string },
  at: Instant,
) {
  const { given } = situation;
  const pack = packInForce(
    packs,
    given?.rulePack.id ?? opening.rulePack,
    localDate(given?.occurredAt ?? at, zone),
  );
  if (!pack) return [];
  const minor = given ? given.majorityOn !== null : false;
  return missingElements(
    situation,
    requirements(pack, {
      purpose,
      unitKind: opening.unitKind,
      minor,
      remote: (given?.format ?? format) !== 'in_person',
    }),
  );
}

function isCurrent(
  documentId: string,
  versionNo: number,
  documents: readonly DocumentPart[],
  clocks: TwoClocks,
): boolean {
  const document = documents.find((candidate) => candidate.documentId === documentId);
  if (!document) return false;
  return (
    (held(document.versions, clocks)
      .filter(({ effectiveFrom }) => effectiveFrom <= clocks.at)
      .at(-1)?.versionNo ?? versionNo) <= versionNo
  );
}

/** The entry that decided, and what it rests on. */
function evidence(
  { given, stance, comprehension, voluntariness, offer, deferral }: Situation,
  by: ConsentEntry | undefined,
): ConsentAnswer['evidence'] {
  const all = [by, given, stance, voluntariness, comprehension, offer, deferral].filter(
    (entry) => entry !== undefined,
  );
  return [...new Map(all.map((entry) => [entry.eventId, entry])).values()].map(
    ({ eventId, type, position, occurredAt, recordedAt }) => ({
      eventId,
      type,
      position,
      occurredAt,
      recordedAt,
    }),
  );
}

/** The version in force in plain words, the one acknowledged, and where practice contradicts it. */
function stanceAnswer({ stance, relationship }: StatusFacts, clocks: TwoClocks): StanceAnswer | null {
  const versions = stance ? held(stance.versions, clocks) : [];
  const current = versions.at(-1);
  if (!stance || !current) return null;
  const acknowledgements = Object.values(relationship.consents)
    .flatMap(({ entries }) => situationOf(entries, clocks).stance ?? [])
    .filter(({ stanceId }) => stanceId === stance.stanceId)
    .sort((a, b) => a.versionNo - b.versionNo || compare(a.occurredAt, b.occurredAt));
  const last = acknowledgements.at(-1);
  const since = versions.filter(
    ({ versionNo, materiality }) => last && versionNo > last.versionNo && materiality === 'material',
  );
  return {
    statement: current.statement,
    dimensions: current.dimensions,
    versionNo: current.versionNo,
    contentHash: current.contentHash,
    publishedAt: current.occurredAt,
    acknowledged: last
      ? { versionNo: last.versionNo, contentHash: last.contentHash, at: last.occurredAt, by: last.by }
      : null,
    isCurrent: last?.versionNo === current.versionNo,
    changedDimensions: [...new Set(since.flatMap(({ changedDimensions }) => changedDimensions))],
    retiredAt: stance.retired && held([stance.retired], clocks)[0] ? stance.retired.occurredAt : null,
    contradictions: contradictions(current.dimensions, relationship, clocks),
  };
}

/** `clientIsOnlySource` becomes untrue at the first collateral contact, outside record or mandate (domain.md §3). */
function contradictions(
  { informationSources }: Dimensions,
  relationship: RelationshipPart,
  clocks: TwoClocks,
): StanceAnswer['contradictions'] {
  return held(relationship.entries, clocks).flatMap((fact) =>
    fact.type === 'InformationSourceAdded' && !(informationSources as readonly string[]).includes(fact.source)
      ? [
          {
            code: 'client_is_not_only_source',
            detail: `The stance does not name ${fact.source.replaceAll('_', ' ')} as a source, yet information came from there.`,
            eventId: fact.eventId,
          },
        ]
      : [],
  );
}

/** One line per topic: what is agreed and what is being talked about. */
function boundaries(facts: readonly BoundaryFact[], clocks: TwoClocks): RelationshipStatus['boundaries'] {
  const topics = new Map<string, { status: string; versionNo: number | null; eventId: string }>();
  for (const { type, topic, versionNo, inForce, eventId } of held(facts, clocks)) {
    const before = topics.get(topic);
    const agreed = before?.versionNo ?? null;
    if (type === 'BoundaryProposed') topics.set(topic, { status: 'proposed', versionNo: null, eventId });
    else if (type === 'BoundaryAmended')
      topics.set(topic, {
        status: agreed === null ? 'proposed' : 'amendment_open',
        versionNo: agreed,
        eventId,
      });
    else if (type === 'BoundaryDiscussed')
      topics.set(topic, {
        status: agreed === null ? 'discussed' : 'amendment_open',
        versionNo: agreed,
        eventId,
      });
    else if (type === 'BoundaryEnded') topics.set(topic, { status: 'ended', versionNo: agreed, eventId });
    else if (inForce) topics.set(topic, { status: 'agreed', versionNo, eventId });
  }
  return [...topics]
    .map(([topic, answer]) => ({ topic, ...answer }))
    .sort((a, b) => compare(a.topic, b.topic));
}

export type { Given };
