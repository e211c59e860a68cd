import { type CommandContext, type Instant, reasonIf, refuseIfAny } from '#libs/kernel';
import { isCode } from './details.js';

/** Whether the client can make one decision, named by the code of a purpose of consent. The assessor is the actor. */
export type CapacityAssessment = { decision: string; capable: boolean; note?: string };

/** An assessment, when it was made and by whom. */
export type AssessedCapacity = CapacityAssessment & { at: Instant; by: string };

/** The same finding a month later is another assessment; twice at the same moment by the same person is one. */
export function assess(
  assessments: readonly AssessedCapacity[],
  { decision, capable, note }: CapacityAssessment,
  { actor, occurredAt }: CommandContext,
): CapacityAssessment[] {
  refuseIfAny(
    reasonIf(
      !isCode(decision),
      'decision_not_a_code',
      'Name the decision by the code of a purpose, for example treatment.',
    ),
  );
  const known = assessments.some(
    (one) =>
      one.at === occurredAt &&
      one.by === actor.id &&
      one.decision === decision &&
      one.capable === capable &&
      one.note === note,
  );
  return known ? [] : [{ decision, capable, ...(note === undefined ? {} : { note }) }];
}
