import { idsIn } from './ids.js';

/** By which of its members it is told what an item of a list is about: the first of these that it has. */
const MEMBERS = [
  'id',
  'key',
  'stream',
  'noteId',
  'crossingId',
  'boundaryId',
  'sessionId',
  'seriesId',
  'consentId',
  'disclosureId',
  'inquiryId',
  'relationshipId',
  'unitId',
  'clientId',
  'session',
  'clientIds',
  'members',
  'subjects',
];

/**
 * What an answer, or an item of a list, is about, the closest first: a note before its session, its session before the
 * relationship. The first that is known decides; what else it names does not.
 * @returns groups of ids, such as one note, or all members of a unit
 */
export function aboutIn(item: unknown): string[][] {
  if (typeof item !== 'object' || item === null) return [];
  return MEMBERS.flatMap((name) => {
    const member = (item as Record<string, unknown>)[name];
    if (typeof member === 'object' && !Array.isArray(member)) return aboutIn(member);
    const ids = idsIn(member);
    return ids.size > 0 ? [[...ids]] : [];
  });
}
