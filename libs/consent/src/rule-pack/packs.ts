import type { Requirement, RulePack } from './rule-pack.js';

/*
 * The packs Candor ships. Each is a starting point to check with your counsel, not legal advice. A change of law is a new
 * edition with its own dates; an edition once shipped is never edited.
 */

const ADVICE = 'A starting point, not legal advice. Check it with your counsel before you rely on it.';

const of = (clause: string, ...elements: Requirement['element'][]): Requirement[] =>
  elements.map((element) => ({ element, clause }));

const generic: RulePack = {
  id: 'generic',
  title: 'Good practice, any jurisdiction',
  jurisdiction: 'any',
  profession: 'psychotherapy',
  validFrom: '2015-01-01',
  validTo: null,
  ageOfConsent: 18,
  leapDay: '03-01',
  always: [
    ...of('Candor: consent rests on knowing how the therapist stands towards the client', 'therapist_stance'),
    ...of('APA Ethical Principles 3.10', 'right_to_refuse_or_withdraw'),
  ],
  perPurpose: {
    treatment: [
      ...of(
        'APA Ethical Principles 10.01(a)',
        'nature_and_course',
        'fees_and_cancellation',
        'third_party_payer',
        'confidentiality_limits',
      ),
      ...of(
        'APA Ethical Principles 3.10 and 10.01',
        'identity_and_credentials',
        'methods_and_approach',
        'risks',
        'benefits',
        'alternatives',
      ),
      ...of('APA Ethical Principles 10.05', 'sexual_contact_prohibited'),
      ...of('APA Ethical Principles 6.01 and 6.02', 'records_and_access', 'data_notice'),
      ...of('APA Ethical Principles 10.10', 'ending_and_referral'),
      {
        element: 'technology_and_telehealth',
        clause: 'APA Ethical Principles 4.02(c)',
        when: { remote: true },
      },
      {
        element: 'who_is_the_client',
        clause: 'APA Ethical Principles 10.02(a)',
        when: { unitKinds: ['couple', 'family'] },
      },
      {
        element: 'couple_family_confidentiality',
        clause: 'APA Ethical Principles 10.02',
        when: { unitKinds: ['couple', 'family'] },
      },
      {
        element: 'group_roles_and_limits',
        clause: 'APA Ethical Principles 10.03',
        when: { unitKinds: ['group'] },
      },
      {
        element: 'minor_and_guardian_rights',
        clause: 'APA Ethical Principles 3.10(b)',
        when: { minor: true },
      },
    ],
    telehealth: of('APA Ethical Principles 4.02(c)', 'technology_and_telehealth', 'confidentiality_limits'),
    recording: of('APA Ethical Principles 4.03', 'recording_and_observation'),
    observation_supervision: of(
      'APA Ethical Principles 10.01(c)',
      'trainee_and_supervisor',
      'recording_and_observation',
    ),
    group_participation: of('APA Ethical Principles 10.03', 'group_roles_and_limits'),
    joint_work_confidentiality: of('APA Ethical Principles 10.02', 'couple_family_confidentiality'),
    electronic_communication: of('APA Ethical Principles 4.02(c)', 'technology_and_telehealth'),
    third_party_billing: of('APA Ethical Principles 4.02 and 6.04', 'third_party_payer'),
    data_processing: of('APA Ethical Principles 6.02', 'data_notice'),
  },
  advice: ADVICE,
};

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
  advice: `${ADVICE} Colorado lets minors from 12 years consent to psychotherapy under conditions; this edition asks for a guardian.`,
} as const;

/** Colorado's duty to explain the levels of regulation ended on 7 August 2024 (domain.md §4). */
const coloradoUntil2024: RulePack = {
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
const coloradoFrom2024: RulePack = {
  ...colorado,
  validFrom: '2024-08-07',
  validTo: null,
  perPurpose: { ...generic.perPurpose, treatment: coloradoTreatment },
};

export const SHIPPED_PACKS: readonly RulePack[] = [generic, coloradoUntil2024, coloradoFrom2024];
