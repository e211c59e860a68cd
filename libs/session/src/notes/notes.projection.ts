import { byStream, type Projection, members } from '#libs/event-store';
import { unreachable, type Recorded } from '#libs/kernel';
import type { NoteEvent } from '../note/note.js';
import type { NoteSummary } from '../note/summary.js';

/** One row per note, without anybody's words: those stay in the log alone. */
export type NoteRow = NoteSummary & { noteId: string };

function evolve(row: NoteRow | undefined, event: Recorded<NoteEvent>, noteId: string): NoteRow {
  const signature = { by: event.actor.id, at: event.occurredAt };
  switch (event.type) {
    case 'NoteDrafted': {
      const { sessionId, relationshipId, format, versionNo, late } = event.data;
      const authorId = row?.authorId ?? event.actor.id;
      const about = { noteId, sessionId, relationshipId, authorId, format, versionNo, late };
      return { ...about, status: 'draft', amendments: 0 };
    }
    case 'NoteSigned': {
      const { contentHash, cosignNeeded, late } = event.data;
      const status = cosignNeeded ? 'awaiting_cosign' : 'final';
      return { ...row!, status, late: row!.late || late, signed: { ...signature, contentHash } };
    }
    case 'NoteCosigned':
      return { ...row!, status: 'final', cosigned: { ...signature, contentHash: event.data.contentHash } };
    case 'NoteAmended': {
      const { no, cosignNeeded } = event.data;
      return { ...row!, amendments: no, ...(cosignNeeded ? { status: 'awaiting_cosign' as const } : {}) };
    }
    default:
      return unreachable(event);
  }
}

export const notes: Projection<NoteRow> = {
  name: 'notes',
  version: 2,
  keys: byStream('note'),
  evolve: (row, event, key) => evolve(row, event as Recorded<NoteEvent>, key),
  columns: { ...members('sessionId', 'relationshipId', 'authorId', 'status') },
  indexes: ['"sessionId"', '"relationshipId"'],
};
