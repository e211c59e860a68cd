import { byStream, type Projection, members, text } from '#libs/event-store';
import { unreachable, type Recorded } from '#libs/kernel';
import type { RoomEvent } from '../room/room.js';

/** Where sessions can be held: one row per room. */
export interface RoomRow {
  roomId: string;
  name: string;
  open: boolean;
}

function evolve(row: RoomRow | undefined, event: Recorded<RoomEvent>, roomId: string): RoomRow {
  switch (event.type) {
    case 'RoomRegistered':
      return { roomId, name: event.data.name, open: true };
    case 'RoomRenamed':
      return { ...row!, name: event.data.name };
    case 'RoomClosed':
      return { ...row!, open: false };
    default:
      return unreachable(event);
  }
}

export const rooms: Projection<RoomRow> = {
  name: 'rooms',
  version: 2,
  keys: byStream('room'),
  evolve: (row, event, key) => evolve(row, event as Recorded<RoomEvent>, key),
  columns: { ...members('open'), foldedName: text(({ name }) => name.toLowerCase()) },
};
