import { byStream, type Projection } from '#libs/event-store';
import { unreachable, type LocalDate, type Recorded } from '#libs/kernel';
import type { ClientDetailsChange, ClientEvent } from '../client/client.js';

/** Whose client is who: one row per client. `search` holds the names as `searchable` spells them. */
export interface RegistryRow {
  clientId: string;
  legalName: string;
  usedName: string | null;
  dateOfBirth: LocalDate;
  languages: readonly string[];
  search: string;
}

/** Case, accents and spacing aside: `JOSÉ` is `jose`. Done here, because what SQL folds depends on the database. */
export const searchable = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/\s+/g, ' ').trim().toLowerCase();

function evolve(row: RegistryRow | undefined, event: Recorded<ClientEvent>, clientId: string): RegistryRow {
  switch (event.type) {
    case 'ClientRegistered': {
      const { legalName, usedName = null, dateOfBirth, languages } = event.data;
      return withSearch({ clientId, legalName, usedName, dateOfBirth, languages, search: '' });
    }
    case 'ClientDetailsChanged': {
      const { contacts: _contacts, ...changed }: ClientDetailsChange = event.data;
      return withSearch({ ...row!, ...changed });
    }
    default:
      return unreachable(event);
  }
}

const withSearch = (row: RegistryRow): RegistryRow => ({
  ...row,
  // one name a line: no search finds the end of one and the beginning of the other
  search: [row.legalName, row.usedName ?? ''].map(searchable).join('\n'),
});

export const registry: Projection<RegistryRow> = {
  name: 'client_registry',
  version: 1,
  keys: byStream('client'),
  evolve: (row, event, key) => evolve(row, event as Recorded<ClientEvent>, key),
};
