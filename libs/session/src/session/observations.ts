import type { BoundaryTopic } from '#libs/boundary';
import type { Reason } from '#libs/kernel';

/**
 * What a therapist records while a session runs because it matters to the relationship. It makes
 * the stance checkable against practice: self-disclosures against a stance of `none`, their topics against
 * `topicsNever`.
 */
type Fields = {
  /** `topic`: as in the stance's `topicsNever`; `purpose`: what it was meant to do for the client */
  SelfDisclosureMade: { topic: string; purpose?: string; words?: string };
  ChallengeOffered: { style: 'gentle' | 'direct' | 'questions'; invited: boolean; words?: string };
  RuptureNoticed: { noticedBy: 'client' | 'therapist'; words?: string };
  RuptureRepaired: { words?: string };
  /** `score`: whole, 0 to 40, as in the Session Rating Scale; `measure`: which questionnaire */
  AllianceFeedbackGiven: { score: number; measure: string; words?: string };
  BoundaryTouchedOn: { topic: BoundaryTopic; words?: string };
  /** from here on the session is recorded; one that is recorded from its start says so in SessionStarted */
  RecordingStarted: { medium: 'audio' | 'video'; words?: string };
};

export const OBSERVATION_KINDS = [
  'SelfDisclosureMade',
  'ChallengeOffered',
  'RuptureNoticed',
  'RuptureRepaired',
  'AllianceFeedbackGiven',
  'BoundaryTouchedOn',
  'RecordingStarted',
] as const satisfies readonly (keyof Fields)[];
export type ObservationKind = keyof Fields;

/** As it is sent: the kind is the type of the event it becomes. */
export type Observation = { [Kind in ObservationKind]: { kind: Kind } & Fields[Kind] }[ObservationKind];

export type ObservationEvent = {
  [Kind in ObservationKind]: { type: Kind; data: { relationshipId: string } & Fields[Kind] };
}[ObservationKind];

/** The event of an observation. The types cannot follow one union into the other, hence the cast. */
export function observed(relationshipId: string, { kind, ...fields }: Observation): ObservationEvent {
  return { type: kind, data: { relationshipId, ...fields } } as ObservationEvent;
}

/** What is wrong with an observation; [] when nothing is. */
export function observationReasons(observation: Observation): Reason[] {
  if (observation.kind !== 'AllianceFeedbackGiven') return [];
  const { score } = observation;
  if (Number.isInteger(score) && score >= 0 && score <= 40) return [];
  return [{ code: 'score_out_of_range', detail: 'Give the score as a whole number from 0 to 40.' }];
}
