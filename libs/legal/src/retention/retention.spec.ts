import { describe, expect, it } from 'vitest';
import { isKept, retentionOf, type Treatment } from './retention.js';
import { RETENTION_RULES } from './rules.js';

const ADULT: Treatment = {
  dateOfBirth: '1980-03-04',
  jurisdictions: ['DE'],
  goesOn: false,
  last: '2026-06-09T09:00:00.000Z',
};
const of = (treatment: Partial<Treatment>, zone = 'Europe/Berlin') =>
  retentionOf({ ...ADULT, ...treatment }, RETENTION_RULES, zone);

describe('How long records are kept', () => {
  it('is ten years after the last treatment in Germany, by § 630f BGB', () =>
    expect(of({})).toMatchObject({
      until: '2036-06-09',
      because: 'after_last_treatment',
      clause: '§ 630f Abs. 3 BGB',
    }));
  it('is seven years in Colorado, California and the United Kingdom', () => {
    for (const place of ['US-CO', 'US-CA', 'GB'])
      expect(of({ jurisdictions: [place] }).until, place).toBe('2033-06-09');
  });
  it('is the longest that may apply', () =>
    expect(of({ jurisdictions: ['US-CO', 'DE'] })).toMatchObject({
      until: '2036-06-09',
      clause: '§ 630f Abs. 3 BGB',
    }));
  it('is ten years where Candor ships no rule', () =>
    expect(of({ jurisdictions: ['FR'] })).toMatchObject({
      until: '2036-06-09',
      rule: 'Ten years, any jurisdiction',
    }));
  it('counts from the local day, whatever the server’s zone', () => {
    const last = '2026-06-09T23:30:00.000Z';
    expect(of({ last }).until).toBe('2036-06-10');
    expect(of({ last }, 'America/Denver').until).toBe('2036-06-09');
  });
  it('of who was a minor at the last treatment lasts as many years from majority', () => {
    const minor = { dateOfBirth: '2014-01-02', jurisdictions: ['US-CO'] };
    expect(of(minor)).toMatchObject({
      until: '2039-01-02',
      because: 'minor_at_last_treatment',
      clause: 'C.R.S. 12-245-226: seven years from majority',
    });
    expect(of({ ...minor, last: '2032-01-02T09:00:00.000Z' })).toMatchObject({
      until: '2039-01-02',
      because: 'after_last_treatment',
    });
  });
  it('has not begun while treatment goes on', () => {
    const retention = of({ goesOn: true });
    expect(retention).toMatchObject({ until: null, because: 'treatment_goes_on' });
    expect(isKept(retention, '2099-01-01')).toBe(true);
  });
  it('is nothing for who was never treated', () => {
    const { last: _, ...never } = ADULT;
    const retention = retentionOf(never, RETENTION_RULES, 'UTC');
    expect(retention).toMatchObject({ until: null, because: 'never_treated' });
    expect(isKept(retention, '2026-06-10')).toBe(false);
  });
  it('holds through its last day, and not on the day after', () => {
    expect(isKept(of({}), '2036-06-09')).toBe(true);
    expect(isKept(of({}), '2036-06-10')).toBe(false);
  });
  it('says of every rule what it rests on, and to check with counsel', () => {
    for (const { clause, advice, minor } of RETENTION_RULES) {
      expect(clause).toBeTruthy();
      expect(minor?.clause).not.toBe('');
      expect(advice).toContain('check with your counsel');
    }
  });
});
