import { Body, Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, type CommandMeta } from '#libs/event-store';
import { commandFrom, Meta, Verb } from '#libs/http';
import { uuidv7 } from '#libs/kernel';
import { agreement, boundaryIdOf } from './agreement.js';
import {
  AssessCrossingBody,
  ClientAccountBody,
  DiscussCrossingBody,
  EscalateCrossingBody,
  PartyPart,
  partyOf,
  PlanCrossingBody,
  RecordCrossingBody,
  RecordCrossingOnTopicBody,
  RepairCrossingBody,
} from './crossing.bodies.js';
import { EnterCrossing, EscalateCrossing } from './crossing.handler.js';

@ApiTags('boundaries')
@Controller('v1/boundaries')
export class CrossingController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Verb('plan-crossing', {
    summary: 'Plan to cross a boundary: why, what for, at what risk, and with the client’s agreement',
    access: 'crossing:write',
  })
  plan(@Meta() meta: CommandMeta, @Body() body: PlanCrossingBody) {
    const { crossingId = uuidv7(), crossedBy, ...said } = commandFrom('PlanCrossing', body);
    const command = { ...said, crossingId, ...crosser(crossedBy) };
    return this.commands.execute(new EnterCrossing(meta, command));
  }

  @Verb('record-crossing', {
    summary: 'Record that a boundary was crossed, as planned or not',
    access: 'crossing:write',
  })
  record(@Meta() meta: CommandMeta, @Body() body: RecordCrossingBody) {
    const { crossingId = uuidv7(), crossedBy, ...said } = commandFrom('RecordCrossing', body);
    const command = { ...said, crossingId, ...crosser(crossedBy) };
    return this.commands.execute(new EnterCrossing(meta, command));
  }

  @Verb('assess-crossing', {
    summary: 'Say what a crossing was: never by whoever crossed',
    access: 'crossing:assess',
  })
  assess(@Meta() meta: CommandMeta, @Body() body: AssessCrossingBody) {
    return this.commands.execute(commandFor(agreement, meta, commandFrom('AssessCrossing', body)));
  }

  @Verb('discuss-crossing', {
    summary: 'Record that a crossing was talked about with the clients concerned',
    access: 'crossing:write',
  })
  discuss(@Meta() meta: CommandMeta, @Body() body: DiscussCrossingBody) {
    return this.commands.execute(commandFor(agreement, meta, commandFrom('DiscussCrossing', body)));
  }

  @Verb('add-client-account', {
    summary: 'Add a client’s own account of a crossing, which nobody can change',
    access: 'crossing:write',
  })
  addClientAccount(@Meta() meta: CommandMeta, @Body() body: ClientAccountBody) {
    return this.commands.execute(commandFor(agreement, meta, commandFrom('AddClientAccount', body)));
  }

  @Verb('repair-crossing', {
    summary: 'Record what was done to repair a crossing, after it was discussed with the client',
    access: 'crossing:write',
  })
  repair(@Meta() meta: CommandMeta, @Body() body: RepairCrossingBody) {
    return this.commands.execute(commandFor(agreement, meta, commandFrom('RepairCrossing', body)));
  }

  @Verb('escalate-crossing', {
    summary: 'Hand a crossing on to whoever must know of it',
    access: 'crossing:write',
  })
  escalate(@Meta() meta: CommandMeta, @Body() body: EscalateCrossingBody) {
    return this.commands.execute(new EscalateCrossing(meta, commandFrom('EscalateCrossing', body)));
  }
}

@ApiTags('boundaries')
@Controller('v1/crossings')
export class CrossingOnTopicController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  /** Its boundary is found by relationship and topic: nobody has to have proposed anything. */
  @Verb('record', {
    path: 'record',
    summary: 'Record a crossing on a topic, whether or not anything was agreed on it',
    access: 'crossing:write',
    ifMatch: 'none',
  })
  record(@Meta() meta: CommandMeta, @Body() body: RecordCrossingOnTopicBody) {
    const {
      relationshipId,
      topic,
      crossingId = uuidv7(),
      crossedBy,
      ...said
    } = commandFrom('RecordCrossing', body);
    const id = boundaryIdOf(meta.practiceId, relationshipId, topic);
    const command = { ...said, crossingId, ...crosser(crossedBy) };
    return this.commands.execute(new EnterCrossing({ ...meta, id }, command, { relationshipId, topic }));
  }
}

const crosser = (part: PartyPart | undefined) => (part ? { crossedBy: partyOf(part, '/crossedBy') } : {});
