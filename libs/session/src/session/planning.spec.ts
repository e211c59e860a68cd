import { describe, expect, it } from 'vitest';
import { addMinutes, DomainError } from '#libs/kernel';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import type { Conflict, Other, Surroundings } from './conflicts.js';
import type { Plan } from './plan.js';
import { session, type SessionCommand, type SessionEvent } from './session.js';
import { sessionSummary } from './summary.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const BEN = '0190aaaa-0000-7000-8000-0000000000b2';
const CARA = '0190aaaa-0000-7000-8000-0000000000c3';
const MIRELA = '0190aaaa-0000-7000-8000-0000000000d4';
const GARDEN = '0190aaaa-0000-7000-8000-0000000000f1';
const ATTIC = '0190aaaa-0000-7000-8000-0000000000f2';
const OTHER = '0190aaaa-0000-7000-8000-0000000000f9';

const relationshipId = '0190aaaa-0000-7000-8000-0000000000e1';
const plan: Plan = {
  relationshipId,
  clientIds: [ANA, BEN],
  therapistId: STAFF,
  start: NOW,
  durationMinutes: 50,
  modality: 'in_person',
  roomId: GARDEN,
};
const free: Surroundings = {
  relationshipOpen: true,
  members: [ANA, BEN],
  therapistActive: true,
  roomOpen: true,
  others: [],
  available: true,
  zone: 'Europe/Berlin',
};
/** somebody else's session, `minutes` after the planned start */
const other = (minutes: number, more: Partial<Other> = {}): Other => ({
  sessionId: OTHER,
  therapistId: MIRELA,
  clientIds: [CARA],
  roomId: ATTIC,
  start: addMinutes(NOW, minutes),
  durationMinutes: 50,
  ...more,
});
const scheduled: SessionEvent = { type: 'SessionScheduled', data: plan };
const confirmed: SessionEvent = { type: 'SessionConfirmed', data: { relationshipId, by: ANA } };
const schedule = (around: Partial<Surroundings> = {}, more: object = {}): SessionCommand => ({
  type: 'ScheduleSession',
  ...plan,
  around: { ...free, ...around },
  ...more,
});
const move = (to: object, around: Partial<Surroundings> = {}, more: object = {}): SessionCommand => ({
  type: 'RescheduleSession',
  therapistNow: STAFF,
  move: { start: NOW, ...to },
  around: { ...free, ...around },
  ...more,
});
const away = { from: '2026-06-15', to: '2026-06-19' };
const everything = {
  others: [other(0, { therapistId: STAFF, roomId: GARDEN, clientIds: [BEN] })],
  available: false,
  absence: away,
};
const { given } = forDecider(session);

/** The refusal itself. */
function refusalOf(command: SessionCommand): DomainError {
  try {
    session.decide({ situation: 'none' }, command, {
      practiceId: THING,
      id: THING,
      actor: { id: STAFF, role: 'coordinator' },
      now: NOW,
      occurredAt: NOW,
    });
  } catch (error) {
    if (error instanceof DomainError) return error;
  }
  throw new Error('expected a refusal');
}

describe('Refused: overlap for one therapist, room or client without a reasoned override', () => {
  it.each<[string, Partial<Other>, Conflict]>([
    ['a therapist has one session at a time', { therapistId: STAFF }, 'therapist_overlap'],
    ['a room has one session at a time', { roomId: GARDEN }, 'room_overlap'],
    [
      'a client has one session at a time, each member of a couple',
      { clientIds: [CARA, BEN] },
      'client_overlap',
    ],
  ])('%s', (_, shared, code) => {
    given()
      .when(schedule({ others: [other(0, shared)] }))
      .thenRefused(code);
    given()
      .when(schedule({ others: [other(49, shared)] }))
      .thenRefused(code);
    given()
      .when(schedule({ others: [other(-49, shared)] }))
      .thenRefused(code);
    given()
      .when(schedule({ others: [other(-600, { ...shared, durationMinutes: 601 })] }))
      .thenRefused(code);
    given()
      .when(schedule({ others: [other(50, shared)] }))
      .then(scheduled);
    given()
      .when(schedule({ others: [other(-50, shared)] }))
      .then(scheduled);
  });

  it('no working hours, or an absence, refuses as well', () => {
    given()
      .when(schedule({ available: false }))
      .thenRefused('outside_availability');
    given()
      .when(schedule({ absence: away }))
      .thenRefused('therapist_absent');
  });

  it('all conflicts are listed, each with the session that is in the way', () => {
    const both = [...everything.others, other(30, { sessionId: GARDEN, therapistId: STAFF })];
    const { reasons } = refusalOf(schedule({ ...everything, others: both, relationshipOpen: false }));
    expect(reasons.map(({ code, otherId }) => [code, otherId])).toEqual([
      ['relationship_ended', undefined],
      ['therapist_overlap', OTHER],
      ['therapist_overlap', GARDEN],
      ['room_overlap', OTHER],
      ['client_overlap', OTHER],
      ['outside_availability', undefined],
      ['therapist_absent', undefined],
    ]);
    expect(reasons[1]!.detail).toContain('2026-06-15 11:00');
  });

  it('a reasoned override passes them and is kept', () => {
    const overridden: Conflict[] = [
      'therapist_overlap',
      'room_overlap',
      'client_overlap',
      'outside_availability',
      'therapist_absent',
    ];
    given()
      .when(schedule(everything, { override: true }), { reason: 'He cannot wait.' })
      .then({ type: 'SessionScheduled', data: { ...plan, overridden } });
  });

  it('an override without a reason passes nothing', () =>
    given()
      .when(schedule({ available: false }, { override: true }))
      .thenRefused('outside_availability', 'reason_missing'));

  it('an override that nothing asks for leaves no trace and needs no reason', () =>
    given()
      .when(schedule({}, { override: true }))
      .then(scheduled));
});

