import { describe, expect, it } from 'vitest';
import type { CommandContext } from '#libs/kernel';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import type { Other, Planning, Surroundings } from '../session/conflicts.js';
import type { Plan } from '../session/plan.js';
import { changed, type Ahead } from './change.js';
import { series, sessionIdOf, type SeriesCommand, type SeriesEvent } from './series.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const MIRELA = '0190aaaa-0000-7000-8000-0000000000d4';
const OTHER = '0190aaaa-0000-7000-8000-0000000000f9';
const BERLIN = 'Europe/Berlin';
const relationshipId = '0190aaaa-0000-7000-8000-0000000000e1';

const basics = { relationshipId, clientIds: [ANA], therapistId: STAFF, durationMinutes: 50 };
const plan = {
  ...basics,
  modality: 'in_person' as const,
  place: 'Room 2',
  firstStart: '2026-10-20T10:00',
  zone: BERLIN,
  rrule: 'FREQ=WEEKLY;COUNT=3',
};
const occurrences = ['2026-10-20', '2026-10-27', '2026-11-03'];
const STARTS = ['2026-10-20T08:00:00.000Z', '2026-10-27T09:00:00.000Z', '2026-11-03T09:00:00.000Z'];
const free: Surroundings = {
  relationshipOpen: true,
  members: [ANA],
  therapistActive: true,
  roomOpen: true,
  others: [],
  available: true,
  zone: BERLIN,
};
const sessionPlan = (index: number): Plan => ({
  ...basics,
  modality: 'in_person',
  place: 'Room 2',
  start: STARTS[index]!,
  seriesId: THING,
  occurrence: occurrences[index]!,
});
const planning = (index: number, around: Partial<Surroundings> = {}): Planning => ({
  plan: sessionPlan(index),
  sessionId: sessionIdOf(THING, occurrences[index]!),
  around: { ...free, ...around },
});
const busyAt = (start: string): Other => ({
  sessionId: OTHER,
  therapistId: STAFF,
  clientIds: [MIRELA],
  start,
  durationMinutes: 50,
});
const schedule = (more: object = {}): SeriesCommand => ({
  type: 'ScheduleSeries',
  plan,
  occurrences,
  problems: [],
  plannings: [planning(0), planning(1), planning(2)],
  override: false,
  ...more,
});
const scheduled: SeriesEvent = { type: 'SeriesScheduled', data: { ...plan, occurrences } };
const change = (more: object = {}): SeriesCommand => ({
  type: 'ChangeSeries',
  scope: 'following',
  occurrence: '2026-10-27',
  wish: { durationMinutes: 80 },
  isAhead: true,
  moved: ['2026-10-27', '2026-11-03'],
  plannings: [planning(1), planning(2)],
  override: false,
  ...more,
});
const end = (from: string, ...cancelled: string[]): SeriesCommand => ({
  type: 'EndSeries',
  from,
  by: 'practice',
  cancelled,
});
const { given } = forDecider(series);
const context: CommandContext = {
  practiceId: THING,
  id: THING,
  actor: { id: STAFF, role: 'coordinator' },
  now: NOW,
  occurredAt: NOW,
};

describe('a series', () => {
  it('is planned with its days', () => given().when(schedule()).then(scheduled));

  it('another plan under the same id is refused', () =>
    given(scheduled)
      .when(schedule({ plan: { ...plan, rrule: 'FREQ=WEEKLY;COUNT=4' } }))
      .thenRefused('already_scheduled'));

  it('Refused: a rule that is none, or a beginning in the past', () => {
    const problems = [{ code: 'rrule_endless', detail: 'Add COUNT or UNTIL.' }];
    given()
      .when(schedule({ problems, plannings: [], occurrences: [] }))
      .thenRefused('rrule_endless');
    given()
      .when(schedule(), { now: '2026-10-20T08:00:01.000Z', occurredAt: NOW })
      .thenRefused('first_start_is_past');
  });

  it('all conflicts of all its sessions are listed, each with its day', () => {
    const plannings = [
      planning(0, { others: [busyAt(STARTS[0]!)] }),
      planning(1),
      planning(2, { others: [busyAt(STARTS[2]!)], available: false }),
    ];
    given()
      .when(schedule({ plannings }))
      .thenRefused('therapist_overlap', 'therapist_overlap', 'outside_availability');
    given()
      .when(schedule({ plannings, override: true }), { reason: 'She asked for it.' })
      .then({
        type: 'SeriesScheduled',
        data: { ...plan, occurrences, overridden: ['therapist_overlap', 'outside_availability'] },
      });
  });
});

