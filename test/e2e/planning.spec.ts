import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addDays,
  addMinutes,
  localDate,
  wallTime,
  weekdayOf,
  type LocalDate,
  type Recorded,
} from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { startService, type Service, type Who } from '../support/http-kit.js';
import { givenConsent, givenRelationship, givenTherapist, happens, type Story } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
let ahead = 0;
const clock = { now: () => new Date(Date.now() + ahead).toISOString() };
beforeAll(async () => ({ service, stop } = await startService(clock)));
afterAll(() => stop());

const BERLIN = 'Europe/Berlin';
const TODAY = localDate(new Date().toISOString(), BERLIN);
/** The first such weekday at least two weeks ahead; Monday is 1. */
const next = (weekday: number, weeks = 0): LocalDate => {
  const from = addDays(TODAY, 14 + weeks * 7);
  return addDays(from, (weekday - weekdayOf(from) + 7) % 7);
};
/** Each test has a day of its own. */
let days = 20;
const freeDay = () => `${addDays(TODAY, ++days)}T10:00:00.000Z`;

const story = async (options: Parameters<typeof givenRelationship>[1] = {}) =>
  givenRelationship(service, { therapistId: await givenTherapist(service), ...options });
const room = (name: string) => service.done('coordinator', '/v1/rooms', { name });
const body = ({ relationshipId }: Story, start: string, more: object = {}) => ({
  relationshipId,
  start,
  durationMinutes: 50,
  modality: 'in_person',
  ...more,
});
const plan = (one: Story, start: string, more: object = {}) =>
  service.done('coordinator', '/v1/sessions', body(one, start, more));
const planned = (one: Story, start: string, more: object = {}) =>
  service.post('coordinator', '/v1/sessions', body(one, start, more));
const act = (id: string, verb: string, more: object = {}) =>
  service.done('coordinator', `/v1/sessions/${id}/${verb}`, more);
const page = async (path: string) => (await service.get('coordinator', path)).body;
const eventsOf = (stream: string): Promise<Recorded[]> =>
  service.store.reader.streams(service.first.id, [stream]);
const codes = (problem: { reasons?: { code: string }[] }) => problem.reasons?.map(({ code }) => code);

