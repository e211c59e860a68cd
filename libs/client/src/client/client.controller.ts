import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  CreateBody,
  Day,
  Flag,
  Ids,
  malformed,
  Meta,
  OneQuery,
  Parts,
  PathId,
  Query,
  Sees,
  Text,
  Texts,
  Verb,
  type Principal,
  type Sight,
} from '#libs/http';
import { missing } from '#libs/kernel';

import { ChangeClientDetails, RegisterClient } from './client.handler.js';
import { client } from './client.js';
import { CONTACT_KINDS, type Contact } from './details.js';
import { shownClient } from './shown.js';

class ContactPart {
  @Choice(CONTACT_KINDS)
  kind: Contact['kind'];

  @Text({ max: 500, example: 'mira@example.org' })
  value: string;

  @Flag({ optional: true, description: 'how the client wants to be reached' })
  preferred?: boolean;
}

class RegisterClientBody extends CreateBody {
  @Text({ example: 'Mirabel Okafor' })
  legalName: string;

  @Text({ optional: true, description: 'what the person wants to be called', example: 'Mira' })
  usedName?: string;

  @Day({ example: '1991-02-28' })
  dateOfBirth: string;

  @Texts({ min: 0, max: 20, length: 35, description: 'BCP 47', example: ['en'] })
  languages: string[];

  @Parts(() => ContactPart, { min: 0, max: 20 })
  contacts: ContactPart[];

  @Text({ optional: true, max: 6, description: 'where the client is, ISO 3166', example: 'US-CO' })
  jurisdiction?: string;

  @Ids({
    optional: true,
    description: 'clients of the same name and birth date that are known to be somebody else',
  })
  notADuplicateOf?: string[];
}

class ChangeClientDetailsBody extends CommandBody {
  @Text({ optional: true })
  legalName?: string;

  @Text({ optional: true })
  usedName?: string;

  @Flag({ optional: true, description: 'true takes the used name away' })
  withoutUsedName?: boolean;

  @Day({ optional: true })
  dateOfBirth?: string;

  @Texts({ optional: true, min: 0, max: 20, length: 35, description: 'BCP 47; replaces all' })
  languages?: string[];

  @Parts(() => ContactPart, { optional: true, min: 0, max: 20, description: 'replaces all' })
  contacts?: ContactPart[];

  @Text({ optional: true, max: 6, description: 'where the client is, ISO 3166', example: 'US-CO' })
  jurisdiction?: string;
}

@ApiTags('clients')
@Controller('v1/clients')
export class ClientController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Register a client', access: 'client:write' })
  register(@Meta() meta: CommandMeta, @Body() body: RegisterClientBody) {
    return this.commands.execute(new RegisterClient(meta, commandFrom('RegisterClient', body)));
  }

  @Verb('change-details', {
    summary: 'Change details; given fields replace',
    access: 'client:write',
    ifMatch: 'version',
  })
  changeDetails(@Meta() meta: CommandMeta, @Body() body: ChangeClientDetailsBody) {
    const { withoutUsedName, ...details } = commandFrom('ChangeClientDetails', body);
    if (withoutUsedName && details.usedName !== undefined)
      throw malformed([
        {
          pointer: '/withoutUsedName',
          code: 'contradicts_used_name',
          detail: 'Send a used name or take it away, not both.',
        },
      ]);
    return this.commands.execute(
      new ChangeClientDetails(meta, withoutUsedName ? { ...details, usedName: null } : details),
    );
  }

  /** Auditors get the client without identity: what they judge needs none. */
  @Query(':id', {
    summary: 'One client; for auditors without identity',
    access: 'client:read',
  })
  async one(
    @Caller() { practiceId }: Principal,
    @Sees() sees: Sight,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(client, practiceId, id);
    if (state.situation === 'none') missing('client');
    return { id, version, ...shownClient(state, sees) };
  }
}
