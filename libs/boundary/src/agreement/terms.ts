import { canonicalJson, type Instant, type Reason, reasonIf } from '#libs/kernel';
import { isFixed, type BoundaryTopic } from './topics.js';

/** One side of an agreement: a client of the unit, or the therapist. */
export type Party = { clientId: string } | { staffId: string };

/** Everyone who has to agree: the members of the unit and the therapist. Ids are sorted. */
export type RequiredParties = { clientIds: string[]; staffId: string };

export const BOUNDARY_RULES = ['never', 'by_arrangement', 'within_limits'] as const;

/** What is agreed: `words` is how it was put to the client, `limits` goes with `within_limits`. */
export type Terms = { rule: (typeof BOUNDARY_RULES)[number]; limits?: string; words: string };

/** One wording of an agreement, from `since` on. An amendment makes a new one, to which nobody has agreed yet. */
export type Version = {
  no: number;
  since: Instant;
  terms: Terms;
  requiredParties: RequiredParties;
  discussions: { at: Instant; summary?: string }[];
  agreed: Party[];
};

/** What the handler reads elsewhere; `stance` is the therapist's published one, if there is any. */
export type Surroundings = {
  relationship: { members: readonly string[]; therapistId: string; open: boolean };
  stance?: { selfDisclosure: { degree: string } };
};

export const same = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);

export const isAmong = (party: Party, parties: readonly Party[]): boolean =>
  parties.some((one) => same(one, party));

export const termsOf = ({ rule, limits, words }: Terms): Terms => ({
  rule,
  ...(limits === undefined ? {} : { limits }),
  words,
});

export const newVersion = (
  data: Terms & { versionNo: number; requiredParties: RequiredParties },
  since: Instant,
): Version => ({
  no: data.versionNo,
  since,
  terms: termsOf(data),
  requiredParties: data.requiredParties,
  discussions: [],
  agreed: [],
});

export const partiesOf = ({ relationship }: Surroundings): RequiredParties => ({
  clientIds: [...relationship.members].sort(),
  staffId: relationship.therapistId,
});

export const everyone = ({ clientIds, staffId }: RequiredParties): Party[] => [
  ...clientIds.map((clientId) => ({ clientId })),
  { staffId },
];

export const stillToAgree = ({ requiredParties, agreed }: Version): Party[] =>
  everyone(requiredParties).filter((party) => !isAmong(party, agreed));

export const closedReasons = ({ relationship }: Surroundings): Reason[] =>
  reasonIf(
    !relationship.open,
    'relationship_ended',
    'The relationship has ended; what was agreed can be read. Open a new relationship first.',
  );

/** The agreement on self-disclosure must not contradict the stance (domain.md §5). */
export const stanceReasons = (topic: BoundaryTopic, { rule }: Terms, { stance }: Surroundings): Reason[] =>
  reasonIf(
    topic === 'self_disclosure' && stance?.selfDisclosure.degree === 'none' && rule !== 'never',
    'contradicts_stance',
    'By the published stance the therapist discloses nothing. Use the rule `never`, or publish another stance first.',
  );

/** Nothing is said about a wording before there was one, nor agreed before it was first talked about. */
export const orderReasons = (since: Instant, occurredAt: Instant): Reason[] =>
  reasonIf(
    occurredAt < since,
    'before_last_entry',
    `What this answers is entered for ${since}. Give a time from then on as occurredAt.`,
  );

/** What is wrong with the terms themselves. */
export const termsReasons = (topic: BoundaryTopic, { rule, limits, words }: Terms): Reason[] => [
  ...reasonIf(
    isFixed(topic) && rule !== 'never',
    'topic_is_fixed',
    'There is never sexual contact. Use the rule `never`.',
  ),
  ...reasonIf(
    rule === 'within_limits' && !limits?.trim(),
    'limits_missing',
    'Say in `limits` what the limits are.',
  ),
  ...reasonIf(!words.trim(), 'words_missing', 'Say in `words` what both sides would agree to.'),
];
