import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  Choices,
  CommandBody,
  commandFrom,
  Create,
  CreateBody,
  Day,
  Id,
  Meta,
  Moment,
  OneQuery,
  Parts,
  PathId,
  Query,
  Text,
  Texts,
  Time,
  Verb,
  type Principal,
} from '#libs/http';
import { missing, type Role, ROLES } from '#libs/kernel';
import { WEEKDAYS, type Weekday } from './availability.js';
import { ChangeStaff } from './staff.handler.js';
import { FORMATS, staff, type StaffDetails } from './staff.js';
import { CREDENTIAL_KINDS, type Credential } from './supervision.js';

class RegisterStaffBody extends CreateBody {
  @Text({ example: 'Noor Haddad' })
  name: string;

  @Choices(ROLES)
  roles: Role[];

  @Text({ optional: true, max: 500, description: 'as shown to clients', example: 'MBACP (Accred) 12345' })
  credentials?: string;

  @Texts({ optional: true, max: 20, length: 35, description: 'BCP 47', example: ['en', 'ar'] })
  languages?: string[];

  @Choices(FORMATS, { optional: true, description: 'how this therapist meets clients' })
  formats?: StaffDetails['formats'];
}

class ChangeRolesBody extends CommandBody {
  @Choices(ROLES, { description: 'all roles from now on' })
  roles: Role[];
}

class RecordCredentialBody extends CommandBody {
  @Choice(CREDENTIAL_KINDS, { description: 'trainee: works under a supervisor who cosigns the notes' })
  kind: Credential['kind'];

  @Text({ example: 'Psychotherapist in training' })
  title: string;

  @Text({ optional: true, max: 100 })
  number?: string;

  @Text({ optional: true, description: 'who gave it' })
  issuer?: string;

  @Day({ optional: true, description: 'the first day it holds' })
  validFrom?: string;

  @Day({ optional: true, description: 'the last day it holds' })
  validTo?: string;
}

class AssignSupervisorBody extends CommandBody {
  @Id({ description: 'a staff member with the role supervisor' })
  supervisorId: string;

  @Moment({ optional: true, description: 'when it begins, if not at once' })
  from?: string;
}

class EndSupervisionBody extends CommandBody {
  @Id()
  supervisorId: string;
}

class HoursPart {
  @Choice(WEEKDAYS)
  weekday: Weekday;

  @Time({ example: '09:00' })
  from: string;

  @Time({ example: '17:00', description: '24:00 is the end of the day' })
  to: string;
}

class SetAvailabilityBody extends CommandBody {
  @Parts(() => HoursPart, { min: 0, max: 42, description: "the whole week, in the practice's zone" })
  weekly: HoursPart[];

  @Day({ optional: true, description: 'holds from this day on; from the beginning unless told' })
  validFrom?: string;
}

class AbsenceBody extends CommandBody {
  @Day({ description: 'the first day away' })
  from: string;

  @Day({ description: 'the last day away' })
  to: string;
}

@ApiTags('staff')
@Controller('v1/staff')
export class StaffController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Register a staff member', access: 'staff:administer' })
  register(@Meta() meta: CommandMeta, @Body() body: RegisterStaffBody) {
    return this.commands.execute(commandFor(staff, meta, commandFrom('RegisterStaff', body)));
  }

  @Verb('change-roles', { summary: 'Give and take roles', access: 'staff:give_access' })
  changeRoles(@Meta() meta: CommandMeta, @Body() body: ChangeRolesBody) {
    return this.commands.execute(new ChangeStaff(meta, commandFrom('ChangeRoles', body)));
  }

  @Verb('record-credential', {
    summary: 'Record what entitles to the work; the same kind and title takes the place of the entry before',
    access: 'staff:administer',
  })
  recordCredential(@Meta() meta: CommandMeta, @Body() body: RecordCredentialBody) {
    return this.commands.execute(new ChangeStaff(meta, commandFrom('RecordCredential', body)));
  }

  @Verb('assign-supervisor', { summary: 'Somebody supervises them from now on', access: 'staff:administer' })
  assignSupervisor(@Meta() meta: CommandMeta, @Body() body: AssignSupervisorBody) {
    return this.commands.execute(new ChangeStaff(meta, commandFrom('AssignSupervisor', body)));
  }

  @Verb('end-supervision', { summary: 'Somebody no longer supervises them', access: 'staff:administer' })
  endSupervision(@Meta() meta: CommandMeta, @Body() body: EndSupervisionBody) {
    return this.commands.execute(new ChangeStaff(meta, commandFrom('EndSupervision', body)));
  }

  @Verb('deactivate', { summary: 'End every role; history keeps the person', access: 'staff:administer' })
  deactivate(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new ChangeStaff(meta, { type: 'DeactivateStaff' }));
  }

  @Verb('set-availability', {
    summary: 'Weekly working hours; sessions outside of them are refused without a reasoned override',
    access: 'staff:keep_time',
  })
  setAvailability(@Meta() meta: CommandMeta, @Body() body: SetAvailabilityBody) {
    return this.commands.execute(commandFor(staff, meta, commandFrom('SetAvailability', body)));
  }

  @Verb('record-absence', { summary: 'Days on which somebody is away', access: 'staff:keep_time' })
  recordAbsence(@Meta() meta: CommandMeta, @Body() body: AbsenceBody) {
    return this.commands.execute(commandFor(staff, meta, commandFrom('RecordAbsence', body)));
  }

  @Verb('cancel-absence', { summary: 'Somebody is not away after all', access: 'staff:keep_time' })
  cancelAbsence(@Meta() meta: CommandMeta, @Body() body: AbsenceBody) {
    return this.commands.execute(commandFor(staff, meta, commandFrom('CancelAbsence', body)));
  }

  @Query(':id', {
    summary: 'One staff member',
    access: 'staff:read',
  })
  async one(@Caller() { practiceId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    const { state, version } = await this.store.load(staff, practiceId, id);
    if (state.situation === 'none') missing('staff');
    const { situation: status, registered, ...now } = state;
    return { id, version, status, ...registered, ...now };
  }
}
