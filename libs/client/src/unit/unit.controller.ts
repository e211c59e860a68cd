import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  commandFrom,
  Create,
  CreateBody,
  Ids,
  Meta,
  OneQuery,
  PathId,
  Query,
  type Principal,
} from '#libs/http';
import { missing } from '#libs/kernel';
import { FormUnit } from './unit.handler.js';
import { unit, UNIT_KINDS, type UnitKind } from './unit.js';

class FormUnitBody extends CreateBody {
  @Choice(UNIT_KINDS)
  kind: UnitKind;

  @Ids({ description: 'clients: one for individual, two for couple, two or more for family and group' })
  members: string[];
}

@ApiTags('units')
@Controller('v1/units')
export class UnitController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Put clients together who are treated together', allow: ['owner', 'coordinator'] })
  form(@Meta() meta: CommandMeta, @Body() body: FormUnitBody) {
    return this.commands.execute(new FormUnit(meta, commandFrom('FormUnit', body)));
  }

  @Query(':id', {
    summary: 'One unit',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  async one(@Caller() { practiceId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    const { state, version } = await this.store.load(unit, practiceId, id);
    if (state.situation === 'none') missing('unit');
    const { kind, members } = state;
    return { id, version, kind, members };
  }
}
