import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256, streamOf, uuidv7, type Clock } from '#libs/kernel';
import {
  append,
  begin,
  oneTo,
  pending,
  positionsOf,
  startLog,
  type Log,
} from '../../../../test/support/log-kit.js';
import type { EventStore } from '../event-store.js';

let log: Log;
let store: EventStore;
let practice: string;
let counter: string;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
});
afterAll(() => log.stop());

/** Every test in a practice of its own, about a counter that stands at version 1. */
async function given(): Promise<void> {
  practice = uuidv7();
  counter = streamOf('counter', uuidv7());
  await store.append(practice, append([pending(practice, counter, 1)]));
}

const next = (version: number, stream = counter) => append([pending(practice, stream, version)]);
const outcomes = (all: readonly { outcome: string }[]) => all.map(({ outcome }) => outcome);

describe('the order of the log', () => {
  test('positions count 1, 2, 3 … without a hole, over all streams of a practice', async () => {
    await given();

    const batch = await store.append(
      practice,
      append(oneTo(5).map((n) => pending(practice, counter, n + 1))),
    );
    const other = await store.append(practice, begin(practice));

    expect(batch).toMatchObject({ outcome: 'appended', firstPosition: 2, events: 5, version: 6 });
    expect(other).toMatchObject({ outcome: 'appended', firstPosition: 7, events: 1, version: 1 });
    expect(await positionsOf(log, practice)).toEqual(oneTo(7));
    expect(await store.reader.position(practice)).toBe(7);
  });

  test('every practice counts for itself', async () => {
    await given();
    const elsewhere = uuidv7();

    const first = await store.append(elsewhere, begin(elsewhere));

    expect(first).toMatchObject({ firstPosition: 1 });
    expect(await store.reader.position(practice)).toBe(1);
  });

  test('two processes may begin the same practice at the same moment', async () => {
    const [one, two] = [log.open(), log.open()];
    for (let round = 0; round < 10; round++) {
      const fresh = uuidv7();
      const both = await Promise.all([one.append(fresh, begin(fresh)), two.append(fresh, begin(fresh))]);

      expect(outcomes(both)).toEqual(['appended', 'appended']);
      expect(await positionsOf(log, fresh)).toEqual([1, 2]);
    }
  });

  test('time never goes backwards along it, although the clock of one process is five seconds ahead', async () => {
    await given();
    const ahead: Clock = { now: () => new Date(Date.now() + 5_000).toISOString() };
    const [slow, fast] = [log.open(), log.open(ahead)];

    const all = await Promise.all(
      oneTo(30).map((n) => (n % 2 ? slow : fast).append(practice, begin(practice))),
    );

    const events = await store.reader.after(practice, 0, 100);
    const times = events.map((event) => event.recordedAt);
    expect(outcomes(all)).toEqual(Array(30).fill('appended'));
    expect(times).toHaveLength(31);
    expect(times.toSorted()).toEqual(times);
  });
});

describe('an append that rests on something', () => {
  test('of many writers at one version exactly one wins, the others learn the version there is now', async () => {
    await given();
    const stores = [store, log.open()];

    const all = await Promise.all(oneTo(20).map((n) => stores[n % 2]!.append(practice, next(2))));

    expect(all.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
    const lost = all.filter(({ outcome }) => outcome !== 'appended');
    expect(lost).toHaveLength(19);
    for (const each of lost)
      expect(each).toEqual({ outcome: 'stale', actual: [{ stream: counter, version: 2 }] });
    expect(await store.reader.streams(practice, [counter])).toHaveLength(2);
  });

  test.each([
    ['an older version', 1],
    ['a version that does not exist yet', 4],
  ])('is stale at %s', async (_what, expected) => {
    await given();
    await store.append(practice, next(2));

    const refused = await store.append(practice, next(expected + 1));

    expect(refused).toEqual({ outcome: 'stale', actual: [{ stream: counter, version: 2 }] });
    expect(await positionsOf(log, practice)).toEqual([1, 2]);
  });

  test('is stale when another stream, which it only looked at, has moved on', async () => {
    await given();
    const guarded = begin(practice, { expect: [{ stream: counter, version: 1 }] });
    await store.append(practice, next(2));

    const refused = await store.append(practice, guarded);

    expect(refused).toEqual({ outcome: 'stale', actual: [{ stream: counter, version: 2 }] });
    expect(await store.reader.streams(practice, [guarded.stream])).toEqual([]);
  });

  test('is stale when a stream that was not there has come into being', async () => {
    await given();
    const guarded = begin(practice, { expect: [{ stream: counter, version: 0 }] });

    expect(await store.append(practice, guarded)).toMatchObject({ outcome: 'stale' });
  });

  test('names every stream that has moved on, and only those', async () => {
    await given();
    const moved = begin(practice);
    const still = begin(practice);
    await store.append(practice, moved);
    await store.append(practice, still);

    const refused = await store.append(
      practice,
      begin(practice, {
        expect: [
          { stream: counter, version: 7 },
          { stream: still.stream, version: 1 },
          { stream: moved.stream, version: 0 },
        ],
      }),
    );

    expect(refused).toEqual({
      outcome: 'stale',
      actual: [
        { stream: counter, version: 1 },
        { stream: moved.stream, version: 1 },
      ],
    });
  });

  test('two that each rely on what the other changes are never both appended', async () => {
    const stores = [store, log.open()];
    for (let round = 0; round < 10; round++) {
      await given();
      const other = begin(practice);
      await store.append(practice, other);
      const expect1 = [counter, other.stream].map((stream) => ({ stream, version: 1 }));
      const one = append([pending(practice, counter, 2)], { expect: expect1 });
      const two = append([pending(practice, other.stream, 2)], { expect: expect1 });

      const [, ...both] = await Promise.all([
        store.append(practice, begin(practice)), // under way while the others wait, perhaps together
        store.append(practice, one),
        stores[round % 2]!.append(practice, two),
      ]);

      expect(outcomes(both).toSorted()).toEqual(['appended', 'stale']);
    }
  });
});

describe('a command that is sent again', () => {
  test('fifty times at once has one effect and fifty equal answers', async () => {
    await given();
    const command = next(2);
    const stores = [store, log.open()];

    const all = await Promise.all(oneTo(50).map((n) => stores[n % 2]!.append(practice, command)));

    expect(all.filter(({ outcome }) => outcome === 'appended')).toHaveLength(1);
    expect(all.filter(({ outcome }) => outcome === 'replayed')).toHaveLength(49);
    const answers = all.map((answer) => ({ ...answer, outcome: '', leafHashes: [] }));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await positionsOf(log, practice)).toEqual([1, 2]);
  });

  test('with another request is refused and changes nothing', async () => {
    await given();
    const command = next(2);
    await store.append(practice, command);

    const refused = await store.append(practice, { ...next(3), commandId: command.commandId });

    expect(refused).toEqual({ outcome: 'key_reused' });
    expect(await positionsOf(log, practice)).toEqual([1, 2]);
  });

  test('is answered from memory also when its version is stale by now', async () => {
    await given();
    const command = next(2);
    await store.append(practice, command);
    await store.append(practice, next(3));

    expect(await store.append(practice, command)).toMatchObject({
      outcome: 'replayed',
      firstPosition: 2,
      version: 2,
    });
  });

  test('is remembered although nothing had happened', async () => {
    await given();
    const nothing = { ...next(2), version: 1, events: [] };

    const first = await store.append(practice, nothing);
    await store.append(practice, next(2));
    const again = await store.append(practice, nothing);

    expect(first).toMatchObject({ outcome: 'appended', firstPosition: 1, events: 0, version: 1 });
    expect(again).toMatchObject({ outcome: 'replayed', firstPosition: 1, events: 0, version: 1 });
    expect(await positionsOf(log, practice)).toEqual([1, 2]);
  });

  test('the same id in another practice is another command', async () => {
    await given();
    const command = next(2);
    await store.append(practice, command);
    const elsewhere = uuidv7();

    const other = await store.append(elsewhere, begin(elsewhere, { commandId: command.commandId }));

    expect(other).toMatchObject({ outcome: 'appended', firstPosition: 1 });
  });
});

