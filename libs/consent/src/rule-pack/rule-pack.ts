import {
  conflict,
  deriveId,
  isLocalDate,
  reasonIf,
  refuseIfAny,
  same,
  unreachable,
  type CommandContext,
  type Decider,
  type Instant,
  type Reason,
  type Recorded,
} from '#libs/kernel';
import { SHIPPED_PACKS } from './packs.js';
import type { RulePack } from './pack.js';
import { saidWeaker, weakerThanShipped, type Weaker } from './weaker.js';

/** The stream of a practice's own editions of a pack: one per pack id, so nothing has to be searched for. */
export const rulePackIdOf = (practiceId: string, packId: string): string =>
  deriveId('rulepack', practiceId, packId);

// events

/** `weaker`: what it no longer asks for, where it asks for less than the edition Candor ships; the envelope says why. */
export type RulePackEvent = { type: 'RulePackPublished'; data: { edition: RulePack; weaker?: Weaker } };

// state

/** What the practice has published itself, oldest first. */
export interface Editions {
  readonly editions: readonly RulePack[];
}

// evolve

function evolve({ editions }: Editions, event: Recorded<RulePackEvent>): Editions {
  switch (event.type) {
    case 'RulePackPublished':
      return { editions: [...editions, event.data.edition] };
    default:
      return unreachable(event.type);
  }
}

// commands

export type RulePackCommand = { type: 'PublishRulePack'; edition: RulePack };

// decide

function decide(
  { editions }: Editions,
  { edition }: RulePackCommand,
  { now, reason }: CommandContext,
): RulePackEvent[] {
  if (editions.some((other) => same(other, edition))) return [];
  const others = [...SHIPPED_PACKS, ...editions].filter(({ id }) => id === edition.id);
  if (others.some(({ validFrom }) => validFrom === edition.validFrom))
    conflict(
      'edition_exists',
      `${edition.id} has an edition from ${edition.validFrom}, and an edition is never edited. Publish one that begins later.`,
    );
  const weaker = weakerThanShipped(edition, SHIPPED_PACKS);
  refuseIfAny([
    ...editionReasons(edition, others),
    ...pastReasons(edition, others, now),
    ...(weaker ? weakerReasons(weaker, reason) : []),
  ]);
  return [{ type: 'RulePackPublished', data: { edition, ...(weaker ? { weaker } : {}) } }];
}

function editionReasons(edition: RulePack, others: readonly RulePack[]): Reason[] {
  const { id, validFrom, validTo, always, ageOfConsent, minorsAlone } = edition;
  const newest = others
    .map((other) => other.validFrom)
    .sort()
    .at(-1);
  return [
    ...reasonIf(
      !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id),
      'id_unfit',
      'Name the pack like us-co: lower-case letters and digits.',
    ),
    ...reasonIf(
      !isLocalDate(validFrom),
      'valid_from_not_a_date',
      'Give validFrom as a date that exists, YYYY-MM-DD.',
    ),
    ...reasonIf(
      validTo !== null && (!isLocalDate(validTo) || validTo < validFrom),
      'valid_to_before_valid_from',
      'Give validTo as a date that exists, not before validFrom, or leave it out.',
    ),
    ...reasonIf(
      minorsAlone !== undefined && minorsAlone.age >= ageOfConsent,
      'minors_alone_not_below_age_of_consent',
      'minorsAlone is about people who are not of age: give an age below ageOfConsent.',
    ),
    ...reasonIf(
      newest !== undefined && validFrom < newest,
      'edition_not_newer',
      `The newest edition begins on ${newest}. What it says about the past is never changed; begin later.`,
    ),
    ...reasonIf(
      !always.some(({ element }) => element === 'therapist_stance'),
      'therapist_stance_missing',
      "Require therapist_stance for every purpose: consent rests on knowing the therapist's stance.",
    ),
  ];
}

/**
 * Consents have been given by the edition before: what they had to disclose, and whose they were to give, is not rewritten.
 * From tomorrow on, because today is not over anywhere.
 */
const pastReasons = ({ validFrom }: RulePack, others: readonly RulePack[], now: Instant): Reason[] =>
  reasonIf(
    others.length > 0 &&
      others.every((other) => other.validFrom < validFrom) &&
      validFrom <= now.slice(0, 10),
    'edition_begins_in_the_past',
    'Consents were given by the edition before. Let this one begin tomorrow or later.',
  );

const weakerReasons = (weaker: Weaker, reason: string | undefined): Reason[] =>
  reasonIf(
    !reason?.trim(),
    'weaker_needs_reason',
    `This edition asks for less than the one Candor ships: ${saidWeaker(weaker)}. Say in "reason" why, or ask for it as well.`,
  );

/** A practice's own editions of rule packs, beside those Candor ships. */
export const rulePack: Decider<Editions, RulePackEvent, RulePackCommand> = {
  category: 'rulepack',
  events: { RulePackPublished: { schema: 1, personal: [] } },
  initial: { editions: [] },
  evolve,
  decide,
  subjects: () => [],
};
