import { byStream, type Projection, members, texts } from '#libs/event-store';
import { type Role, unreachable, type Recorded } from '#libs/kernel';
import type { StaffEvent } from '../staff/staff.js';
import type { Supervision } from '../staff/supervision.js';

/** Who works here: one row per staff member. */
export interface TeamRow {
  staffId: string;
  name: string;
  roles: readonly Role[];
  credentials: string | null;
  languages: readonly string[];
  status: 'active' | 'deactivated';
  /** by whom and since when; whether one lasts is judged when it is read */
  supervisions: readonly Supervision[];
}

function evolve(row: TeamRow | undefined, event: Recorded<StaffEvent>, staffId: string): TeamRow {
  switch (event.type) {
    case 'StaffRegistered': {
      const { name, roles, credentials = null, languages = [] } = event.data;
      return { staffId, name, roles, credentials, languages, status: 'active', supervisions: [] };
    }
    case 'RolesChanged':
      return { ...row!, roles: event.data.roles };
    case 'SupervisionAssigned': {
      const { supervisorId, from = event.occurredAt } = event.data;
      return { ...row!, supervisions: [...row!.supervisions, { supervisorId, from }] };
    }
    case 'SupervisionEnded': {
      const supervisions = row!.supervisions.map((one) =>
        one.supervisorId === event.data.supervisorId && one.to === undefined
          ? { ...one, to: event.occurredAt }
          : one,
      );
      return { ...row!, supervisions };
    }
    case 'CredentialRecorded':
      return row!;
    case 'StaffDeactivated':
      return { ...row!, status: 'deactivated' };
    case 'AvailabilitySet':
    case 'AbsenceRecorded':
    case 'AbsenceCancelled':
      return row!;
    default:
      return unreachable(event);
  }
}

export const team: Projection<TeamRow> = {
  name: 'team',
  version: 3,
  keys: byStream('staff'),
  evolve: (row, event, key) => evolve(row, event as Recorded<StaffEvent>, key),
  columns: { roles: texts(({ roles }) => roles), ...members('status') },
};
