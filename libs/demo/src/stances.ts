import { statementOf, type Dimensions, type LocaleCode, type Setting } from '#libs/stance';
import type { DaysAgo } from './calendar.js';
import type { TherapistKey } from './practices.js';

export interface StanceVersion {
  readonly published: { ago: DaysAgo; time: string };
  readonly dimensions: Dimensions;
  readonly ownWords: Readonly<Record<string, string>>;
  readonly materiality: 'material' | 'cosmetic';
  readonly changeSummary?: string;
}

/** What a therapist has published, oldest first, and what they are still writing. */
export interface StanceHistory {
  readonly therapist: TherapistKey;
  readonly setting: Setting;
  readonly locale: LocaleCode;
  readonly versions: readonly [StanceVersion, ...StanceVersion[]];
  readonly draft?: { begun: { ago: DaysAgo; time: string }; ownWords: Readonly<Record<string, string>> };
}

/** When the tour's therapist changes where they listen: three days ago, at ten. */
export const TOUR_CHANGE = { ago: 3, time: '10:00' } as const;

/** Partial to the client and allied with them; they are the only source, the only focus, and free of shame. */
const JONAH: Dimensions = {
  partiality: 'partial_to_client',
  allegiance: { to: 'client', yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order'] },
  informationSources: ['client_account'],
  perspective: { view: 'offers_wider_view', informedBy: ['training'] },
  reciprocity: { expected: false, focus: 'client_only' },
  selfDisclosure: { degree: 'rare_for_client_benefit', topicsNever: ['family', 'politics'] },
  unconditionality: { kinds: ['respect', 'compassion'], degree: 'full' },
  challenge: { willingness: 'will_challenge', style: 'gentle' },
  advocacy: { for: 'personhood', notInCourt: true },
  safety: {
    shameFree: true,
    invitation:
      'Nothing you bring here has to be tidied up first. You can say it badly, and you can take it back.',
  },
  feedback: { everySessions: 4, measure: 'Session Rating Scale' },
  approach: { codes: ['person_centred', 'emotion_focused'] },
};
const JONAH_WORDS = {
  challenge:
    'When I think that something you tell yourself is unfair to you, I will say so, and you may disagree.',
};

/** Stays with how the client sees it, says nothing about herself, and waits to be invited before she challenges. */
const MIRELA: Dimensions = {
  partiality: 'partial_to_client',
  allegiance: { to: 'client', yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order', 'supervision'] },
  informationSources: ['client_account', 'observation_in_session'],
  perspective: { view: 'stays_with_client_view', informedBy: ['own_therapy', 'supervision'] },
  reciprocity: { expected: false, focus: 'client_only' },
  selfDisclosure: { degree: 'none', topicsNever: [] },
  unconditionality: { kinds: ['regard', 'acceptance'], degree: 'strong' },
  challenge: { willingness: 'rarely', style: 'questions' },
  advocacy: { for: 'none', notInCourt: true },
  safety: { shameFree: true, invitation: 'Silence is welcome here, and so is whatever comes after it.' },
  feedback: { everySessions: 6 },
  approach: { codes: ['psychodynamic'], words: 'We look together at what comes back again and again.' },
};

/** Direct and practical: uses questionnaires, challenges openly, tells of himself where it helps. */
const RAFAEL: Dimensions = {
  partiality: 'partial_to_client',
  allegiance: { to: 'client', yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order'] },
  informationSources: ['client_account', 'measures'],
  perspective: { view: 'mixed', informedBy: ['research', 'experience'] },
  reciprocity: { expected: false, focus: 'client_only' },
  selfDisclosure: { degree: 'moderate_for_client_benefit', topicsNever: ['money', 'faith'] },
  unconditionality: { kinds: ['respect', 'empathy'], degree: 'some' },
  challenge: { willingness: 'will_challenge', style: 'direct' },
  advocacy: { for: 'practical_support', notInCourt: false },
  safety: {
    shameFree: true,
    invitation: 'If an exercise did not work, that is news for us and not a failure of yours.',
  },
  feedback: { everySessions: 1, measure: 'Outcome Rating Scale' },
  approach: { codes: ['cognitive_behavioural', 'acceptance_and_commitment'] },
};

/** Listens also to those around the client, and tells openly how she came to see things as she does. */
const INES: Dimensions = {
  partiality: 'partial_to_client',
  allegiance: { to: 'client', yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order'] },
  informationSources: ['client_account', 'observation_in_session', 'collateral_person'],
  perspective: {
    view: 'offers_wider_view',
    informedBy: ['training', 'supervision', 'growing up between two languages'],
  },
  reciprocity: { expected: false, focus: 'client_only' },
  selfDisclosure: { degree: 'open', topicsNever: ['sexuality'] },
  unconditionality: {
    kinds: ['regard', 'empathy', 'other'],
    degree: 'strong',
    ownWords: 'curiosity without a verdict',
  },
  challenge: { willingness: 'on_invitation', style: 'gentle' },
  advocacy: { for: 'personhood', notInCourt: false },
  safety: {
    shameFree: true,
    invitation: 'Bring the people who matter to you, in person or in your stories.',
  },
  feedback: { everySessions: 3, measure: 'Session Rating Scale' },
  approach: { codes: ['systemic', 'integrative'] },
};

/** For couples and families: on everybody's side at once. */
const INES_FOR_SEVERAL: Dimensions = {
  ...INES,
  partiality: 'multi_partial',
  allegiance: {
    to: 'treatment_unit',
    yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order', 'supervision'],
  },
  informationSources: ['client_account', 'observation_in_session'],
  reciprocity: { expected: false, focus: 'unit_members' },
  challenge: { willingness: 'will_challenge', style: 'questions' },
  safety: { shameFree: true, invitation: 'Nobody has to be the one who is wrong for us to begin.' },
  approach: { codes: ['systemic'] },
};

/** Still learning, and says so: asks more than he tells, and takes what he hears to supervision. */
const TAREK: Dimensions = {
  partiality: 'partial_to_client',
  allegiance: { to: 'client', yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order', 'supervision'] },
  informationSources: ['client_account', 'observation_in_session', 'measures', 'collateral_person'],
  perspective: { view: 'mixed', informedBy: ['training', 'supervision'] },
  reciprocity: { expected: false, focus: 'client_only' },
  selfDisclosure: { degree: 'rare_for_client_benefit', topicsNever: ['family', 'faith'] },
  unconditionality: { kinds: ['empathy', 'acceptance'], degree: 'strong' },
  challenge: { willingness: 'will_challenge', style: 'questions' },
  advocacy: { for: 'none', notInCourt: true },
  safety: {
    shameFree: true,
    invitation: 'I am learning too. If I do not understand you, that is mine to ask about.',
  },
  feedback: { everySessions: 2, measure: 'Session Rating Scale' },
  approach: { codes: ['person_centred'] },
};

const HANNAH: Dimensions = {
  partiality: 'partial_to_client',
  allegiance: { to: 'client', yieldsWhen: ['imminent_harm', 'abuse_report', 'court_order', 'supervision'] },
  informationSources: ['client_account', 'observation_in_session', 'measures'],
  perspective: { view: 'mixed', informedBy: ['training', 'own_therapy'] },
  reciprocity: { expected: false, focus: 'client_only' },
  selfDisclosure: { degree: 'rare_for_client_benefit', topicsNever: ['politics'] },
  unconditionality: { kinds: [], degree: 'not_claimed' },
  challenge: { willingness: 'on_invitation', style: 'questions' },
  advocacy: { for: 'none', notInCourt: true },
  safety: { shameFree: true, invitation: 'You set the pace. We can stop in the middle of a sentence.' },
  feedback: { everySessions: 5 },
  approach: { codes: ['existential', 'gestalt'] },
};

export const LINDENHOF_STANCES: readonly StanceHistory[] = [
  {
    therapist: 'jonah',
    setting: 'individual',
    locale: 'en',
    versions: [
      {
        published: { ago: 556, time: '11:00' },
        dimensions: JONAH,
        ownWords: JONAH_WORDS,
        materiality: 'material',
      },
      {
        published: { ago: 330, time: '16:00' },
        dimensions: JONAH,
        ownWords: { ...JONAH_WORDS, closing: 'If any of this is not how you find me, tell me.' },
        materiality: 'cosmetic',
        changeSummary: 'A closing sentence; nothing about how I work has changed.',
      },
      {
        published: TOUR_CHANGE,
        dimensions: { ...JONAH, informationSources: ['client_account', 'collateral_person'] },
        ownWords: { ...JONAH_WORDS, closing: 'If any of this is not how you find me, tell me.' },
        materiality: 'material',
        changeSummary:
          'From now on I can also hear partners and family, if you want me to. It changes where what I know comes from.',
      },
    ],
  },
  {
    therapist: 'mirela',
    setting: 'individual',
    locale: 'en',
    versions: [
      { published: { ago: 556, time: '12:00' }, dimensions: MIRELA, ownWords: {}, materiality: 'material' },
      {
        published: { ago: 200, time: '09:30' },
        dimensions: { ...MIRELA, challenge: { willingness: 'on_invitation', style: 'questions' } },
        ownWords: { challenge: 'Some of you told me that I could have asked more. You can invite me to.' },
        materiality: 'material',
        changeSummary: 'I now challenge when you invite me to.',
      },
    ],
  },
  {
    therapist: 'rafael',
    setting: 'individual',
    locale: 'en',
    versions: [
      { published: { ago: 556, time: '13:00' }, dimensions: RAFAEL, ownWords: {}, materiality: 'material' },
    ],
    draft: {
      begun: { ago: 12, time: '17:15' },
      ownWords: { opening: 'I trained as an engineer first, and you may notice.' },
    },
  },
  {
    therapist: 'ines',
    setting: 'individual',
    locale: 'en',
    versions: [
      { published: { ago: 556, time: '14:00' }, dimensions: INES, ownWords: {}, materiality: 'material' },
    ],
  },
  {
    therapist: 'ines',
    setting: 'unit',
    locale: 'en',
    versions: [
      {
        published: { ago: 556, time: '14:20' },
        dimensions: INES_FOR_SEVERAL,
        ownWords: {},
        materiality: 'material',
      },
    ],
  },
  {
    therapist: 'tarek',
    setting: 'individual',
    locale: 'en',
    versions: [
      { published: { ago: 295, time: '10:00' }, dimensions: TAREK, ownWords: {}, materiality: 'material' },
    ],
  },
];

export const JUNIPER_STANCES: readonly StanceHistory[] = [
  {
    therapist: 'hannah',
    setting: 'individual',
    locale: 'en',
    versions: [
      { published: { ago: 538, time: '10:00' }, dimensions: HANNAH, ownWords: {}, materiality: 'material' },
    ],
  },
];

/** The fingerprint of the text a client reads: it follows from what the version says. */
export const fingerprintOf = ({ locale }: StanceHistory, { dimensions, ownWords }: StanceVersion): string =>
  statementOf({ dimensions, ownWords, locale }).contentHash;
