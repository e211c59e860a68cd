import { describe, expect, it } from 'vitest';
import { forDecider, NOW } from '../../../../test/support/decider-kit.js';
import type { Meeting } from '../note/meeting.js';
import { psychotherapyNote, type PsychotherapyNoteEvent } from './psychotherapy-note.js';

const id = (n: number) => `0190aaaa-0000-7000-8000-0000000000${n}`;
const about = { sessionId: id(11), relationshipId: id(12) };
const meeting: Meeting = {
  ...about,
  clientIds: [id(13)],
  held: 'over',
  startedAt: '2026-06-15T08:00:00.000Z',
  endedAt: '2026-06-15T08:50:00.000Z',
  lateAfter: '2026-06-15T08:50:00.000Z',
  byCaller: true,
};
const words = 'I felt protective.';
const write = { type: 'WritePsychotherapyNote', words, meeting } as const;
const written: PsychotherapyNoteEvent = {
  type: 'PsychotherapyNoteWritten',
  data: { ...about, clientIds: [id(13)], words },
};
const to = 'Dr. Invented';
const release = {
  type: 'ReleasePsychotherapyNote' as const,
  to,
  authorizations: [{ consentId: id(14), reasons: [] }],
};
const unauthorized = { code: 'consent_withdrawn', detail: 'It was withdrawn.' };
const released: PsychotherapyNoteEvent = {
  type: 'PsychotherapyNoteReleased',
  data: { ...about, to, authorizationConsentIds: [id(14)] },
};
const somebody = { actor: { id: id(19), role: 'supervisor' } };
const { given } = forDecider(psychotherapyNote);
const ask = (...reasons: (typeof unauthorized)[][]) => ({
  ...release,
  authorizations: reasons.map((found, n) => ({ consentId: id(14 + n), reasons: found })),
});

describe('a psychotherapy note', () => {
  it('is written about a session that was held, by whoever held it', () => {
    given().when(write).then(written);
    given()
      .when({ ...write, meeting: { ...meeting, held: 'not', byCaller: false } })
      .thenRefused('session_not_held', 'not_your_session');
    given()
      .when({ ...write, words: ' ' })
      .thenRefused('words_missing');
  });

  it('is never written over', () =>
    given(written)
      .when({ ...write, words: 'Something else.' })
      .thenRefused('already_written'));

  it('is released under the authorization of every client of the session, who are named', () => {
    given(written).when(release).then(released);
    given(written)
      .when(ask([], []))
      .then({
        type: 'PsychotherapyNoteReleased',
        data: { ...about, to, authorizationConsentIds: [id(14), id(15)] },
      });
  });

  it('is never released when one of the clients has not authorized it', () => {
    given(written)
      .when(ask([unauthorized]))
      .thenRefused('consent_withdrawn');
    given(written)
      .when(ask([], [unauthorized]))
      .thenRefused('consent_withdrawn');
  });

  it('does not exist for anybody but its author', () => given(written).when(release, somebody).thenRefused()); // missing: not even a reason is given

  it('is not released before it was written', () =>
    given(written)
      .when(release, { occurredAt: '2026-06-15T08:59:59.999Z' })
      .thenRefused('before_it_was_written'));

  it('keeps its words and who got it apart from the rest of the record', () => {
    expect(psychotherapyNote.category).toBe('psynote');
    expect(psychotherapyNote.events).toEqual({
      PsychotherapyNoteWritten: { schema: 1, personal: ['words'] },
      PsychotherapyNoteReleased: { schema: 1, personal: ['to'] },
    });
    expect(given(written, released).state).toMatchObject({ words, releases: [{ to, at: NOW }] });
  });
});
