import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  dayOfAge,
  endOfLocalDay,
  isLocalDate,
  isZone,
  localDate,
  minutesBetween,
  parseInstant,
  startOfLocalDay,
} from './time.js';

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';

describe('a moment', () => {
  test.each([
    ['2026-06-15T09:00:00Z', '2026-06-15T09:00:00.000Z'],
    ['2026-06-15T11:00:00+02:00', '2026-06-15T09:00:00.000Z'],
    ['2026-06-15t03:30:00.5-05:30', '2026-06-15T09:00:00.500Z'],
    ['2024-02-29T23:59:59.999999999Z', '2024-02-29T23:59:59.999Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
  ])('%s is %s, whatever the offset, cut to milliseconds', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  test.each([
    '2024-02-30T09:00:00Z',
    '2023-02-29T09:00:00Z',
    '2026-04-31T09:00:00Z',
    '2026-13-01T09:00:00Z',
    '2026-06-15T24:00:00Z',
    '2026-06-15T09:60:00Z',
    '2026-06-15T09:00:00+24:00',
    '2026-06-15T09:00:00',
    '2026-06-15 09:00:00Z',
    '2026-06-15',
    '2026-06-15T09:00Z',
    '+002026-06-15T09:00:00Z',
    '1899-12-31T23:59:59Z',
    '9999-01-01T00:00:00Z',
    '2026-06-15T09:00:00Z[Europe/Berlin]',
    ' 2026-06-15T09:00:00Z',
    '2026-06-15T09:00:00Z\n',
    'infinity',
    '-infinity',
    'now',
    '',
  ])('"%s" is none', (text) => expect(parseInstant(text)).toBeUndefined());

  test('compares as text like as time', () => {
    const moment = fc
      .date({ min: new Date('1900-01-01'), max: new Date('9998-12-31'), noInvalidDate: true })
      .map((date) => parseInstant(date.toISOString())!);
    fc.assert(
      fc.property(moment, moment, (a, b) => void expect(a < b).toBe(Date.parse(a) < Date.parse(b))),
      { seed: 1 },
    );
  });

  test('is whole minutes from another', () => {
    expect(minutesBetween('2026-06-15T09:00:00.000Z', '2026-06-15T09:50:59.999Z')).toBe(50);
  });
});

describe('a date', () => {
  test.each(['2024-02-29', '1900-01-01', '9998-12-31'])('%s is one', (text) =>
    expect(isLocalDate(text)).toBe(true),
  );

  test.each([
    '2024-02-30',
    '2023-02-29',
    '2026-6-1',
    '2026-06-31',
    '1899-12-31',
    '9999-01-01',
    'infinity',
    '',
  ])('"%s" is none', (text) => expect(isLocalDate(text)).toBe(false));

  test('a month after the last of January is the last of February', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
  });
});

describe('the end of a local day', () => {
  test.each([
    ['an ordinary summer day', '2026-06-15', BERLIN, '2026-06-15T22:00:00.000Z', 24],
    ['the short day in March', '2026-03-29', BERLIN, '2026-03-29T22:00:00.000Z', 23],
    ['the long day in October', '2026-10-25', BERLIN, '2026-10-25T23:00:00.000Z', 25],
    ['the short day in March', '2026-03-08', NEW_YORK, '2026-03-09T04:00:00.000Z', 23],
    ['the long day in November', '2026-11-01', NEW_YORK, '2026-11-02T05:00:00.000Z', 25],
    ['a day without a midnight', '2018-11-04', 'America/Sao_Paulo', '2018-11-05T02:00:00.000Z', 23],
    ['New Year’s Eve', '2026-12-31', NEW_YORK, '2027-01-01T05:00:00.000Z', 24],
  ])('%s, %s in %s, is %s', (_what, date, zone, end, hours) => {
    expect(endOfLocalDay(date, zone)).toBe(end);
    expect(minutesBetween(startOfLocalDay(date, zone), end)).toBe(hours * 60);
  });

  test('is the first moment that no longer belongs to it', () => {
    for (let date = '2026-01-01'; date < '2027-01-01'; date = addDays(date, 1))
      for (const zone of [BERLIN, NEW_YORK]) {
        const end = endOfLocalDay(date, zone);
        const justBefore = new Date(Date.parse(end) - 1).toISOString();
        expect([localDate(justBefore, zone), localDate(end, zone)]).toEqual([date, addDays(date, 1)]);
      }
  });
});

describe('coming of age', () => {
  test('is on the birthday', () => expect(dayOfAge('2008-06-15', 18)).toBe('2026-06-15'));

  test('somebody born on 29 February is of age on 1 March, unless the rule pack says 28 February', () => {
    expect(dayOfAge('2008-02-29', 18)).toBe('2026-03-01');
    expect(dayOfAge('2008-02-29', 18, '02-28')).toBe('2026-02-28');
  });

  test('in a leap year it is 29 February again', () => expect(dayOfAge('2008-02-29', 16)).toBe('2024-02-29'));
});

test('a zone is one that the runtime knows', () => {
  expect([BERLIN, NEW_YORK, 'UTC'].every(isZone)).toBe(true);
  expect(['Europe/Nowhere', '', '+02:00'].some(isZone)).toBe(false);
});
