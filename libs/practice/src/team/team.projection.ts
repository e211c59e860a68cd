import { byStream, type Projection } from '#libs/event-store';
import { unreachable, type Recorded } from '#libs/kernel';
import type { Role, StaffEvent } from '../staff/staff.js';

/** Who works here: one row per staff member. */
export interface TeamRow {
  staffId: string;
  name: string;
  roles: readonly Role[];
  credentials: string | null;
  languages: readonly string[];
  status: 'active' | 'deactivated';
}

function evolve(row: TeamRow | undefined, event: Recorded<StaffEvent>, staffId: string): TeamRow {
  switch (event.type) {
    case 'StaffRegistered': {
      const { name, roles, credentials = null, languages = [] } = event.data;
      return { staffId, name, roles, credentials, languages, status: 'active' };
    }
    case 'RolesChanged':
      return { ...row!, roles: event.data.roles };
    case 'StaffDeactivated':
      return { ...row!, status: 'deactivated' };
    default:
      return unreachable(event);
  }
}

export const team: Projection<TeamRow> = {
  name: 'team',
  version: 1,
  keys: byStream('staff'),
  evolve: (row, event, key) => evolve(row, event as Recorded<StaffEvent>, key),
};
