import type { Dimensions } from './dimensions.js';

/** A complete, publishable stance towards one client: for demonstration data and tests. */
export const EXAMPLE_FOR_ONE: Dimensions = {
  partiality: 'partial_to_client',
  allegiance: { to: 'client', yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order'] },
  informationSources: ['client_account'],
  perspective: { view: 'offers_wider_view', informedBy: ['training', 'supervision'] },
  reciprocity: { expected: false, focus: 'client_only' },
  selfDisclosure: { degree: 'rare_for_client_benefit', topicsNever: ['family'] },
  unconditionality: { kinds: ['regard', 'empathy', 'respect'], degree: 'strong' },
  challenge: { willingness: 'will_challenge', style: 'gentle' },
  advocacy: { for: 'personhood', notInCourt: true },
  safety: { shameFree: true, invitation: 'Say what comes to mind, in whatever words you find.' },
  feedback: { everySessions: 4, measure: 'Session Rating Scale' },
  approach: { codes: ['person_centred'] },
};

/** A complete, publishable stance towards a couple, family or group. */
export const EXAMPLE_FOR_SEVERAL: Dimensions = {
  ...EXAMPLE_FOR_ONE,
  partiality: 'multi_partial',
  allegiance: {
    to: 'treatment_unit',
    yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order', 'supervision'],
  },
  informationSources: ['client_account', 'observation_in_session'],
  reciprocity: { expected: false, focus: 'unit_members' },
  challenge: { willingness: 'will_challenge', style: 'questions' },
  approach: { codes: ['systemic'] },
};
