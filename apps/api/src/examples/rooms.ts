import type { Example } from './example.js';
import { ROOM } from './names.js';

/** Where sessions are held. */
export const ROOMS: readonly Example[] = [
  {
    title: 'A room for sessions',
    operation: 'POST /v1/rooms',
    as: 'coordinator',
    at: '2026-01-05T12:00:00.000Z',
    body: { id: ROOM.garden, name: 'Garden room' },
  },
  {
    title: 'A second room, under the roof',
    operation: 'POST /v1/rooms',
    as: 'coordinator',
    body: { id: ROOM.attic, name: 'Atic' },
  },
  {
    title: 'The name of a room is put right',
    operation: 'POST /v1/rooms/{id}/rename',
    as: 'coordinator',
    path: { id: ROOM.attic },
    body: { name: 'Attic' },
  },
  {
    title: 'The attic is too hot: nobody plans a session in it any more',
    operation: 'POST /v1/rooms/{id}/close',
    as: 'coordinator',
    path: { id: ROOM.attic },
    body: {},
  },
  {
    title: 'The rooms that can be planned with',
    operation: 'GET /v1/rooms',
    as: 'therapist',
    query: { open: 'true' },
  },
];
