import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { localDate, missing } from '#libs/kernel';
import { practiceIn, staff, supervisorsAt } from '#libs/practice';
import { inChargeOf, meetingIn, wasTrainee } from './meeting.reader.js';
import { note, type Note, type NoteCommand } from './note.js';

type Fetched = 'meeting' | 'trainee' | 'supervises' | 'mayAmend';
type Asked<C> = C extends { type: 'DraftNote' }
  ? Omit<C, Fetched> & { sessionId: string }
  : C extends { type: 'ReviseNote' }
    ? never
    : Omit<C, Fetched>;

/** Begins, signs, cosigns or amends a note: what depends on the session, on who is a trainee and who supervises. */
export class WriteNote extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Asked<NoteCommand>,
  ) {
    super();
  }
}

/** Fetches what the pure file judges; all of it stands guard, so a supervision that ends meanwhile counts. */
@CommandHandler(WriteNote)
export class WriteNoteHandler implements ICommandHandler<WriteNote, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: WriteNote): Promise<Receipt> {
    return this.store.transact(note, meta, async (tx) => tx.decide(note, meta.id, await commandOf(tx, body)));
  }
}

async function commandOf(tx: Transaction, body: Asked<NoteCommand>): Promise<NoteCommand> {
  if (body.type === 'DraftNote') {
    const { sessionId, ...text } = body;
    return { ...text, meeting: await meetingIn(tx, sessionId) };
  }
  const state = await tx.read(note, tx.meta.id);
  if (state.situation === 'none') return missing('note');
  const { sessionId } = state;
  const callerId = tx.meta.actor.id;
  switch (body.type) {
    case 'SignNote':
      return {
        ...body,
        meeting: await meetingIn(tx, sessionId),
        trainee: await wasTrainee(tx, callerId, sessionId),
      };
    case 'CosignNote': {
      const awaiting = state.situation === 'signed' ? state.awaiting : [];
      return { ...body, supervises: await supervisesAll(tx, awaiting) };
    }
    case 'AmendNote':
      return {
        ...body,
        mayAmend: await mayAmend(tx, state),
        trainee: await wasTrainee(tx, callerId, sessionId),
      };
  }
}

/** Whether the caller supervised every one of some staff members when it happened. */
async function supervisesAll(tx: Transaction, staffIds: readonly string[]): Promise<boolean> {
  for (const staffId of staffIds) {
    const member = await tx.read(staff, staffId);
    const supervisions = member.situation === 'none' ? [] : member.supervisions;
    if (!supervisorsAt(supervisions, tx.occurredAt).includes(tx.meta.actor.id)) return false;
  }
  return true;
}

async function mayAmend(tx: Transaction, { authorId, relationshipId }: Exclude<Note, { situation: 'none' }>) {
  const { zone } = await practiceIn(tx);
  return (
    tx.meta.actor.id === authorId ||
    (await inChargeOf(tx, relationshipId, localDate(tx.occurredAt, zone))).includes(tx.meta.actor.id) ||
    (await supervisesAll(tx, [authorId]))
  );
}
