import type { ClientState } from './client.js';

/**
 * A client as somebody may see them. Without identity: no names, birth date, contacts and documents. Notes on capacity are
 * clinical text.
 */
export function shownClient(
  state: Extract<ClientState, { situation: 'registered' }>,
  sees: { identity: boolean; clinicalText: boolean },
) {
  const { details, guardians, assessments, merging } = state;
  const { languages, jurisdiction } = details;
  const { mergedInto, mergedHere, proposal } = merging;
  return {
    ...(sees.identity ? details : { languages, ...(jurisdiction === undefined ? {} : { jurisdiction }) }),
    guardians: guardians.map(({ name, document, ...authority }) =>
      sees.identity ? { ...authority, name, document } : authority,
    ),
    capacity: assessments.map(({ note, ...finding }) =>
      sees.clinicalText && note !== undefined ? { ...finding, note } : finding,
    ),
    ...(mergedInto === undefined ? {} : { mergedInto }),
    mergedHere,
    ...(proposal === undefined ? {} : { proposal }),
  };
}
