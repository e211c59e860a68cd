import type { Projection } from '#libs/event-store';
import { parseStream, type Recorded } from '#libs/kernel';

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

/** The relationship an event belongs to: its stream's, or the one its data names. */
export function relationshipOf(event: Recorded): string | undefined {
  const { category, id } = parseStream(event.stream);
  return category === 'relationship' ? id : textIn(event.data, 'relationshipId');
}

/** The event that an event corrects (domain.md §8.1). */
export const correctedIn = (event: Recorded): string | undefined => textIn(event.data, 'correctsEventId');

function textIn(data: object, name: string): string | undefined {
  const value = (data as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

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
  version: 1,
  keys,
  evolve: (row, event) => row ?? { position: event.position },
};
