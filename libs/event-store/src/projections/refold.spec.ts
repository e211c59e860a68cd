import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import {
  counter,
  meta,
  oneTo,
  startLog,
  totals,
  type Log,
  type Total,
} from '../../../../test/support/log-kit.js';
import type { EventStore } from '../event-store.js';
import { Follower } from './follower.js';
import type { Projection } from './projection.js';
import { fingerprint, rebuild } from './rebuild.js';
import { keyIsRenewed, refold, takeOutOfUse, takeStaleOutOfUse } from './refold.js';
import { tables } from './tables.js';
import { View } from './view.js';

const other: Projection<Total> = { ...totals, name: 'other_totals' };
const third: Projection<Total> = { ...totals, name: 'third_totals' };
const all = [totals, other, third];

let log: Log;
let store: EventStore;
let practice: string;
let ids: string[];
let follower: Follower;
beforeEach(async () => {
  log = await startLog();
  store = log.open();
  follower = new Follower(store, all, () => undefined);
  for (const projection of all) await tables.create(store.worker, projection);
  practice = uuidv7();
  ids = oneTo(8).map(() => uuidv7());
  for (const id of [...ids, ...ids]) await count(id);
  await follower.catchUp(practice);
});
afterEach(() => log.stop());

const count = (id: string) =>
  store.handle(counter, meta(practice, id, { reason: 'an invented reason' }), { type: 'Count', by: 1 });
const prints = () => Promise.all(all.map((one) => fingerprint(store, one, practice)));
const standing = async () =>
  (await tables.checkpoints(store.worker, practice)).map(({ position, haltedBecause }) => [
    position,
    haltedBecause,
  ]);
const list = (of = totals) => new View(store, of).list(practice, { limit: 20 });

/** As an erasure does it; the digests by which rows are compared stay, because the older key does. */
async function renewKey(): Promise<void> {
  await takeOutOfUse(store, all, practice);
  await store.vault.renew(practice, practice, 'read_models');
  await keyIsRenewed(store, practice);
}

describe('Read models that are folded anew', () => {
  test('are as they were, sealed with the new key, and follow the log again', async () => {
    const before = await prints();
    await renewKey();

    await refold(store, all, practice);

    expect(await prints()).toEqual(before);
    expect(await standing()).toEqual(all.map(() => [16, null]));
    const { rows } = await log.owner.query(
      `select distinct encode(substring(row from 5 for 2), 'hex') as version from read.${other.name}_1`,
    );
    expect(rows).toEqual([{ version: '0002' }]);
    await count(ids[0]!);
    await follower.catchUp(practice);
    expect((await list()).rows.find(({ key }) => key === ids[0])).toMatchObject({ total: 3 });
  });

  test('of a whole practice take one pass over the log: every event is opened once', async () => {
    await renewKey();
    const opened: string[] = [];
    const open = store.vault.open.bind(store.vault);
    vi.spyOn(store.vault, 'open').mockImplementation((of, sealed) => {
      for (const { place } of sealed) opened.push(place);
      return open(of, sealed);
    });

    await refold(store, all, practice);

    const events = opened.filter((place) => place.includes('eventId'));
    expect(events).toHaveLength(16);
    expect(new Set(events).size).toBe(16);
  });

  test('that hold nobody’s words are folded without opening anything', async () => {
    const before = await prints();
    await renewKey();
    const open = vi.spyOn(store.vault, 'open');

    await refold(store, [{ ...totals, wordless: true }], practice);

    expect(open).not.toHaveBeenCalled();
    expect(await prints()).toEqual(before);
  });

  test('of which only some rows fit into memory are the same in the end', async () => {
    const before = await prints();
    await renewKey();

    await refold(store, all, practice, { events: 3, rows: 5 });

    expect(await prints()).toEqual(before);
    expect(await standing()).toEqual(all.map(() => [16, null]));
  });

  test('say so to whoever asks meanwhile, and are never half there', async () => {
    await renewKey();
    const seen: unknown[] = [];
    const upsert = store.rows.upsert.bind(store.rows);
    vi.spyOn(store.rows, 'upsert').mockImplementation(async (...write) => {
      await upsert(...write);
      seen.push(await list().catch((error: unknown) => (error as { code?: string }).code));
      seen.push(await new View(store, totals).current(practice, ids));
      const scan = new View(store, totals).scan(practice, '').next();
      seen.push(await scan.catch((error: unknown) => (error as { code?: string }).code));
    });

    await refold(store, [totals], practice, { events: 4, rows: 1 });

    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(seen)).toEqual(new Set(['read_model_being_folded', undefined]));
    expect((await list()).rows).toHaveLength(8);
  });

  test('are left to the next who folds them when they are taken out of use meanwhile', async () => {
    await renewKey();
    const upsert = store.rows.upsert.bind(store.rows);
    vi.spyOn(store.rows, 'upsert').mockImplementation(async (...write) => {
      vi.restoreAllMocks();
      await takeOutOfUse(store, [other, third], practice);
      return upsert(...write);
    });

    await refold(store, all, practice);

    expect((await standing()).map(([, because]) => because)).toEqual([
      expect.stringContaining('under a new key'),
      expect.stringContaining('under a new key'),
      null,
    ]);
    expect([...(await tables.outOfUse(store.worker, all))]).toEqual([[practice, { waiting: true }]]);
  });

  test('halt where one cannot take an event, as a follower would, and the others go on', async () => {
    await renewKey();
    const clumsy: Projection<Total> = {
      ...other,
      evolve: (row, event, key) => {
        if (event.position === 10) throw new Error('a mistake in the program');
        return totals.evolve(row, event, key);
      },
    };

    await refold(store, [totals, clumsy, third], practice);

    expect(await tables.checkpoint(store.worker, other, practice)).toMatchObject({
      position: 9,
      haltedAt: 10,
      haltedBecause: expect.stringContaining('cannot be folded') as string,
    });
    expect((await list()).rows).toHaveLength(8);
    expect((await list(third)).rows).toHaveLength(8);
  });

  test('are those that hold a row sealed with a key from before', async () => {
    const { rows: old } = await log.owner.query<{ row: Buffer }>(
      'select row from read.totals_1 where key = $1',
      [ids[0]],
    );
    await renewKey();
    await refold(store, all, practice);
    await log.owner.query('update read.totals_1 set row = $1 where key = $2', [old[0]!.row, ids[0]]);

    await takeStaleOutOfUse(store, all, practice, 2);

    expect([...(await tables.outOfUse(store.worker, all))]).toEqual([[practice, { waiting: false }]]);
    await expect(list()).rejects.toMatchObject({ code: 'read_model_being_folded' });
    expect((await list(other)).rows).toHaveLength(8);
    await refold(store, all, practice);
    expect((await list()).rows).toHaveLength(8);
  });

  test('are not rebuilt meanwhile, nor put back into use by a rebuild that had begun before', async () => {
    await expect(
      rebuild(store, totals, ({ practices }) => {
        if (practices.done === 1) taken ??= takeOutOfUse(store, all, practice);
      }),
    ).rejects.toThrow('run this again in some minutes');
    await taken;
    await expect(rebuild(store, totals)).rejects.toThrow(`practice ${practice} are being folded anew`);

    expect(await standing()).toEqual(
      all.map(() => [16, expect.stringContaining('under a new key') as string]),
    );
  });
  let taken: Promise<void> | undefined;
});
