import { deriveId } from '#libs/kernel';
import { noteIdOf } from '#libs/session';
import type { Case } from '../case.js';
import { WriteNote, WritePsychotherapyNote } from '../commands.js';

/** All about the session that was held last. */
const noteOf = (one: Case): string => noteIdOf(one.world.practiceId, one.held, one.therapistId);

/** A quarter of an hour after the session. */
export function noteIsDrafted(one: Case, text: string): void {
  const sessionId = one.held;
  one.story
    .later(15)
    .enter(
      { what: 'note is drafted', id: noteOf(one), by: one.byTherapist, creates: true },
      (meta) => new WriteNote(meta, { type: 'DraftNote', sessionId, format: 'free', sections: { text } }),
    );
}

export function noteIsSigned(one: Case, text: string): void {
  noteIsDrafted(one, text);
  one.story.enter(
    { what: 'note is signed', id: noteOf(one), by: one.byTherapist },
    (meta) => new WriteNote(meta, { type: 'SignNote' }),
  );
}

/** By the supervisor of a trainee. */
export function noteIsCosigned(one: Case): void {
  one.story.enter(
    { what: 'note is cosigned', id: noteOf(one), by: one.by('supervisor') },
    (meta) => new WriteNote(meta, { type: 'CosignNote' }),
  );
}

/** What was signed stays; this is added to it. */
export function noteIsAmended(one: Case, words: string): void {
  one.story.enter(
    { what: 'note is amended', id: noteOf(one), by: one.byTherapist },
    (meta) => new WriteNote(meta, { type: 'AmendNote', kind: 'client_request', words }),
  );
}

/** For the therapist alone. */
export function writesForThemself(one: Case, words: string): void {
  const sessionId = one.held;
  one.story.enter(
    {
      what: 'psychotherapy note is written',
      id: deriveId('demo', 'psychotherapy note', sessionId),
      by: one.byTherapist,
      creates: true,
    },
    (meta) => new WritePsychotherapyNote(meta, { sessionId, words }),
  );
}
