import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallTime } from '#libs/kernel';
import { occurrencesOf, startOn } from './recurrence.js';

const BERLIN = 'Europe/Berlin';
const days = (firstStart: string, rrule: string, zone = BERLIN) => {
  const { dates, problems } = occurrencesOf({ firstStart, zone, rrule });
  expect(problems).toEqual([]);
  return dates;
};
const starts = (firstStart: string, rrule: string, zone = BERLIN) =>
  days(firstStart, rrule, zone).map((date) => startOn(date, { firstStart, zone }));
const problems = (firstStart: string, rrule: string) =>
  occurrencesOf({ firstStart, zone: BERLIN, rrule }).problems.map(({ code }) => code);

describe('a series across clock changes', () => {
  it('a weekly 10:00 stays 10:00 on the wall when the clocks go back and forward', () => {
    expect(starts('2026-10-20T10:00', 'FREQ=WEEKLY;COUNT=2')).toEqual([
      '2026-10-20T08:00:00.000Z',
      '2026-10-27T09:00:00.000Z',
    ]);
    expect(starts('2026-03-24T10:00', 'FREQ=WEEKLY;COUNT=2')).toEqual([
      '2026-03-24T09:00:00.000Z',
      '2026-03-31T08:00:00.000Z',
    ]);
  });

  it('a day on which the time does not exist is left out and not counted', () =>
    expect(days('2026-03-28T02:30', 'FREQ=DAILY;COUNT=3')).toEqual([
      '2026-03-28',
      '2026-03-30',
      '2026-03-31',
    ]));

  it('of a time that comes twice the first is meant', () =>
    expect(starts('2026-10-24T02:30', 'FREQ=DAILY;COUNT=3')).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]));

  it('whatever the day and the zone, the wall always shows the same time', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'America/Denver', 'Australia/Lord_Howe', 'Africa/Casablanca', 'UTC'),
        fc.integer({ min: 0, max: 1500 }),
        fc.integer({ min: 6, max: 20 }),
        (zone, day, hour) => {
          const date = new Date(Date.UTC(2025, 0, 1 + day)).toISOString().slice(0, 10);
          const firstStart = `${date}T${String(hour).padStart(2, '0')}:15`;
          const all = starts(firstStart, 'FREQ=WEEKLY;COUNT=30', zone);
          expect(all).toHaveLength(30);
          expect(new Set(all.map((start) => wallTime(start, zone).slice(11)))).toEqual(
            new Set([firstStart.slice(11)]),
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the rule', () => {
  it('every second week on two days', () =>
    expect(days('2026-11-03T10:00', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR;COUNT=4')).toEqual([
      '2026-11-03',
      '2026-11-06',
      '2026-11-17',
      '2026-11-20',
    ]));

  it('until a day, that day included', () => {
    expect(days('2026-11-03T10:00', 'FREQ=WEEKLY;UNTIL=20261117')).toHaveLength(3);
    expect(days('2026-11-03T10:00', 'FREQ=WEEKLY;UNTIL=20261117T085959Z')).toHaveLength(2);
  });

  it('a 31st that a month does not have is left out', () =>
    expect(days('2026-01-31T10:00', 'FREQ=MONTHLY;COUNT=2')).toEqual(['2026-01-31', '2026-03-31']));

  it.each([
    ['FREQ=WEEKLY', 'rrule_endless'],
    ['FREQ=HOURLY;COUNT=3', 'rrule_too_frequent'],
    ['COUNT=3', 'rrule_too_frequent'],
    ['FREQ=WEEKLY;COUNT=3;UNTIL=20261117', 'rrule_unreadable'],
    ['FREQ=WEEKLY;COUNT=3;COUNT=4', 'rrule_unreadable'],
    ['FREQ=DAILY;BYHOUR=9,10;COUNT=3', 'rrule_unreadable'],
    ['FREQ=WEEKLY;INTERVAL=0;COUNT=3', 'rrule_unreadable'],
    ['FREQ=WEEKLY;COUNT=-1', 'rrule_unreadable'],
    ['FREQ=YEARLY;INTERVAL=9000;COUNT=3', 'rrule_too_far_ahead'],
    ['FREQ=WEEKLY;INTERVAL=-1;COUNT=3', 'rrule_unreadable'],
    ['FREQ=WEEKLY;BYDAY=XX;COUNT=3', 'rrule_unreadable'],
    ['FREQ=WEEKLY;COUNT=3\nRDATE:20270101T100000Z', 'rrule_unreadable'],
    ['every Tuesday', 'rrule_unreadable'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2', 'rrule_unreadable'],
    ['FREQ=WEEKLY;UNTIL=20261331', 'rrule_unreadable'],
    ['FREQ=WEEKLY;COUNT=105', 'too_many_occurrences'],
    ['FREQ=DAILY;UNTIL=20991231', 'too_many_occurrences'],
    ['FREQ=WEEKLY;BYDAY=MO;COUNT=3', 'first_start_not_in_rule'],
    ['FREQ=WEEKLY;UNTIL=20261001', 'first_start_not_in_rule'],
  ])('Refused: %s', (rrule, code) => expect(problems('2026-11-03T10:00', rrule)).toEqual([code]));

  it('Refused: to begin at a time that the clock skips', () =>
    expect(problems('2026-03-29T02:30', 'FREQ=DAILY;COUNT=3')).toEqual(['first_start_skipped']));
});
