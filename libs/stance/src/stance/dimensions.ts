import type { UnitKind } from '#libs/client';
import type { Reason } from '#libs/kernel';

// Every value a therapist may state. The tuples also feed HTTP bodies and the directory's filters.
export const PARTIALITIES = ['partial_to_client', 'multi_partial', 'impartial_evaluator'] as const;
export const ALLEGIANCES = ['client', 'treatment_unit', 'client_with_duty_to_mandator'] as const;
export const YIELDS_WHEN = [
  'imminent_harm',
  'abuse_report',
  'court_order',
  'supervision',
  'mandator_report',
] as const;
const FROM_THE_CLIENT = ['client_account', 'observation_in_session', 'measures'] as const;
const FROM_ELSEWHERE = ['collateral_person', 'outside_records', 'mandator'] as const;
export const INFORMATION_SOURCES = [...FROM_THE_CLIENT, ...FROM_ELSEWHERE] as const;
export const PERSPECTIVE_VIEWS = ['offers_wider_view', 'stays_with_client_view', 'mixed'] as const;
export const RECIPROCITY_FOCUSES = ['client_only', 'unit_members'] as const;
export const SELF_DISCLOSURE_DEGREES = [
  'none',
  'rare_for_client_benefit',
  'moderate_for_client_benefit',
  'open',
] as const;
export const UNCONDITIONALITY_KINDS = [
  'regard',
  'empathy',
  'respect',
  'compassion',
  'acceptance',
  'other',
] as const;
export const UNCONDITIONALITY_DEGREES = ['full', 'strong', 'some', 'not_claimed'] as const;
export const CHALLENGE_WILLINGNESSES = ['will_challenge', 'on_invitation', 'rarely'] as const;
export const CHALLENGE_STYLES = ['gentle', 'direct', 'questions'] as const;
export const ADVOCACIES = ['personhood', 'practical_support', 'none'] as const;

// Codes that every locale has words for. The fields that use them also take the therapist's own words as they are.
export const INFORMED_BY_CODES = [
  'training',
  'experience',
  'research',
  'supervision',
  'own_therapy',
] as const;
export const TOPIC_CODES = [
  'family',
  'relationships',
  'health',
  'sexuality',
  'faith',
  'politics',
  'money',
] as const;
export const APPROACH_CODES = [
  'person_centred',
  'psychodynamic',
  'cognitive_behavioural',
  'systemic',
  'gestalt',
  'existential',
  'emotion_focused',
  'acceptance_and_commitment',
  'dialectical_behavioural',
  'schema',
  'emdr',
  'integrative',
] as const;

export type Partiality = (typeof PARTIALITIES)[number];
export type YieldsWhen = (typeof YIELDS_WHEN)[number];
export type InformationSource = (typeof INFORMATION_SOURCES)[number];
export type UnconditionalityKind = (typeof UNCONDITIONALITY_KINDS)[number];

/** How a therapist stands towards a client. Every list is a set: its order says nothing. */
export interface Dimensions {
  readonly partiality: Partiality;
  readonly allegiance: {
    readonly to: (typeof ALLEGIANCES)[number];
    readonly yieldsWhen: readonly YieldsWhen[];
  };
  readonly informationSources: readonly InformationSource[];
  /** `informedBy`: codes of INFORMED_BY_CODES or own words */
  readonly perspective: {
    readonly view: (typeof PERSPECTIVE_VIEWS)[number];
    readonly informedBy: readonly string[];
  };
  readonly reciprocity: { readonly expected: boolean; readonly focus: (typeof RECIPROCITY_FOCUSES)[number] };
  /** `topicsNever`: codes of TOPIC_CODES or own words */
  readonly selfDisclosure: {
    readonly degree: (typeof SELF_DISCLOSURE_DEGREES)[number];
    readonly topicsNever: readonly string[];
  };
  /** `ownWords` says what the kind `other` is */
  readonly unconditionality: {
    readonly kinds: readonly UnconditionalityKind[];
    readonly degree: (typeof UNCONDITIONALITY_DEGREES)[number];
    readonly ownWords?: string;
  };
  readonly challenge: {
    readonly willingness: (typeof CHALLENGE_WILLINGNESSES)[number];
    readonly style: (typeof CHALLENGE_STYLES)[number];
  };
  readonly advocacy: { readonly for: (typeof ADVOCACIES)[number]; readonly notInCourt: boolean };
  readonly safety: { readonly shameFree: boolean; readonly invitation: string };
  /** asked every 1..100 sessions; `measure` names a questionnaire */
  readonly feedback: { readonly everySessions: number; readonly measure?: string };
  /** `codes`: codes of APPROACH_CODES or own words */
  readonly approach?: { readonly codes: readonly string[]; readonly words?: string };
}

export type Dimension = keyof Dimensions;

/** In the order in which people read them. */
export const DIMENSIONS = [
  'partiality',
  'allegiance',
  'informationSources',
  'perspective',
  'reciprocity',
  'selfDisclosure',
  'unconditionality',
  'challenge',
  'advocacy',
  'safety',
  'feedback',
  'approach',
] as const satisfies readonly Dimension[];

/** Whether what the client says and shows in sessions is all the therapist goes by. A measure is a source beside that. */
export function clientIsOnlySource({
  informationSources,
}: Pick<Partial<Dimensions>, 'informationSources'>): boolean {
  if (!informationSources?.length) return false;
  return informationSources.every((source) => isFromTheClient(source) && source !== 'measures');
}

/** Whether nobody but the client has a part in it: their questionnaires are theirs, too. */
export const isFromTheClient = (source: InformationSource): boolean =>
  FROM_THE_CLIENT.some((own) => own === source);

/** Why a relationship with such a unit cannot carry this stance; undefined when it can. */
export function unsuited(
  { partiality }: Pick<Partial<Dimensions>, 'partiality'>,
  kind: UnitKind,
): Reason | undefined {
  if (partiality === (kind === 'individual' ? 'partial_to_client' : 'multi_partial')) return undefined;
  return {
    code: 'stance_does_not_suit_unit',
    detail:
      kind === 'individual'
        ? 'One client needs a therapist who is on their side. Choose a stance that is partial_to_client.'
        : `A ${kind} needs a therapist who is on everybody's side. Choose a stance that is multi_partial.`,
  };
}

export const suits = (dimensions: Pick<Partial<Dimensions>, 'partiality'>, kind: UnitKind): boolean =>
  unsuited(dimensions, kind) === undefined;
