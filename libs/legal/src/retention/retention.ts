import { addMonths, dayOfAge, localDate, type Instant, type LocalDate } from '#libs/kernel';

/**
 * How long records are kept where a law or a profession says so. Data, never an `if`; check with your counsel.
 * `jurisdiction` is an ISO 3166 code such as `DE` or `US-CO`, or `any` for places Candor ships nothing for.
 */
export interface RetentionRule {
  readonly jurisdiction: string;
  readonly title: string;
  /** whole years after the day of the last treatment, that day included */
  readonly years: number;
  readonly clause: string;
  /** of those who were younger than `age` at their last treatment: at least until they are `age` + `years` */
  readonly minor?: { readonly age: number; readonly years: number; readonly clause: string };
  readonly advice: string;
}

/** What is known of one person, under all of their records. */
export type Treatment = {
  /** missing when it was erased */
  dateOfBirth?: LocalDate;
  /** of the practice, of the client, and of the rule packs of their relationships */
  jurisdictions: readonly string[];
  /** a relationship is open, or a session is planned */
  goesOn: boolean;
  /** when anything of it last happened; missing when there never was any */
  last?: Instant;
};

export type Because =
  'treatment_goes_on' | 'after_last_treatment' | 'minor_at_last_treatment' | 'never_treated';

/** `until` is the last day on which everything is kept; null while treatment goes on, or when there never was any. */
export type Retention = {
  until: LocalDate | null;
  rule: string;
  clause: string;
  because: Because;
  advice: string;
};

/**
 * Until when the records of one person are kept: of the rules that may apply, the one that keeps them longest.
 * @param zone of the practice: on which day something happened depends on it
 */
export function retentionOf(
  { dateOfBirth, jurisdictions, goesOn, last }: Treatment,
  rules: readonly RetentionRule[],
  zone: string,
): Retention {
  const applying = rules.filter(({ jurisdiction }) => jurisdictions.includes(jurisdiction));
  const candidates =
    applying.length > 0 ? applying : rules.filter(({ jurisdiction }) => jurisdiction === 'any');
  const longest = candidates.reduce((one, other) => (other.years > one.years ? other : one));
  const named = ({ title: rule, clause, advice }: RetentionRule) => ({ rule, clause, advice });
  if (goesOn) return { until: null, because: 'treatment_goes_on', ...named(longest) };
  if (last === undefined) return { until: null, because: 'never_treated', ...named(longest) };
  const day = localDate(last, zone);
  const all = candidates.map((rule) => ({ ...named(rule), ...keptBy(rule, day, dateOfBirth) }));
  return all.reduce((one, other) => (other.until > one.until ? other : one));
}

function keptBy(
  { years, minor }: RetentionRule,
  day: LocalDate,
  birth: LocalDate | undefined,
): { until: LocalDate; because: Because; clause?: string } {
  const until = addMonths(day, 12 * years);
  if (!minor || !birth || day >= dayOfAge(birth, minor.age))
    return { until, because: 'after_last_treatment' };
  const grownUp = dayOfAge(birth, minor.age + minor.years);
  return grownUp > until
    ? { until: grownUp, because: 'minor_at_last_treatment', clause: minor.clause }
    : { until, because: 'after_last_treatment' };
}

/** Whether a rule still asks to keep what there is. */
export const isKept = ({ until, because }: Retention, today: LocalDate): boolean =>
  because === 'treatment_goes_on' || (until !== null && today <= until);
