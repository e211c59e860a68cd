/** What can have to be disclosed, in the order a conversation would take. */
export const ELEMENTS = [
  'identity_and_credentials',
  'regulator_and_complaints',
  // Colorado's former duty needs a name of its own, or its end could not be told apart.
  'levels_of_regulation',
  'trainee_and_supervisor',
  'nature_and_course',
  'methods_and_approach',
  'therapist_stance',
  'risks',
  'benefits',
  'alternatives',
  'emerging_treatment',
  'right_to_refuse_or_withdraw',
  'consent_time_frame',
  'fees_and_cancellation',
  'third_party_payer',
  'confidentiality_limits',
  'records_and_access',
  'diagnosis_and_assessment_use',
  'technology_and_telehealth',
  'electronic_search_and_social_media',
  'recording_and_observation',
  'between_session_availability',
  'who_is_the_client',
  'couple_family_confidentiality',
  'group_roles_and_limits',
  'mandated_services',
  'minor_and_guardian_rights',
  'sexual_contact_prohibited',
  'continuity_plan',
  'ending_and_referral',
  'data_notice',
  'copy_provided',
] as const;
export type Element = (typeof ELEMENTS)[number];

/** What a consent can be for. Each is a stream of its own: they are different things with different rules. */
export const PURPOSES = [
  'treatment',
  'telehealth',
  'recording',
  'observation_supervision',
  'group_participation',
  'joint_work_confidentiality',
  'disclosure_authorization',
  'psychotherapy_note_authorization',
  'electronic_communication',
  'third_party_billing',
  'data_processing',
  'research',
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What a rule pack can ask for by itself before a session, beside treatment. */
export const SESSION_PURPOSES = ['telehealth', 'group_participation', 'joint_work_confidentiality'] as const;
export type SessionPurpose = (typeof SESSION_PURPOSES)[number];
