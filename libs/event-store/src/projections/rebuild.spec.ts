import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import {
  counter,
  meta,
  oneTo,
  startLog,
  totals,
  until,
  writeUnknownEvent,
  type Log,
  type Total,
} from '../../../../test/support/log-kit.js';
import type { EventStore } from '../event-store.js';
import { Follower } from './follower.js';
import type { Projection } from './projection.js';
import { fingerprint, rebuild } from './rebuild.js';
import { tables } from './tables.js';
import { View } from './view.js';

let log: Log;
let store: EventStore;
let practice: string;
let ids: string[];
/** Every test on a read model of its own, so that a rebuild has nothing to do with the practices of other tests. */
let mine: Projection<Total>;
let view: View<Total>;
let follower: Follower;
let tests = 0;
beforeEach(async () => {
  log = await startLog();
  store = log.open();
  mine = {
    ...totals,
    name: `totals_${++tests}`,
    indexes: ['"total"'],
  };
  view = new View(store, mine);
  follower = new Follower(store, [mine], () => undefined);
  await tables.create(store.worker, mine);
  practice = uuidv7();
  ids = oneTo(5).map(() => uuidv7());
  for (const id of ids) await count(id);
  await follower.catchUp(practice);
});
afterEach(() => log.stop());

const count = (id: string, of = practice) => store.handle(counter, meta(of, id), { type: 'Count', by: 1 });
const totalsOf = async (of = practice) =>
  Object.fromEntries((await view.list(of, { limit: 100 })).rows.map(({ key, total }) => [key, total]));
const table = () => view.table;

describe('a rebuild', () => {
  test('of a sound read model changes nothing, and says so', async () => {
    const before = await fingerprint(store, mine, practice);
    const progress: { events: { done: number; total: number } }[] = [];

    const result = await rebuild(store, mine, (now) => progress.push(structuredClone(now)));

    expect(result).toEqual({ events: 5, rows: 5, differences: [] });
    expect(await fingerprint(store, mine, practice)).toBe(before);
    expect(progress.at(-1)).toEqual({ practices: { done: 1, total: 1 }, events: { done: 5, total: 5 } });
    expect((await tables.checkpoints(store.worker, practice))[0]).toMatchObject({ position: 5 });
  });

  test('begins again when somebody is erased meanwhile: nothing folded before is put into use', async () => {
    const { vault } = store;
    let folded = 0;
    let renewed: Promise<void> | undefined;

    const result = await rebuild(store, mine, ({ events }) => {
      if (events.done === 5) folded++;
      renewed ??= vault.renew(practice, practice, 'read_models');
    });

    await renewed;
    expect(folded).toBeGreaterThan(2); // told twice each time: of the events, and of the practice
    expect(result).toMatchObject({ events: 5, rows: 5 });
    const { rows } = await log.owner.query<{ version: string }>(
      `select distinct encode(substring(row from 5 for 2), 'hex') as version from ${table()} where practice_id = $1`,
      [practice],
    );
    expect(rows).toEqual([{ version: '0002' }]);
  });

  test('names the rows that somebody had tampered with, and puts them right', async () => {
    const before = await fingerprint(store, mine, practice);
    const [changed, removed, invented] = [ids[0]!, ids[1]!, uuidv7()];
    await log.owner.query(`update ${table()} set total = 99 where key = $1`, [changed]);
    await log.owner.query(`delete from ${table()} where key = $1`, [removed]);
    await log.owner.query(
      `insert into ${table()} select practice_id, $2, row, digest, total from ${table()} where practice_id = $1 and key = $3`,
      [practice, invented, ids[2]],
    );
    await log.owner.query(
      `update ${table()} mine set row = other.row, digest = other.digest from ${table()} other where mine.key = $1 and other.key = $2`,
      [ids[3], ids[4]],
    );
    await expect(totalsOf(), 'rather nothing than what somebody put there').rejects.toMatchObject({
      code: 'read_model_broken',
    });

    const { differences } = await rebuild(store, mine);

    const expected = [changed, removed, invented, ids[3]!].map((key) => ({ practiceId: practice, key }));
    expect(differences).toHaveLength(4);
    expect(differences).toEqual(expect.arrayContaining(expected));
    expect(await fingerprint(store, mine, practice)).toBe(before);
  });

  test('leaves the table with its key and its indexes, and can be done again', async () => {
    const shape = async () => {
      const { rows } = await log.owner.query<{ indexdef: string }>(
        `select indexdef from pg_indexes where schemaname || '.' || tablename = $1 order by 1`,
        [table()],
      );
      return rows;
    };
    const before = await shape();

    await rebuild(store, mine);
    await rebuild(store, mine);

    expect(before).toHaveLength(2);
    expect(await shape()).toEqual(before);
    const { rows } = await log.owner.query(
      `select from pg_tables where schemaname = 'read' and tablename like '%rebuild'`,
    );
    expect(rows).toEqual([]);
  });

  test('that fails leaves the old rows in use, and the next one succeeds', async () => {
    const position = await writeUnknownEvent(log, practice);

    await expect(rebuild(store, mine)).rejects.toThrow('Multiplied');

    expect(await totalsOf()).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
    const healthier = new View(store, mine);
    expect((await tables.checkpoints(store.worker, practice))[0]).toMatchObject({ position: position - 1 });
    expect((await healthier.list(practice, { limit: 9 })).rows).toHaveLength(5);
  });

  test('with a better program ends a halt', async () => {
    const clumsy: Projection = {
      ...mine,
      evolve: () => {
        throw new Error('a mistake in the program');
      },
    };
    await count(ids[0]!);
    await new Follower(store, [clumsy], () => undefined).catchUp(practice);
    await expect(totalsOf()).rejects.toMatchObject({ code: 'read_model_halted' });

    await rebuild(store, mine);
    await count(ids[0]!);
    await follower.catchUp(practice);

    expect(await totalsOf()).toMatchObject({ [ids[0]!]: 3, [ids[1]!]: 1 });
  });
});

