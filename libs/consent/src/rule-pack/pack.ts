import type { UnitKind } from '#libs/client';
import { dayOfAge, type LocalDate } from '#libs/kernel';
import type { Element, Purpose, SessionPurpose } from './elements.js';

/** One duty to disclose, with the clause it rests on. Without `when` it always applies. */
export interface Requirement {
  readonly element: Element;
  readonly clause: string;
  readonly when?: {
    readonly unitKinds?: readonly UnitKind[];
    readonly minor?: true;
    readonly remote?: true;
    readonly mandated?: true;
  };
}

/** A consent by itself that a session rests on beside treatment, with the clause that asks for it. Without `when` always. */
export interface RequiredConsent {
  readonly purpose: SessionPurpose;
  readonly clause: string;
  readonly when?: Pick<NonNullable<Requirement['when']>, 'unitKinds' | 'remote'>;
}

/**
 * The rules of a jurisdiction and profession as dated data, never as `if` statements. `validTo` is the last day it is in
 * force. Nothing in it is legal advice.
 */
export interface RulePack {
  readonly id: string;
  readonly title: string;
  readonly jurisdiction: string;
  readonly profession: string;
  readonly validFrom: LocalDate;
  readonly validTo: LocalDate | null;
  /** whole years from which a person consents for themself */
  readonly ageOfConsent: number;
  /** whole years from which a minor may decide alone where it is attested that they can; left out: never */
  readonly minorsAlone?: { readonly age: number; readonly clause: string };
  /** when somebody born on 29 February comes of age in a common year */
  readonly leapDay: '02-28' | '03-01';
  /** required for every purpose */
  readonly always: readonly Requirement[];
  /** required for one purpose beside those */
  readonly perPurpose: Readonly<Partial<Record<Purpose, readonly Requirement[]>>>;
  /** what is asked for by itself before a session; left out: USUAL_CONSENTS */
  readonly consents?: readonly RequiredConsent[];
  readonly advice: string;
}

/** What an edition asks for that does not say which consents a session rests on. */
export const USUAL_CONSENTS: readonly RequiredConsent[] = [
  { purpose: 'telehealth', clause: 'APA Ethical Principles 4.02(c)', when: { remote: true } },
  { purpose: 'group_participation', clause: 'APA Ethical Principles 10.03', when: { unitKinds: ['group'] } },
  {
    purpose: 'joint_work_confidentiality',
    clause: 'APA Ethical Principles 10.02',
    when: { unitKinds: ['couple', 'family'] },
  },
];

/** The consents by themselves that a session with some people, held in some way, rests on beside treatment. */
export const sessionConsents = (
  consents: readonly RequiredConsent[],
  { unitKind, remote }: Pick<Circumstances, 'unitKind' | 'remote'>,
): RequiredConsent[] =>
  consents.filter(
    ({ when }) => (!when?.unitKinds || when.unitKinds.includes(unitKind)) && (!when?.remote || remote),
  );

/** The edition of a pack in force on a day, the newest if a later one took over; undefined when there was none. */
export function packInForce(packs: readonly RulePack[], id: string, day: LocalDate): RulePack | undefined {
  return packs
    .filter(
      (pack) => pack.id === id && pack.validFrom <= day && (pack.validTo === null || day <= pack.validTo),
    )
    .sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1))
    .at(-1);
}

/** Whether somebody is old enough on a day to consent without a guardian, where it is attested that they can decide. */
export const mayDecideAlone = (
  { minorsAlone, leapDay }: RulePack,
  dateOfBirth: LocalDate,
  day: LocalDate,
): boolean => minorsAlone !== undefined && dayOfAge(dateOfBirth, minorsAlone.age, leapDay) <= day;

/** The circumstances that decide which requirements apply. */
export interface Circumstances {
  readonly purpose: Purpose;
  readonly unitKind: UnitKind;
  readonly minor: boolean;
  /** over video or phone */
  readonly remote: boolean;
  /** somebody sends the client, such as a court */
  readonly mandated?: boolean;
}

/** What must be disclosed to one person for one purpose. */
export function requirements(
  pack: RulePack,
  { purpose, unitKind, minor, remote, mandated = false }: Circumstances,
): Requirement[] {
  return [...pack.always, ...(pack.perPurpose[purpose] ?? [])].filter(
    ({ when }) =>
      (!when?.unitKinds || when.unitKinds.includes(unitKind)) &&
      (!when?.minor || minor) &&
      (!when?.remote || remote) &&
      (!when?.mandated || mandated),
  );
}
