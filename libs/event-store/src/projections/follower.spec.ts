import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { streamOf, uuidv7 } from '#libs/kernel';
import {
  append,
  begin,
  oneTo,
  pending,
  recorder,
  startLog,
  totals,
  until,
  writeUnknownEvent,
  type Log,
} from '../../../../test/support/log-kit.js';
import type { EventStore } from '../event-store.js';
import { Follower } from './follower.js';
import { tableOf, type Projection } from './projection.js';
import { tables } from './tables.js';
import { View } from './view.js';

let log: Log;
let store: EventStore;
let practice: string;
const reported: string[] = [];
const running: Follower[] = [];
beforeAll(async () => {
  log = await startLog();
  store = log.open();
  for (const projection of [recorder, totals]) await tables.create(store.worker, projection);
});
beforeEach(() => {
  practice = uuidv7();
  reported.length = 0;
});
afterEach(async () => {
  for (const follower of running.splice(0)) await follower.stop();
});
afterAll(() => log.stop());

const followerOf = (...projections: readonly Projection[]) =>
  new Follower(log.open(), projections, (message) => reported.push(message));

async function started(...projections: readonly Projection[]): Promise<Follower> {
  const follower = followerOf(...projections);
  running.push(follower);
  await follower.start();
  return follower;
}

/** One command of many events. */
async function given(events: number, of = practice): Promise<void> {
  const stream = streamOf('counter', uuidv7());
  await store.append(of, append(oneTo(events).map((n) => pending(of, stream, n))));
}

/** What the recorder was given, in the order it was given it, halted or not. */
async function recorded(of = practice): Promise<number[]> {
  const rows = await store.rows.of(store.worker, recorder, of, ['all']);
  return rows.get('all')?.positions ?? [];
}
const checkpointOf = async (projection: Projection, of = practice) =>
  (await tables.checkpoints(store.worker, of)).find(({ projection: name }) => name === projection.name);
const reaches = (n: number, of = practice) =>
  until(async () => (await checkpointOf(recorder, of))?.position === n);