describe('changing a series', () => {
  it('is kept with the sessions it moved', () =>
    expect(series.decide(given(scheduled).state, change(), context)).toEqual([
      {
        type: 'SeriesChanged',
        data: {
          relationshipId,
          scope: 'following',
          occurrence: '2026-10-27',
          wish: { durationMinutes: 80 },
          moved: ['2026-10-27', '2026-11-03'],
        },
      },
    ]));

  it('where everything is as it should be nothing happens', () =>
    given(scheduled)
      .when(change({ moved: [], plannings: [] }))
      .thenNothing());

  it('Refused: a day the series does not have, or a session that was held', () => {
    given(scheduled)
      .when(change({ occurrence: '2026-10-28' }))
      .thenRefused('no_such_occurrence');
    given(scheduled)
      .when(change({ isAhead: false }))
      .thenRefused('occurrence_not_ahead');
  });

  it('is judged as scheduling is', () =>
    given(scheduled)
      .when(change({ plannings: [planning(1, { others: [busyAt(STARTS[1]!)] })] }))
      .thenRefused('therapist_overlap'));
});

describe('which sessions a change moves, and where to', () => {
  const ahead: Ahead[] = [1, 2].map((index) => ({
    occurrence: occurrences[index]!,
    sessionId: sessionIdOf(THING, occurrences[index]!),
    plan: sessionPlan(index),
  }));
  const starts = (scope: 'this' | 'following' | 'all', occurrence: string, start: string, of = ahead) =>
    changed(of, { scope, occurrence, wish: { start } }, STAFF, BERLIN).map((one) => [
      one.occurrence,
      one.plan.start,
    ]);

  it('this one only', () =>
    expect(starts('this', '2026-10-27', '2026-10-28T09:00')).toEqual([
      ['2026-10-27', '2026-10-28T08:00:00.000Z'],
    ]));

  it('all that lie ahead move by as many days and to the same time on the wall clock', () =>
    expect(starts('all', '2026-11-03', '2026-11-02T15:30')).toEqual([
      ['2026-10-27', '2026-10-26T14:30:00.000Z'],
      ['2026-11-03', '2026-11-02T14:30:00.000Z'],
    ]));

  it('across a clock change the time on the wall stays the same', () => {
    const before: Ahead = { occurrence: '2026-10-20', sessionId: OTHER, plan: sessionPlan(0) };
    expect(starts('all', '2026-10-27', '2026-10-27T11:00', [before, ...ahead])[0]).toEqual([
      '2026-10-20',
      '2026-10-20T09:00:00.000Z',
    ]);
  });

  it('following leaves those before as they are', () =>
    expect(starts('following', '2026-11-03', '2026-11-03T11:00')).toHaveLength(1));

  it('one that was moved by hand moves on from where it is', () => {
    const [first, second] = ahead as [Ahead, Ahead];
    const byHand = { ...second, plan: { ...second.plan, start: '2026-11-05T15:00:00.000Z' } };
    expect(starts('all', '2026-10-27', '2026-10-28T10:00', [first, byHand])[1]).toEqual([
      '2026-11-03',
      '2026-11-06T09:00:00.000Z',
    ]);
  });

  it('the same change again moves nothing', () => {
    const change = { scope: 'all' as const, occurrence: '2026-10-27', wish: { start: '2026-10-28T09:00' } };
    const once = changed(ahead, change, STAFF, BERLIN);
    expect(changed(once, change, STAFF, BERLIN)).toEqual([]);
  });

  it('without a start only length and place change', () =>
    expect(
      changed(
        ahead,
        { scope: 'this', occurrence: '2026-10-27', wish: { durationMinutes: 80, roomId: OTHER } },
        STAFF,
        BERLIN,
      ).map((one) => one.plan),
    ).toEqual([
      {
        ...basics,
        modality: 'in_person',
        start: STARTS[1],
        durationMinutes: 80,
        roomId: OTHER,
        seriesId: THING,
        occurrence: '2026-10-27',
      },
    ]));
});

describe('ending a series', () => {
  const ended = (from: string, ...cancelled: string[]): SeriesEvent => ({
    type: 'SeriesEnded',
    data: { relationshipId, from, by: 'practice', cancelled },
  });

  it('is kept with the sessions it cancelled', () =>
    expect(
      series.decide(given(scheduled).state, end('2026-10-27', '2026-10-27', '2026-11-03'), context),
    ).toEqual([ended('2026-10-27', '2026-10-27', '2026-11-03')]));

  it('once ended, ending it later is nothing new; ending it earlier is', () => {
    const past = given(scheduled, ended('2026-10-27', '2026-10-27', '2026-11-03'));
    past.when(end('2026-11-01')).thenNothing();
    expect(series.decide(past.state, end('2026-10-20', '2026-10-20'), context)).toEqual([
      ended('2026-10-20', '2026-10-20'),
    ]);
  });

  it('that does not exist', () => given().when(end('2026-10-20')).thenRefused());
});