describe('rooms', () => {
  it('are registered, renamed, listed and closed; no two open ones have one name', async () => {
    const { id, position } = await room('Garden room');
    await service.refused(422, 'name_taken', () =>
      service.post('owner', '/v1/rooms', { name: 'garden ROOM' }),
    );
    await service.done('owner', `/v1/rooms/${id}/rename`, { name: 'Orchard' });
    await room('Garden room');
    const { position: last } = await service.done('owner', `/v1/rooms/${id}/close`);
    expect(last).toBeGreaterThan(position);
    const { data } = await page(`/v1/rooms?minPosition=${last}`);
    expect(data).toEqual([
      { key: id, roomId: id, name: 'Orchard', open: false },
      expect.objectContaining({ name: 'Garden room', open: true }),
    ]);
    const one = await story();
    await service.refused(422, 'room_closed', () =>
      planned(one, freeDay(), { roomId: id, override: true, reason: 'It has the sofa.' }),
    );
    await service.refused(404, 'not_found', () => planned(one, freeDay(), { roomId: one.clientId }));
    await service.refused(403, 'forbidden', () => service.post('therapist', '/v1/rooms', { name: 'Attic' }));
  });

  it('two that take one name at once: exactly one gets it', async () => {
    const answers = await Promise.all(
      [1, 2].map(() => service.post('owner', '/v1/rooms', { name: 'The one attic' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
  });
});

describe('conflicts', () => {
  it('overlaps of therapist, room and client are refused, all at once, each naming the session', async () => {
    const [one, two] = [await story(), await story()];
    const { id: roomId } = await room('Conflicts 1');
    const start = freeDay();
    const mine = await plan(one, start);
    const theirs = await plan(two, addMinutes(start, 60), { roomId });
    const refused = await service.refused(422, 'refused_for_several_reasons', () =>
      planned(one, addMinutes(start, 20), { roomId }),
    );
    expect(refused.reasons).toMatchObject([
      { code: 'therapist_overlap', otherId: mine.id },
      { code: 'room_overlap', otherId: theirs.id },
      { code: 'client_overlap', otherId: mine.id },
    ]);
    await plan(one, addMinutes(start, 110), { roomId });
  });

  it('the newest session counts, whether the read model has seen it or not', async () => {
    const one = await story();
    const start = freeDay();
    await plan(one, start); // refused at once, without waiting for the read model
    await service.refused(422, 'refused_for_several_reasons', () => planned(one, start));
    await service.settled();
    await service.refused(422, 'refused_for_several_reasons', () => planned(one, start));
  });

  it('cancelled sessions do not stand in the way, and a session never in its own', async () => {
    const one = await story();
    const start = freeDay();
    const { id } = await plan(one, start);
    await act(id, 'reschedule', { start: addMinutes(start, 20) });
    await act(id, 'cancel', { by: 'client' });
    await plan(one, addMinutes(start, 20));
  });

  it('working hours and absences count; a reasoned override is kept in the event', async () => {
    const one = await story();
    const monday = next(1);
    const weekly = [{ weekday: 'monday', from: '09:00', to: '17:00' }];
    const staff = `/v1/staff/${one.therapistId}`;
    await service.done('coordinator', `${staff}/set-availability`, { weekly });
    await service.done('coordinator', `${staff}/record-absence`, { from: monday, to: monday });
    expect(await page(staff)).toMatchObject({ availability: [{ weekly }], absences: [{ from: monday }] });
    const start = `${monday}T17:30:00.000Z`; // 18:30 or 19:30 in Berlin
    const refused = await service.refused(422, 'refused_for_several_reasons', () =>
      planned(one, start, { durationMinutes: 721 }),
    );
    expect(codes(refused)).toEqual(['duration_out_of_range', 'outside_availability', 'therapist_absent']);
    await service.refused(422, 'refused_for_several_reasons', () => planned(one, start, { override: true }));
    const { id } = await plan(one, start, { override: true, reason: 'She can only come then.' });
    const [event] = await eventsOf(`session-${id}`);
    expect(event).toMatchObject({
      reason: 'She can only come then.',
      data: { overridden: ['outside_availability', 'therapist_absent'] },
    });
    await service.done('coordinator', `${staff}/cancel-absence`, { from: monday, to: monday });
    await plan(one, `${monday}T10:00:00.000Z`);
    await service.refused(403, 'not_yours', () =>
      service.post('therapist', `${staff}/set-availability`, { weekly: [] }),
    );
  });

  it('an ended relationship is never overridden', async () => {
    const one = await story();
    const start = freeDay();
    await plan(one, start);
    const ending = { type: 'EndRelationship', by: 'client', reasonCode: 'moved_away' };
    await happens(service, relationship, one.relationshipId, ending);
    const refused = await service.refused(422, 'relationship_ended', () =>
      planned(one, start, { override: true, reason: 'Once more.' }),
    );
    expect(codes(refused)).toEqual(['relationship_ended']);
  });
});

describe('what can no longer take place as planned', () => {
  type Watched = { sessionId: string; attention: { code: string }[] };
  const needing = async (relationshipId: string): Promise<[string, string[]][]> => {
    await service.settled();
    const { data } = await page(`/v1/sessions?relationshipId=${relationshipId}&needsAttention=true`);
    return data.map(({ sessionId, attention }: Watched) => [sessionId, attention.map(({ code }) => code)]);
  };
  const ending = { type: 'EndRelationship', by: 'client', reasonCode: 'moved_away' };

  it('is shown in the calendar, on its page and in the readiness of the day, and listed with every reason', async () => {
    const one = await story();
    const { id: roomId } = await room('Attention');
    const monday = next(1, 60);
    const { id } = await plan(one, `${monday}T09:00:00.000Z`, { roomId });
    const { id: later } = await plan(one, `${addDays(monday, 7)}T09:00:00.000Z`);
    expect(await needing(one.relationshipId)).toEqual([]);
    await service.done('owner', `/v1/rooms/${roomId}/close`);
    expect(await needing(one.relationshipId)).toEqual([[id, ['room_closed']]]);
    const staff = `/v1/staff/${one.therapistId}`;
    const { id: passed } = await plan(one, `${monday}T12:00:00.000Z`);
    await service.done('coordinator', `${staff}/record-absence`, { from: monday, to: monday });
    const { id: overridden } = await plan(one, `${monday}T14:00:00.000Z`, {
      override: true,
      reason: 'She comes in for this one.',
    });
    expect(await needing(one.relationshipId)).toEqual([
      [id, ['therapist_absent', 'room_closed']],
      [passed, ['therapist_absent']],
    ]);
    expect((await page(`/v1/sessions/${id}`)).attention).toMatchObject([
      { code: 'therapist_absent' },
      { code: 'room_closed' },
    ]);
    const readiness = await page(`/v1/session-readiness?date=${monday}&therapistId=${one.therapistId}`);
    expect(readiness.summary).toMatchObject({ sessions: 3, needAttention: 2 });
    await happens(service, relationship, one.relationshipId, ending);
    await act(passed, 'cancel', { by: 'practice' });
    expect(await needing(one.relationshipId)).toEqual([
      [id, ['relationship_ended', 'therapist_absent', 'room_closed']],
      [overridden, ['relationship_ended']],
      [later, ['relationship_ended']],
    ]);
    const { data } = await page(`/v1/sessions?relationshipId=${one.relationshipId}`);
    expect(data.map(({ attention }: Watched) => attention.length)).toEqual([3, 0, 1, 1]);
    const first = await page(`/v1/sessions?relationshipId=${one.relationshipId}&needsAttention=true&limit=2`);
    const rest = await page(
      `/v1/sessions?relationshipId=${one.relationshipId}&needsAttention=true&limit=2&cursor=${first.page.next}`,
    );
    expect(rest.data.map(({ sessionId }: Watched) => sessionId)).toEqual([later]);
    expect(rest.page.next).toBeUndefined();
  });

  it('Refused: starting when the relationship has ended, or the therapist no longer works here', async () => {
    const [ended, gone] = [await story(), await story()];
    const soon = () => addMinutes(clock.now(), 5);
    const [{ id: first }, { id: second }] = [await plan(ended, soon()), await plan(gone, soon())];
    const start = (who: Who, id: string) => service.post(who, `/v1/sessions/${id}/start`);
    await happens(service, relationship, ended.relationshipId, ending);
    const refused = await service.refused(422, 'refused_for_several_reasons', () =>
      start(ended.therapistId, first),
    );
    expect(codes(refused)).toContain('relationship_ended');
    const { supervisor: supervisorId } = service.first.staff;
    await service.done('owner', `/v1/staff/${gone.therapistId}/assign-supervisor`, { supervisorId });
    await service.done('owner', `/v1/staff/${gone.therapistId}/deactivate`);
    const left = await service.refused(422, 'refused_for_several_reasons', () => start('supervisor', second));
    expect(codes(left)).toContain('therapist_deactivated');
    expect(await needing(gone.relationshipId)).toEqual([[second, ['therapist_deactivated']]]);
  });
});

describe('a place in words', () => {
  it('is withheld from auditors wherever it stands, also when a session was moved', async () => {
    const one = await story();
    const where = 'At home in the mill';
    const { id } = await plan(one, freeDay(), { place: 'Elsewhere' });
    const { position } = await act(id, 'reschedule', { start: freeDay(), place: where });
    const read = async (path: string) => {
      const answer = await service.get('auditor', `${path}minPosition=${position}`);
      expect(answer.status, path).toBe(200);
      return JSON.stringify(answer.body);
    };
    for (const path of [
      `/v1/sessions/${id}?`,
      `/v1/sessions?relationshipId=${one.relationshipId}&`,
      `/v1/events?stream=session-${id}&`,
      `/v1/streams/session-${id}/state?`,
    ])
      expect(await read(path), path).not.toMatch(/mill|Elsewhere/);
    const { data } = JSON.parse(await read(`/v1/events?stream=session-${id}&`));
    expect(data[1].withheld.toSorted()).toEqual(['fromPlace', 'toPlace']);
    await service.refused(403, 'place_withheld', () =>
      service.get('auditor', `/v1/sessions?place=${encodeURIComponent(where)}`),
    );
    expect((await page(`/v1/sessions/${id}`)).place).toBe(where);
  });
});

describe('who takes part', () => {
  it('everyone of the unit, or those of them who are named', async () => {
    const couple = await story({ kind: 'couple' });
    const [first, second] = couple.clientIds as [string, string];
    const together = await plan(couple, freeDay());
    expect((await page(`/v1/sessions/${together.id}`)).clientIds).toEqual([first, second]);
    const alone = await plan(couple, freeDay(), { participants: [second] });
    expect((await page(`/v1/sessions/${alone.id}`)).clientIds).toEqual([second]);
    const other = await story();
    await service.refused(422, 'not_a_member', () =>
      planned(couple, freeDay(), { participants: [first, other.clientId] }),
    );
  });
});

describe('at the same moment', () => {
  it('two sessions for one room: exactly one wins, the other names the conflict', async () => {
    const [one, two] = [await story(), await story()];
    const { id: roomId } = await room('Race');
    for (let round = 0; round < 5; round++) {
      const start = freeDay();
      const answers = await Promise.all([one, two].map((each) => planned(each, start, { roomId })));
      const [won, lost] = answers.sort((a, b) => a.status - b.status);
      expect([won!.status, lost!.status]).toEqual([201, 422]);
      expect(lost!.body.reasons).toMatchObject([{ code: 'room_overlap', otherId: won!.body.id }]);
    }
  });

  it('two sessions for one therapist: exactly one wins', async () => {
    const one = await story();
    const two = await story({ therapistId: one.therapistId });
    const start = freeDay();
    const answers = await Promise.all(
      [one, two, one, two].map((each, index) => planned(each, addMinutes(start, index * 5))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
    const won = answers.find(({ status }) => status === 201)!.body.id;
    for (const { status, body: lost } of answers)
      if (status === 422)
        expect(lost.reasons).toContainEqual(
          expect.objectContaining({ code: 'therapist_overlap', otherId: won }),
        );
  });

  it('a reschedule and a new session that want the same time: exactly one gets it', async () => {
    const one = await story();
    const [before, wanted] = [freeDay(), freeDay()];
    const { id } = await plan(one, before);
    const answers = await Promise.all([
      service.post('coordinator', `/v1/sessions/${id}/reschedule`, { start: wanted }),
      planned(one, wanted),
    ]);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(1);
  });

  it('a therapist has one session running at a time, also of two started at once', async () => {
    const one = await story();
    const two = await story({ therapistId: one.therapistId });
    await givenConsent(service, one);
    await givenConsent(service, two);
    const soon = addMinutes(clock.now(), 5);
    const first = await plan(one, soon);
    const second = await plan(two, soon, { override: true, reason: 'One of them will not come.' });
    const answers = await Promise.all(
      [first, second].map(({ id }) => service.post(one.therapistId, `/v1/sessions/${id}/start`)),
    );
    const [won, lost] = answers.sort((a, b) => a.status - b.status);
    expect([won!.status, lost!.status]).toEqual([200, 422]);
    expect(lost!.body.reasons).toMatchObject([{ code: 'therapist_in_session', otherId: won!.body.id }]);
    await service.done(one.therapistId, `/v1/sessions/${won!.body.id}/end`);
    const loser = won!.body.id === first.id ? second.id : first.id;
    await service.done(one.therapistId, `/v1/sessions/${loser}/start`);
  });
});

it('a halted calendar keeps nobody from a session, and a second one of the same therapist is found all the same', async () => {
  const one = await story();
  const two = await story({ therapistId: one.therapistId });
  for (const each of [one, two]) await givenConsent(service, each);
  const ids: string[] = [];
  for (const each of [one, two])
    ids.push((await plan(each, addMinutes(clock.now(), 5), { override: true, reason: 'Twice.' })).id);
  const [first, second] = ids as [string, string];
  await service.settled();
  const halt = (position: string) =>
    service.store.worker.query(
      `update read.checkpoint set halted_at_position = ${position}, halted_because = 'for the test' where projection = 'calendar'`,
    );
  await halt('position + 1');
  try {
    const act = (id: string, verb: string) => service.done(one.therapistId, `/v1/sessions/${id}/${verb}`);
    await act(first, 'start');
    const refused = await service.refused(422, 'therapist_in_session', () =>
      service.post(one.therapistId, `/v1/sessions/${second}/start`),
    );
    expect(refused.reasons).toMatchObject([{ otherId: first }]);
    await act(first, 'end');
    await act(second, 'start');
    await act(second, 'end');
  } finally {
    await halt('null');
  }
});

describe('rescheduling', () => {
  it('moves, lets the confirmation lapse and keeps the history', async () => {
    const one = await story();
    const { id: roomId } = await room('Reschedule');
    const [before, after] = [freeDay(), freeDay()];
    const { id } = await plan(one, before, { place: 'At home' });
    await act(id, 'confirm');
    expect((await page(`/v1/sessions/${id}`)).status).toBe('confirmed');
    const { position } = await act(id, 'reschedule', { start: after, durationMinutes: 80, roomId });
    const shown = await page(`/v1/sessions/${id}`);
    expect(shown).toMatchObject({ status: 'scheduled', start: after, durationMinutes: 80, roomId });
    expect(shown.place).toBeUndefined();
    expect(shown.happened.map(({ type }: { type: string }) => type)).toEqual([
      'SessionScheduled',
      'SessionConfirmed',
      'SessionRescheduled',
    ]);
    const { data } = await page(`/v1/sessions?roomId=${roomId}&minPosition=${position}`);
    expect(data).toMatchObject([{ sessionId: id, start: after, durationMinutes: 80, status: 'scheduled' }]);
    expect(data[0].place).toBeUndefined();
    expect((await act(id, 'reschedule', { start: after })).events).toEqual([]);
    await act(id, 'cancel', { by: 'client' });
    await service.refused(409, 'session_cancelled', () =>
      service.post('coordinator', `/v1/sessions/${id}/reschedule`, { start: before }),
    );
  });
});

describe('a series', () => {
  const seriesOf = (one: Story, firstStart: string, more: object = {}) =>
    service.post('coordinator', '/v1/session-series', {
      relationshipId: one.relationshipId,
      firstStart,
      rrule: 'FREQ=WEEKLY;COUNT=4',
      durationMinutes: 50,
      modality: 'in_person',
      ...more,
    });
  const made = async (one: Story, firstStart: string, more: object = {}) => {
    const answer = await seriesOf(one, firstStart, more);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body.id as string;
  };
  type Shown = { occurrence: string; sessionId: string; status: string; start: string };
  const sessionsOf = async (id: string): Promise<Shown[]> =>
    (await page(`/v1/session-series/${id}`)).sessions;
  const change = (id: string, more: object) =>
    service.post('coordinator', `/v1/session-series/${id}/change`, more);

  it('makes each of its sessions, at the same time on the wall all the year', async () => {
    const one = await story();
    const day = next(3);
    const id = await made(one, `${day}T10:00`, { rrule: 'FREQ=WEEKLY;COUNT=52' });
    const sessions = await sessionsOf(id);
    expect(sessions).toHaveLength(52);
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: BERLIN, timeStyle: 'short' });
    expect(new Set(sessions.map(({ start }) => clock.format(new Date(start))))).toEqual(new Set(['10:00']));
    expect(new Set(sessions.map(({ start }) => start.slice(11, 16)))).toEqual(new Set(['08:00', '09:00']));
    const [first] = sessions;
    expect(await page(`/v1/sessions/${first!.sessionId}`)).toMatchObject({
      seriesId: id,
      occurrence: day,
      status: 'scheduled',
    });
    const { data } = await page(`/v1/sessions?seriesId=${id}&limit=60&minPosition=${await newest()}`);
    expect(data).toHaveLength(52);
  });

  const newest = async () => service.store.reader.position(service.first.id);

  it('is listed by therapist, relationship and whether it still runs', async () => {
    const one = await story();
    const day = next(2);
    const [runs, over] = [await made(one, `${day}T08:00`), await made(one, `${day}T18:00`)];
    await service.done('coordinator', `/v1/session-series/${over}/end`, { from: day });
    const list = async (query: string, role: 'coordinator' | 'auditor' = 'coordinator') => {
      const { body } = await service.get(role, `/v1/session-series?${query}&minPosition=${await newest()}`);
      return body.data as { seriesId: string; running: boolean; sessions: number }[];
    };
    const mine = `relationshipId=${one.relationshipId}`;
    expect((await list(mine)).map(({ seriesId }) => seriesId).sort()).toEqual([runs, over].sort());
    expect(await list(`${mine}&running=true`)).toMatchObject([{ seriesId: runs, running: true }]);
    expect(await list(`therapistId=${one.therapistId}&running=false`)).toMatchObject([
      { seriesId: over, running: false, sessions: 0, endedFrom: day },
    ]);
    expect(await list(`therapistId=${one.clientId}`)).toEqual([]);
  });

  it('lists all conflicts of all its sessions, and makes none of them', async () => {
    const one = await story();
    const day = next(4);
    const at = (weeks: number) => addDays(day, weeks * 7);
    const id = await made(one, `${day}T15:00`, { rrule: 'FREQ=WEEKLY;INTERVAL=2;COUNT=2' });
    const taken = await sessionsOf(id);
    const refused = await service.refused(422, 'refused_for_several_reasons', () =>
      seriesOf(one, `${day}T15:30`),
    );
    expect(refused.reasons).toMatchObject([
      { code: 'therapist_overlap', otherId: taken[0]!.sessionId },
      { code: 'client_overlap' },
      { code: 'therapist_overlap', otherId: taken[1]!.sessionId },
      { code: 'client_overlap' },
    ]);
    expect((refused.reasons as { detail?: string }[])[2]!.detail).toContain(`${at(2)} 15:30: `);
    await made(one, `${day}T15:30`, { override: true, reason: 'Two rooms, one group.' });
  });

  it('refuses a rule without an end, and one that is none', async () => {
    const one = await story();
    const day = `${next(5)}T10:00`;
    await service.refused(422, 'rrule_endless', () => seriesOf(one, day, { rrule: 'FREQ=WEEKLY' }));
    await service.refused(422, 'rrule_unreadable', () => seriesOf(one, day, { rrule: 'every Friday' }));
    await service.refused(422, 'too_many_occurrences', () =>
      seriesOf(one, day, { rrule: 'FREQ=DAILY;COUNT=105' }),
    );
    await service.refused(422, 'first_start_is_past', () => seriesOf(one, '2026-01-06T10:00'));
    await service.refused(400, 'invalid_request', () => seriesOf(one, `${next(5)}T10:00:00Z`));
  });

  it('changes this, following or all that lie ahead', async () => {
    const one = await story();
    const day = next(2);
    const at = (weeks: number) => addDays(day, weeks * 7);
    const id = await made(one, `${day}T10:00`);
    const walls = async () =>
      (await sessionsOf(id)).map(({ start }) =>
        new Date(start).toLocaleString('sv-SE', { timeZone: BERLIN }).slice(0, 16).replace(' ', 'T'),
      );
    await change(id, { scope: 'this', occurrence: at(1), start: `${at(1)}T12:00` }).expect(200);
    expect(await walls()).toEqual([`${at(0)}T10:00`, `${at(1)}T12:00`, `${at(2)}T10:00`, `${at(3)}T10:00`]);
    await change(id, { scope: 'following', occurrence: at(2), start: `${addDays(at(2), 1)}T11:00` }).expect(
      200,
    );
    expect(await walls()).toEqual([
      `${at(0)}T10:00`,
      `${at(1)}T12:00`,
      `${addDays(at(2), 1)}T11:00`,
      `${addDays(at(3), 1)}T11:00`,
    ]);
    // they swap over into each other's old times, which is no conflict
    await change(id, { scope: 'all', occurrence: at(0), start: `${at(0)}T11:30` }).expect(200);
    expect(await walls()).toEqual([
      `${at(0)}T11:30`,
      `${at(1)}T11:30`,
      `${addDays(at(2), 1)}T11:30`,
      `${addDays(at(3), 1)}T11:30`,
    ]);
    const again = await change(id, { scope: 'all', occurrence: at(0), start: `${at(0)}T11:30` }).expect(200);
    expect(again.body.events).toEqual([]);
    const other = await story({ therapistId: one.therapistId });
    await plan(other, `${at(1)}T13:00:00.000Z`, { durationMinutes: 120 });
    const refused = await service.refused(422, 'therapist_overlap', () =>
      change(id, { scope: 'all', occurrence: at(0), start: `${at(0)}T14:30` }),
    );
    expect((refused.reasons as { detail?: string }[])[0]!.detail).toContain(`${at(1)} 14:30: `);
    await service.refused(422, 'no_such_occurrence', () => change(id, { scope: 'this', occurrence: TODAY }));
  });

  it('never touches a session that was cancelled, and ends from a day on', async () => {
    const one = await story();
    const day = next(1, 1);
    const at = (weeks: number) => addDays(day, weeks * 7);
    const id = await made(one, `${day}T10:00`);
    const [, second] = await sessionsOf(id);
    await act(second!.sessionId, 'cancel', { by: 'client' });
    const before = (await eventsOf(`session-${second!.sessionId}`)).length;
    await service.refused(422, 'occurrence_not_ahead', () =>
      change(id, { scope: 'this', occurrence: at(1), start: `${at(1)}T12:00` }),
    );
    await change(id, { scope: 'all', occurrence: at(0), durationMinutes: 80 }).expect(200);
    const end = (from: string) =>
      service.done('coordinator', `/v1/session-series/${id}/end`, { from, by: 'client' });
    await end(at(1));
    expect(await eventsOf(`session-${second!.sessionId}`)).toHaveLength(before);
    const shown = await page(`/v1/session-series/${id}`);
    expect(shown).toMatchObject({ status: 'ended', from: at(1) });
    expect(shown.sessions.map(({ status }: Shown) => status)).toEqual([
      'scheduled',
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    expect((await end(at(1))).events).toEqual([]);
    const [, , third] = shown.sessions;
    expect((await page(`/v1/sessions/${third.sessionId}`)).cancelled).toMatchObject({
      by: 'client',
      reasonCode: 'series_ended',
    });
  });

  it('never touches a session that was held', async () => {
    const one = await story();
    await givenConsent(service, one);
    const firstStart = wallTime(addMinutes(clock.now(), 10), BERLIN);
    const id = await made(one, firstStart, { rrule: 'FREQ=WEEKLY;COUNT=3' });
    const [held, second] = await sessionsOf(id);
    await service.done(one.therapistId, `/v1/sessions/${held!.sessionId}/start`);
    ahead += 60 * 60_000;
    await service.done(one.therapistId, `/v1/sessions/${held!.sessionId}/end`);
    const before = await eventsOf(`session-${held!.sessionId}`);
    await change(id, { scope: 'all', occurrence: second!.occurrence, durationMinutes: 80 }).expect(200);
    await service.done('coordinator', `/v1/session-series/${id}/end`, { from: held!.occurrence });
    expect(await eventsOf(`session-${held!.sessionId}`)).toEqual(before);
    expect((await sessionsOf(id)).map(({ status }) => status)).toEqual(['ended', 'cancelled', 'cancelled']);
  });

  it('never touches a session whose time has passed', async () => {
    const one = await story();
    const id = await made(one, wallTime(addMinutes(clock.now(), 10), BERLIN), {
      rrule: 'FREQ=WEEKLY;COUNT=3',
    });
    ahead += 60 * 60_000;
    const [first] = await sessionsOf(id);
    await service.done('coordinator', `/v1/session-series/${id}/end`, { from: first!.occurrence });
    expect((await sessionsOf(id)).map(({ status }) => status)).toEqual([
      'scheduled',
      'cancelled',
      'cancelled',
    ]);
  });

  it('of two at once for one therapist exactly one is made, whole', async () => {
    const one = await story();
    const two = await story({ therapistId: one.therapistId });
    const day = next(5, 1);
    const answers = await Promise.all([
      seriesOf(one, `${day}T16:00`),
      seriesOf(two, `${addDays(day, 7)}T16:30`),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422]);
  });
});
