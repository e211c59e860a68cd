import { describe, expect, it } from 'vitest';
import { unusual, type Looks } from './unusual.js';

const looks = (staffId: string, clients: number, times = 1, more: Partial<Looks> = {}): Looks[] =>
  Array.from({ length: clients }, (_, n) => ({
    staffId,
    role: 'coordinator',
    clientId: `client-${n}`,
    times,
    underGlass: 0,
    ...more,
  }));
const codes = (all: readonly Looks[]) =>
  unusual(all).map(({ staffId, reasons }) => [staffId, ...reasons.map(({ code }) => code)]);

describe('Unusual reads', () => {
  it('are those of somebody who looked at many more strangers than others in the same role', () => {
    expect(codes([...looks('ann', 3), ...looks('ben', 4), ...looks('snoop', 13)])).toEqual([
      ['snoop', 'many_strangers'],
    ]);
  });

  it('are not those of a whole front desk that does its work', () => {
    expect(codes([...looks('ann', 60), ...looks('ben', 45), ...looks('cem', 70)])).toEqual([]);
  });

  it('are compared with the same role only', () => {
    const auditor = looks('audra', 40, 1, { role: 'auditor' });
    expect(codes([...looks('ann', 3), ...looks('ben', 4), ...auditor])).toEqual([]);
  });

  it('are those of somebody who looked at one stranger again and again', () => {
    const often: Looks = { ...looks('ben', 1)[0]!, clientId: 'neighbour', times: 12 };
    expect(unusual([...looks('ben', 4), often, ...looks('ann', 4)])).toEqual([
      {
        staffId: 'ben',
        role: 'coordinator',
        clients: 5,
        times: 16,
        reasons: [
          { code: 'one_stranger_often', detail: expect.stringContaining('12 times'), clientId: 'neighbour' },
        ],
      },
    ]);
  });

  it('are always those by which the glass was broken', () => {
    expect(codes(looks('thea', 1, 2, { role: 'therapist', underGlass: 2 }))).toEqual([
      ['thea', 'broke_the_glass'],
    ]);
  });
});
