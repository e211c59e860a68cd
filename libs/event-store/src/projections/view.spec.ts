import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseStream, streamOf, uuidv7 } from '#libs/kernel';
import {
  append,
  counter,
  meta,
  oneTo,
  pending,
  sleep,
  startLog,
  totals,
  type Log,
  type Total,
} from '../../../../test/support/log-kit.js';
import type { EventStore } from '../event-store.js';
import { Follower } from './follower.js';
import { foldInto } from './projection.js';
import { fingerprint, rebuild } from './rebuild.js';
import { tables } from './tables.js';
import { View } from './view.js';

let log: Log;
let store: EventStore;
let view: View<Total>;
let follower: Follower;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
  view = new View(store, totals);
  follower = new Follower(store, [totals], () => undefined);
  await tables.create(store.worker, totals);
});
afterAll(() => log.stop());

/** What the log says, folded from its beginning. */
async function live(practice: string): Promise<Map<string, Total>> {
  const rows = new Map<string, Total>();
  for await (const batch of store.reader.batches(practice, 0, 3)) foldInto(totals, rows, batch);
  return rows;
}

describe('the answer is the fold of the log', () => {
  const COUNTERS = oneTo(4).map((n) => `0190aaaa-0000-7000-8000-00000000000${n}`);
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ id: fc.constantFrom(...COUNTERS), by: fc.integer({ min: 1, max: 9 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ id: fc.constantFrom(...COUNTERS), by: fc.constant('close' as const) }),
    },
    { weight: 2, arbitrary: fc.constant('catch up' as const) },
    { weight: 1, arbitrary: fc.constant('rebuild' as const) },
  );

  test('live = stored row with its tail = stored row = rebuilt row, after whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const practice = uuidv7();

        for (const next of steps) {
          if (next === 'catch up') await follower.catchUp(practice);
          else if (next === 'rebuild') expect((await rebuild(store, totals)).differences).toEqual([]);
          else {
            const command =
              next.by === 'close' ? { type: 'Close' as const } : { type: 'Count' as const, by: next.by };
            await store.handle(counter, meta(practice, next.id), command).catch(() => undefined); // closed already
          }
          expect((await view.current(practice, COUNTERS))?.rows).toEqual(await live(practice));
        }
        await follower.catchUp(practice);
        const stored = await fingerprint(store, totals, practice);
        const { rows } = await view.list(practice, { limit: 9 });
        await rebuild(store, totals);

        expect(new Map(rows.map(({ key, ...row }) => [key, row]))).toEqual(await live(practice));
        expect(await fingerprint(store, totals, practice)).toBe(stored);
      }),
      { seed: 7, numRuns: 12 },
    );
  });
});

