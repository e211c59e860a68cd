import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import {
  append,
  begin,
  oneTo,
  pending,
  positionsOf,
  sleep,
  startLog,
  totals,
  type Log,
} from '../../../../test/support/log-kit.js';
import { AppendQueue } from './append-queue.js';
import { tables } from '../projections/tables.js';
import { Follower } from '../projections/follower.js';
import { encode } from './events.js';

let log: Log;
beforeAll(async () => {
  log = await startLog();
});
afterAll(() => log.stop());

/** Appends in a transaction of its own that dawdles before it ends, as no well-behaved writer would. */
async function dawdle(practice: string, milliseconds: number, end: 'commit' | 'rollback'): Promise<void> {
  const client = await log.owner.connect();
  await client.query('begin');
  const queue = new AppendQueue(practice, client as unknown as pg.Pool, () => new Date().toISOString());
  const one = begin(practice);
  await queue.append(one, one.events.map(encode));
  await sleep(milliseconds);
  await client.query(end);
  client.release();
}

test('whoever pauses or rolls back, positions have no hole and who reads along sees each once, in order', async () => {
  const practice = uuidv7();
  const stores = [log.open(), log.open()];
  let writing = true;
  let [appended, rolledBack] = [0, 0];

  const writer = async (n: number) => {
    for (let round = 0; round < 30; round++) {
      const events = oneTo(1 + ((n + round) % 3));
      const first = begin(practice);
      await stores[n % 2]!.append(practice, append(events.map((v) => pending(practice, first.stream, v))));
      appended += events.length;
      if (round % 7 === n) await sleep(n);
    }
  };
  const dawdler = async (end: 'commit' | 'rollback', pauses: readonly number[]) => {
    for (const pause of pauses) {
      await dawdle(practice, pause, end);
      if (end === 'commit') appended++;
      else rolledBack++;
    }
  };
  const seen: number[] = [];
  const reader = async () => {
    const { reader: tail } = log.open();
    for (let last = false; !last;) {
      last = !writing;
      for (const { position } of await tail.after(practice, seen.at(-1) ?? 0, 20)) seen.push(position);
    }
    for await (const rest of tail.batches(practice, seen.at(-1)))
      seen.push(...rest.map((event) => event.position));
  };
  const reading = reader();
  await Promise.all([
    ...oneTo(6).map(writer),
    dawdler('rollback', [0, 3, 9, 1, 5, 2]),
    dawdler('rollback', [4, 0, 7, 2]),
    dawdler('commit', [6, 0, 3, 8]),
  ]);
  writing = false;
  await reading;

  expect(rolledBack).toBe(10);
  expect(await positionsOf(log, practice)).toEqual(oneTo(appended));
  expect(seen).toEqual(oneTo(appended));
});

test('a writer that hangs holds up its own practice for two seconds at most, and no other', async () => {
  const [stuck, other] = [uuidv7(), uuidv7()];
  const store = log.open();
  await store.append(stuck, begin(stuck));
  const client = await log.owner.connect();
  await client.query('begin');
  await client.query('select from log.head where practice_id = $1 for update', [stuck]);

  const waiting = store.append(stuck, begin(stuck));
  const refused = expect(waiting).rejects.toMatchObject({ code: '55P03' });
  const elsewhere = await store.append(other, begin(other));
  await refused;
  await client.query('rollback');
  client.release();

  expect(elsewhere).toMatchObject({ outcome: 'appended' });
  expect(await positionsOf(log, stuck)).toEqual([1]);
  expect(await store.append(stuck, begin(stuck))).toMatchObject({ outcome: 'appended', firstPosition: 2 });
});

/** As a superuser, who can switch the triggers off. */
async function remove(practice: string, positions: readonly number[]): Promise<void> {
  await log.owner.query('alter table log.event disable trigger append_only');
  await log.owner.query('delete from log.event where practice_id = $1 and position = any($2)', [
    practice,
    positions,
  ]);
  await log.owner.query('alter table log.event enable always trigger append_only');
}

test.each([
  ['in the middle of a batch', [5]],
  ['at the end of a batch', [6]],
  ['a whole batch', [4, 5, 6]],
])('nobody reads past events that somebody removed: %s', async (_, positions) => {
  const practice = uuidv7();
  const store = log.open();
  const first = begin(practice);
  await store.append(practice, append(oneTo(10).map((v) => pending(practice, first.stream, v))));
  await remove(practice, positions);

  const seen: number[] = [];
  const read = async () => {
    for await (const batch of store.reader.batches(practice, 0, 3))
      seen.push(...batch.map(({ position }) => position));
  };
  await expect(read()).rejects.toThrow(`The event at position ${positions[0]} is missing`);
  expect(seen).toEqual([1, 2, 3]);

  // whoever judges what is stored is shown what lies behind the hole
  const left = oneTo(10).filter((position) => position > 3 && !positions.includes(position));
  const stored = await store.reader.unread(practice, 3, 3);
  expect(stored.map(({ position }) => position)).toEqual(left.slice(0, 3));

  const said: string[] = [];
  const follower = new Follower(store, [totals], (message) => said.push(message));
  await tables.create(store.worker, totals);
  await follower.catchUp(practice);
  const checkpoint = await tables.checkpoint(store.worker, totals, practice);
  expect(checkpoint).toMatchObject({ position: positions[0]! - 1, haltedAt: positions[0] });
  expect(said.join()).toContain('missing from the log');
});
