import type { Cancellation } from './cancellation.js';
import type { SessionEvent } from './session.js';

/** What is entered about who comes, each of which can be corrected by itself. */
export type AttendanceEvent = Extract<
  SessionEvent,
  { type: 'SessionConfirmed' | 'ClientCheckedIn' | 'SessionNoShow' | 'SessionCancelled' }
>;
export type Entry = AttendanceEvent & { eventId: string };

export const entryOf = ({ eventId, type, data }: Entry): Entry => ({ eventId, type, data }) as Entry;

/**
 * Ids of clients: `confirmedBy` said that they will come, `arrived` checked in, `absent` did not come, while the others
 * of their couple, family or group may have.
 */
export type Attendance = { confirmedBy: string[]; arrived: string[]; absent: string[] };

/** Where a session that has not begun stands by what was entered. */
export type Standing = Attendance & {
  situation: 'scheduled' | 'confirmed' | 'checked_in' | 'cancelled' | 'no_show';
  cancellation?: Cancellation;
};

export const standingAfter = (clientIds: readonly string[], entries: readonly Entry[]): Standing =>
  entries.reduce<Standing>((before, entry) => after(before, entry, clientIds), {
    situation: 'scheduled',
    confirmedBy: [],
    arrived: [],
    absent: [],
  });

function after(before: Standing, { type, data }: Entry, clientIds: readonly string[]): Standing {
  switch (type) {
    case 'SessionConfirmed': {
      // who is there already has more than confirmed
      const situation = before.situation === 'scheduled' ? 'confirmed' : before.situation;
      return { ...before, situation, confirmedBy: [...before.confirmedBy, data.by] };
    }
    case 'ClientCheckedIn': {
      const there = data.clientId ? [data.clientId] : clientIds.filter((one) => !before.absent.includes(one));
      const arrived = [...new Set([...before.arrived, ...there])];
      const absent = before.absent.filter((one) => !there.includes(one));
      return { ...before, situation: 'checked_in', arrived, absent };
    }
    case 'SessionNoShow': {
      const absent = data.clientId ? [...before.absent, data.clientId] : [...clientIds];
      const nobody = clientIds.every((clientId) => absent.includes(clientId));
      return { ...before, absent, ...(nobody ? { situation: 'no_show' } : {}) };
    }
    case 'SessionCancelled': {
      const { relationshipId: _, ...cancellation } = data;
      return { ...before, situation: 'cancelled', cancellation };
    }
  }
}

/** A move lets confirmations lapse: nobody has confirmed the new time. */
export const withoutConfirmations = (entries: readonly Entry[]): Entry[] =>
  entries.filter(({ type }) => type !== 'SessionConfirmed');

export const withoutEntry = (entries: readonly Entry[], corrected: string): Entry[] =>
  entries.filter(({ eventId }) => eventId !== corrected);
