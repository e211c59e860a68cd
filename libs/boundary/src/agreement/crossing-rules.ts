import {
  type CommandContext,
  conflict,
  type Instant,
  missing,
  type Reason,
  reasonIf,
  refuseIfAny,
  same,
} from '#libs/kernel';
import {
  notTalkedTo,
  type CrossingEvent,
  type CrossingOutcome,
  type Crossings,
  type EscalatedTo,
  type HappenedCrossing,
} from './crossing.js';
import { planCrossing, recordCrossing, type PlanCrossing, type RecordCrossing } from './crossing-entry.js';
import { isFixed, type BoundaryTopic } from './topics.js';
import { orderReasons } from './version.js';

// commands

type Of<Type extends CrossingEvent['type']> = Extract<CrossingEvent, { type: Type }>['data'];
type Said<Type extends CrossingEvent['type']> = Omit<Of<Type>, 'relationshipId' | 'topic'>;

export type CrossingCommand =
  | PlanCrossing
  | RecordCrossing
  | ({ type: 'AssessCrossing' } & Said<'CrossingAssessed'>)
  | ({ type: 'DiscussCrossing'; clientIds?: string[] } & Omit<
      Said<'CrossingDiscussedWithClient'>,
      'clientIds'
    >)
  | ({ type: 'AddClientAccount' } & Said<'ClientAccountAdded'>)
  | ({ type: 'RepairCrossing' } & Said<'CrossingRepaired'>)
  | ({ type: 'EscalateCrossing'; to: EscalatedTo } & Said<'CrossingEscalated'>);

export const isCrossingCommand = <C extends { type: string }>(
  command: C,
): command is Extract<C, { crossingId: string }> => 'crossingId' in command;

// decide

/** @param agreedVersionNo the version in force when this happens, if any */
export function decideCrossing(
  crossings: Crossings,
  command: CrossingCommand,
  agreedVersionNo: number | undefined,
  context: CommandContext,
): CrossingEvent[] {
  const before = crossings[command.crossingId];
  if (command.type === 'PlanCrossing')
    return planCrossing(before, command, agreedVersionNo, context.occurredAt);
  if (command.type === 'RecordCrossing')
    return recordCrossing(before, command, agreedVersionNo, context.occurredAt);
  if (!before) return missing('crossing');
  if (before.situation === 'planned')
    return conflict('not_happened', 'This is planned only. Record it once it has happened.');
  const { relationshipId, topic, crossingId } = before.record.data;
  const event = laterEvent(before, command, { relationshipId, topic, crossingId });
  // a talk like the one before is another talk; the same words elsewhere are the same entry
  const known = entriesOf(before, event.type).some(
    ({ data, at, by }) =>
      same(data, event.data) &&
      by === context.actor.id &&
      (event.type !== 'CrossingDiscussedWithClient' || at === context.occurredAt),
  );
  if (known) return [];
  refuseIfAny([
    ...orderReasons(before.record.at, context.occurredAt),
    ...laterReasons(before, event, context),
  ]);
  return [event];
}

type LaterCommand = Exclude<CrossingCommand, { type: 'PlanCrossing' | 'RecordCrossing' }>;
type LaterEvent = Exclude<CrossingEvent, { type: 'CrossingPlanned' | 'CrossingRecorded' }>;

function laterEvent(
  before: HappenedCrossing,
  command: LaterCommand,
  about: { relationshipId: string; topic: BoundaryTopic; crossingId: string },
): LaterEvent {
  switch (command.type) {
    case 'AssessCrossing': {
      const { type: _, ...said } = command;
      return { type: 'CrossingAssessed', data: { ...said, ...about } };
    }
    case 'DiscussCrossing': {
      const { type: _, clientIds = before.record.data.clientIds, ...said } = command;
      return { type: 'CrossingDiscussedWithClient', data: { ...said, clientIds, ...about } };
    }
    case 'AddClientAccount': {
      const { type: _, ...said } = command;
      return { type: 'ClientAccountAdded', data: { ...said, ...about } };
    }
    case 'RepairCrossing': {
      const { type: _, ...said } = command;
      return { type: 'CrossingRepaired', data: { ...said, ...about } };
    }
    case 'EscalateCrossing': {
      const { type: _, ...said } = command;
      return { type: 'CrossingEscalated', data: { ...said, ...about } };
    }
  }
}

