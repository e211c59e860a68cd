import { describe, expect, it } from 'vitest';
import { contentHash } from '#libs/kernel';
import { forDecider, NOW, STAFF } from '../../../../test/support/decider-kit.js';
import type { Meeting } from './meeting.js';
import { note, type NoteCommand, type NoteEvent } from './note.js';
import { noteSummary, shownNote } from './summary.js';
import { hashOfAmendment, hashOfText, HEADINGS, NOTE_FORMATS, type NoteText } from './text.js';

const id = (n: number) => `0190aaaa-0000-7000-8000-0000000000${n}`;
const [SESSION, RELATIONSHIP, CLIENT, SUPERVISOR] = [id(11), id(12), id(13), id(14)];
const about = { sessionId: SESSION, relationshipId: RELATIONSHIP };
const over: Meeting = {
  ...about,
  clientIds: [CLIENT],
  held: 'over',
  startedAt: '2026-06-15T08:00:00.000Z',
  endedAt: '2026-06-15T08:50:00.000Z',
  lateAfter: '2026-06-18T08:50:00.000Z',
  byCaller: true,
};
const { endedAt: _endedAt, lateAfter: _lateAfter, ...begun } = over;
const running: Meeting = { ...begun, held: 'running' };
const { startedAt: _startedAt, ...planned } = begun;
const notHeld: Meeting = { ...planned, held: 'not' };

const text: NoteText = { format: 'free', sections: { text: 'She slept better.' } };
const other: NoteText = {
  format: 'dap',
  sections: { data: 'Slept.', assessment: 'Better.', plan: 'Go on.' },
};
const draft = (more: Partial<Extract<NoteCommand, { type: 'DraftNote' }>> = {}): NoteCommand => ({
  type: 'DraftNote',
  meeting: over,
  ...text,
  ...more,
});
const drafted = (
  words: NoteText = text,
  versionNo = 1,
  late = false,
): Extract<NoteEvent, { type: 'NoteDrafted' }> => ({
  type: 'NoteDrafted',
  data: { ...about, clientIds: [CLIENT], versionNo, late, ...words },
});
const sign = (meeting = over, trainee = false): NoteCommand => ({ type: 'SignNote', meeting, trainee });
const hash = hashOfText(SESSION, text);
const signed = (cosignNeeded = false, late = false): NoteEvent => ({
  type: 'NoteSigned',
  data: { ...about, versionNo: 1, contentHash: hash, cosignNeeded, late },
});
const cosign = (supervises = true): NoteCommand => ({ type: 'CosignNote', supervises });
const cosigned = (amendments = 0): NoteEvent & { actorId: string } => ({
  type: 'NoteCosigned',
  data: { ...about, contentHash: hash, amendments },
  actorId: SUPERVISOR,
});
const amend = (words = 'It was Tuesday.', mayAmend = true, trainee = false): NoteCommand => ({
  type: 'AmendNote',
  kind: 'correction',
  words,
  mayAmend,
  trainee,
});
const amended = (no = 1, words = 'It was Tuesday.', cosignNeeded = false): NoteEvent => ({
  type: 'NoteAmended',
  data: {
    ...about,
    no,
    kind: 'correction',
    words,
    contentHash: hashOfAmendment(hash, no, 'correction', words),
    cosignNeeded,
  },
});
const supervisor = { actor: { id: SUPERVISOR, role: 'supervisor' } };
const reason = 'Was ill.';
const LATE = '2026-06-18T08:50:00.001Z';
const { given } = forDecider(note);
const statusOf = (...past: Parameters<typeof given>) => noteSummary(given(...past).state)?.status;

