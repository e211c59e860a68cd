import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choices,
  CommandBody,
  commandFrom,
  Create,
  CreateBody,
  Meta,
  OneQuery,
  PathId,
  Query,
  Text,
  Texts,
  Verb,
  type Principal,
} from '#libs/http';
import { missing } from '#libs/kernel';
import { ChangeStaff } from './staff.handler.js';
import { ROLES, staff, type Role } from './staff.js';

class RegisterStaffBody extends CreateBody {
  @Text({ example: 'Noor Haddad' })
  name: string;

  @Choices(ROLES)
  roles: Role[];

  @Text({ optional: true, max: 500, description: 'as shown to clients', example: 'MBACP (Accred) 12345' })
  credentials?: string;

  @Texts({ optional: true, max: 20, length: 35, description: 'BCP 47', example: ['en', 'ar'] })
  languages?: string[];
}

class ChangeRolesBody extends CommandBody {
  @Choices(ROLES, { description: 'all roles from now on' })
  roles: Role[];
}

@ApiTags('staff')
@Controller('v1/staff')
export class StaffController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Register a staff member', allow: ['owner'] })
  register(@Meta() meta: CommandMeta, @Body() body: RegisterStaffBody) {
    return this.commands.execute(commandFor(staff, meta, commandFrom('RegisterStaff', body)));
  }

  @Verb('change-roles', { summary: 'Give and take roles', allow: ['owner'] })
  changeRoles(@Meta() meta: CommandMeta, @Body() body: ChangeRolesBody) {
    return this.commands.execute(new ChangeStaff(meta, commandFrom('ChangeRoles', body)));
  }

  @Verb('deactivate', { summary: 'End every role; history keeps the person', allow: ['owner'] })
  deactivate(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new ChangeStaff(meta, { type: 'DeactivateStaff' }));
  }

  @Query(':id', {
    summary: 'One staff member',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  async one(@Caller() { practiceId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    const { state, version } = await this.store.load(staff, practiceId, id);
    if (state.situation === 'none') missing('staff');
    const { situation: status, registered, roles } = state;
    return { id, version, status, ...registered, roles };
  }
}
