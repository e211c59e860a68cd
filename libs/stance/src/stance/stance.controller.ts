import { Body, Controller, Inject, Headers, Param, Query as QueryString, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  Free,
  Id,
  Meta,
  OneQuery,
  PathId,
  Query,
  Text,
  Verb,
  WholeInQuery,
  type Principal,
} from '#libs/http';
import { missing } from '#libs/kernel';
import { EXAMPLE_FOR_ONE } from './example.js';
import { changedDimensions, changedWords, describeChanges } from './diff.js';
import { clientIsOnlySource, type Dimensions } from './dimensions.js';
import { LOCALE_CODES, type LocaleCode } from './locales/index.js';
import { currentVersion, settingOf, stance, stanceIdOf, versionOf } from './stance.js';

const dimensions = {
  additionalProperties: true,
  description: 'the twelve dimensions of a stance; a draft may leave dimensions out, publishing asks for all',
};
const ownWords = { additionalProperties: { type: 'string' } };

class DraftStanceBody extends CommandBody {
  @Id({
    description:
      'the caller: the stance is theirs; its id follows from them and from whether it is towards individuals',
  })
  therapistId: string;

  @Choice(LOCALE_CODES)
  locale: LocaleCode;

  @Free(dimensions, { example: EXAMPLE_FOR_ONE })
  dimensions: Partial<Dimensions>;

  @Free(ownWords, { optional: true, description: 'by dimension, or opening, closing' })
  ownWords?: Record<string, string>;
}

class ReviseStanceBody extends CommandBody {
  @Choice(LOCALE_CODES, { optional: true })
  locale?: LocaleCode;

  @Free(dimensions, { optional: true })
  dimensions?: Partial<Dimensions>;

  @Free(ownWords, { optional: true })
  ownWords?: Record<string, string>;
}

class PublishStanceBody extends CommandBody {
  @Choice(['material', 'cosmetic'], { optional: true, description: 'changing any value is always material' })
  materiality?: 'material' | 'cosmetic';

  @Text({ optional: true, max: 1000 })
  changeSummary?: string;
}

class DiffQuery extends OneQuery {
  @WholeInQuery(1, 100_000)
  from: number;

  @WholeInQuery(1, 100_000)
  to: number;
}

@ApiTags('stances')
@Controller('v1/stances')
export class StanceController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Draft a stance', access: 'stance:write' })
  draft(@Meta() meta: CommandMeta, @Body() body: DraftStanceBody) {
    const setting = settingOf(body.dimensions.partiality);
    const id = stanceIdOf(meta.practiceId, body.therapistId, setting);
    return this.commands.execute(
      commandFor(stance, { ...meta, id }, { ...commandFrom('DraftStance', body), setting }),
    );
  }

  @Verb('revise', {
    summary: 'Change the draft; given fields replace',
    access: 'stance:write',
    ifMatch: 'version',
  })
  revise(@Meta() meta: CommandMeta, @Body() body: ReviseStanceBody) {
    return this.commands.execute(commandFor(stance, meta, commandFrom('ReviseStance', body)));
  }

  @Verb('publish', { summary: 'Publish the draft as the next version', access: 'stance:write' })
  publish(@Meta() meta: CommandMeta, @Body() body: PublishStanceBody) {
    return this.commands.execute(commandFor(stance, meta, commandFrom('PublishStance', body)));
  }

  @Verb('retire', {
    summary: "Retire one's own stance, or any as owner; its versions stay readable",
    access: 'stance:retire',
  })
  retire(@Meta() meta: CommandMeta, @Caller() { roles }: Principal, @Body() _body: CommandBody) {
    return this.commands.execute(
      commandFor(stance, meta, { type: 'RetireStance', asOwner: roles.includes('owner') }),
    );
  }

  @Query(':id', {
    summary: 'One stance with its versions and draft',
    access: 'stance:read',
  })
  async one(@Caller() { practiceId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    const { state, version } = await this.store.load(stance, practiceId, id);
    return { id, version, ...state, current: currentVersion(state) ?? null };
  }

  @Query(':id/versions/:versionNo', {
    summary: 'What a version says: dimensions, and the statement a client reads',
    access: 'stance:read',
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
    const version = await this.version(practiceId, id, Number(versionNo));
    if (!accept?.includes('text/plain'))
      return { ...version, clientIsOnlySource: clientIsOnlySource(version.dimensions) };
    void reply.header('Content-Type', 'text/plain; charset=utf-8').header('Content-Language', version.locale);
    return version.statement;
  }

  @Query(':id/diff', {
    summary: 'What changed between two versions, in plain words',
    access: 'stance:read',
  })
  async diff(
    @Caller() { practiceId }: Principal,
    @PathId() id: string,
    @QueryString() { from, to }: DiffQuery,
  ) {
    const [before, after] = [
      await this.version(practiceId, id, from),
      await this.version(practiceId, id, to),
    ];
    return {
      stanceId: id,
      from,
      to,
      locale: after.locale,
      changedDimensions: changedDimensions(before.dimensions, after.dimensions),
      changes: describeChanges(before.dimensions, after.dimensions, after.locale),
      changedWords: changedWords(before, after),
    };
  }

  private async version(practiceId: string, id: string, versionNo: number) {
    const { state } = await this.store.load(stance, practiceId, id);
    return versionOf(state, versionNo) ?? missing('version of this stance');
  }
}