describe('an answer about one thing', () => {
  test('is never behind, whether or not anybody keeps the read model', async () => {
    const [practice, id] = [uuidv7(), uuidv7()];
    for (const n of oneTo(6)) {
      await store.handle(counter, meta(practice, id), { type: 'Count', by: 1 });
      if (n === 3) await follower.catchUp(practice);
      const [newest] = await store.reader.after(practice, n - 1, 1);

      expect(await view.current(practice, [id])).toEqual({
        rows: new Map([[id, { total: n, events: n, closed: false }]]),
        position: n,
        recordedAt: newest!.recordedAt,
      });
    }
  });

  test('cannot say while its rows are sealed with a key that is gone: then the log is asked', async () => {
    const [practice, id] = [uuidv7(), uuidv7()];
    await store.handle(counter, meta(practice, id), { type: 'Count', by: 1 });
    await follower.catchUp(practice);
    await store.vault.renew(practice, practice, 'read_models');
    await store.vault.destroyOlder(practice, practice, 'read_models');

    expect(await view.current(practice, [id])).toBeUndefined();
    expect(await view.matching(practice, 'true', [])).toBeUndefined();
  });

  test('goes on to further rows that the first ones point to, each once', async () => {
    const [practice, one, two] = [uuidv7(), uuidv7(), uuidv7()];
    for (const id of [one, two]) await store.handle(counter, meta(practice, id), { type: 'Count', by: 1 });
    await follower.catchUp(practice);
    await store.handle(counter, meta(practice, two), { type: 'Count', by: 1 });

    const answer = await view.current(practice, [one], (rows) => (rows.has(one) ? [one, two] : []));

    expect([...answer!.rows].map(([id, { total }]) => [id, total])).toEqual([
      [one, 1],
      [two, 2],
    ]);
  });

  test('says that it cannot say when the read model is far behind', async () => {
    const [practice, stream] = [uuidv7(), streamOf('counter', uuidv7())];
    for (let version = 1; version <= 5_001; version += 1_667)
      await store.append(
        practice,
        append(oneTo(1_667).map((n) => pending(practice, stream, version + n - 1))),
      );

    expect(await view.current(practice, [parseStream(stream).id])).toBeUndefined();

    await follower.catchUp(practice);
    expect((await view.current(practice, [parseStream(stream).id]))?.rows.size).toBe(1);
  });

  test('knows nothing of another practice', async () => {
    const [practice, id] = [uuidv7(), uuidv7()];
    await store.handle(counter, meta(practice, id), { type: 'Count', by: 1 });
    await follower.catchUp(practice);

    expect((await view.current(uuidv7(), [id]))?.rows.size).toBe(0);
    expect((await view.list(uuidv7(), { limit: 9 })).rows).toEqual([]);
  });
});

test('rows that match: stored ones, and those the tail makes or changes, each as it is now', async () => {
  const practice = uuidv7();
  const [small, grown, big, fresh, elsewhere] = oneTo(5).map(() => uuidv7()) as [string, ...string[]];
  const count = (id: string, by: number, of = practice) =>
    store.handle(counter, meta(of, id), { type: 'Count', by });
  for (const [id, by] of [
    [small, 1],
    [grown!, 1],
    [big!, 9],
  ] as const)
    await count(id, by);
  await count(elsewhere!, 9, uuidv7());
  await follower.catchUp(practice);
  await count(grown!, 8);
  await count(fresh!, 9);

  const found = await view.matching(practice, '"total" >= $2', [9]);

  expect(found!.position).toBe(5);
  expect(new Map([...found!.rows].map(([id, { total }]) => [id, total]))).toEqual(
    new Map([
      [big, 9],
      [grown, 9],
      [fresh, 9],
    ]),
  );
});

test('a list goes on after the key of the last row seen', async () => {
  const practice = uuidv7();
  const ids = oneTo(5).map(() => uuidv7());
  for (const id of ids) await store.handle(counter, meta(practice, id), { type: 'Count', by: 1 });
  await follower.catchUp(practice);

  const first = await view.list(practice, { limit: 2 });
  const rest = await view.list(practice, { limit: 9, after: first.rows.at(-1)!.key });

  expect([...first.rows, ...rest.rows].map(({ key }) => key)).toEqual(ids.toSorted());
  expect(first).toMatchObject({ position: 5 });
});

test('a connection that dies between two questions fails that answer, not the process', async () => {
  const [practice, id] = [uuidv7(), uuidv7()];
  await store.handle(counter, meta(practice, id), { type: 'Count', by: 1 });
  const within = store.reader.within.bind(store.reader);
  vi.spyOn(store.reader, 'within').mockImplementationOnce((db) => {
    const reader = within(db);
    const head = reader.head.bind(reader);
    reader.head = async (of) => {
      const stands = await head(of);
      const ended = await log.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and state = 'idle in transaction'`,
      );
      expect(ended.rowCount).toBe(1);
      await sleep(50); // until the news is here
      return stands;
    };
    return reader;
  });

  await expect(view.current(practice, [id])).rejects.toThrow('connection error');

  expect((await view.current(practice, [id]))?.rows.size).toBe(1);
});
