import type { Requirement, RulePack } from '../pack.js';
import { generic } from './generic.js';
import { ADVICE, of } from './requirements.js';

const COLORADO = 'C.R.S. 12-245-216';
const coloradoTreatment: readonly Requirement[] = [
  ...of(`${COLORADO}(1)(a)`, 'identity_and_credentials'),
  ...of(`${COLORADO}(1)(b)`, 'regulator_and_complaints'),
  ...of(`${COLORADO}(1)(d)(I)`, 'methods_and_approach', 'nature_and_course', 'fees_and_cancellation'),
  ...of(`${COLORADO}(1)(d)(II)`, 'alternatives', 'ending_and_referral'),
  ...of(`${COLORADO}(1)(d)(III)`, 'sexual_contact_prohibited'),
  ...of(`${COLORADO}(1)(d)(IV)`, 'confidentiality_limits'),
  ...of(`${COLORADO} with C.R.S. 12-245-226`, 'records_and_access'),
  ...of(`${COLORADO}(2)`, 'copy_provided'),
  { element: 'minor_and_guardian_rights', clause: 'C.R.S. 12-245-203.5', when: { minor: true } },
  { element: 'technology_and_telehealth', clause: 'C.R.S. 12-30-124', when: { remote: true } },
];

const colorado = {
  id: 'us-co',
  title: 'Colorado, psychotherapy',
  jurisdiction: 'US-CO',
  profession: 'psychotherapy',
  ageOfConsent: 18,
  leapDay: '03-01',
  always: generic.always,
  consents: generic.consents!,
  advice: `${ADVICE} Colorado lets minors from 12 years consent to psychotherapy under conditions; this edition asks for a guardian.`,
} as const;

/** Colorado's duty to explain the levels of regulation ended on 7 August 2024. */
export const coloradoUntil2024: RulePack = {
  ...colorado,
  validFrom: '2020-07-01',
  validTo: '2024-08-06',
  perPurpose: {
    ...generic.perPurpose,
    treatment: [
      ...coloradoTreatment,
      ...of(`${COLORADO}(1)(c), as in force until 6 August 2024`, 'levels_of_regulation'),
    ],
  },
};
export const coloradoFrom2024: RulePack = {
  ...colorado,
  validFrom: '2024-08-07',
  validTo: null,
  perPurpose: { ...generic.perPurpose, treatment: coloradoTreatment },
};
