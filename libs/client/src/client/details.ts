import {
  type CommandContext,
  isLocalDate,
  type LocalDate,
  localDate,
  type Reason,
  reasonIf,
  same,
} from '#libs/kernel';

export const CONTACT_KINDS = ['email', 'phone', 'post'] as const;
export type Contact = { kind: (typeof CONTACT_KINDS)[number]; value: string; preferred?: boolean };

/**
 * `usedName` is what the person wants to be called, `languages` are BCP 47 tags, `jurisdiction` is where the client is:
 * ISO 3166-1 `DE` or ISO 3166-2 `US-CO`.
 */
export type ClientDetails = {
  legalName: string;
  usedName?: string;
  dateOfBirth: LocalDate;
  languages: string[];
  contacts: Contact[];
  jurisdiction?: string;
};

/** Only what changes; `usedName: null` takes it away. */
export type ClientDetailsChange = Partial<Omit<ClientDetails, 'usedName'>> & { usedName?: string | null };

/**
 * Case, accents and spacing aside: `José` and `JOSE` fold to one text, so do `Strauß` and `STRAUSS`. Upper case, because
 * only that way every spelling of a letter ends in the same one.
 */
export const folded = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/\s+/g, ' ').trim().toUpperCase();

/** Why two records of one legal name may be one person. */
export const LIKENESSES = ['same_birth_date', 'one_digit_apart', 'day_and_month_swapped'] as const;
export type Likeness = (typeof LIKENESSES)[number];

type Named = Pick<ClientDetails, 'legalName' | 'dateOfBirth'>;

/** How two records are like each other; undefined when nothing speaks for their being one person. */
export const likenessOf = (one: Named, other: Named): Likeness | undefined =>
  folded(one.legalName) === folded(other.legalName)
    ? birthLikeness(one.dateOfBirth, other.dateOfBirth)
    : undefined;

/** A date is mistyped in one digit, or day and month are taken for each other. */
function birthLikeness(one: LocalDate, other: LocalDate): Likeness | undefined {
  if (one === other) return 'same_birth_date';
  const [year, month, day] = one.split('-');
  if (`${year}-${day}-${month}` === other) return 'day_and_month_swapped';
  const apart = [...one].filter((digit, place) => digit !== other[place]).length;
  return one.length === other.length && apart === 1 ? 'one_digit_apart' : undefined;
}

/** One word such as `treatment` or `legal_representative`: it is not sealed, so nobody's own words get in. */
export const isCode = (text: string): boolean => /^[a-z][a-z_]*$/.test(text);

/** @param zone of the practice: whether a birth date lies ahead depends on it */
export function detailReasons(details: ClientDetailsChange, zone: string, { now }: CommandContext): Reason[] {
  const { legalName, dateOfBirth, contacts, jurisdiction } = details;
  const empty = contacts?.some((contact) => !contact.value.trim()) ?? false;
  return [
    ...reasonIf(legalName?.trim() === '', 'legal_name_missing', "Give the client's legal name."),
    ...(dateOfBirth === undefined ? [] : birthReasons(dateOfBirth, localDate(now, zone))),
    ...reasonIf(empty, 'contact_empty', 'Fill in every contact, or leave it out.'),
    ...reasonIf(
      jurisdiction !== undefined && !/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(jurisdiction),
      'jurisdiction_not_a_code',
      'Say where the client is by an ISO 3166 code, for example DE or US-CO.',
    ),
  ];
}

function birthReasons(birth: string, today: LocalDate): Reason[] {
  const before1900 = /^\d{4}-\d{2}-\d{2}$/.test(birth) && birth < '1900';
  const notADate = !before1900 && !isLocalDate(birth);
  const inFuture = !notADate && birth > today;
  return [
    ...reasonIf(before1900, 'birth_before_1900', 'The date of birth lies before 1900. Check the year.'),
    ...reasonIf(notADate, 'birth_not_a_date', 'Give a date of birth that exists, written YYYY-MM-DD.'),
    ...reasonIf(
      inFuture,
      'birth_in_future',
      'The date of birth lies in the future. Check it with the client.',
    ),
  ];
}

const FIELDS = ['legalName', 'usedName', 'dateOfBirth', 'languages', 'contacts', 'jurisdiction'] as const;

/** What was already so is not repeated: the less identity in an event, the less to seal. */
export function onlyWhatDiffers(details: ClientDetails, wished: ClientDetailsChange): ClientDetailsChange {
  const differs = FIELDS.filter(
    (field) => wished[field] !== undefined && !same(wished[field], details[field] ?? null),
  );
  return Object.fromEntries(differs.map((field) => [field, wished[field]])) as ClientDetailsChange;
}
