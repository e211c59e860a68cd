import { blind, byStream, type Projection } from '#libs/event-store';
import type { LocalDate, Recorded } from '#libs/kernel';
import type { ClientEvent } from '../client/client.js';
import { folded, type Contact } from '../client/details.js';

/**
 * Whose client is who: one row per client. `search` holds names and contacts as `searchable` spells them; two rows with
 * one `foldedName` may be one person. `mergedInto` is the record that is kept instead.
 */
export interface RegistryRow {
  clientId: string;
  legalName: string;
  usedName: string | null;
  dateOfBirth: LocalDate;
  languages: readonly string[];
  contacts: readonly Contact[];
  search: string;
  foldedName: string;
  mergedInto: string | null;
}

/** Folded here, because what SQL folds depends on the database. A telephone number is its digits. */
export const searchable = (text: string): string =>
  /^[+(\d][\d\s()/.-]{2,}$/.test(text.trim()) ? text.replaceAll(/\D/g, '') : folded(text);

function evolve(row: RegistryRow | undefined, event: Recorded<ClientEvent>, clientId: string): RegistryRow {
  switch (event.type) {
    case 'ClientRegistered': {
      // Names and contacts are missing once the person is erased.
      const { legalName = '', usedName = null, dateOfBirth = '', languages, contacts = [] } = event.data;
      return derived({ clientId, legalName, usedName, dateOfBirth, languages, contacts, mergedInto: null });
    }
    case 'ClientDetailsChanged': {
      const { jurisdiction: _, ...changed } = event.data;
      return derived({ ...row!, ...changed });
    }
    case 'ClientsMerged':
      return event.data.kept === 'other' ? { ...row!, mergedInto: event.data.otherClientId } : row!;
    case 'ClientsUnmerged':
      return row!.mergedInto === event.data.otherClientId ? { ...row!, mergedInto: null } : row!;
    default:
      return row!;
  }
}

/** One name or contact a line: no search finds the end of one and the beginning of the other. */
const derived = (row: Omit<RegistryRow, 'search' | 'foldedName'>): RegistryRow => ({
  ...row,
  foldedName: folded(row.legalName),
  search: [row.legalName, row.usedName ?? '', ...row.contacts.map(({ value }) => value)]
    .map(searchable)
    .join('\n'),
});

export const registry: Projection<RegistryRow> = {
  name: 'client_registry',
  version: 4,
  keys: byStream('client'),
  evolve: (row, event, key) => evolve(row, event as Recorded<ClientEvent>, key),
  columns: { foldedName: blind(({ foldedName }) => foldedName) },
  indexes: ['"foldedName"'],
};
