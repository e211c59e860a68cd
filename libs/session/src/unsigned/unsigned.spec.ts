import { describe, expect, it } from 'vitest';
import { foldInto } from '#libs/event-store';
import type { DomainEvent } from '#libs/kernel';
import { recorded } from '../../../../test/support/decider-kit.js';
import { unsignedNotes, type UnsignedRow } from './unsigned.projection.js';

const id = (n: number) => `0190aaaa-0000-7000-8000-0000000000${n}`;
const [SESSION, RELATIONSHIP, THERAPIST, OTHER, NOTE] = [id(11), id(12), id(13), id(14), id(15)];
const about = { sessionId: SESSION, relationshipId: RELATIONSHIP };
const END = '2026-06-15T09:50:00.000Z';
const SIGNED = '2026-06-15T12:00:00.000Z';

type Told = DomainEvent & { occurredAt?: string; actorId?: string };
const ofSession = (type: string, more: object = {}, occurredAt = END): Told => ({
  type,
  data: { relationshipId: RELATIONSHIP, ...more },
  occurredAt,
});
const ofNote = (type: string, more: object = {}, actorId = THERAPIST, occurredAt = SIGNED): Told => ({
  type,
  data: { ...about, ...more },
  occurredAt,
  actorId,
});
const planned = ofSession('SessionScheduled', { therapistId: THERAPIST });
const started = ofSession('SessionStarted');
const ended = ofSession('SessionEnded');
const drafted = ofNote('NoteDrafted');
const signed = ofNote('NoteSigned', { cosignNeeded: false });
const toCosign = ofNote('NoteSigned', { cosignNeeded: true });
const cosigned = ofNote('NoteCosigned', {}, OTHER);

function waiting(...told: Told[]): UnsignedRow['waiting'] {
  const rows = new Map<string, UnsignedRow>();
  for (const event of told) {
    const [category, stream] = event.type.startsWith('Note') ? ['note', NOTE] : ['session', SESSION];
    foldInto(unsignedNotes, rows, recorded(category, [event], stream));
  }
  expect([...rows.keys()]).toEqual([SESSION]);
  const row = rows.get(SESSION)!;
  expect(row.open).toBe(row.waiting.length > 0);
  return row.waiting;
}

describe('what is unsigned', () => {
  it('is nothing while the session is planned, runs, or was only begun to be written about', () => {
    expect(waiting(planned)).toEqual([]);
    expect(waiting(planned, started)).toEqual([]);
    expect(waiting(planned, started, drafted)).toEqual([]);
  });

  it('is a session that was held and has no note, since it ended', () => {
    expect(waiting(planned, started, ended)).toEqual([
      { kind: 'note_missing', ...about, staffId: THERAPIST, since: END },
    ]);
    const afterwards = ofSession('SessionRecordedAfterwards', { therapistId: THERAPIST, end: END }, SIGNED);
    expect(waiting(afterwards)).toMatchObject([{ kind: 'note_missing', since: END }]);
  });

  it('is a draft, since the session ended, until it is signed', () => {
    expect(waiting(planned, started, ended, drafted)).toEqual([
      { kind: 'note_unsigned', ...about, noteId: NOTE, staffId: THERAPIST, since: END },
    ]);
    expect(waiting(planned, started, ended, drafted, signed)).toEqual([]);
  });

  it('is what a trainee signed, since then, until it is cosigned', () => {
    expect(waiting(planned, started, ended, drafted, toCosign)).toEqual([
      { kind: 'cosign_missing', ...about, noteId: NOTE, staffId: THERAPIST, since: SIGNED },
    ]);
    expect(waiting(planned, started, ended, drafted, toCosign, cosigned)).toEqual([]);
    const amended = ofNote('NoteAmended', { cosignNeeded: true }, THERAPIST, '2026-06-16T09:00:00.000Z');
    expect(waiting(planned, started, ended, drafted, toCosign, amended)).toMatchObject([{ since: SIGNED }]);
    expect(waiting(planned, started, ended, drafted, toCosign, cosigned, amended)).toMatchObject([
      { kind: 'cosign_missing', since: '2026-06-16T09:00:00.000Z' },
    ]);
  });

  it('is nothing once the session counts as entered in error', () =>
    expect(waiting(planned, started, ended, ofSession('SessionMarkedInError'))).toEqual([]));
});
