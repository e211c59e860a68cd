import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  CommandBody,
  Create,
  CreateBody,
  Id,
  Meta,
  OneQuery,
  PathId,
  Query,
  Text,
  Verb,
  type Principal,
} from '#libs/http';
import { missing } from '#libs/kernel';
import { ReleasePsychotherapyNote, WritePsychotherapyNote } from './psychotherapy-note.handler.js';
import { psychotherapyNote } from './psychotherapy-note.js';

class WritePsychotherapyNoteBody extends CreateBody {
  @Id()
  sessionId: string;

  @Text({ max: 50_000, description: 'read by its author only' })
  words: string;
}

class ReleasePsychotherapyNoteBody extends CommandBody {
  @Text({ description: 'who gets it' })
  to: string;
}

@ApiTags('notes')
@Controller('v1/psychotherapy-notes')
export class PsychotherapyNoteController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Write down what only you will read', access: 'psychotherapy_note:write' })
  write(@Meta() meta: CommandMeta, @Body() { sessionId, words }: WritePsychotherapyNoteBody) {
    return this.commands.execute(new WritePsychotherapyNote(meta, { sessionId, words }));
  }

  @Verb('release', {
    summary: 'Its author lets somebody have it, if every client of the session has authorized that',
    access: 'psychotherapy_note:release',
    ifMatch: 'version',
  })
  async release(@Meta() meta: CommandMeta, @Body() { to }: ReleasePsychotherapyNoteBody) {
    // first of all, so that not even its version is told to anybody else
    await this.own(meta.practiceId, meta.actor.id, meta.id);
    return this.commands.execute(new ReleasePsychotherapyNote(meta, { to }));
  }

  @Query(':id', {
    summary: 'One of your own psychotherapy notes; to everybody else it does not exist',
    access: 'psychotherapy_note:read',
  })
  one(@Caller() { practiceId, staffId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    return this.own(practiceId, staffId, id);
  }

  private async own(practiceId: string, staffId: string, id: string) {
    const { state, version } = await this.store.load(psychotherapyNote, practiceId, id);
    if (state.situation === 'none' || state.authorId !== staffId) return missing(psychotherapyNote.category);
    const { situation: _, ...shown } = state;
    return { id, version, ...shown };
  }
}
