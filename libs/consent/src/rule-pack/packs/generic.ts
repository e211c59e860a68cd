import { USUAL_CONSENTS, type RulePack } from '../pack.js';
import { ADVICE, of } from './requirements.js';

export const generic: RulePack = {
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
      {
        element: 'mandated_services',
        clause: 'APA Ethical Principles 3.10(c)',
        when: { mandated: true },
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
  consents: USUAL_CONSENTS,
  advice: ADVICE,
};
