import { describe, expect, it } from 'vitest';
import type { UnitEvent } from '#libs/client';
import { recorded, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { eventIndex } from './event-index.projection.js';
import { isLate, policiesOf } from './late.js';
import { ndjson } from './ndjson.js';
import { shown } from './shown.js';
import { togetherIn } from './together.js';

const OTHER = '0190aaaa-0000-7000-8000-0000000000ff';
const keysOf = (category: string, data: object, subjects: readonly string[] = []) =>
  eventIndex.keys({ ...recorded(category, [{ type: 'Anything', data }])[0]!, subjects, position: 412 });

describe('the index of events', () => {
  it('leads from each client concerned to the event, and names nobody twice', () =>
    expect(keysOf('unit', {}, [THING, OTHER, THING])).toEqual([
      `client/${THING}/0000000000000412`,
      `client/${OTHER}/0000000000000412`,
    ]));

  it("counts a relationship's own events and those whose data names it", () => {
    expect(keysOf('relationship', {})).toEqual([`relationship/${THING}/0000000000000412`]);
    expect(keysOf('session', { relationshipId: OTHER })).toEqual([`relationship/${OTHER}/0000000000000412`]);
  });

  it('leads from an event to the first one that corrects it', () => {
    expect(keysOf('consent', { correctsEventId: OTHER })).toEqual([`correction/${OTHER}`]);
    const [first, second] = recorded('consent', [
      { type: 'Anything', data: {} },
      { type: 'Anything', data: {} },
    ]);
    expect(eventIndex.evolve(eventIndex.evolve(undefined, first!, 'k'), second!, 'k')).toEqual({
      position: 1,
    });
  });
});

describe('what of a relationship concerns a member of its unit', () => {
  const on = (day: number) => `2026-06-0${day}T09:00:00.000Z`;
  const events = recorded<UnitEvent>('unit', [
    { type: 'UnitFormed', data: { kind: 'family', members: ['ada', 'ben'] }, occurredAt: on(1) },
    { type: 'UnitMemberAdded', data: { clientId: 'cem' }, occurredAt: on(3) },
    { type: 'UnitMemberLeft', data: { clientId: 'ben' }, occurredAt: on(4) },
    { type: 'UnitMemberLeft', data: { clientId: 'cem' }, occurredAt: on(5) },
    { type: 'UnitMemberAdded', data: { clientId: 'cem' }, occurredAt: on(7) },
  ]);
  const stretches = (clientId: string, upTo = events.length) =>
    togetherIn(events.slice(0, upTo), ['r'], clientId).map(({ from, until }) => [from, until]);

  it('is everything, for who was there from the beginning and stayed', () =>
    expect(stretches('ada')).toEqual([['-infinity', 'infinity']]));

  it('begins when they joined and ends when they left, each time', () => {
    expect(stretches('cem')).toEqual([
      [on(3), on(5)],
      [on(7), 'infinity'],
    ]);
    expect(stretches('ben')).toEqual([['-infinity', on(4)]]);
    expect(stretches('ben', 3)).toEqual([['-infinity', on(4)]]);
    expect(stretches('ben', 2)).toEqual([['-infinity', 'infinity']]);
  });

  it('is nothing for anybody else', () => expect(stretches('dora')).toEqual([]));
});

describe('a late entry', () => {
  const entry = (hours: number, position = 10) => ({
    occurredAt: '2026-06-01T00:00:00.000Z',
    recordedAt: new Date(Date.UTC(2026, 5, 1, hours)).toISOString(),
    position,
  });
  const policies = (hours: number, position: number) =>
    policiesOf([
      {
        ...recorded('practice', [
          {
            type: 'PracticePolicySet' as const,
            data: { policy: { lateEntryHours: hours } },
            occurredAt: '2026-06-01T00:00:00.000Z',
          },
        ])[0]!,
        position,
      },
    ]);

  it('is one older than 72 hours, unless the practice says otherwise', () => {
    expect([72, 73].map((hours) => isLate(entry(hours), []))).toEqual([false, true]);
    expect([24, 25].map((hours) => isLate(entry(hours), policies(24, 5)))).toEqual([false, true]);
  });

  it('is judged by the policy known when it was entered', () =>
    expect(isLate(entry(25), policies(24, 11))).toBe(false));

  it('is none within the first hour, however strict the practice', () =>
    expect([1, 2].map((hours) => isLate(entry(hours), policies(0, 5)))).toEqual([false, true]));
});

describe('an event shown to an auditor', () => {
  const [event] = recorded('boundary', [
    {
      type: 'BoundaryProposed',
      data: { topic: 'gifts', words: 'No gifts please', correctsEventId: OTHER },
      reason: 'agreed by phone',
    },
  ]);

  const marks = { personal: ['limits', 'words'], late: true, correctedBy: THING };

  it('lacks the reason too where whoever looks may not read clinical text', () => {
    const seen = shown(event!, { ...marks, clinical: false });
    expect(seen).not.toHaveProperty('reason');
    expect(seen.withheld).toEqual(['words', 'reason']);
    const [plain] = recorded('boundary', [{ type: 'BoundaryEnded', data: {} }]);
    expect(shown(plain!, { ...marks, clinical: false }).withheld).toEqual([]);
  });

  it('lacks personal fields, names them, and keeps the envelope', () => {
    const seen = shown(event!, { ...marks, clinical: true });
    expect(seen).toMatchObject({
      data: { topic: 'gifts' },
      withheld: ['words'],
      late: true,
      correctsEventId: OTHER,
      correctedBy: THING,
      reason: 'agreed by phone',
      actor: { id: STAFF },
    });
    expect(JSON.stringify(seen)).not.toContain('No gifts');
  });
});

describe('a history as lines', () => {
  const batch = recorded('boundary', [
    { type: 'A', data: {} },
    { type: 'B', data: {} },
  ]).map((event, index) => ({
    ...shown(event, { personal: [], clinical: false, late: false }),
    leafHash: `leaf ${index}`,
  }));
  const lines = async (batches: (typeof batch)[]) => {
    async function* all() {
      yield* batches;
    }
    let text = '';
    for await (const chunk of ndjson({ position: 2 }, all())) text += chunk;
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('ends with how many events there were and the hash of the last', async () => {
    const all = await lines([batch, batch]);
    expect(all.map((record) => record.kind)).toEqual([
      'header',
      'event',
      'event',
      'event',
      'event',
      'footer',
    ]);
    expect(all.at(-1)).toEqual({ kind: 'footer', count: 4, lastLeafHash: 'leaf 1' });
  });

  it('says so when there are none', async () =>
    expect((await lines([])).at(-1)).toEqual({ kind: 'footer', count: 0, lastLeafHash: null }));
});
