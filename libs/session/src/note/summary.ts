import type { Amendment, Draft, Note, Signature } from './note.js';
import type { NoteFormat } from './text.js';

export const NOTE_STATUSES = ['draft', 'awaiting_cosign', 'final'] as const;
export type NoteStatus = (typeof NOTE_STATUSES)[number];

/** Where a note stands, without anybody's words. */
export type NoteSummary = {
  sessionId: string;
  relationshipId: string;
  authorId: string;
  format: NoteFormat;
  versionNo: number;
  status: NoteStatus;
  late: boolean;
  signed?: Signature;
  cosigned?: Signature;
  /** how many */
  amendments: number;
};

/** A note as its page shows it: every version, every signature, and words for whoever may read them. */
export type ShownNote = Omit<NoteSummary, 'amendments'> & {
  clientIds: string[];
  versions: (Omit<Draft, 'sections'> & Partial<Pick<Draft, 'sections'>>)[];
  amendments: (Omit<Amendment, 'words'> & Partial<Pick<Amendment, 'words'>>)[];
};

/** undefined when nothing was ever written */
export function noteSummary(state: Note): NoteSummary | undefined {
  if (state.situation === 'none') return undefined;
  const { sessionId, relationshipId, authorId, versions, late } = state;
  const { format, versionNo } = versions.at(-1)!;
  const about = { sessionId, relationshipId, authorId, format, versionNo, late };
  if (state.situation === 'draft') return { ...about, status: 'draft', amendments: 0 };
  const { signed, cosigned, amendments, awaiting } = state;
  const last = cosigned.at(-1);
  return {
    ...about,
    status: awaiting.length > 0 ? 'awaiting_cosign' : 'final',
    signed,
    ...(last ? { cosigned: last } : {}),
    amendments: amendments.length,
  };
}

export function shownNote(state: Note, mayRead: boolean): ShownNote | undefined {
  const summary = noteSummary(state);
  if (!summary || state.situation === 'none') return undefined;
  const amendments = state.situation === 'signed' ? state.amendments : [];
  return {
    ...summary,
    clientIds: state.clientIds,
    versions: mayRead ? state.versions : state.versions.map(({ sections: _, ...version }) => version),
    amendments: mayRead ? amendments : amendments.map(({ words: _, ...amendment }) => amendment),
  };
}
