import { type Instant, type LocalDate, type Reason, reasonIf, same } from '#libs/kernel';
import { termsOf, type Terms } from './terms.js';

/** One side of an agreement: a client of the unit, or the therapist. */
export type Party = { clientId: string } | { staffId: string };

/** Everyone who has to agree: the members of the unit and the therapist. Ids are sorted. */
export type RequiredParties = { clientIds: string[]; staffId: string };

export const AGREEMENT_FORMS = ['spoken', 'written', 'signed'] as const;
export type AgreementForm = (typeof AGREEMENT_FORMS)[number];

export const REVIEW_OUTCOMES = ['kept', 'to_be_amended'] as const;

/** `reviewOn` is the day on which the next review is due. */
export type Review = {
  at: Instant;
  outcome: (typeof REVIEW_OUTCOMES)[number];
  reviewOn: LocalDate;
  summary?: string;
};

/** One wording of an agreement, from `since` on. An amendment makes a new one, to which nobody has agreed yet. */
export type Version = {
  no: number;
  since: Instant;
  terms: Terms;
  requiredParties: RequiredParties;
  discussions: { at: Instant; summary?: string }[];
  agreed: { party: Party; how: AgreementForm; at: Instant }[];
};

/** A version to which all have agreed: it holds `from` that instant on, until `until`, which is not included. */
export type InForce = Version & { from: Instant; until?: Instant; reviews: Review[]; reviewOn?: LocalDate };

export const isAmong = (party: Party, parties: readonly Party[]): boolean =>
  parties.some((one) => same(one, party));

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

export const everyone = ({ clientIds, staffId }: RequiredParties): Party[] => [
  ...clientIds.map((clientId) => ({ clientId })),
  { staffId },
];

export const hasAgreed = (party: Party, { agreed }: Version): boolean =>
  agreed.some((one) => same(one.party, party));

export const stillToAgree = (version: Version): Party[] =>
  everyone(version.requiredParties).filter((party) => !hasAgreed(party, version));

/** The last moment that anything is entered for about a version. */
export function lastEntry(version: Version | InForce): Instant {
  const reviews = 'reviews' in version ? version.reviews : [];
  return latest([
    version.since,
    ...[...version.discussions, ...version.agreed, ...reviews].map(({ at }) => at),
  ]);
}

/** Instants compare as text. */
export const latest = (instants: readonly Instant[]): Instant =>
  instants.reduce((last, one) => (one > last ? one : last), '');

/** A version that no longer holds, or never did. */
export const over = (version: Version | InForce, until: Instant): Version | InForce =>
  'from' in version ? { ...version, until } : version;

/** Nothing is said about a wording before there was one, nor agreed before it was first talked about. */
export const orderReasons = (since: Instant, occurredAt: Instant): Reason[] =>
  reasonIf(
    occurredAt < since,
    'before_last_entry',
    `What this answers is entered for ${since}. Give a time from then on as occurredAt.`,
  );

export const versionReasons = (currentNo: number, versionNo: number): Reason[] => [
  ...reasonIf(
    versionNo < currentNo,
    'version_amended',
    `Version ${versionNo} has been amended meanwhile. Read version ${currentNo} and name that one.`,
  ),
  ...reasonIf(
    versionNo > currentNo,
    'version_unknown',
    `There is no such version; the newest is ${currentNo}.`,
  ),
];
