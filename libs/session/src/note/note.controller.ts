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
  Id,
  Meta,
  OneQuery,
  Part,
  PathId,
  Query,
  Sees,
  Text,
  Verb,
  type Principal,
  type Sight,
} from '#libs/http';
import { WriteNote } from './note.handler.js';
import { AMENDMENT_KINDS, note, noteIdOf, type AmendmentKind } from './note.js';
import { shownNote } from './summary.js';
import { NOTE_FORMATS, type NoteFormat } from './text.js';

const LONGEST = { optional: true, max: 20_000 };

/** free: text · soap: subjective, objective, assessment, plan · dap: data, assessment, plan · birp: behaviour, intervention, response, plan */
class SectionsPart {
  @Text(LONGEST)
  text?: string;

  @Text(LONGEST)
  subjective?: string;

  @Text(LONGEST)
  objective?: string;

  @Text(LONGEST)
  assessment?: string;

  @Text(LONGEST)
  plan?: string;

  @Text(LONGEST)
  data?: string;

  @Text(LONGEST)
  behaviour?: string;

  @Text(LONGEST)
  intervention?: string;

  @Text(LONGEST)
  response?: string;
}

class NoteTextBody extends CommandBody {
  @Choice(NOTE_FORMATS)
  format: NoteFormat;

  @Part(() => SectionsPart, { description: 'what stands under the headings of the format' })
  sections: SectionsPart;
}

/** Without an id of the caller's choice: it follows from the session and the author. */
class DraftNoteBody extends NoteTextBody {
  @Id({ description: 'the session it is about; it has begun' })
  sessionId: string;
}

class AmendNoteBody extends CommandBody {
  @Choice(AMENDMENT_KINDS)
  kind: AmendmentKind;

  @Text({ max: 20_000, description: 'added to what was signed, which stays as it is' })
  words: string;
}

@ApiTags('notes')
@Controller('v1/notes')
export class NoteController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  /** Accepted at any version: a second note of one author about one session is refused by the decider. */
  @Create({ summary: 'Begin a progress note, as a draft', access: 'note:write' })
  draft(@Meta() meta: CommandMeta, @Body() body: DraftNoteBody) {
    const id = noteIdOf(meta.practiceId, body.sessionId, meta.actor.id);
    return this.commands.execute(
      new WriteNote({ ...meta, id, expected: 'any' }, commandFrom('DraftNote', body)),
    );
  }

  @Verb('revise', { summary: 'Its author writes the draft anew', access: 'note:sign', ifMatch: 'version' })
  revise(@Meta() meta: CommandMeta, @Body() body: NoteTextBody) {
    return this.commands.execute(commandFor(note, meta, commandFrom('ReviseNote', body)));
  }

  @Verb('sign', {
    summary: 'Its author signs the newest version; from then on it is only amended',
    access: 'note:sign',
    ifMatch: 'version',
  })
  sign(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new WriteNote(meta, { type: 'SignNote' }));
  }

  @Verb('cosign', {
    summary: "The assigned supervisor cosigns a trainee's words, amendments included",
    access: 'note:cosign',
    ifMatch: 'version',
  })
  cosign(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(new WriteNote(meta, { type: 'CosignNote' }));
  }

  @Verb('amend', {
    summary: 'Add a signed amendment; what was signed stays as it is',
    access: 'note:amend',
    ifMatch: 'version',
  })
  amend(@Meta() meta: CommandMeta, @Body() body: AmendNoteBody) {
    return this.commands.execute(new WriteNote(meta, commandFrom('AmendNote', body)));
  }

  @Query(':id', {
    summary: 'One note with every version, signature and amendment; words for author, supervisor, therapist',
    access: 'note:read',
  })
  async one(
    @Caller() { practiceId }: Principal,
    @Sees() { clinicalText }: Sight,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(note, practiceId, id);
    return { id, version, ...shownNote(state, clinicalText) };
  }
}
