import {
  addDays,
  endOfLocalDay,
  localDate,
  startOfLocalDay,
  type Instant,
  type LocalDate,
} from '#libs/kernel';
import type { Policy, StaleReason } from '#libs/practice';
import type { Given } from '../consent/consent.js';
import type { ConsentEntry, Situation, TwoClocks } from '../consent/situation.js';
import { held } from '../consent/situation.js';
import type { Purpose } from '../rule-pack/elements.js';
import type { DocumentPart, RelationshipFact, StancePart } from './facts.js';
import type { ClientPart } from './people.js';
import { cameOfAge, capacityChanged, guardiansChanged, jurisdictionChanged, later } from './stale-person.js';

/** Why a consent that was given no longer covers what happens now. */
export interface Stale {
  code: StaleReason | LostCondition;
  detail: string;
  effect: 'inform' | 'block_next_session' | 'block_now';
  since: Instant;
  /** from when it stands in the way of a session, after the grace days of `block_next_session`; null when it only informs */
  blocksFrom: Instant | null;
  eventId: string | null;
  position: number | null;
  changedDimensions?: string[];
}

/** What consent was given on and no longer stands: taken back as an error, or since found otherwise. */
export const LOST_CONDITIONS = [
  'element_not_disclosed',
  'stance_not_acknowledged',
  'comprehension_not_recorded',
  'not_understood',
  'capacity_not_attested',
  'minor_needs_guardian',
  'voluntariness_not_recorded',
  'not_voluntary',
] as const;
export type LostCondition = (typeof LOST_CONDITIONS)[number];

/** What a given consent is compared with. */
export interface Present {
  clocks: TwoClocks;
  purpose: Purpose;
  client: ClientPart | undefined;
  /** the day the client comes of age by the date of birth known; null when that is not known */
  majorityOn: LocalDate | null;
  zone: string;
  policy: Policy;
  therapistId: string;
  format: string;
  relationship: readonly RelationshipFact[];
  stance: StancePart | undefined;
  documents: readonly DocumentPart[];
}

export interface Found {
  code: StaleReason;
  detail: string;
  since: Instant;
  by?: { eventId: string; position: number };
  changedDimensions?: string[];
}

/** Every reason for which a given consent is stale, in the order in which they are named to people. */
export function staleReasons(given: ConsentEntry & Given, situation: Situation, present: Present): Stale[] {
  const found = [
    ...stanceChanged(given, present),
    ...relationshipChanged(given, present),
    ...documentsChanged(given, present),
    ...jurisdictionChanged(given, present),
    ...cameOfAge(given, present),
    ...guardiansChanged(given, present),
    ...capacityChanged(given, present),
    ...reviewDue(given, situation, present),
  ];
  return found.map(({ code, detail, since, by, changedDimensions }) => {
    const { effect, graceDays } = present.policy.staleEffects[code];
    // what blocks at once has no days of grace, whatever number stands beside it
    const blocksFrom =
      effect === 'inform'
        ? null
        : effect === 'block_now' || graceDays === 0
          ? since
          : endOfLocalDay(addDays(localDate(since, present.zone), graceDays), present.zone);
    return {
      code,
      detail,
      effect,
      since,
      blocksFrom,
      eventId: by?.eventId ?? null,
      position: by?.position ?? null,
      ...(changedDimensions ? { changedDimensions } : {}),
    };
  });
}

/** A cosmetic version does not need a new acknowledgement; one material version since does. */
function stanceChanged(given: ConsentEntry & Given, { clocks, stance }: Present): Found[] {
  if (!stance || stance.stanceId !== given.stance.stanceId) return [];
  const newer = held(stance.versions, clocks).filter(({ versionNo }) => versionNo > given.stance.versionNo);
  const material = newer.filter(({ materiality }) => materiality === 'material');
  const [first] = material;
  if (!first) return [];
  const changedDimensions = [...new Set(material.flatMap((version) => version.changedDimensions))];
  const what = changedDimensions.length > 0 ? ` in ${changedDimensions.join(', ')}` : '';
  return [
    {
      code: 'stance_changed',
      detail: `The therapist's stance changed${what}: version ${given.stance.versionNo} was acknowledged, version ${newer.at(-1)!.versionNo} is in force. Show it to the client and renew the consent.`,
      since: first.occurredAt,
      by: first,
      changedDimensions,
    },
  ];
}

