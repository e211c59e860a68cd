import type { RulePack } from '../pack.js';
import { generic } from './generic.js';
import { ADVICE, of } from './requirements.js';

const BACP = 'BACP Ethical Framework 2018';
const GDPR = 'UK GDPR';

export const bacp: RulePack = {
  id: 'uk-bacp',
  title: 'United Kingdom, members of the BACP',
  jurisdiction: 'GB',
  profession: 'counselling and psychotherapy',
  validFrom: '2018-07-01',
  validTo: null,
  ageOfConsent: 16,
  leapDay: '03-01',
  always: [generic.always[0]!, ...of(`${BACP}, Good Practice 30`, 'right_to_refuse_or_withdraw')],
  perPurpose: {
    treatment: [
      ...of(`${BACP}, Commitment 5b`, 'identity_and_credentials', 'methods_and_approach'),
      ...of(`${BACP}, Commitment 4b`, 'benefits', 'fees_and_cancellation'),
      ...of(`${BACP}, Commitment 6a`, 'risks'),
      ...of(`${BACP}, Good Practice 30`, 'nature_and_course', 'alternatives'),
      ...of(`${BACP}, Good Practice 31c`, 'confidentiality_limits'),
      ...of(`${BACP}, Good Practice 31d`, 'copy_provided'),
      ...of(`${BACP}, Good Practice 33`, 'sexual_contact_prohibited'),
      ...of(`${GDPR}, Article 13`, 'data_notice'),
      ...of(`${GDPR}, Article 15`, 'records_and_access'),
      { element: 'technology_and_telehealth', clause: `${BACP}, Good Practice 30`, when: { remote: true } },
      {
        element: 'who_is_the_client',
        clause: `${BACP}, Good Practice 31`,
        when: { unitKinds: ['couple', 'family'] },
      },
      {
        element: 'couple_family_confidentiality',
        clause: `${BACP}, Good Practice 31c`,
        when: { unitKinds: ['couple', 'family'] },
      },
      {
        element: 'group_roles_and_limits',
        clause: `${BACP}, Good Practice 31`,
        when: { unitKinds: ['group'] },
      },
      {
        element: 'minor_and_guardian_rights',
        clause: 'Family Law Reform Act 1969, section 8',
        when: { minor: true },
      },
    ],
    telehealth: of(
      `${BACP}, Good Practice 30 and 31c`,
      'technology_and_telehealth',
      'confidentiality_limits',
    ),
    recording: of(
      `${BACP}, Good Practice 31; ${GDPR}, Article 13`,
      'recording_and_observation',
      'data_notice',
    ),
    observation_supervision: of(
      `${BACP}, Good Practice 31c`,
      'trainee_and_supervisor',
      'recording_and_observation',
    ),
    group_participation: of(`${BACP}, Good Practice 31`, 'group_roles_and_limits'),
    joint_work_confidentiality: of(`${BACP}, Good Practice 31c`, 'couple_family_confidentiality'),
    electronic_communication: of(`${BACP}, Good Practice 30`, 'technology_and_telehealth'),
    third_party_billing: of(`${GDPR}, Article 13(1)(e)`, 'third_party_payer'),
    data_processing: of(`${GDPR}, Article 13`, 'data_notice'),
    research: of(`${GDPR}, Article 13`, 'data_notice'),
  },
  consents: [
    { purpose: 'telehealth', clause: `${BACP}, Good Practice 30`, when: { remote: true } },
    { purpose: 'group_participation', clause: `${BACP}, Good Practice 31`, when: { unitKinds: ['group'] } },
    {
      purpose: 'joint_work_confidentiality',
      clause: `${BACP}, Good Practice 31c`,
      when: { unitKinds: ['couple', 'family'] },
    },
  ],
  advice: `${ADVICE} Below 16 a young person may still decide alone if they understand enough (Gillick); this edition asks for a guardian.`,
};
