import { describe, expect, it } from 'vitest';
import { addDays } from '#libs/kernel';
import { script } from './load.js';
import { PEOPLE } from './people.js';

/** A fortnight over a clock change in spring, a leap day, the turn of a year, and a clock change in autumn. */
const DAYS = [
  ...Array.from({ length: 14 }, (_, day) => addDays('2027-03-22', day)),
  '2028-02-29',
  '2028-03-01',
  '2027-01-01',
  '2026-10-28',
];

describe('the script', () => {
  it.each(DAYS)('can be told on %s, each step once and nothing on that day or later', (today) => {
    const steps = script(today);
    expect(new Set(steps.map(({ name }) => name)).size).toBe(steps.length);
    expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).sort());
    expect(steps.at(-1)!.at < `${today}T00:00:00.000Z`).toBe(true);
    expect(steps[0]!.name).toBe('lindenhof/practice/1 registers');
  });

  it('has everybody in one case', () => {
    const registered = script('2027-06-16').filter(({ name }) => name.endsWith(' is registered'));
    expect([PEOPLE.length, registered.length]).toEqual([71, 71]);
  });

  it('is the same script for the same day', () => {
    const told = () => script('2027-06-16').map(({ name, at }) => `${at} ${name}`);
    expect(told()).toEqual(told());
  });
});
