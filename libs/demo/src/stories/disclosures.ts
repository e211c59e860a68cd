import { disclosure } from '#libs/consent';
import { commandFor } from '#libs/event-store';
import { deriveId } from '#libs/kernel';
import type { Case } from '../case.js';
import { MakeDisclosure, RequestDisclosure } from '../commands.js';

export interface Wanting {
  readonly recipient: string;
  readonly purpose: string;
  readonly what: string;
}

/** Somebody outside wants to be told something. @returns the id of the request */
function isRequested(one: Case, wanting: Wanting): string {
  const id = deriveId('demo', 'disclosure', one.relationshipId, wanting.recipient);
  const about = { relationshipId: one.relationshipId, clientId: one.first.id };
  one.story.enter(
    { what: 'disclosure is requested', id, by: one.by('coordinator'), creates: true },
    (meta) => new RequestDisclosure(meta, { ...about, ...wanting, basis: 'authorization' }),
  );
  return id;
}

/** The client has authorized it: they are told, and that is written down. */
export function areTold(one: Case, wanting: Wanting): void {
  const id = isRequested(one, wanting);
  const { what } = wanting;
  one.story
    .later(40)
    .enter(
      { what: 'disclosure is made', id, by: one.byTherapist },
      (meta) => new MakeDisclosure(meta, { what, channel: 'letter' }),
    );
}

export function areNotTold(one: Case, wanting: Wanting, words: string): void {
  const id = isRequested(one, wanting);
  one.story
    .later(20)
    .enter({ what: 'disclosure is refused', id, by: one.byTherapist }, (meta) =>
      commandFor(disclosure, meta, { type: 'RefuseDisclosure', reasonCode: 'not_authorized', words }),
    );
}
