import { describe, expect, it } from 'vitest';
import { attentionReasons, type ByNow, type Watched } from './attention.js';
import { readinessOf } from '../readiness/readiness.js';

const THERAPIST = '0190aaaa-0000-7000-8000-00000000000b';
const planned: Watched = {
  relationshipId: '0190aaaa-0000-7000-8000-0000000000e1',
  clientIds: ['0190aaaa-0000-7000-8000-0000000000a1'],
  therapistId: THERAPIST,
  start: '2026-06-15T09:00:00.000Z',
  durationMinutes: 50,
  modality: 'in_person',
  roomId: '0190aaaa-0000-7000-8000-0000000000d1',
  status: 'confirmed',
};
const asPlanned: ByNow = {
  relationshipOpen: true,
  therapistNow: THERAPIST,
  therapistActive: true,
  roomOpen: true,
};
const away = { absence: { from: '2026-06-15', to: '2026-06-19' } };
const everything: ByNow = {
  ...away,
  relationshipOpen: false,
  therapistNow: '0190aaaa-0000-7000-8000-00000000000c',
  therapistActive: false,
  roomOpen: false,
};
const codes = (now: Partial<ByNow>, more: Partial<Watched> = {}) =>
  attentionReasons({ ...planned, ...more }, { ...asPlanned, ...now }).map(({ code }) => code);

describe('A planned session that can no longer take place as planned', () => {
  it('is none while everything is as it was', () => expect(codes({})).toEqual([]));
  it('is one whose relationship has ended or gone to another therapist', () => {
    expect(codes({ relationshipOpen: false })).toEqual(['relationship_ended']);
    expect(codes({ therapistNow: everything.therapistNow })).toEqual(['therapist_changed_since_planned']);
  });
  it('is one whose therapist has left or will be away', () => {
    expect(codes({ therapistActive: false })).toEqual(['therapist_deactivated']);
    expect(codes(away)).toEqual(['therapist_absent']);
  });
  it('is one whose room was closed', () => expect(codes({ roomOpen: false })).toEqual(['room_closed']));
  it('names every reason', () =>
    expect(codes(everything)).toEqual([
      'relationship_ended',
      'therapist_changed_since_planned',
      'therapist_deactivated',
      'therapist_absent',
      'room_closed',
    ]));
  it('an absence that it was planned in spite of is no news', () =>
    expect(codes(away, { overridden: ['therapist_absent'] })).toEqual([]));
  it('only what has yet to happen', () => {
    for (const status of ['running', 'paused', 'ended', 'cancelled', 'no_show', 'entered_in_error'])
      expect(codes(everything, { status }), status).toEqual([]);
  });
});

describe('In the readiness of a day', () => {
  const readiness = (now: Partial<ByNow>) => {
    const row = { ...planned, status: 'confirmed' as const, sessionId: '', confirmedBy: [], arrived: [] };
    const allowed = { result: 'allow' as const, reasons: [], nextSteps: [], judged: [] };
    const reasons = attentionReasons(planned, { ...asPlanned, ...now });
    return readinessOf({ ...row, absent: [] }, allowed, reasons);
  };
  it('it needs attention and may start all the same where the therapist is there or another room is found', () =>
    expect(readiness({ ...away, roomOpen: false })).toMatchObject({
      mayStart: true,
      needsAttention: true,
      reasons: [
        { code: 'therapist_absent', effect: 'inform' },
        { code: 'room_closed', effect: 'inform' },
      ],
    }));
  it('it may not start once the relationship has ended or its therapist has left or changed', () => {
    for (const now of [
      { relationshipOpen: false },
      { therapistActive: false },
      { therapistNow: everything.therapistNow },
    ])
      expect(readiness(now)).toMatchObject({ mayStart: false, reasons: [{ effect: 'block' }] });
  });
});
