import { dayOfAge, endOfLocalDay, localDate, type Instant, type LocalDate } from '#libs/kernel';
import { missingElements } from '../consent/conditions.js';
import type { Given } from '../consent/consent.js';
import { held, type ConsentEntry, type Situation, type TwoClocks } from '../consent/situation.js';
import type { Element, Purpose } from '../rule-pack/elements.js';
import { mayDecideAlone, packInForce, requirements, type RulePack } from '../rule-pack/pack.js';
import type { DocumentPart, RelationshipPart } from './facts.js';
import { birthKnown } from './people.js';
import { lostConditions, staleReasons, type Stale } from './stale.js';
import type { Standing } from './standing.js';
import type { StatusFacts } from './status.js';

/** States of a consent, the worst first when a unit is judged by its members. */
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
  /** ids of the guardians on record whose permission it rests on */
  guardians: string[];
  /** what a minor said to it themself, oldest first: a dissent stays, whatever is said later */
  assent: { said: 'assent' | 'dissent'; at: Instant; eventId: string }[];
  reasons: StatusReason[];
  missing: { element: Element; clause: string }[];
  documents: { documentId: string; versionNo: number; contentHash: string; isCurrent: boolean }[];
  expiresOn: LocalDate | null;
  reviewOn: LocalDate | null;
  emergency: { basis: string; followUpBy: Instant; overdue: boolean } | null;
  evidence: { eventId: string; type: string; position: number; occurredAt: Instant; recordedAt: Instant }[];
}

/** Where one consent stands; undefined when nothing of it had happened, or was not known, by then. */
export function consentAnswer(
  consentId: string,
  clientId: string,
  purpose: Purpose,
  situation: Situation,
  facts: StatusFacts,
  standing: Standing,
  clocks: TwoClocks,
): ConsentAnswer | undefined {
  if (situation.entries.length === 0) return undefined;
  const { given, offer } = situation;
  const client = facts.clients.get(clientId);
  const day = localDate(given?.occurredAt ?? clocks.at, facts.zone);
  const pack = packInForce(facts.packs, given?.rulePack.id ?? standing.opening.rulePack, day);
  const birth = birthKnown(client, clocks.knownAt);
  const majorityOn = birth && pack ? dayOfAge(birth.dateOfBirth, pack.ageOfConsent, pack.leapDay) : null;
  const minor = majorityOn !== null && day < majorityOn;
  const alone = birth && pack ? mayDecideAlone(pack, birth.dateOfBirth, day) : false;
  const present = {
    ...facts,
    clocks,
    purpose,
    client,
    majorityOn,
    relationship: facts.relationship.entries,
    therapistId: standing.therapistId,
    format: standing.format,
  };
  // Completeness is judged by what asked for it when consent was given; a mandate since then is asked for now.
  const gaps = (mandated: boolean) =>
    pack
      ? missingElements(
          situation,
          requirements(pack, {
            purpose,
            unitKind: standing.opening.unitKind,
            minor: given ? given.majorityOn !== null : minor,
            remote: (given?.format ?? standing.format) !== 'in_person',
            mandated,
          }),
        )
      : [];
  const lacked = given ? gaps(wasMandated(given, facts.relationship.entries)) : [];
  const stale = given
    ? [
        ...staleReasons(given, situation, present),
        ...lostConditions(given, situation, lacked, minor && !alone),
      ]
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
    guardians: counts ? (given?.guardians ?? []).map(({ guardianId }) => guardianId) : [],
    assent: situation.entries.flatMap(({ type, occurredAt: at, eventId }) =>
      type === 'AssentRecorded' || type === 'DissentRecorded'
        ? [{ said: type === 'AssentRecorded' ? ('assent' as const) : ('dissent' as const), at, eventId }]
        : [],
    ),
    reasons: [
      ...reasons,
      ...partial(situation, essentials(pack, purpose)),
      ...dissent(situation),
      ...emergencyOverdue(situation, clocks.at),
    ],
    missing: gaps(standing.mandated),
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

/** Withdrawn > declined (until given on a later offer) > expired > stale > given. */
function verdict(
  situation: Situation,
  stale: readonly Stale[],
  zone: string,
  at: Instant,
): { status: Status; since: Instant; by?: ConsentEntry } {
  const { withdrawn, declined, given, offer, deferral, followedUp, entries } = situation;
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
  if (deferral && !followedUp)
    return { status: 'deferred_emergency', since: deferral.occurredAt, by: deferral };
  const talk = entries.find(({ type }) => type !== 'ConsentOffered' && type !== 'ConsentEntryMarkedInError');
  if (offer && talk) return { status: 'in_discussion', since: talk.occurredAt, by: talk };
  if (offer) return { status: 'offered', since: offer.occurredAt, by: offer };
  return { status: 'not_sought', since: entries[0]!.occurredAt };
}

/**
 * A part withdrawn does not end the rest; it is shown until consent is given anew. Of a consent beside treatment, a part
 * that it is all about leaves nothing to rely on: to record without `recording_and_observation` is to record against a no.
 */
function partial({ partlyWithdrawn, withdrawn }: Situation, essential: ReadonlySet<Element>): StatusReason[] {
  if (withdrawn) return [];
  return partlyWithdrawn.map(({ partly, occurredAt, eventId, position }) => {
    const element = partly && 'element' in partly ? partly.element : undefined;
    const blocks = element !== undefined && essential.has(element);
    return {
      code: 'partly_withdrawn',
      detail: element
        ? `The client withdrew ${element}.${blocks ? ' Ask them; until they consent anew this cannot be relied on.' : ''}`
        : 'The client withdrew consent towards a recipient.',
      effect: blocks ? 'block_next_session' : 'inform',
      since: occurredAt,
      blocksFrom: blocks ? occurredAt : null,
      eventId,
      position,
    };
  });
}

/** What the pack asks for one purpose beside treatment in particular. */
const essentials = (pack: RulePack | undefined, purpose: Purpose): ReadonlySet<Element> =>
  new Set(purpose === 'treatment' ? [] : (pack?.perPurpose[purpose] ?? []).map(({ element }) => element));

/** A minor who says no is heard, though a guardian's permission stands. */
function dissent({ assent }: Situation): StatusReason[] {
  if (assent?.type !== 'DissentRecorded') return [];
  const { occurredAt, eventId, position } = assent;
  return [
    {
      code: 'dissent_recorded',
      detail: 'The client said no themself. Talk with them and with whoever decides for them.',
      effect: 'inform',
      since: occurredAt,
      blocksFrom: null,
      eventId,
      position,
    },
  ];
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

/** Whether a mandate was known of when consent was given. */
const wasMandated = (given: ConsentEntry & Given, entries: RelationshipPart['entries']): boolean =>
  entries.some(
    ({ type, position, occurredAt }) =>
      type === 'MandateRecorded' && position < given.position && occurredAt <= given.occurredAt,
  );

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