describe('what nobody overrides', () => {
  it.each<[string, string, Partial<Surroundings>, object]>([
    ['an ended relationship', 'relationship_ended', { relationshipOpen: false }, {}],
    ['more than 12 hours', 'duration_out_of_range', {}, { durationMinutes: 721 }],
    ['a closed room', 'room_closed', { roomOpen: false }, {}],
    ['a therapist who no longer works here', 'therapist_deactivated', { therapistActive: false }, {}],
    ['somebody who is not of the unit', 'not_a_member', { members: [ANA] }, {}],
    ['a room and another place', 'place_and_room', {}, { place: 'At home' }],
  ])('%s', (_, code, around, more) => {
    given()
      .when(schedule({ ...everything, ...around }, { ...more, override: true }), {
        reason: 'He cannot wait.',
      })
      .thenRefused(code);
  });
});

describe('starting', () => {
  it('Refused: while the therapist has another session that is not ended', () =>
    given(scheduled)
      .when({
        type: 'StartSession',
        gate: { result: 'allow', reasons: [], nextSteps: [], judged: [] },
        therapistNow: STAFF,
        alsoRunning: [OTHER],
      })
      .thenRefused('therapist_in_session'));
});

describe('rescheduling', () => {
  const later = addMinutes(NOW, 60);
  const from = { therapistId: STAFF, start: NOW, durationMinutes: 50, roomId: GARDEN };
  const moved = (to: object): SessionEvent => ({
    type: 'SessionRescheduled',
    data: { relationshipId, from, to: { ...from, ...to } },
  });

  it('moves the time and keeps the rest', () =>
    given(scheduled)
      .when(move({ start: later }))
      .then(moved({ start: later })));

  it('a new place takes the place of the room', () => {
    const { roomId: _, ...elsewhere } = from;
    given(scheduled)
      .when(move({ place: 'At home', durationMinutes: 80 }))
      .then({
        type: 'SessionRescheduled',
        data: { relationshipId, from, to: { ...elsewhere, durationMinutes: 80 }, toPlace: 'At home' },
      });
  });

  it('a place in words stands beside the times, sealed and withheld by itself', () => {
    expect(session.events.SessionRescheduled.personal).toEqual(['fromPlace', 'toPlace']);
    const { roomId: _, ...elsewhere } = from;
    const atHome: SessionEvent = {
      type: 'SessionRescheduled',
      data: { relationshipId, from, to: elsewhere, toPlace: 'At home' },
    };
    const { state, when } = given(scheduled, atHome);
    expect(sessionSummary(state)).toMatchObject({ place: 'At home' });
    expect(sessionSummary(state)).not.toHaveProperty('roomId');
    when(move({ start: later })).then({
      type: 'SessionRescheduled',
      data: {
        relationshipId,
        from: elsewhere,
        to: { ...elsewhere, start: later },
        fromPlace: 'At home',
        toPlace: 'At home',
      },
    });
  });

  it('a confirmation lapses: nobody has confirmed the new time', () => {
    const { state } = given(scheduled, confirmed, moved({ start: later }));
    expect(state).toMatchObject({ situation: 'scheduled', confirmedBy: [], plan: { start: later } });
  });

  it('to where it is already changes nothing, and a confirmation stays', () => {
    given(scheduled, confirmed).when(move({})).thenNothing();
  });

  it('goes over to whoever has the relationship by now', () =>
    given(scheduled)
      .when(move({}, {}, { therapistNow: MIRELA }))
      .then(moved({ therapistId: MIRELA })));

  it('is judged as scheduling is, but never against itself', () => {
    given(scheduled)
      .when(
        move(
          { start: addMinutes(NOW, 20) },
          { others: [other(0, { sessionId: THING, therapistId: STAFF })] },
        ),
      )
      .then(moved({ start: addMinutes(NOW, 20) }));
    given(scheduled)
      .when(move({ start: later }, { others: [other(60, { roomId: GARDEN })] }))
      .thenRefused('room_overlap');
  });

  it('Only while scheduled or confirmed', () => {
    const about = { relationshipId };
    const arrived: SessionEvent = { type: 'ClientCheckedIn', data: about };
    const cancelled: SessionEvent = {
      type: 'SessionCancelled',
      data: { ...about, by: 'client', noticeHours: 48, late: false },
    };
    const missed: SessionEvent = { type: 'SessionNoShow', data: about };
    given(scheduled, arrived)
      .when(move({ start: later }))
      .thenRefused('already_arrived');
    given(scheduled, cancelled)
      .when(move({ start: later }))
      .thenRefused('session_cancelled');
    given(scheduled, missed)
      .when(move({ start: later }))
      .thenRefused('session_missed');
    given()
      .when(move({ start: later }))
      .thenRefused(); // missing: there is nothing to give a reason about
  });
});
