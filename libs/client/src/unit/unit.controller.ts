import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  CreateBody,
  Id,
  Ids,
  Meta,
  OneQuery,
  PathId,
  Query,
  Verb,
  type Principal,
} from '#libs/http';
import { missing } from '#libs/kernel';
import { AddUnitMember, FormUnit } from './unit.handler.js';
import { unit, UNIT_KINDS, type UnitKind } from './unit.js';

class FormUnitBody extends CreateBody {
  @Choice(UNIT_KINDS)
  kind: UnitKind;

  @Ids({ description: 'clients: one for individual, two for couple, two or more for family and group' })
  members: string[];
}

class UnitMemberBody extends CommandBody {
  @Id()
  clientId: string;
}

@ApiTags('units')
@Controller('v1/units')
export class UnitController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Put clients together who are treated together', access: 'unit:write' })
  form(@Meta() meta: CommandMeta, @Body() body: FormUnitBody) {
    return this.commands.execute(new FormUnit(meta, commandFrom('FormUnit', body)));
  }

  @Verb('add-member', {
    summary: 'Take one more client into a family or group',
    access: 'unit:write',
  })
  addMember(@Meta() meta: CommandMeta, @Body() body: UnitMemberBody) {
    return this.commands.execute(new AddUnitMember(meta, commandFrom('AddUnitMember', body)));
  }

  @Verb('remove-member', {
    summary: 'Record that a client left a family or group; it stays known that they were in it',
    access: 'unit:write',
  })
  removeMember(@Meta() meta: CommandMeta, @Body() body: UnitMemberBody) {
    return this.commands.execute(commandFor(unit, meta, commandFrom('RemoveUnitMember', body)));
  }

  @Query(':id', {
    summary: 'One unit, with who was in it when',
    access: 'unit:read',
  })
  async one(@Caller() { practiceId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    const { state, version } = await this.store.load(unit, practiceId, id);
    if (state.situation === 'none') missing('unit');
    const { kind, members, stays } = state;
    return { id, version, kind, members, stays };
  }
}