describe('appends that share a commit', () => {
  test('many writers at once need far fewer transactions than appends', async () => {
    await given();

    const all = await Promise.all(oneTo(64).map(() => store.append(practice, begin(practice))));

    const { rows } = await log.owner.query<{ transactions: string; events: string }>(
      'select count(distinct xmin::text) transactions, count(*) events from log.event where practice_id = $1',
      [practice],
    );
    expect(outcomes(all)).toEqual(Array(64).fill('appended'));
    expect(Number(rows[0]!.events)).toBe(65);
    expect(Number(rows[0]!.transactions)).toBeLessThanOrEqual(6);
  });

  test('each is told its own place', async () => {
    await given();
    const commands = oneTo(20).map(() => begin(practice));

    const all = await Promise.all(commands.map((command) => store.append(practice, command)));

    const events = await store.reader.after(practice, 0, 100);
    for (const [index, command] of commands.entries()) {
      const event = events.find(({ stream }) => stream === command.stream)!;
      expect(all[index]).toMatchObject({ firstPosition: event.position, leafHashes: [event.leafHash] });
    }
  });

  test('two that each rely on there being no other never go together', async () => {
    const fresh = uuidv7();
    await store.append(fresh, begin(fresh));
    const noneSince = [{ category: 'counter', position: 2 }];

    const outcomes = await Promise.all([
      store.append(fresh, begin(fresh)), // under way while the others wait
      store.append(fresh, begin(fresh, { noneSince })),
      store.append(fresh, begin(fresh, { noneSince })),
    ]);

    expect(outcomes).toMatchObject([
      { outcome: 'appended' },
      { outcome: 'appended' },
      { outcome: 'stale', actual: [] },
    ]);
  });

  test('each is judged on its own: stale, known and new ones arrive together', async () => {
    await given();
    const known = begin(practice);
    await store.append(practice, known);

    const all = await Promise.all([
      store.append(practice, begin(practice)), // under way while the others wait
      store.append(practice, begin(practice)),
      store.append(practice, next(5)),
      store.append(practice, known),
      store.append(practice, { ...known, requestHash: sha256('another request') }),
      store.append(practice, begin(practice)),
    ]);

    expect(outcomes(all)).toEqual(['appended', 'appended', 'stale', 'replayed', 'key_reused', 'appended']);
    expect(await positionsOf(log, practice)).toEqual(oneTo(5));
  });

  test.each([
    ['text that jsonb cannot hold', { correlationId: 'a\u0000b' }],
    [
      'data nested too deeply',
      { data: JSON.parse(`{"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}`) as object },
    ],
    ['a date that does not exist', { occurredAt: '2024-02-30T09:00:00.000Z' }],
    ['a stream too long for the index', { stream: streamOf('counter', oneTo(200).map(uuidv7).join('')) }],
    ['data that cannot be hashed', { data: { by: 0.5 } }],
  ])('one with %s does not fail its neighbours', async (_what, bad) => {
    await given();

    const all = await Promise.allSettled([
      store.append(practice, begin(practice)),
      store.append(practice, begin(practice)),
      store.append(practice, append([pending(practice, streamOf('counter', uuidv7()), 1, bad)])),
      store.append(practice, begin(practice)),
    ]);

    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await positionsOf(log, practice)).toEqual(oneTo(4));
  });
});
