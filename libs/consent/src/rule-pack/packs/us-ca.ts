import type { Requirement, RulePack } from '../pack.js';
import { generic } from './generic.js';
import { ADVICE, of } from './requirements.js';

const BPC = 'Cal. Bus. & Prof. Code';
const treatment: readonly Requirement[] = [
  ...(generic.perPurpose.treatment ?? []).filter(
    ({ element }) =>
      !['fees_and_cancellation', 'sexual_contact_prohibited', 'records_and_access'].includes(element) &&
      !['technology_and_telehealth', 'minor_and_guardian_rights'].includes(element),
  ),
  ...of(`${BPC} § 4980.32`, 'regulator_and_complaints'),
  ...of(`${BPC} § 4982(n)`, 'fees_and_cancellation'),
  ...of(`${BPC} §§ 728 and 729`, 'sexual_contact_prohibited'),
  ...of('Cal. Health & Safety Code § 123110', 'records_and_access'),
  { element: 'technology_and_telehealth', clause: `${BPC} § 2290.5`, when: { remote: true } },
];

const california = {
  id: 'us-ca',
  title: 'California, psychotherapy',
  jurisdiction: 'US-CA',
  profession: 'psychotherapy',
  ageOfConsent: 18,
  leapDay: '03-01',
  always: generic.always,
  consents: [
    { purpose: 'telehealth', clause: `${BPC} § 2290.5`, when: { remote: true } },
    ...generic.consents!.filter(({ purpose }) => purpose !== 'telehealth'),
  ],
  advice: `${ADVICE} California lets minors from 12 years consent to counselling under conditions; this edition asks for a guardian.`,
} as const;

const perPurpose = (minors: string): RulePack['perPurpose'] => ({
  ...generic.perPurpose,
  treatment: [...treatment, { element: 'minor_and_guardian_rights', clause: minors, when: { minor: true } }],
  telehealth: of(
    `${BPC} § 2290.5 and 16 CCR § 1815.5`,
    'technology_and_telehealth',
    'confidentiality_limits',
    'risks',
  ),
  recording: of('Cal. Penal Code § 632', 'recording_and_observation'),
});

/** The notice about complaints has been due since 1 July 2020 (AB 630). */
export const californiaUntil2024: RulePack = {
  ...california,
  validFrom: '2020-07-01',
  validTo: '2024-06-30',
  perPurpose: perPurpose('Cal. Family Code § 6924 and Health & Safety Code § 124260'),
};
/** What minors may consent to was aligned on 1 July 2024 (AB 665). */
export const californiaFrom2024: RulePack = {
  ...california,
  validFrom: '2024-07-01',
  validTo: null,
  perPurpose: perPurpose('Cal. Family Code § 6924 as amended by AB 665, and Health & Safety Code § 124260'),
};
