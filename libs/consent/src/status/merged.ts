import type { Instant } from '#libs/kernel';
import type { ClientFact, ClientPart } from './people.js';

/*
 * Two records that were merged are one person: what is learned at one of them counts for the consents given under the
 * other. Nothing is moved, so that parting them again leaves each with its own.
 */

/** The records that one was ever joined with, whether they were parted since or not. */
export const joinedEver = ({ links }: ClientPart): string[] => [
  ...new Set(links.map(({ otherClientId }) => otherClientId)),
];

/** The records that are one with this one, as known by then, each with the position from which they are. */
function joinedWith({ links }: ClientPart, knownAt: Instant): Map<string, number> {
  const joined = new Map<string, number>();
  for (const { otherClientId, merged, recordedAt, position } of links) {
    if (recordedAt > knownAt) continue;
    if (merged) joined.set(otherClientId, position);
    else joined.delete(otherClientId);
  }
  return joined;
}

type Find = (clientId: string) => ClientPart | undefined;

/** The records of the person behind one, that one first, each with the position from which they are one. */
function joinedThrough(find: Find, clientId: string, knownAt: Instant): Map<string, number> {
  const records = new Map([[clientId, 0]]);
  for (const [id, since] of records) {
    const part = find(id);
    for (const [other, from] of part ? joinedWith(part, knownAt) : [])
      if (!records.has(other)) records.set(other, Math.max(from, since));
  }
  return records;
}

/** The same by their ids alone, as known by then. */
export const recordsOf = (find: Find, clientId: string, knownAt: Instant): string[] => [
  ...joinedThrough(find, clientId, knownAt).keys(),
];

/**
 * Everything known of the person behind a record. Of a birth date or a place that stood at another record before the two
 * were merged nothing is taken over: the record itself has its own.
 * @param find the part of a record, if it is at hand
 */
export function wholePerson(find: Find, clientId: string, knownAt: Instant): ClientPart | undefined {
  const own = find(clientId);
  if (!own || own.links.length === 0) return own;
  const entries = [...joinedThrough(find, clientId, knownAt)].flatMap(([id, since]) =>
    (find(id)?.entries ?? []).filter((fact) => id === clientId || !isDetail(fact) || fact.position > since),
  );
  return { ...own, entries: entries.sort((a, b) => a.position - b.position) };
}

const isDetail = ({ type }: ClientFact): boolean =>
  type === 'ClientRegistered' || type === 'ClientDetailsChanged';
