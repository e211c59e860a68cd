import type {
  ADVOCACIES,
  ALLEGIANCES,
  APPROACH_CODES,
  CHALLENGE_STYLES,
  CHALLENGE_WILLINGNESSES,
  INFORMED_BY_CODES,
  InformationSource,
  PERSPECTIVE_VIEWS,
  Partiality,
  RECIPROCITY_FOCUSES,
  SELF_DISCLOSURE_DEGREES,
  TOPIC_CODES,
  UNCONDITIONALITY_DEGREES,
  UnconditionalityKind,
  YieldsWhen,
} from '../dimensions.js';

type Words<T extends readonly string[]> = Readonly<Record<T[number], string>>;
type YesNo = { readonly true: string; readonly false: string };

/** The parts of a stance that can change, each with a sentence of its own in a description of changes. */
export const PARTS = [
  'partiality',
  'allegiance.to',
  'allegiance.yieldsWhen',
  'informationSources',
  'perspective.view',
  'perspective.informedBy',
  'reciprocity.expected',
  'reciprocity.focus',
  'selfDisclosure.degree',
  'selfDisclosure.topicsNever',
  'unconditionality.kinds',
  'unconditionality.degree',
  'challenge.willingness',
  'challenge.style',
  'advocacy.for',
  'advocacy.notInCourt',
  'safety.shameFree',
  'feedback.everySessions',
  'feedback.measure',
  'approach.codes',
] as const;
export type Part = (typeof PARTS)[number];

/**
 * One language, as data. `{name}` marks a gap; a locale may place its gaps freely but needs the same ones as `en`.
 * Everything is said by the therapist to the client. A changed word is a new TEMPLATE_VERSION (statement.ts).
 */
export interface Locale {
  /** joins lists; not Intl.ListFormat, whose output moves with the ICU release and would move hashes with it */
  readonly list: { readonly comma: string; readonly and: string };
  /** gap: words */
  readonly quoted: string;

  /** names of members of a set, in the statement and in changes */
  readonly yieldsWhen: Readonly<Record<YieldsWhen, string>>;
  readonly sources: Readonly<Record<InformationSource, string>>;
  readonly informedBy: Words<typeof INFORMED_BY_CODES>;
  readonly topics: Words<typeof TOPIC_CODES>;
  readonly kinds: Readonly<Record<Exclude<UnconditionalityKind, 'other'>, string>>;
  readonly approaches: Words<typeof APPROACH_CODES>;

  readonly statement: {
    readonly neutrality: string;
    readonly partiality: Readonly<Record<Partiality, string>>;
    readonly allegiance: Words<typeof ALLEGIANCES>;
    readonly shameFree: YesNo;
    /** introduces the list of limits */
    readonly limits: string;
    readonly limitsNotStated: string;
    /** gap: kinds */
    readonly unconditionality: Words<typeof UNCONDITIONALITY_DEGREES>;
    readonly acceptanceIsNotSilence: string;
    /** gap: style */
    readonly challenge: Words<typeof CHALLENGE_WILLINGNESSES>;
    readonly challengeStyle: Words<typeof CHALLENGE_STYLES>;
    /** gap: sources */
    readonly onlySource: string;
    readonly nobodyElse: string;
    readonly severalSources: string;
    readonly view: Words<typeof PERSPECTIVE_VIEWS>;
    /** gap: list */
    readonly informedBy: string;
    readonly reciprocity: YesNo;
    readonly focus: Words<typeof RECIPROCITY_FOCUSES>;
    readonly selfDisclosure: Words<typeof SELF_DISCLOSURE_DEGREES>;
    /** gap: list */
    readonly topicsNever: string;
    readonly advocacy: Words<typeof ADVOCACIES>;
    readonly notInCourt: YesNo;
    readonly feedbackEachTime: string;
    /** gap: count, at least 2 */
    readonly feedbackEvery: string;
    /** gap: measure */
    readonly measure: string;
    readonly feedbackAnytime: string;
    /** gap: list */
    readonly approach: string;
    readonly closing: string;
  };

  readonly changes: {
    readonly labels: Readonly<Record<Part, string>>;
    readonly partiality: Readonly<Record<Partiality, string>>;
    readonly allegiance: Words<typeof ALLEGIANCES>;
    /** gap: sources */
    readonly onlySource: string;
    readonly view: Words<typeof PERSPECTIVE_VIEWS>;
    readonly reciprocity: YesNo;
    readonly focus: Words<typeof RECIPROCITY_FOCUSES>;
    readonly selfDisclosure: Words<typeof SELF_DISCLOSURE_DEGREES>;
    readonly unconditionality: Words<typeof UNCONDITIONALITY_DEGREES>;
    readonly challenge: Words<typeof CHALLENGE_WILLINGNESSES>;
    readonly challengeStyle: Words<typeof CHALLENGE_STYLES>;
    readonly advocacy: Words<typeof ADVOCACIES>;
    readonly notInCourt: YesNo;
    readonly shameFree: YesNo;
    readonly feedbackEachTime: string;
    /** gap: count */
    readonly feedbackEvery: string;
    readonly notStated: string;
    /** gaps: label, before, after */
    readonly changed: string;
    /** gaps: label, before, added */
    readonly added: string;
    /** gaps: label, before, removed */
    readonly removed: string;
    /** gaps: label, after */
    readonly begun: string;
    /** gaps: label, before */
    readonly ended: string;
  };
}
