import type { Locale } from './locale.js';

/** English. */
export const en: Locale = {
  list: { comma: ', ', and: ' and ' },
  quoted: '“{words}”',

  yieldsWhen: {
    imminent_harm: 'when you or somebody else is in immediate danger of serious harm',
    abuse_report: 'when I have to report abuse or neglect',
    court_order: 'when a court orders me to give information',
    supervision: 'when I talk about our work in supervision',
    mandator_report: 'when I have to report to whoever required you to come here',
  },
  sources: {
    client_account: 'what you tell me',
    observation_in_session: 'what I notice in our sessions',
    measures: 'questionnaires you fill in',
    collateral_person: 'people close to you',
    outside_records: 'records from elsewhere',
    mandator: 'information from whoever required you to come here',
  },
  informedBy: {
    training: 'my training',
    experience: 'my experience in this work',
    research: 'research',
    supervision: 'supervision',
    own_therapy: 'my own therapy',
  },
  topics: {
    family: 'my family',
    relationships: 'my relationships',
    health: 'my health',
    sexuality: 'my sexuality',
    faith: 'what I believe in',
    politics: 'my politics',
    money: 'my money',
  },
  kinds: {
    regard: 'regard',
    empathy: 'empathy',
    respect: 'respect',
    compassion: 'compassion',
    acceptance: 'acceptance',
  },
  approaches: {
    person_centred: 'person-centred therapy',
    psychodynamic: 'psychodynamic therapy',
    cognitive_behavioural: 'cognitive behavioural therapy',
    systemic: 'systemic therapy',
    gestalt: 'gestalt therapy',
    existential: 'existential therapy',
    emotion_focused: 'emotion-focused therapy',
    acceptance_and_commitment: 'acceptance and commitment therapy',
    dialectical_behavioural: 'dialectical behaviour therapy',
    schema: 'schema therapy',
    emdr: 'EMDR',
    integrative: 'integrative therapy',
  },

  statement: {
    neutrality:
      'The relationship between us is unlike any other. Part of that is its neutrality: I am not part of the rest of ' +
      'your life, and you do not have to be any particular way for me. And yet I am not an objective third party.',
    partiality: {
      partial_to_client: 'I am on your side.',
      multi_partial:
        'I am on the side of each of you: I try to understand everyone here, and I do not decide who is right.',
      impartial_evaluator: 'I have been asked to assess, and I take nobody’s side.',
    },
    allegiance: {
      client: 'My first duty is to you.',
      treatment_unit:
        'My first duty is to all of you together, and to no one of you more than to the others.',
      client_with_duty_to_mandator:
        'My first duty is to you. I also have a duty to whoever required you to come here. What that means for you is ' +
        'said below, with the limits.',
    },
    shameFree: {
      true: 'Here you can speak without shame. Nothing you tell me makes you less in my eyes.',
      false: 'I do not promise that you will be spared shame here.',
    },
    limits: 'This safety has limits, and you should know them from the start. It gives way:',
    limitsNotStated: 'This safety has limits. I have not yet said which.',
    unconditionality: {
      full: 'I offer you {kinds}. This is without condition: it does not depend on what you say, feel or do.',
      strong: 'I offer you {kinds}. I hold on to this even when it is hard, whatever you say, feel or do.',
      some: 'I try to offer you {kinds}, whatever you say, feel or do. I will not always manage it.',
      not_claimed: 'I do not claim that I can accept everything without condition.',
    },
    acceptanceIsNotSilence: 'Being accepted does not mean never being challenged.',
    challenge: {
      will_challenge: 'I will challenge you when I believe it can help you, {style}.',
      on_invitation: 'I will challenge you when you ask me to, {style}.',
      rarely: 'I challenge you rarely, and then {style}.',
    },
    challengeStyle: {
      gentle: 'gently and with care',
      direct: 'openly and directly',
      questions: 'mostly by asking questions',
    },
    onlySource: 'You are my only source: {sources}. I have no other picture of your life.',
    nobodyElse: 'I draw on {sources}. I ask nobody else about you.',
    severalSources: 'You are not my only source. I draw on {sources}.',
    view: {
      offers_wider_view:
        'I will also offer you a wider view. It is one way of seeing things, and you are free to see them differently.',
      stays_with_client_view:
        'I stay close to the way you see things, and do not set a view of my own beside it.',
      mixed:
        'Often I stay close to the way you see things, and sometimes I offer a wider view. You are free to see ' +
        'things differently.',
    },
    informedBy: 'What shapes my view: {list}.',
    reciprocity: {
      false:
        'Beyond what we agree about appointments and costs, I expect nothing from you in return. You do not have to ' +
        'take care of me.',
      true: 'I expect something from you in return.',
    },
    focus: {
      client_only: 'Our time is for you.',
      unit_members: 'Our time is for all of you.',
    },
    selfDisclosure: {
      none: 'I do not talk about my own life.',
      rare_for_client_benefit: 'I rarely talk about my own life, and only when I believe it helps you.',
      moderate_for_client_benefit: 'I sometimes talk about my own life, when I believe it helps you.',
      open: 'I talk openly about my own life where it touches our work.',
    },
    topicsNever: 'Some things I never talk about: {list}.',
    advocacy: {
      personhood:
        'I stand up for you as a person: for your dignity, and for your right to decide about your own life.',
      practical_support: 'I also support you in practical matters, for example with a letter to an office.',
      none: 'I do not act for you outside our sessions.',
    },
    notInCourt: {
      true: 'I do not speak for you in court.',
      false: 'I do not rule out speaking for you in court.',
    },
    feedbackEachTime: 'After every session I ask you how our work is for you.',
    feedbackEvery: 'Every {count} sessions I ask you how our work is for you.',
    measure: 'For this I use: {measure}.',
    feedbackAnytime: 'You never have to wait for me to ask.',
    approach: 'How I work: {list}.',
    closing: 'You can ask me about any of this at any time.',
  },

  changes: {
    labels: {
      partiality: 'Whose side I am on',
      'allegiance.to': 'My first duty',
      'allegiance.yieldsWhen': 'When the promise of safety gives way',
      informationSources: 'Sources of information',
      'perspective.view': 'The view I bring',
      'perspective.informedBy': 'What shapes my view',
      'reciprocity.expected': 'What I expect in return',
      'reciprocity.focus': 'Who our time is for',
      'selfDisclosure.degree': 'Talking about my own life',
      'selfDisclosure.topicsNever': 'What I never talk about',
      'unconditionality.kinds': 'What I offer you',
      'unconditionality.degree': 'How far I offer it without condition',
      'challenge.willingness': 'Whether I challenge you',
      'challenge.style': 'How I challenge you',
      'advocacy.for': 'What I stand up for',
      'advocacy.notInCourt': 'Speaking for you in court',
      'safety.shameFree': 'Speaking without shame',
      'feedback.everySessions': 'How often I ask how our work is for you',
      'feedback.measure': 'What I use to ask you',
      'approach.codes': 'How I work',
    },
    partiality: {
      partial_to_client: 'on your side',
      multi_partial: 'on the side of each of you',
      impartial_evaluator: 'on nobody’s side',
    },
    allegiance: {
      client: 'to you',
      treatment_unit: 'to all of you together',
      client_with_duty_to_mandator: 'to you, with a duty to whoever required you to come here',
    },
    onlySource: 'only {sources}',
    view: {
      offers_wider_view: 'a wider view beside yours',
      stays_with_client_view: 'close to the way you see things',
      mixed: 'sometimes yours, sometimes a wider one',
    },
    reciprocity: { false: 'nothing', true: 'something' },
    focus: { client_only: 'you', unit_members: 'all of you' },
    selfDisclosure: {
      none: 'never',
      rare_for_client_benefit: 'rarely, only when it helps you',
      moderate_for_client_benefit: 'sometimes, when it helps you',
      open: 'openly',
    },
    unconditionality: {
      full: 'fully',
      strong: 'strongly',
      some: 'as far as I can',
      not_claimed: 'not claimed',
    },
    challenge: {
      will_challenge: 'when I believe it can help you',
      on_invitation: 'when you ask me to',
      rarely: 'rarely',
    },
    challengeStyle: {
      gentle: 'gently and with care',
      direct: 'openly and directly',
      questions: 'mostly by asking questions',
    },
    advocacy: {
      personhood: 'you as a person',
      practical_support: 'support in practical matters',
      none: 'nothing outside our sessions',
    },
    notInCourt: { true: 'no', false: 'not ruled out' },
    shameFree: { true: 'promised', false: 'not promised' },
    feedbackEachTime: 'after every session',
    feedbackEvery: 'every {count} sessions',
    notStated: 'not stated',
    changed: '{label}: was “{before}”, now “{after}”.',
    added: '{label}: was “{before}”, now also “{added}”.',
    removed: '{label}: was “{before}”, no longer “{removed}”.',
    begun: '{label}: newly stated, “{after}”.',
    ended: '{label}: was “{before}”, now no longer stated.',
  },
};
