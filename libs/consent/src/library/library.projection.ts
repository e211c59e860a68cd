import { byStream, type Projection, members } from '#libs/event-store';
import { unreachable, type Recorded } from '#libs/kernel';
import type { DocumentEvent } from '../document/document.js';

/** The documents of a practice: one row each, without the text. */
export interface LibraryRow {
  documentId: string;
  kind: string;
  title: string;
  locale: string;
  status: 'drafted' | 'published' | 'withdrawn';
  versionNo: number | null;
  contentHash: string | null;
}

function evolve(row: LibraryRow | undefined, event: Recorded<DocumentEvent>, documentId: string): LibraryRow {
  switch (event.type) {
    case 'DocumentDrafted': {
      const { kind, title, locale } = event.data;
      return (
        row ?? { documentId, kind, title, locale, status: 'drafted', versionNo: null, contentHash: null }
      );
    }
    case 'DocumentPublished': {
      const { kind, title, locale, versionNo, contentHash } = event.data;
      return { documentId, kind, title, locale, status: 'published', versionNo, contentHash };
    }
    case 'DocumentWithdrawn':
      return { ...row!, status: 'withdrawn' };
    default:
      return unreachable(event);
  }
}

export const library: Projection<LibraryRow> = {
  name: 'document_library',
  version: 2,
  keys: byStream('document'),
  evolve: (row, event, key) => evolve(row, event as Recorded<DocumentEvent>, key),
  columns: { ...members('kind') },
};
