import type { Projection } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { correctedIn, relationshipOf } from './concerns.js';

/** Where in the log to look; what is there is always read from the log itself. */
export interface IndexRow {
  position: number;
}

/** Positions as text of one length: keys then sort as positions do. */
const padded = (position: number): string => String(position).padStart(16, '0');

/**
 * `client/<id>/0000000000000412`. One row per event, so that a long history is many small rows and no huge
 * one.
 */
export const indexKey = (of: 'client' | 'relationship', id: string, position: number): string =>
  `${of}/${id}/${padded(position)}`;

/** The row that leads to the first event correcting another one. */
export const correctionKey = (eventId: string): string => `correction/${eventId}`;

function keys(event: Recorded): readonly string[] {
  const relationshipId = relationshipOf(event);
  const corrected = correctedIn(event);
  return [
    ...new Set(event.subjects.map((id) => indexKey('client', id, event.position))),
    ...(relationshipId ? [indexKey('relationship', relationshipId, event.position)] : []),
    ...(corrected ? [correctionKey(corrected)] : []),
  ];
}

/** Finds the events of a client, of a relationship, and the correction of an event. */
export const eventIndex: Projection<IndexRow> = {
  name: 'event_index',
  version: 2,
  keys,
  evolve: (row, event) => row ?? { position: event.position },
  columns: { position: { type: 'bigint', of: ({ position }) => position } },
};