describe('a follower', () => {
  test('is told of appends in its own process, and finds those of others by itself', async () => {
    const own = log.open();
    const follower = new Follower(own, [recorder], () => undefined);
    running.push(follower);
    await follower.start();

    await own.append(practice, begin(practice));
    await reaches(1);
    await store.append(practice, begin(practice));
    await reaches(2);

    expect(await recorded()).toEqual([1, 2]);
  });

  test('is told of appends in other processes long before the next poll, also after the line was cut', async () => {
    const [own, other] = [log.open(), log.open()];
    for (const each of [own, other]) {
      const follower = new Follower(each, [each === own ? recorder : totals], () => undefined);
      running.push(follower);
      await follower.start();
    }
    const waits: number[] = [];
    const appendThere = async (n: number) => {
      const before = performance.now();
      await other.append(practice, begin(practice));
      await reaches(n);
      waits.push(performance.now() - before);
    };

    for (const n of oneTo(5)) await appendThere(n);
    await log.owner.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and (query like 'listen %' or query like '%pg_notify%') and pid <> pg_backend_pid()",
    );
    await appendThere(6);
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // both have polled, and listen again
    waits.splice(5);
    for (const n of [7, 8, 9, 10]) await appendThere(n);

    expect(waits.filter((wait) => wait > 400)).toHaveLength(0);
    expect(await recorded()).toEqual(oneTo(10));
  });

  test('takes what was there before it, batch by batch', async () => {
    await given(1_100);

    await followerOf(recorder).catchUp(practice);

    expect(await recorded()).toEqual(oneTo(1_100));
    expect(await checkpointOf(recorder)).toMatchObject({ position: 1_100, haltedAt: null });
  });

  test('brings a new read model up beside one that is far ahead', async () => {
    await given(1_100);
    await followerOf(recorder).catchUp(practice);

    await followerOf(recorder, totals).catchUp(practice);

    expect(await recorded()).toEqual(oneTo(1_100));
    expect((await new View(store, totals).list(practice, { limit: 1 })).rows).toMatchObject([
      { total: 1_100 },
    ]);
  });

  test('may be started twice at the same moment on an empty database', async () => {
    const fresh = oneTo(8).map((n) => ({
      ...recorder,
      name: `fresh_${n}`,
      columns: {
        last: { type: 'bigint' as const, of: ({ positions }: { positions: number[] }) => positions.at(-1) },
      },
      indexes: ['"last"'],
    }));

    const starts = await Promise.allSettled([started(...fresh), started(...fresh), started(...fresh)]);

    expect(starts.map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  });

  test('leaves nothing behind on the connections it uses', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    await given(1);

    const follower = followerOf(recorder);
    for (let round = 0; round < 15; round++) await follower.catchUp(practice);

    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe('every position is applied exactly once', () => {
  test('by two followers at once, while others write', async () => {
    await Promise.all([started(recorder, totals), started(recorder), started(totals)]);

    const stores = [store, log.open()];
    await Promise.all(
      oneTo(8).map(async (n) => {
        for (let round = 0; round < 25; round++) await stores[n % 2]!.append(practice, begin(practice));
      }),
    );
    await reaches(200);
    await until(async () => (await checkpointOf(totals))?.position === 200);

    expect(await recorded()).toEqual(oneTo(200));
    const { rows } = await new View(store, totals).list(practice, { limit: 300 });
    expect(rows).toHaveLength(200);
    expect(rows.every(({ events }) => events === 1)).toBe(true);
    expect(reported).toEqual([]);
  });

  test('since who finds another at work on a practice passes by', async () => {
    await given(3);
    const blocker = await log.owner.connect();
    await blocker.query(`begin; lock table ${tableOf(recorder)} in share mode`); // rows can be read, not written

    const busy = followerOf(recorder).catchUp(practice);
    await until(async () => {
      const waiting = await log.owner.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return waiting.rowCount === 1;
    });
    await followerOf(recorder).catchUp(practice);
    await blocker.query('rollback');
    blocker.release();
    await busy;

    expect(await recorded()).toEqual(oneTo(3));
  });

  test('when a follower stops between two batches and another goes on', async () => {
    await given(1_200);
    const first = followerOf({
      ...recorder,
      evolve(row, event, key) {
        if (event.position === 400) void first.stop();
        return recorder.evolve(row as { positions: number[] } | undefined, event, key);
      },
    });
    running.push(first);
    await first.start();
    await until(async () => ((await checkpointOf(recorder))?.position ?? 0) > 0);
    await first.stop();
    expect(await checkpointOf(recorder)).toMatchObject({ position: 500 });

    await followerOf(recorder).catchUp(practice);

    expect(await recorded()).toEqual(oneTo(1_200));
  });

  test('when its connection is killed between the rows and the checkpoint', async () => {
    await given(1_200);
    await log.owner.query(`
      create sequence kills;
      create function kill_once() returns trigger language plpgsql security definer as $$
      begin
        if new.position = 1000 and nextval('kills') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
        return new;
      end $$;
      grant usage on sequence kills to candor_app;
      create trigger kill_once before update on read.checkpoint for each row execute function kill_once()`);

    await expect(followerOf(recorder).catchUp(practice)).rejects.toThrow();
    await log.owner.query('drop trigger kill_once on read.checkpoint');

    expect(await recorded()).toEqual(oneTo(500));
    await followerOf(recorder).catchUp(practice);
    expect(await recorded()).toEqual(oneTo(1_200));
  });
});

describe('an event that cannot be taken', () => {
  const fragile: Projection = {
    ...totals,
    name: 'fragile',
    evolve(row, event, key) {
      if ((event.data as { by?: number }).by === 13) throw new Error('thirteen');
      return totals.evolve(row as never, event, key);
    },
  };
  const unlucky = (of: string) =>
    append([pending(of, streamOf('counter', uuidv7()), 1, { data: { by: 13 } })]);
  const healthy = uuidv7();

  beforeAll(() => tables.create(store.worker, fragile));

  test('of an unknown type halts every read model of that practice, and of no other', async () => {
    await given(3);
    const position = await writeUnknownEvent(log, practice);
    await given(2, healthy);
    const follower = followerOf(recorder, totals);

    await follower.catchUp(practice);
    await follower.catchUp(healthy);

    expect(position).toBe(4);
    for (const projection of [recorder, totals])
      expect(await checkpointOf(projection)).toMatchObject({
        position: 3,
        haltedAt: 4,
        haltedBecause: expect.stringContaining('Multiplied') as string,
      });
    expect(await recorded(healthy)).toEqual([1, 2]);
    expect(reported).toHaveLength(2);
  });

  test('halts only the read model that cannot take it; what came before it is kept, nothing after is taken', async () => {
    await given(2);
    await store.append(practice, unlucky(practice));
    await given(2);

    await followerOf(recorder, fragile).catchUp(practice);

    expect(await checkpointOf(fragile)).toMatchObject({
      position: 2,
      haltedAt: 3,
      // without its message, which could quote what somebody said
      haltedBecause: expect.stringMatching(
        /^Counted of counter-\S+ cannot be folded: Error at (?!.*thirteen)/,
      ) as string,
    });
    expect(await recorded()).toEqual(oneTo(5));
    expect(reported).toEqual([
      expect.stringMatching(
        `^fragile of practice ${practice} halted at position 3: Counted of .+: Error at `,
      ),
    ]);
  });

  test('is waited at: more events do not get past it', async () => {
    await given(1);
    await writeUnknownEvent(log, practice);
    await followerOf(recorder).catchUp(practice);

    await given(5);
    await started(recorder);
    await followerOf(recorder).catchUp(practice);

    expect(await recorded()).toEqual([1]);
    expect(await tables.behind(store.worker, [recorder])).not.toContain(practice);
  });

  test('does not halt a read model that is past it', async () => {
    await given(3);
    await followerOf(recorder).catchUp(practice);
    await tables.addCheckpoints(store.worker, [fragile], practice);
    await given(2);
    const inside = Follower.prototype as unknown as { read(db: unknown, of: string): Promise<unknown> };
    const unreadable = vi.spyOn(inside, 'read').mockImplementationOnce(async (_db, of) => ({
      events: await store.reader.after(of, 0, 1),
      unreadable: { position: 2, because: 'an older version of the program cannot read it' },
    }));

    await followerOf(recorder, fragile).catchUp(practice);

    unreadable.mockRestore();
    expect(await checkpointOf(fragile)).toMatchObject({ position: 1, haltedAt: 2 });
    expect(await checkpointOf(recorder)).toMatchObject({ position: 5, haltedAt: null });
    expect(await recorded()).toEqual(oneTo(5));
  });

  test('answers “cannot say”: no row from before it, and no list', async () => {
    await given(1);
    const id = uuidv7();
    await store.append(practice, append([pending(practice, streamOf('counter', id), 1)]));
    const [seen, blind] = [new View(store, totals), new View(store, fragile)];
    await store.append(practice, unlucky(practice));
    await followerOf(totals, fragile).catchUp(practice);

    expect(await blind.current(practice, [id])).toBeUndefined();
    await expect(blind.list(practice, { limit: 9 })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'read_model_halted',
    });
    expect((await seen.current(practice, [id]))?.rows.get(id)).toMatchObject({ total: 1 });
    expect((await seen.list(practice, { limit: 9 })).rows).toHaveLength(3);
  });

  test.each(['unknown', 'unlucky'])(
    'answers “cannot say” also before the follower has come to it: %s',
    async (what) => {
      const id = uuidv7();
      await store.append(practice, append([pending(practice, streamOf('counter', id), 1)]));
      await followerOf(fragile).catchUp(practice);
      const view = new View(store, fragile);
      expect((await view.current(practice, [id]))?.rows.get(id)).toMatchObject({ total: 1 });

      if (what === 'unknown') await writeUnknownEvent(log, practice);
      else
        await store.append(
          practice,
          append([pending(practice, streamOf('counter', id), 2, { data: { by: 13 } })]),
        );

      expect(await view.current(practice, [id])).toBeUndefined();
    },
  );
});

test('a read model has a table per version, so that the next version can be filled beside it', () => {
  expect([tableOf(totals), tableOf({ ...totals, version: 2 })]).toEqual(['read.totals_1', 'read.totals_2']);
});
