import { type Projection, members } from '#libs/event-store';
import { parseStream, type Instant, type Recorded } from '#libs/kernel';
import type { NoteEvent } from '../note/note.js';
import type { SessionEvent } from '../session/session.js';

export const WAITING_KINDS = ['note_missing', 'note_unsigned', 'cosign_missing'] as const;

/**
 * One thing that is not finished. `staffId`: whose note it is, or would be. `since`: the end of the session, or the
 * signature that waits for a cosignature.
 */
export type Waiting = {
  kind: (typeof WAITING_KINDS)[number];
  sessionId: string;
  relationshipId: string;
  noteId?: string;
  staffId: string;
  since: Instant;
};

/** `awaits`: whose words wait for a cosignature, since when */
type NoteOfSession = { authorId: string; signed: boolean; awaits: Record<string, Instant> };

/**
 * What is unfinished about one session: no note although it was held, notes nobody signed or cosigned. Nothing while it
 * runs, and nothing once it counts as entered in error. Without anybody's words.
 */
export type UnsignedRow = {
  sessionId: string;
  relationshipId: string;
  therapistId: string;
  endedAt: Instant | null;
  notes: Record<string, NoteOfSession>;
  waiting: Waiting[];
  /** whether anything waits */
  open: boolean;
};

type Known = Omit<UnsignedRow, 'waiting' | 'open'>;

function evolve(row: UnsignedRow | undefined, event: Recorded, sessionId: string): UnsignedRow {
  const before: Known = row ?? { sessionId, relationshipId: '', therapistId: '', endedAt: null, notes: {} };
  const known =
    parseStream(event.stream).category === 'note'
      ? withNote(before, event as Recorded<NoteEvent>)
      : withSession(before, event as Recorded<SessionEvent>);
  const waiting = waitingIn(known);
  return { ...known, waiting, open: waiting.length > 0 };
}

function withSession(known: Known, { type, data, occurredAt }: Recorded<SessionEvent>): Known {
  switch (type) {
    case 'SessionScheduled': {
      const { relationshipId, therapistId } = data;
      return { ...known, relationshipId, therapistId };
    }
    case 'SessionRecordedAfterwards': {
      const { relationshipId, therapistId, end: endedAt } = data;
      return { ...known, relationshipId, therapistId, endedAt };
    }
    case 'SessionEnded':
      return { ...known, endedAt: occurredAt };
    case 'SessionMarkedInError':
      return { ...known, endedAt: null };
    default:
      // what else happens to a session asks for no note
      return known;
  }
}

function withNote(known: Known, { type, data, stream, actor, occurredAt }: Recorded<NoteEvent>): Known {
  const { id } = parseStream(stream);
  const before = known.notes[id] ?? { authorId: actor.id, signed: false, awaits: {} };
  const change = (more: Partial<NoteOfSession>): Known => ({
    ...known,
    notes: { ...known.notes, [id]: { ...before, ...more } },
  });
  switch (type) {
    case 'NoteDrafted':
      return change({});
    case 'NoteSigned':
    case 'NoteAmended':
      return change({
        signed: true,
        awaits: data.cosignNeeded ? { [actor.id]: occurredAt, ...before.awaits } : before.awaits,
      });
    case 'NoteCosigned':
      return change({ awaits: {} });
  }
}

function waitingIn({ sessionId, relationshipId, therapistId, endedAt, notes }: Known): Waiting[] {
  if (endedAt === null) return [];
  const about = { sessionId, relationshipId };
  const written = Object.entries(notes);
  if (written.length === 0) return [{ kind: 'note_missing', ...about, staffId: therapistId, since: endedAt }];
  return written.flatMap(([noteId, { authorId, signed, awaits }]): Waiting[] =>
    signed
      ? Object.entries(awaits).map(([staffId, since]) => ({
          kind: 'cosign_missing',
          ...about,
          noteId,
          staffId,
          since,
        }))
      : [{ kind: 'note_unsigned', ...about, noteId, staffId: authorId, since: endedAt }],
  );
}

/** Keyed by the session: that a note is missing can only be known where its session is. */
export const unsignedNotes: Projection<UnsignedRow> = {
  name: 'unsigned_notes',
  version: 2,
  keys: (event) => {
    const { category, id } = parseStream(event.stream);
    if (category === 'session') return [id];
    return category === 'note' ? [(event as Recorded<NoteEvent>).data.sessionId] : [];
  },
  evolve,
  columns: { ...members('open') },
  indexes: ['"open"'],
};
