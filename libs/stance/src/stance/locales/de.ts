import type { Locale } from './locale.js';

/** German, in the formal address. */
export const de: Locale = {
  list: { comma: ', ', and: ' und ' },
  quoted: '„{words}“',

  yieldsWhen: {
    imminent_harm: 'wenn Ihnen oder jemand anderem unmittelbar schwerer Schaden droht',
    abuse_report: 'wenn ich Misshandlung, Missbrauch oder Vernachlässigung melden muss',
    court_order: 'wenn ein Gericht mich zur Auskunft verpflichtet',
    supervision: 'wenn ich unsere Arbeit in der Supervision bespreche',
    mandator_report: 'wenn ich der Stelle berichten muss, die Ihre Therapie angeordnet hat',
  },
  sources: {
    client_account: 'was Sie mir erzählen',
    observation_in_session: 'was ich in unseren Sitzungen wahrnehme',
    measures: 'Ihre Antworten in Fragebögen',
    collateral_person: 'Menschen aus Ihrem Umfeld',
    outside_records: 'Unterlagen von anderer Seite',
    mandator: 'Angaben der anordnenden Stelle',
  },
  informedBy: {
    training: 'meine Ausbildung',
    experience: 'meine Erfahrung in dieser Arbeit',
    research: 'Forschung',
    supervision: 'Supervision',
    own_therapy: 'meine eigene Therapie',
  },
  topics: {
    family: 'meine Familie',
    relationships: 'meine Beziehungen',
    health: 'meine Gesundheit',
    sexuality: 'meine Sexualität',
    faith: 'mein Glaube',
    politics: 'meine politischen Ansichten',
    money: 'mein Geld',
  },
  kinds: {
    regard: 'Wertschätzung',
    empathy: 'Einfühlung',
    respect: 'Respekt',
    compassion: 'Mitgefühl',
    acceptance: 'Akzeptanz',
  },
  approaches: {
    person_centred: 'personzentrierte Therapie',
    psychodynamic: 'psychodynamische Therapie',
    cognitive_behavioural: 'kognitive Verhaltenstherapie',
    systemic: 'systemische Therapie',
    gestalt: 'Gestalttherapie',
    existential: 'existenzielle Therapie',
    emotion_focused: 'emotionsfokussierte Therapie',
    acceptance_and_commitment: 'Akzeptanz- und Commitment-Therapie',
    dialectical_behavioural: 'dialektisch-behaviorale Therapie',
    schema: 'Schematherapie',
    emdr: 'EMDR',
    integrative: 'integrative Therapie',
  },

  statement: {
    neutrality:
      'Die Beziehung zwischen uns ist anders als jede andere. Das liegt auch an ihrer Neutralität: Ich gehöre nicht ' +
      'zu Ihrem übrigen Leben, und Sie müssen für mich keine Rolle erfüllen. Trotzdem bin ich keine ' +
      'unbeteiligte dritte Person, die objektiv von außen urteilt.',
    partiality: {
      partial_to_client: 'Ich stehe auf Ihrer Seite.',
      multi_partial:
        'Ich stehe auf der Seite jedes und jeder Einzelnen von Ihnen: Ich versuche, alle hier zu verstehen, und ' +
        'entscheide nicht, wer recht hat.',
      impartial_evaluator: 'Ich soll begutachten und stehe auf niemandes Seite.',
    },
    allegiance: {
      client: 'Verpflichtet bin ich zuerst Ihnen.',
      treatment_unit:
        'Verpflichtet bin ich zuerst Ihnen allen gemeinsam, niemandem von Ihnen mehr als den anderen.',
      client_with_duty_to_mandator:
        'Verpflichtet bin ich zuerst Ihnen. Daneben habe ich eine Pflicht gegenüber der Stelle, die Ihre Therapie ' +
        'angeordnet hat. Was das für Sie bedeutet, steht unten bei den ' +
        'Grenzen.',
    },
    shameFree: {
      true:
        'Hier dürfen Sie aussprechen, was Sie bewegt, ohne sich zu schämen. Nichts, was Sie mir erzählen, mindert ' +
        'Sie in meinen Augen.',
      false: 'Ich verspreche nicht, dass Ihnen Scham hier erspart bleibt.',
    },
    limits: 'Dieser Schutz hat Grenzen, und Sie sollen sie von Anfang an kennen. Er tritt zurück:',
    limitsNotStated: 'Dieser Schutz hat Grenzen. Welche, habe ich noch nicht gesagt.',
    unconditionality: {
      full:
        'Ich begegne Ihnen mit {kinds}. Das ist an keine Bedingung geknüpft: Es hängt nicht davon ab, was Sie sagen, ' +
        'fühlen oder tun.',
      strong:
        'Ich begegne Ihnen mit {kinds}. Daran halte ich fest, auch wenn es schwer wird, und gleich, was Sie sagen, ' +
        'fühlen oder tun.',
      some:
        'Ich bemühe mich, Ihnen mit {kinds} zu begegnen, gleich, was Sie sagen, fühlen oder tun. Immer wird mir das ' +
        'nicht gelingen.',
      not_claimed: 'Ich behaupte nicht, dass ich alles bedingungslos annehmen kann.',
    },
    acceptanceIsNotSilence: 'Angenommen zu sein heißt nicht, nie herausgefordert zu werden.',
    challenge: {
      will_challenge: 'Wenn ich glaube, dass es Ihnen helfen kann, fordere ich Sie heraus, und zwar {style}.',
      on_invitation: 'Wenn Sie mich darum bitten, fordere ich Sie heraus, und zwar {style}.',
      rarely: 'Ich fordere Sie selten heraus, und dann {style}.',
    },
    challengeStyle: {
      gentle: 'behutsam',
      direct: 'offen und direkt',
      questions: 'vor allem durch Fragen',
    },
    onlySource:
      'Meine einzige Quelle sind Sie selbst: {sources}. Ein anderes Bild von Ihrem Leben habe ich nicht.',
    nobodyElse: 'Worauf ich mich stütze: {sources}. Andere frage ich nicht nach Ihnen.',
    severalSources: 'Sie sind nicht meine einzige Quelle. Worauf ich mich stütze: {sources}.',
    view: {
      offers_wider_view:
        'Ich biete Ihnen auch einen weiteren Blick an. Er ist eine mögliche Sicht auf die Dinge, und Sie dürfen sie ' +
        'anders sehen.',
      stays_with_client_view: 'Ich bleibe nah an Ihrer Sicht der Dinge und stelle keine eigene daneben.',
      mixed:
        'Oft bleibe ich nah an Ihrer Sicht der Dinge, und manchmal biete ich einen weiteren Blick an. Sie dürfen die ' +
        'Dinge anders sehen.',
    },
    informedBy: 'Was meinen Blick prägt: {list}.',
    reciprocity: {
      false:
        'Über das hinaus, was wir zu Terminen und Kosten vereinbaren, erwarte ich von Ihnen keine Gegenleistung. Sie ' +
        'müssen sich nicht um mich kümmern.',
      true: 'Ich erwarte von Ihnen eine Gegenleistung.',
    },
    focus: {
      client_only: 'Unsere Zeit gehört Ihnen.',
      unit_members: 'Unsere Zeit gehört Ihnen allen.',
    },
    selfDisclosure: {
      none: 'Von meinem eigenen Leben erzähle ich nicht.',
      rare_for_client_benefit:
        'Von meinem eigenen Leben erzähle ich selten, und nur, wenn ich glaube, dass es Ihnen hilft.',
      moderate_for_client_benefit:
        'Von meinem eigenen Leben erzähle ich manchmal, wenn ich glaube, dass es Ihnen hilft.',
      open: 'Von meinem eigenen Leben erzähle ich offen, wo es unsere Arbeit berührt.',
    },
    topicsNever: 'Über manches spreche ich nie: {list}.',
    advocacy: {
      personhood:
        'Ich trete für Sie als Person ein: für Ihre Würde und für Ihr Recht, über Ihr Leben selbst zu bestimmen.',
      practical_support:
        'Ich unterstütze Sie auch in praktischen Dingen, zum Beispiel mit einem Schreiben an ein Amt.',
      none: 'Außerhalb unserer Sitzungen werde ich nicht für Sie tätig.',
    },
    notInCourt: {
      true: 'Vor Gericht spreche ich nicht für Sie.',
      false: 'Ich schließe nicht aus, vor Gericht für Sie zu sprechen.',
    },
    feedbackEachTime: 'Nach jeder Sitzung frage ich Sie, wie Sie unsere Arbeit erleben.',
    feedbackEvery: 'Alle {count} Sitzungen frage ich Sie, wie Sie unsere Arbeit erleben.',
    measure: 'Dafür verwende ich: {measure}.',
    feedbackAnytime: 'Sie müssen nie warten, bis ich frage.',
    approach: 'Wie ich arbeite: {list}.',
    closing: 'Zu all dem können Sie mich jederzeit fragen.',
  },

  changes: {
    labels: {
      partiality: 'Auf wessen Seite ich stehe',
      'allegiance.to': 'Wem ich zuerst verpflichtet bin',
      'allegiance.yieldsWhen': 'Wann der versprochene Schutz zurücktritt',
      informationSources: 'Quellen meines Wissens',
      'perspective.view': 'Mein Blick auf die Dinge',
      'perspective.informedBy': 'Was meinen Blick prägt',
      'reciprocity.expected': 'Was ich als Gegenleistung erwarte',
      'reciprocity.focus': 'Wem unsere Zeit gehört',
      'selfDisclosure.degree': 'Ob ich von meinem eigenen Leben erzähle',
      'selfDisclosure.topicsNever': 'Worüber ich nie spreche',
      'unconditionality.kinds': 'Womit ich Ihnen begegne',
      'unconditionality.degree': 'Wie weit das ohne Bedingung gilt',
      'challenge.willingness': 'Ob ich Sie herausfordere',
      'challenge.style': 'Wie ich Sie herausfordere',
      'advocacy.for': 'Wofür ich eintrete',
      'advocacy.notInCourt': 'Ob ich vor Gericht für Sie spreche',
      'safety.shameFree': 'Sprechen ohne Scham',
      'feedback.everySessions': 'Wie oft ich frage, wie Sie unsere Arbeit erleben',
      'feedback.measure': 'Womit ich danach frage',
      'approach.codes': 'Wie ich arbeite',
    },
    partiality: {
      partial_to_client: 'auf Ihrer Seite',
      multi_partial: 'auf der Seite jedes und jeder Einzelnen von Ihnen',
      impartial_evaluator: 'auf niemandes Seite',
    },
    allegiance: {
      client: 'Ihnen',
      treatment_unit: 'Ihnen allen gemeinsam',
      client_with_duty_to_mandator: 'Ihnen, mit einer Pflicht gegenüber der anordnenden Stelle',
    },
    onlySource: 'nur {sources}',
    view: {
      offers_wider_view: 'ein weiterer Blick neben Ihrem',
      stays_with_client_view: 'nah an Ihrer Sicht der Dinge',
      mixed: 'manchmal Ihrer, manchmal ein weiterer',
    },
    reciprocity: { false: 'nichts', true: 'etwas' },
    focus: { client_only: 'Ihnen', unit_members: 'Ihnen allen' },
    selfDisclosure: {
      none: 'nie',
      rare_for_client_benefit: 'selten, nur wenn es Ihnen hilft',
      moderate_for_client_benefit: 'manchmal, wenn es Ihnen hilft',
      open: 'offen',
    },
    unconditionality: {
      full: 'ganz',
      strong: 'weitgehend',
      some: 'so weit ich es vermag',
      not_claimed: 'nicht behauptet',
    },
    challenge: {
      will_challenge: 'wenn ich glaube, dass es Ihnen helfen kann',
      on_invitation: 'wenn Sie mich darum bitten',
      rarely: 'selten',
    },
    challengeStyle: {
      gentle: 'behutsam',
      direct: 'offen und direkt',
      questions: 'vor allem durch Fragen',
    },
    advocacy: {
      personhood: 'Sie als Person',
      practical_support: 'Unterstützung in praktischen Dingen',
      none: 'nichts außerhalb unserer Sitzungen',
    },
    notInCourt: { true: 'nein', false: 'nicht ausgeschlossen' },
    shameFree: { true: 'versprochen', false: 'nicht versprochen' },
    feedbackEachTime: 'nach jeder Sitzung',
    feedbackEvery: 'alle {count} Sitzungen',
    notStated: 'nicht genannt',
    changed: '{label}: bisher „{before}“, jetzt „{after}“.',
    added: '{label}: bisher „{before}“, jetzt auch „{added}“.',
    removed: '{label}: bisher „{before}“, nicht mehr „{removed}“.',
    begun: '{label}: neu genannt, „{after}“.',
    ended: '{label}: bisher „{before}“, jetzt nicht mehr genannt.',
  },
};