function relationshipChanged(
  given: ConsentEntry & Given,
  { relationship, therapistId, format, clocks }: Present,
): Found[] {
  const known = held(relationship, clocks);
  const found: Found[] = [];
  const reassigned = known.findLast((fact) => fact.type === 'TherapistReassigned');
  if (therapistId !== given.therapistId && reassigned)
    found.push({
      code: 'therapist_changed',
      detail: 'Another therapist took over. Show their stance to the client and renew the consent.',
      since: reassigned.occurredAt,
      by: reassigned,
    });
  for (const fact of known) {
    const source =
      fact.type === 'MandateRecorded'
        ? 'mandator'
        : fact.type === 'InformationSourceAdded'
          ? fact.source
          : undefined;
    // What the client knew when consenting is no news; what was entered later was not known, whatever its date.
    if (!source || (fact.position < given.position && fact.occurredAt <= given.occurredAt)) continue;
    found.push({
      code: 'information_source_changed',
      detail: `Information now also comes from ${source.replaceAll('_', ' ')}: the client is no longer the only source. Tell the client and renew the consent.`,
      since: fact.occurredAt,
      by: fact,
    });
    if (source === 'mandator')
      found.push({
        code: 'confidentiality_changed',
        detail:
          'A mandating party is involved, so the limits of confidentiality changed. Disclose them anew and renew the consent.',
        since: fact.occurredAt,
        by: fact,
      });
  }
  const changedFormat = known.findLast((fact) => fact.type === 'FormatChanged');
  if (format !== given.format && changedFormat)
    found.push({
      code: 'format_changed',
      detail: `The format changed from ${given.format} to ${format}. Talk it through and renew the consent.`,
      since: changedFormat.occurredAt,
      by: changedFormat,
    });
  return found;
}

function documentsChanged(given: ConsentEntry & Given, { documents, clocks }: Present): Found[] {
  const signed = new Map(given.documents.map((document) => [document.documentId, document.versionNo]));
  return documents.flatMap((document): Found[] => {
    const inForce = held(document.versions, clocks).filter(({ effectiveFrom }) => effectiveFrom <= clocks.at);
    if (document.documentKind === 'fee_schedule') {
      const newer = inForce.find(
        (version) =>
          version.versionNo > (signed.get(document.documentId) ?? 1) &&
          later(version.effectiveFrom, version.occurredAt) > given.occurredAt,
      );
      return newer
        ? [
            {
              code: 'fee_changed',
              detail: `The fee schedule has a new version, ${newer.versionNo}. Tell the client.`,
              since: later(newer.effectiveFrom, newer.occurredAt),
              by: newer,
            },
          ]
        : [];
    }
    const version = signed.get(document.documentId);
    const newer =
      version === undefined
        ? undefined
        : inForce.find((candidate) => candidate.versionNo > version && candidate.materiality === 'material');
    return newer
      ? [
          {
            code: 'document_material_change',
            detail: `“${newer.title}” was signed in version ${version} and changed materially in version ${newer.versionNo}. Offer the new version and renew the consent.`,
            since: later(newer.effectiveFrom, newer.occurredAt),
            by: newer,
          },
        ]
      : [];
  });
}

function reviewDue(given: ConsentEntry & Given, { reviewOn }: Situation, { clocks, zone }: Present): Found[] {
  const review = reviewOn && startOfLocalDay(reviewOn, zone);
  return review && review <= clocks.at
    ? [
        {
          code: 'review_due',
          detail: `Consent is a process: the review was due on ${reviewOn}. Talk about it and record the review.`,
          since: review,
          by: given,
        },
      ]
    : [];
}

/**
 * The conditions a consent was given on that do not hold any more: an entry marked in error counts for nothing, and a
 * later "not understood" or "not freely" is believed. They always block.
 */
export function lostConditions(
  given: ConsentEntry & Given,
  situation: Situation,
  missing: readonly { element: string; clause: string }[],
  neededGuardian: boolean,
): Stale[] {
  const lost: Stale[] = [];
  const add = (code: LostCondition, detail: string, by: ConsentEntry = given) =>
    lost.push({
      code,
      detail,
      effect: 'block_next_session',
      since: by.occurredAt,
      blocksFrom: by.occurredAt,
      eventId: by.eventId,
      position: by.position,
    });
  const { comprehension, voluntariness, stance } = situation;
  for (const { element, clause } of missing)
    if (element !== 'therapist_stance')
      add('element_not_disclosed', `Disclose ${element} (${clause}) and renew the consent.`);
  if (!stance)
    add(
      'stance_not_acknowledged',
      'No acknowledgement of the stance counts any more. Show it to the client and renew the consent.',
    );
  if (!comprehension)
    add(
      'comprehension_not_recorded',
      'Record how you made sure that it was understood, and renew the consent.',
    );
  else if (!comprehension.understood)
    add(
      'not_understood',
      'It was found not to be understood. Explain again and renew the consent.',
      comprehension,
    );
  else if (!comprehension.capacityAttested && given.by === 'self')
    add(
      'capacity_not_attested',
      'The person was found unable to decide. Find out who decides with them.',
      comprehension,
    );
  if (neededGuardian && given.by === 'self')
    add(
      'minor_needs_guardian',
      'By the date of birth now known the client was not of age. Ask who decides with them, and renew the consent.',
    );
  if (!voluntariness)
    add('voluntariness_not_recorded', 'Record that the person decides freely, and renew the consent.');
  else if (!voluntariness.voluntary)
    add('not_voluntary', 'The person was found not to decide freely. Talk about it.', voluntariness);
  return lost;
}