describe('a progress note', () => {
  it('is begun once its session has begun, while it runs or afterwards', () => {
    given().when(draft()).then(drafted());
    given()
      .when(draft({ meeting: running }))
      .then(drafted());
  });

  it('is refused for a session that was not held', () => {
    given()
      .when(draft({ meeting: notHeld }))
      .thenRefused('session_not_held');
    given(drafted())
      .when(sign({ ...over, held: 'not' }))
      .thenRefused('session_not_held');
  });

  it('is not written before its session began', () =>
    given().when(draft(), { occurredAt: '2026-06-15T07:59:00.000Z' }).thenRefused('before_the_session'));

  it('is written only by whoever held the session, took the client over or stood in', () =>
    given()
      .when(draft({ meeting: { ...over, byCaller: false } }))
      .thenRefused('not_your_session'));

  it('is one per session and author: a second one is a revision or an amendment', () => {
    given(drafted()).when(draft()).thenNothing();
    given(drafted()).when(draft(other)).thenRefused('already_drafted');
  });

  it('has the headings of its format and something under one of them', () => {
    given()
      .when(draft({ format: 'soap', sections: { text: 'x', plan: 'y' } }))
      .thenRefused('heading_of_another_format');
    given()
      .when(draft({ sections: { text: ' ' } }))
      .thenRefused('note_empty');
    given()
      .when(draft({ sections: {} }))
      .thenRefused('note_empty');
  });

  it('is revised by its author only, and every version stays', () => {
    given(drafted())
      .when({ type: 'ReviseNote', ...other })
      .then(drafted(other, 2));
    given(drafted())
      .when({ type: 'ReviseNote', ...other }, supervisor)
      .thenRefused('not_the_author');
    expect(shownNote(given(drafted(), drafted(other, 2)).state, true)?.versions).toMatchObject([text, other]);
  });

  it('is signed by its author, with the hash of the text signed', () => {
    given(drafted()).when(sign()).then(signed());
    expect(hash).toBe(
      contentHash(`{"format":"free","sections":{"text":"She slept better."},"sessionId":"${SESSION}"}`),
    );
    expect(statusOf(drafted())).toBe('draft');
    expect(statusOf(drafted(), signed())).toBe('final');
  });

  it('is never signed by somebody other than its author', () =>
    given(drafted()).when(sign(), supervisor).thenRefused('not_the_author'));

  it('is signed when the session is over and every heading is filled in', () => {
    given(drafted()).when(sign(running)).thenRefused('session_not_over');
    given({ ...drafted(), occurredAt: '2026-06-15T08:10:00.000Z' })
      .when(sign(), { occurredAt: '2026-06-15T08:30:00.000Z' })
      .thenRefused('session_not_over');
    given(drafted({ format: 'dap', sections: { data: 'Slept.' } }))
      .when(sign())
      .thenRefused('note_unfinished');
  });

  it.each(NOTE_FORMATS)('in the format %s is signed with all its headings', (format) => {
    const sections = Object.fromEntries(HEADINGS[format].map((heading) => [heading, heading]));
    const whole = { format, sections };
    given(drafted(whole))
      .when(sign())
      .then({
        type: 'NoteSigned',
        data: {
          ...about,
          versionNo: 1,
          contentHash: hashOfText(SESSION, whole),
          cosignNeeded: false,
          late: false,
        },
      });
  });

  it('that comes late needs a reason once, and is shown as late', () => {
    given().when(draft(), { occurredAt: LATE }).thenRefused('late_note_needs_reason');
    given().when(draft(), { occurredAt: LATE, reason: ' ' }).thenRefused('late_note_needs_reason');
    given()
      .when(draft(), { occurredAt: LATE, reason })
      .then(drafted(text, 1, true));
    given(drafted()).when(sign(), { occurredAt: LATE }).thenRefused('late_note_needs_reason');
    given(drafted()).when(sign(), { occurredAt: LATE, reason }).then(signed(false, true));
    given(drafted(text, 1, true))
      .when(sign(), { occurredAt: LATE })
      .then(signed(false, true));
    given().when(draft(), { occurredAt: over.lateAfter! }).then(drafted());
    expect(noteSummary(given(drafted(), signed(false, true)).state)?.late).toBe(true);
  });

  it('takes no entry from before its last one', () => {
    const before = { occurredAt: '2026-06-15T08:59:59.999Z' };
    given(drafted()).when(sign(), before).thenRefused('before_last_entry');
    given(drafted(), signed()).when(amend(), before).thenRefused('before_last_entry');
  });
});

