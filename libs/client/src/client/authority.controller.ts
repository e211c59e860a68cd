import { Body, Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, type CommandMeta } from '#libs/event-store';
import {
  Choice,
  CommandBody,
  commandFrom,
  Day,
  Flag,
  Id,
  malformed,
  Meta,
  Text,
  Texts,
  Verb,
} from '#libs/http';
import { client } from './client.js';
import { JOINT_RULES, type JointRule } from './guardians.js';

class RecordGuardianBody extends CommandBody {
  @Id({ description: 'the guardian, the same at every client they stand for' })
  guardianId: string;

  @Text({ example: 'Ines Okafor' })
  name: string;

  @Text({
    optional: true,
    max: 60,
    description: 'one word; legal_representative for an adult',
    example: 'mother',
  })
  relation?: string;

  @Flag({ optional: true, description: 'true: every purpose; instead of purposes' })
  allPurposes?: boolean;

  @Texts({ optional: true, max: 30, length: 60, description: 'codes of purposes', example: ['treatment'] })
  purposes?: string[];

  @Choice(JOINT_RULES, { description: 'whether this guardian suffices, either one does, or both are needed' })
  jointRule: JointRule;

  @Text({ max: 500, description: 'which order or certificate, and where it is', example: 'order 7 F 12/26' })
  document: string;

  @Day({ description: 'the first day of the authority' })
  validFrom: string;

  @Day({ optional: true, description: 'its last day' })
  validTo?: string;
}

class EndGuardianBody extends CommandBody {
  @Id()
  guardianId: string;

  @Day({ description: 'the first day without the authority' })
  endedOn: string;
}

class AssessCapacityBody extends CommandBody {
  @Text({ max: 60, description: 'code of the purpose that is decided about', example: 'treatment' })
  decision: string;

  @Flag({ description: 'whether the client can make this decision' })
  capable: boolean;

  @Text({ optional: true, max: 4000, description: 'how it was assessed' })
  note?: string;
}

/** Who decides for a client, or whether they can themself. */
@ApiTags('clients')
@Controller('v1/clients')
export class AuthorityController {
  constructor(@Inject(CommandBus) private readonly commands: CommandBus) {}

  @Verb('record-guardian', {
    summary: 'Record what an order or certificate lets a guardian decide',
    access: 'client:record_guardian',
  })
  recordGuardian(@Meta() meta: CommandMeta, @Body() body: RecordGuardianBody) {
    const { allPurposes, purposes, ...authority } = commandFrom('RecordGuardian', body);
    const command = { ...authority, scope: scopeOf(allPurposes, purposes) };
    return this.commands.execute(commandFor(client, meta, command));
  }

  @Verb('end-guardian', {
    summary: 'Record that the authority of a guardian ended',
    access: 'client:record_guardian',
  })
  endGuardian(@Meta() meta: CommandMeta, @Body() body: EndGuardianBody) {
    return this.commands.execute(commandFor(client, meta, commandFrom('EndGuardian', body)));
  }

  @Verb('assess-capacity', {
    summary: 'Record whether the client can make one decision',
    access: 'client:assess_capacity',
  })
  assessCapacity(@Meta() meta: CommandMeta, @Body() body: AssessCapacityBody) {
    return this.commands.execute(commandFor(client, meta, commandFrom('AssessCapacity', body)));
  }
}

function scopeOf(all: boolean | undefined, purposes: string[] | undefined): string[] | 'all' {
  if (all && purposes === undefined) return 'all';
  if (!all && purposes !== undefined) return purposes;
  throw malformed([
    { pointer: '/purposes', code: 'not_one_scope', detail: 'Send purposes, or allPurposes as true.' },
  ]);
}
