import { byStream, type Projection, members } from '#libs/event-store';
import { unreachable, type Recorded } from '#libs/kernel';
import type { PsychotherapyNoteEvent } from '../psychotherapy-note/psychotherapy-note.js';

/** Which notes there are, without a word of them: one row per note, shown to its author only. */
export type PsychotherapyNoteRow = {
  noteId: string;
  sessionId: string;
  relationshipId: string;
  authorId: string;
  writtenAt: string;
  /** how often */
  released: number;
};

function evolve(
  row: PsychotherapyNoteRow | undefined,
  event: Recorded<PsychotherapyNoteEvent>,
  noteId: string,
): PsychotherapyNoteRow {
  switch (event.type) {
    case 'PsychotherapyNoteWritten': {
      const { sessionId, relationshipId } = event.data;
      const written = { authorId: event.actor.id, writtenAt: event.occurredAt, released: 0 };
      return { noteId, sessionId, relationshipId, ...written };
    }
    case 'PsychotherapyNoteReleased':
      return { ...row!, released: row!.released + 1 };
    default:
      return unreachable(event);
  }
}

export const psychotherapyNotes: Projection<PsychotherapyNoteRow> = {
  name: 'psychotherapy_notes',
  version: 2,
  keys: byStream('psynote'),
  evolve: (row, event, key) => evolve(row, event as Recorded<PsychotherapyNoteEvent>, key),
  columns: { ...members('sessionId', 'relationshipId', 'authorId') },
  indexes: ['"authorId"'],
};