function entriesOf(before: HappenedCrossing, type: LaterEvent['type']) {
  switch (type) {
    case 'CrossingAssessed':
      return before.assessments.slice(-1); // an assessment that was changed meanwhile can be given again
    case 'CrossingDiscussedWithClient':
      return before.discussions;
    case 'ClientAccountAdded':
      return before.accounts;
    case 'CrossingRepaired':
      return before.repairs;
    case 'CrossingEscalated':
      return before.escalations;
  }
}

function laterReasons(before: HappenedCrossing, event: LaterEvent, context: CommandContext): Reason[] {
  switch (event.type) {
    case 'CrossingAssessed':
      return assessmentReasons(before, event.data.topic, event.data.outcome, context);
    case 'CrossingDiscussedWithClient':
      return concernReasons(before, event.data.clientIds);
    case 'ClientAccountAdded':
      return [
        ...concernReasons(before, [event.data.clientId]),
        ...reasonIf(
          !event.data.account.trim(),
          'account_missing',
          "Send the client's own words as `account`.",
        ),
      ];
    case 'CrossingRepaired':
      return repairReasons(before, context.occurredAt);
    case 'CrossingEscalated':
      return escalationReasons(before, event.data);
  }
}

const concernReasons = ({ record }: HappenedCrossing, clientIds: readonly string[]): Reason[] =>
  reasonIf(
    clientIds.length === 0 || clientIds.some((clientId) => !record.data.clientIds.includes(clientId)),
    'not_concerned',
    'Name only clients whom this crossing concerns.',
  );

function assessmentReasons(
  { record }: HappenedCrossing,
  topic: BoundaryTopic,
  outcome: CrossingOutcome,
  { actor }: CommandContext,
): Reason[] {
  const crosser = 'staffId' in record.data.crossedBy ? record.data.crossedBy.staffId : undefined;
  return [
    ...reasonIf(
      crosser !== undefined && [actor.id, actor.onBehalfOf].includes(crosser),
      'assessed_by_crosser',
      'Whoever crossed cannot assess it. Ask a supervisor or a colleague.',
    ),
    ...reasonIf(
      isFixed(topic) && outcome !== 'violation',
      'always_a_violation',
      'There is never sexual contact: this is a violation. Assess it as one, and escalate it.',
    ),
  ];
}

function repairReasons(before: HappenedCrossing, occurredAt: Instant): Reason[] {
  const waiting = notTalkedTo(before, occurredAt);
  return [
    ...reasonIf(
      before.assessments.length === 0,
      'not_assessed',
      'Have it assessed first, by somebody other than whoever crossed.',
    ),
    ...reasonIf(
      waiting.length > 0,
      'not_discussed_with_client',
      `Repair comes after discussion with the client. Talk first with: ${waiting.join(', ')}.`,
    ),
  ];
}

function escalationReasons({ record }: HappenedCrossing, { to, staffId }: Of<'CrossingEscalated'>): Reason[] {
  const inside = to === 'supervisor' || to === 'practice_owner';
  const { crossedBy } = record.data;
  return [
    ...reasonIf(
      inside && staffId === undefined,
      'recipient_missing',
      'Name in `staffId` the person of the practice it goes to.',
    ),
    ...reasonIf(
      staffId !== undefined && 'staffId' in crossedBy && crossedBy.staffId === staffId,
      'escalated_to_crosser',
      'It cannot go to whoever crossed. Name somebody else.',
    ),
  ];
}
