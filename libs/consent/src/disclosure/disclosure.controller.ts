import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, foldInto, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  CreateBody,
  Id,
  Meta,
  OneQuery,
  PathId,
  Query,
  Sees,
  Text,
  Verb,
  type Principal,
  type Sight,
} from '#libs/http';

import { disclosures, type DisclosureRow, shownDisclosure } from '../disclosures/disclosures.projection.js';
import { MakeDisclosure, RequestDisclosure } from './disclosure.handler.js';
import { disclosure, DISCLOSURE_BASES, DISCLOSURE_CHANNELS, REFUSAL_CODES } from './disclosure.js';
import type { DisclosureBasis, Made, Refusal } from './disclosure.js';

class RequestDisclosureBody extends CreateBody {
  @Id()
  clientId: string;

  @Id({ optional: true, description: 'required by authorization, which is given within a relationship' })
  relationshipId?: string;

  @Text({ description: 'who asks to be told' })
  recipient: string;

  @Text({ max: 2000, description: 'what they want it for' })
  purpose: string;

  @Text({ max: 2000, description: 'what they ask for' })
  what: string;

  @Choice(DISCLOSURE_BASES)
  basis: DisclosureBasis;

  @Text({ optional: true, description: 'the law or the order; required by required_by_law and court_order' })
  reference?: string;
}

class MakeDisclosureBody extends CommandBody {
  @Text({ max: 4000, description: 'what was told' })
  what: string;

  @Choice(DISCLOSURE_CHANNELS)
  channel: Made['channel'];
}

class RefuseDisclosureBody extends CommandBody {
  @Choice(REFUSAL_CODES)
  reasonCode: Refusal['reasonCode'];

  @Text({ optional: true, max: 2000 })
  words?: string;
}

@ApiTags('disclosures')
@Controller('v1/disclosures')
export class DisclosureController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Somebody asks to be told about a client', access: 'disclosure:request' })
  request(@Meta() meta: CommandMeta, @Body() body: RequestDisclosureBody) {
    const { type: _, ...request } = commandFrom('RequestDisclosure', body);
    return this.commands.execute(new RequestDisclosure(meta, request));
  }

  @Verb('make', {
    summary: 'Record what was told; on authorization only while the client has given it',
    access: 'disclosure:decide',
  })
  make(@Meta() meta: CommandMeta, @Body() { what, channel }: MakeDisclosureBody) {
    return this.commands.execute(new MakeDisclosure(meta, { what, channel }));
  }

  @Verb('refuse', { summary: 'Do not tell them, and say why', access: 'disclosure:decide' })
  refuse(@Meta() meta: CommandMeta, @Body() body: RefuseDisclosureBody) {
    return this.commands.execute(commandFor(disclosure, meta, commandFrom('RefuseDisclosure', body)));
  }

  @Query(':id', {
    summary: 'One disclosure; words for therapist, supervisor',
    access: 'disclosure:read',
  })
  async one(
    @Caller() { practiceId }: Principal,
    @Sees() { clinicalText }: Sight,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { events, version } = await this.store.load(disclosure, practiceId, id);
    const rows = new Map<string, DisclosureRow>();
    foldInto(disclosures, rows, events);
    return { id, version, ...shownDisclosure(rows.get(id)!, clinicalText) };
  }
}