describe('a signed note', () => {
  it('is never edited, not even by its author', () =>
    given(drafted(), signed())
      .when({ type: 'ReviseNote', ...other })
      .thenRefused('note_signed'));

  it('is amended: the amendment is signed by its author and the original stays', () => {
    given(drafted(), signed()).when(amend()).then(amended());
    given(drafted(), signed(), amended()).when(amend('It was noon.')).then(amended(2, 'It was noon.'));
    const { state } = given(drafted(), signed(), amended());
    expect(shownNote(state, true)).toMatchObject({
      versions: [text],
      signed: { by: STAFF, at: NOW, contentHash: hash },
      amendments: [
        {
          no: 1,
          by: STAFF,
          words: 'It was Tuesday.',
          contentHash: hashOfAmendment(hash, 1, 'correction', 'It was Tuesday.'),
        },
      ],
    });
  });

  it('has amendments that belong to it alone', () =>
    expect(hashOfAmendment(hashOfText(SESSION, other), 1, 'correction', 'It was Tuesday.')).not.toBe(
      hashOfAmendment(hash, 1, 'correction', 'It was Tuesday.'),
    ));

  it('is not amended by somebody who has nothing to do with it, nor with nothing to say', () => {
    given(drafted(), signed()).when(amend('It was Tuesday.', false)).thenRefused('not_yours_to_amend');
    given(drafted(), signed()).when(amend(' ')).thenRefused('words_missing');
  });

  it('is what can be amended or cosigned: a draft cannot', () => {
    given(drafted()).when(amend()).thenRefused('note_not_signed');
    given(drafted()).when(cosign(), supervisor).thenRefused('note_not_signed');
  });

  it('shows nobody’s words to whoever may not read them', () => {
    const shown = shownNote(given(drafted(), signed(), amended()).state, false);
    expect(JSON.stringify(shown)).not.toMatch(/slept|Tuesday/);
    expect(shown).toMatchObject({ status: 'final', versions: [{ versionNo: 1 }], amendments: [{ no: 1 }] });
  });
});

describe('a note by a trainee', () => {
  it('is not final without a cosignature', () => {
    given(drafted()).when(sign(over, true)).then(signed(true));
    expect(statusOf(drafted(), signed(true))).toBe('awaiting_cosign');
    expect(statusOf(drafted(), signed(true), cosigned())).toBe('final');
  });

  it('is cosigned by the assigned supervisor only, and never by its author', () => {
    given(drafted(), signed(true))
      .when(cosign(), supervisor)
      .then({
        type: 'NoteCosigned',
        data: { ...about, contentHash: hash, amendments: 0 },
      });
    given(drafted(), signed(true)).when(cosign(false), supervisor).thenRefused('not_their_supervisor');
    given(drafted(), signed(true)).when(cosign()).thenRefused('own_note');
  });

  it('waits again when the trainee amends it, and the next cosignature covers the amendment', () => {
    given(drafted(), signed(true), cosigned())
      .when(amend('It was Tuesday.', true, true))
      .then(amended(1, 'It was Tuesday.', true));
    const past = [drafted(), signed(true), cosigned(), amended(1, 'It was Tuesday.', true)] as const;
    expect(statusOf(...past)).toBe('awaiting_cosign');
    given(...past)
      .when(cosign(), supervisor)
      .then({ type: 'NoteCosigned', data: { ...about, contentHash: hash, amendments: 1 } });
  });

  it('still waits when somebody else amends it', () =>
    expect(statusOf(drafted(), signed(true), { ...amended(), actorId: SUPERVISOR })).toBe('awaiting_cosign'));

  it('that is final is not cosigned by somebody else again', () => {
    given(drafted(), signed(true), cosigned()).when(cosign(), supervisor).thenNothing();
    given(drafted(), signed(true), cosigned())
      .when(cosign(), { actor: { id: id(15), role: 'supervisor' } })
      .thenRefused('nothing_to_cosign');
    given(drafted(), signed()).when(cosign(), supervisor).thenRefused('nothing_to_cosign');
  });
});

it('a note that was never written takes no commands, and nothing deletes one', () => {
  for (const command of [sign(), cosign(), amend(), { type: 'ReviseNote', ...text } as const])
    given().when(command).thenRefused(); // missing: there is nothing to give a reason about
  expect(Object.keys(note.events).sort()).toEqual([
    'NoteAmended',
    'NoteCosigned',
    'NoteDrafted',
    'NoteSigned',
  ]);
});
