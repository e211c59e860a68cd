import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { authorizationIn, StatusReader } from '#libs/consent';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { meetingIn } from '../note/meeting.reader.js';
import { psychotherapyNote, type AuthorizationFound } from './psychotherapy-note.js';

export class WritePsychotherapyNote extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { sessionId: string; words: string },
  ) {
    super();
  }
}

/** Fetches the session. */
@CommandHandler(WritePsychotherapyNote)
export class WritePsychotherapyNoteHandler implements ICommandHandler<WritePsychotherapyNote, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { sessionId, words } }: WritePsychotherapyNote): Promise<Receipt> {
    return this.store.transact(psychotherapyNote, meta, async (tx) => {
      const meeting = await meetingIn(tx, sessionId);
      await tx.decide(psychotherapyNote, meta.id, { type: 'WritePsychotherapyNote', words, meeting });
    });
  }
}

export class ReleasePsychotherapyNote extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { to: string },
  ) {
    super();
  }
}

/** Asks for the authorization of everyone of the session; one withdrawn meanwhile is judged anew. */
@CommandHandler(ReleasePsychotherapyNote)
export class ReleasePsychotherapyNoteHandler implements ICommandHandler<ReleasePsychotherapyNote, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(StatusReader) private readonly statusReader: StatusReader,
  ) {}

  execute({ meta, body: { to } }: ReleasePsychotherapyNote): Promise<Receipt> {
    return this.store.transact(psychotherapyNote, meta, async (tx) => {
      const state = await tx.read(psychotherapyNote, meta.id);
      if (state.situation === 'none') missing('psychotherapy note');
      const { relationshipId } = state;
      const authorizations: AuthorizationFound[] = [];
      for (const clientId of state.clientIds)
        authorizations.push(
          await authorizationIn(tx, this.statusReader, {
            relationshipId,
            clientId,
            purpose: 'psychotherapy_note_authorization',
            recipient: to,
          }),
        );
      await tx.decide(psychotherapyNote, meta.id, { type: 'ReleasePsychotherapyNote', to, authorizations });
    });
  }
}