describe('during a rebuild', () => {
  test('writers go on, and readers see every row, never one that goes back', async () => {
    let over = false;
    let written = 0;
    let [lists, answers] = [0, 0];
    const writer = async () => {
      while (!over) {
        await count(ids[written++ % 5]!);
        await follower.catchUp(practice);
      }
    };
    const listener = async () => {
      for (let seen: Record<string, number> = {}; !over; lists++) {
        const now = await totalsOf();
        expect(Object.keys(now).toSorted()).toEqual(ids.toSorted());
        for (const [id, total] of Object.entries(seen)) expect(now[id]).toBeGreaterThanOrEqual(total);
        seen = now;
      }
    };
    const asker = async () => {
      for (; !over; answers++) {
        const before = (await store.load(counter, practice, ids[0]!)).state.total;
        const row = (await view.current(practice, [ids[0]!]))!.rows.get(ids[0]!)!;
        expect(row.total).toBeGreaterThanOrEqual(before);
      }
    };
    const rebuilder = async () => {
      for (let round = 1; !over && (round <= 3 || Math.min(written, lists, answers) < 10); round++)
        expect((await rebuild(store, mine)).differences).toEqual([]);
    };

    await Promise.all(
      [writer(), listener(), asker(), rebuilder()].map((task) => task.finally(() => (over = true))),
    );
    await follower.catchUp(practice);

    expect(Object.values(await totalsOf()).reduce((sum, total) => sum + total)).toBe(5 + written);
    for (const id of ids)
      expect((await totalsOf())[id]).toBe((await store.load(counter, practice, id)).state.total);
  });

  test('a practice that begins keeps its rows', async () => {
    const [newcomer, id] = [uuidv7(), uuidv7()];
    const batches = store.reader.batches.bind(store.reader);
    vi.spyOn(store.reader, 'batches').mockImplementationOnce(async function* (...asked) {
      await count(id, newcomer);
      await follower.catchUp(newcomer);
      yield* batches(...asked);
    });

    await rebuild(store, mine);
    await count(id, newcomer);
    await follower.catchUp(newcomer);

    expect(await totalsOf(newcomer)).toEqual({ [id]: 2 });
    expect(await totalsOf()).toEqual(Object.fromEntries(ids.map((each) => [each, 1])));
  });

  test('an answer that is being put together rests on one table, the old or the new', async () => {
    await count(ids[0]!);
    let rebuilding: Promise<unknown> | undefined;
    const within = store.reader.within.bind(store.reader);
    vi.spyOn(store.reader, 'within').mockImplementationOnce((db) => {
      const reader = within(db);
      const position = reader.position.bind(reader);
      reader.position = async (of) => {
        const stands = await position(of); // now the checkpoint is read, and the row is not
        let over = false;
        rebuilding = rebuild(store, mine).finally(() => (over = true));
        await until(async () => over || (await somebodyWaits()));
        return stands;
      };
      return reader;
    });

    const answer = await view.current(practice, ids);
    await rebuilding;

    expect(answer?.rows.get(ids[0]!)).toMatchObject({ total: 2, events: 2 });
    expect(answer?.rows.get(ids[1]!)).toMatchObject({ total: 1, events: 1 });
    expect((await view.current(practice, ids))?.rows).toEqual(answer?.rows);
  });

  const somebodyWaits = async () =>
    (
      await log.owner.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
    ).rowCount !== 0;
});
