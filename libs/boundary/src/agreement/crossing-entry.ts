import { conflict, type Instant, type Reason, reasonIf, refuseIfAny, same } from '#libs/kernel';
import type { ClientAgreement, Crossing, CrossingEvent, Entry } from './crossing.js';
import { closedReasons, type RelationshipFacts } from './surroundings.js';
import { isFixed, type BoundaryTopic } from './topics.js';
import type { Party } from './version.js';

/*
 * How a crossing is entered: planned before it happens, or recorded once it has.
 */

/** Unless told, everybody of the unit is concerned and the therapist crosses. */
type Entering = {
  crossingId: string;
  clientIds?: string[];
  crossedBy?: Party;
  relationshipId: string;
  topic: BoundaryTopic;
  relationship: RelationshipFacts;
};
/** What a plan lacks is refused with every reason, so its parts may be left out. */
export type PlanCrossing = Entering & {
  type: 'PlanCrossing';
  rationale?: string;
  expectedBenefit?: string;
  risks?: string;
  clientAgreements?: ClientAgreement[];
};
/** Who carries out a plan need not repeat whom it concerns. */
export type RecordCrossing = Entering & { type: 'RecordCrossing'; words: string };

export function planCrossing(
  before: Crossing | undefined,
  command: PlanCrossing,
  agreedVersionNo: number | undefined,
  occurredAt: Instant,
): CrossingEvent[] {
  const { type: _, relationship, ...said } = command;
  const { clientIds, crossedBy } = circumstances(command);
  const { rationale = '', expectedBenefit = '', risks = '', clientAgreements = [] } = said;
  const data = {
    ...said,
    clientIds,
    crossedBy,
    ...(agreedVersionNo === undefined ? {} : { agreedVersionNo }),
    rationale,
    expectedBenefit,
    risks,
    clientAgreements,
  };
  if (before?.situation === 'planned' && sameEntry(before.plan.data, data)) return [];
  if (before) return conflict('crossing_exists', 'There is a crossing under this id. Use another id.');
  const asked = clientAgreements.map(({ clientId }) => clientId);
  const unasked = clientIds.filter((clientId) => !asked.includes(clientId));
  refuseIfAny([
    ...closedReasons({ relationship }),
    ...reasonIf(isFixed(command.topic), 'topic_is_fixed', 'This is never planned. It never happens.'),
    ...partyReasons(command),
    ...reasonIf('clientId' in crossedBy, 'not_staff', 'Only staff plan a crossing of their own.'),
    ...reasonIf(!rationale.trim(), 'rationale_missing', 'Say in `rationale` why it is planned.'),
    ...reasonIf(
      !expectedBenefit.trim(),
      'benefit_missing',
      'Say in `expectedBenefit` what it should do for the client.',
    ),
    ...reasonIf(!risks.trim(), 'risks_missing', 'Say in `risks` what could go wrong.'),
    ...reasonIf(
      unasked.length > 0,
      'client_agreement_missing',
      `Ask these clients first, and name their agreement in \`clientAgreements\`: ${unasked.join(', ')}.`,
    ),
    ...reasonIf(
      asked.some((clientId) => !clientIds.includes(clientId)),
      'not_concerned',
      'Only the clients concerned agree to it. Name them in `clientIds`, or leave their agreement out.',
    ),
    ...reasonIf(
      clientAgreements.some(({ at }) => at > occurredAt),
      'agreement_not_beforehand',
      'The client agrees before it is planned, not afterwards. Give the time at which they did.',
    ),
  ]);
  return [{ type: 'CrossingPlanned', data }];
}

export function recordCrossing(
  before: Crossing | undefined,
  command: RecordCrossing,
  agreedVersionNo: number | undefined,
  occurredAt: Instant,
): CrossingEvent[] {
  const { relationshipId, topic, crossingId, words } = command;
  const planned = before && 'plan' in before ? before.plan : undefined;
  const { clientIds, crossedBy } = planned
    ? { ...planned.data, ...circumstancesSaid(command) }
    : circumstances(command);
  const data = {
    relationshipId,
    topic,
    crossingId,
    clientIds,
    crossedBy,
    ...(agreedVersionNo === undefined ? {} : { agreedVersionNo }),
    planned: planned !== undefined,
    words,
  };
  if (before && before.situation !== 'planned') {
    if (sameEntry(before.record.data, data)) return [];
    return conflict('crossing_exists', 'A crossing is recorded under this id already. Use another id.');
  }
  refuseIfAny([
    ...reasonIf(!words.trim(), 'words_missing', 'Say in `words` what happened.'),
    ...(planned ? planReasons(planned, { clientIds, crossedBy }, occurredAt) : partyReasons(command)),
  ]);
  return [{ type: 'CrossingRecorded', data }];
}

/** Which version held is found out, not said: it makes no other entry of the same words. */
const sameEntry = (one: object, other: object): boolean =>
  same({ ...one, agreedVersionNo: null }, { ...other, agreedVersionNo: null });

const planReasons = (
  { data, recordedAt }: { data: Entry<'CrossingPlanned'>['data']; recordedAt: Instant },
  went: Pick<Entry<'CrossingRecorded'>['data'], 'clientIds' | 'crossedBy'>,
  occurredAt: Instant,
): Reason[] => [
  ...reasonIf(
    !same([data.clientIds, data.crossedBy], [went.clientIds, went.crossedBy]),
    'differs_from_plan',
    'Others took part than was planned. Record it as a crossing of its own, under another id.',
  ),
  ...reasonIf(
    occurredAt < recordedAt,
    'planned_afterwards',
    `The plan was entered on ${recordedAt}, after this happened. Record it as a crossing of its own, under another id.`,
  ),
];

/** Sorted, so that the same people named in another order are the same. */
const circumstancesSaid = ({
  clientIds,
  crossedBy,
}: Entering): { clientIds?: string[]; crossedBy?: Party } => ({
  ...(clientIds ? { clientIds: [...clientIds].sort() } : {}),
  ...(crossedBy ? { crossedBy } : {}),
});

const circumstances = (command: Entering) => ({
  clientIds: [...command.relationship.members].sort(),
  crossedBy: { staffId: command.relationship.therapistId } as Party,
  ...circumstancesSaid(command),
});

function partyReasons(command: Entering): Reason[] {
  const { members } = command.relationship;
  const { clientIds, crossedBy } = circumstances(command);
  const named = [...clientIds, ...('clientId' in crossedBy ? [crossedBy.clientId] : [])];
  return reasonIf(
    clientIds.length === 0 || named.some((clientId) => !members.includes(clientId)),
    'not_a_party',
    'Name clients of this relationship: at least one whom it concerns.',
  );
}
