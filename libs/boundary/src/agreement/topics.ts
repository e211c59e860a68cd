/** What a relationship can have an agreement about. */
export const BOUNDARY_TOPICS = [
  'between_session_contact',
  'social_media_and_search',
  'gifts',
  'multiple_relationships',
  'chance_encounters',
  'touch',
  'self_disclosure',
  'joint_confidentiality',
  'fees_and_cancellation',
  'recording',
  'setting',
  'client_events',
  'third_party_contact',
  'legal_involvement',
  'ending_and_after',
  'sexual_contact',
] as const;

export type BoundaryTopic = (typeof BOUNDARY_TOPICS)[number];

/** Topics whose terms nobody can choose: the rule is `never`, it cannot be amended and it does not end. */
export const isFixed = (topic: BoundaryTopic): boolean => topic === 'sexual_contact';
