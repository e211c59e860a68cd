import {
  conflict,
  type Instant,
  isLocalDate,
  type LocalDate,
  type Reason,
  reasonIf,
  refuseIfAny,
  same,
} from '#libs/kernel';
import { isCode } from './details.js';

/** Whether one guardian suffices: `sole` there is only this one, `either` any one of them, `both` only together. */
export const JOINT_RULES = ['sole', 'either', 'both'] as const;
export type JointRule = (typeof JOINT_RULES)[number];

/**
 * What an order or certificate lets somebody decide for a client. `scope` lists purposes of consent by their codes.
 * `document` says where the order or certificate is. Valid from the beginning of `validFrom` to the end of `validTo`,
 * local days of the practice; without `validTo` until it is ended.
 */
export type GuardianAuthority = {
  /** the guardian, the same id at every client they stand for */
  guardianId: string;
  name: string;
  /** one word such as `mother`, or `legal_representative`: ordered by a court, also for an adult */
  relation?: string;
  scope: string[] | 'all';
  jointRule: JointRule;
  document: string;
  validFrom: LocalDate;
  validTo?: LocalDate;
};

/** `endedOn` is the first day without the authority. */
export type GuardianAuthorityEnd = { guardianId: string; endedOn: LocalDate };

/** An authority as it stands now, with the moment it was said to be recorded and, once ended, its end. */
export type Guardian = GuardianAuthority & { at: Instant; endedOn?: LocalDate };

/**
 * Whether an authority holds on a local day, for a purpose if one is named. The client's age is not judged here: the
 * authority over a minor stops at majority whatever the document says.
 */
export const authorityHolds = (
  { scope, validFrom, validTo, endedOn }: Guardian,
  day: LocalDate,
  purpose?: string,
): boolean =>
  validFrom <= day &&
  (validTo === undefined || day <= validTo) &&
  (endedOn === undefined || day < endedOn) &&
  (purpose === undefined || scope === 'all' || scope.includes(purpose));

/** One guardian has one authority on a day; another document follows when the one before has ended. */
export function recordGuardian(
  guardians: readonly Guardian[],
  authority: GuardianAuthority,
): GuardianAuthority[] {
  const theirs = guardians.filter(({ guardianId }) => guardianId === authority.guardianId);
  if (theirs.some((known) => isSame(known, authority))) return [];
  const { validFrom, validTo } = authority;
  refuseIfAny([
    ...reasonIf(!authority.name.trim(), 'guardian_name_missing', 'Give the name of the guardian.'),
    ...reasonIf(
      !authority.document.trim(),
      'guardian_document_missing',
      'Say which order or certificate shows the authority, and where it is kept.',
    ),
    ...reasonIf(
      authority.relation !== undefined && !isCode(authority.relation),
      'relation_not_a_code',
      'Give the relation as one lower-case word, for example mother or legal_representative.',
    ),
    ...scopeReasons(authority.scope),
    ...dayReasons(validFrom, 'validFrom'),
    ...(validTo === undefined ? [] : dayReasons(validTo, 'validTo')),
    ...reasonIf(
      validTo !== undefined && validTo < validFrom,
      'authority_ends_before_it_begins',
      'validTo lies before validFrom. Copy both from the document.',
    ),
    ...reasonIf(
      theirs.some((known) => overlaps(known, authority)),
      'authority_recorded',
      'This guardian has an authority on some of these days. End that one, then record the new one from that day on.',
    ),
  ]);
  return [authority];
}

/** Ends the authority that holds on the day before, or that would begin on that day. */
export function endGuardian(
  guardians: readonly Guardian[],
  end: GuardianAuthorityEnd,
): GuardianAuthorityEnd[] {
  const theirs = guardians.filter(({ guardianId }) => guardianId === end.guardianId);
  if (theirs.length === 0)
    conflict('guardian_unknown', 'No such guardian is recorded for this client. Read the client first.');
  if (theirs.some(({ endedOn }) => endedOn === end.endedOn)) return [];
  refuseIfAny([
    ...dayReasons(end.endedOn, 'endedOn'),
    ...reasonIf(
      indexToEnd(guardians, end) === -1,
      'no_authority_then',
      'This guardian has no authority on that day that could end. Check the day.',
    ),
  ]);
  return [end];
}

/** The guardians after an end. */
export function withEnd(guardians: readonly Guardian[], end: GuardianAuthorityEnd): Guardian[] {
  const ended = indexToEnd(guardians, end);
  return guardians.map((guardian, index) =>
    index === ended ? { ...guardian, endedOn: end.endedOn } : guardian,
  );
}

const indexToEnd = (guardians: readonly Guardian[], { guardianId, endedOn }: GuardianAuthorityEnd): number =>
  guardians.findIndex((one) => one.guardianId === guardianId && authorityHolds(one, endedOn));

/** Without a last day there is always another. */
const overlaps = (known: Guardian, { validFrom, validTo = '9999' }: GuardianAuthority): boolean =>
  known.validFrom <= validTo &&
  (known.validTo ?? '9999') >= validFrom &&
  (known.endedOn === undefined || (known.endedOn > validFrom && known.endedOn > known.validFrom));

const isSame = ({ at: _at, endedOn, ...known }: Guardian, authority: GuardianAuthority): boolean =>
  endedOn === undefined && same(known, authority);

const scopeReasons = (scope: GuardianAuthority['scope']): Reason[] =>
  reasonIf(
    scope !== 'all' && (scope.length === 0 || !scope.every(isCode)),
    'scope_unclear',
    'Name the purposes the authority covers by their codes, for example treatment; or all.',
  );

const dayReasons = (day: LocalDate, field: string): Reason[] =>
  reasonIf(!isLocalDate(day), 'not_a_date', `Give ${field} as a date that exists, written YYYY-MM-DD.`);
