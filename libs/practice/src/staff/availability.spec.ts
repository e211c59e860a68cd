import { describe, expect, it } from 'vitest';
import { forDecider, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { absenceDuring, isAvailable, type Availability } from './availability.js';
import { staff, type StaffEvent } from './staff.js';

const BERLIN = 'Europe/Berlin';
/** a span of minutes from an instant on */
const from = (start: string, minutes: number) => ({
  start,
  end: new Date(Date.parse(start) + minutes * 60_000).toISOString(),
});
const officeHours: Availability = {
  weekly: [
    { weekday: 'thursday', from: '13:00', to: '17:00' },
    { weekday: 'thursday', from: '09:00', to: '12:00' },
    { weekday: 'friday', from: '22:00', to: '24:00' },
    { weekday: 'saturday', from: '00:00', to: '02:00' },
    { weekday: 'sunday', from: '01:00', to: '04:00' },
  ],
};

describe('within working hours', () => {
  it.each([
    ['all of it', '2026-10-22T07:00:00.000Z', 60, true], // 09:00 in summer
    ['the same hour on the clock after the change', '2026-10-29T08:00:00.000Z', 60, true], // 09:00 in winter
    ['too early after the change', '2026-10-29T07:00:00.000Z', 60, false], // 08:00
    ['into the break', '2026-10-22T09:30:00.000Z', 60, false],
    ['across the break', '2026-10-22T09:30:00.000Z', 120, false],
    ['up to the last minute', '2026-10-22T14:00:00.000Z', 60, true],
    ['a minute too long', '2026-10-22T14:00:00.000Z', 61, false],
    ['on a day without hours', '2026-10-21T07:00:00.000Z', 60, false],
    ['across midnight, where hours follow hours', '2026-10-23T21:00:00.000Z', 120, true],
    ['across midnight and too long', '2026-10-23T21:00:00.000Z', 240, false],
    ['in the night that has an hour more', '2026-10-24T23:00:00.000Z', 240, true], // 01:00 to 04:00 takes four hours
  ])('%s', (_, start, minutes, answer) => {
    expect(isAvailable([officeHours], from(start, minutes), BERLIN)).toBe(answer);
  });

  it('whoever never set working hours is available at any time; with none at all, never', () => {
    const night = from('2026-10-22T23:00:00.000Z', 720);
    expect(isAvailable([], night, BERLIN)).toBe(true);
    expect(isAvailable([{ weekly: [] }], night, BERLIN)).toBe(false);
  });

  it('later hours hold from their day on', () => {
    const entries: Availability[] = [officeHours, { weekly: [], validFrom: '2026-10-29' }];
    expect(isAvailable(entries, from('2026-10-22T07:00:00.000Z', 60), BERLIN)).toBe(true);
    expect(isAvailable(entries, from('2026-10-29T08:00:00.000Z', 60), BERLIN)).toBe(false);
  });
});

describe('an absence', () => {
  const away = { from: '2026-08-03', to: '2026-08-04' };
  it.each([
    ['the hour before its first midnight', '2026-08-02T21:00:00.000Z', 60, undefined],
    ['a minute into it', '2026-08-02T21:00:00.000Z', 61, away],
    ['its last hour', '2026-08-04T21:30:00.000Z', 30, away],
    ['right after it', '2026-08-04T22:00:00.000Z', 30, undefined],
  ])('%s', (_, start, minutes, found) => {
    expect(absenceDuring([away], from(start, minutes), BERLIN)).toEqual(found);
  });
});

const registered: StaffEvent = {
  type: 'StaffRegistered',
  data: { name: 'Noor Haddad', roles: ['therapist'] },
};
const coordinator = { actor: { id: STAFF, role: 'coordinator' } };
const themself = { actor: { id: THING, role: 'therapist' } };
const { given } = forDecider(staff);

describe('keeping time', () => {
  it('working hours are those of a whole week', () => {
    const monday = { weekday: 'monday' as const, from: '09:00', to: '17:00' };
    const set = (...weekly: Availability['weekly']) => ({ type: 'SetAvailability', weekly }) as const;
    given(registered)
      .when(set(monday), themself)
      .then({ type: 'AvailabilitySet', data: { weekly: [monday] } });
    given(registered)
      .when(set(monday, { ...monday, from: '16:00', to: '24:00' }), coordinator)
      .thenRefused('hours_overlap');
    given(registered)
      .when(set({ ...monday, to: '09:00' }), coordinator)
      .thenRefused('hours_backwards');
  });

  it('an absence is recorded and cancelled', () => {
    const away = { from: '2026-08-03', to: '2026-08-14' };
    const recorded = { type: 'AbsenceRecorded' as const, data: away };
    given(registered)
      .when({ type: 'RecordAbsence', ...away }, coordinator)
      .then(recorded);
    given(registered, recorded)
      .when({ type: 'CancelAbsence', ...away }, themself)
      .then({ type: 'AbsenceCancelled', data: away });
    given(registered)
      .when({ type: 'RecordAbsence', from: '2026-08-14', to: '2026-08-03' }, coordinator)
      .thenRefused('absence_backwards');
  });

  it('Only the front desk keeps the time of others', () =>
    given(registered)
      .when(
        { type: 'RecordAbsence', from: '2026-08-03', to: '2026-08-03' },
        { actor: { id: STAFF, role: 'therapist' } },
      )
      .thenRefused('time_of_others'));
});
