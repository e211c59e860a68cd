import { Body, Controller, Headers, Inject, Param, Query as QueryString, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  Choices,
  CommandBody,
  commandFrom,
  Create,
  CreateBody,
  Meta,
  Moment,
  OneQuery,
  PathId,
  Query,
  Text,
  Verb,
  type Principal,
} from '#libs/http';
import { missing } from '#libs/kernel';
import { ELEMENTS, type Element } from '../rule-pack/elements.js';
import { document, DOCUMENT_KINDS, shownDocument, type DocumentKind } from './document.js';

const LOCALE = { description: 'BCP 47 tag', example: 'en', max: 35 };

class DraftDocumentBody extends CreateBody {
  @Choice(DOCUMENT_KINDS)
  kind: DocumentKind;

  @Text()
  title: string;

  @Text(LOCALE)
  locale: string;

  @Text({ max: 100_000 })
  text: string;

  @Choices(ELEMENTS, { min: 0, max: ELEMENTS.length, description: 'what the text discloses' })
  elements: Element[];
}

class ReviseDocumentBody extends CommandBody {
  @Text({ optional: true })
  title?: string;

  @Text({ ...LOCALE, optional: true })
  locale?: string;

  @Text({ optional: true, max: 100_000 })
  text?: string;

  @Choices(ELEMENTS, { optional: true, min: 0, max: ELEMENTS.length })
  elements?: Element[];
}

class PublishDocumentBody extends CommandBody {
  @Choice(['material', 'cosmetic'], {
    description: 'material: whoever signed an older version must be asked again',
  })
  materiality: 'material' | 'cosmetic';

  @Moment({ optional: true, description: 'from when it counts; now unless told' })
  effectiveFrom?: string;
}

@ApiTags('documents')
@Controller('v1/documents')
export class DocumentController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Draft a disclosure or consent text', access: 'document:write' })
  draft(@Meta() meta: CommandMeta, @Body() body: DraftDocumentBody) {
    return this.commands.execute(commandFor(document, meta, commandFrom('DraftDocument', body)));
  }

  @Verb('revise', { summary: 'Change the draft', access: 'document:write', ifMatch: 'version' })
  revise(@Meta() meta: CommandMeta, @Body() body: ReviseDocumentBody) {
    return this.commands.execute(commandFor(document, meta, commandFrom('ReviseDocument', body)));
  }

  @Verb('publish', { summary: 'Publish the draft as the next version', access: 'document:publish' })
  publish(@Meta() meta: CommandMeta, @Body() body: PublishDocumentBody) {
    return this.commands.execute(commandFor(document, meta, commandFrom('PublishDocument', body)));
  }

  @Verb('withdraw', {
    summary: 'Offer it to nobody any more; its versions stay readable',
    access: 'document:publish',
  })
  withdraw(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(commandFor(document, meta, { type: 'WithdrawDocument' }));
  }

  @Query(':id', { summary: 'One document with its draft and versions', access: 'document:read' })
  async one(@Caller() { practiceId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    const { state, version } = await this.store.load(document, practiceId, id);
    if (state.situation === 'none') missing('document');
    return { id, version, ...shownDocument(state) };
  }

  @Query(':id/versions/:versionNo', {
    summary: 'What a version says',
    access: 'document:read',
    also: ['text/plain'],
  })
  async versionNo(
    @Caller() { practiceId }: Principal,
    @PathId() id: string,
    @Param('versionNo') versionNo: string,
    @Headers('accept') accept: string | undefined,
    @QueryString() _query: OneQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { state } = await this.store.load(document, practiceId, id);
    const found =
      state.situation === 'none'
        ? undefined
        : state.versions.find((version) => version.versionNo === Number(versionNo));
    if (!found) missing('version of this document');
    if (!accept?.includes('text/plain')) return found;
    void reply.header('Content-Type', 'text/plain; charset=utf-8').header('Content-Language', found.locale);
    return found.text;
  }
}
