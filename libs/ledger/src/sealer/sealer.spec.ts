import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPool, type EventStore } from '#libs/event-store';
import { uuidv7 } from '#libs/kernel';
import { begin, logRead, oneTo, startLog, type Log } from '../../../../test/support/log-kit.js';
import { parseCheckpoint } from '../checkpoint/checkpoint.js';
import { verifierOf } from '../checkpoint/note.js';
import { EMPTY_ROOT, leafNode, parentNode } from '../tree/tree.js';
import { Sealer } from './sealer.service.js';
import { sql } from './sealer.sql.js';

let log: Log;
let store: EventStore;
let practice: string;
let stopAll: (() => Promise<void>)[] = [];
beforeAll(async () => {
  log = await startLog();
  store = log.open();
});
afterAll(() => log.stop());
beforeEach(() => (practice = uuidv7()));
afterEach(async () => {
  for (const stop of stopAll) await stop();
  stopAll = [];
});

const reports: string[] = [];
function sealer(seed = 1): Sealer {
  const pool = openPool(log.url, 4, 'candor_sealer');
  const made = new Sealer({
    pool,
    seed: Buffer.alloc(32, seed),
    host: 'candor.example',
    report: (message) => reports.push(message),
  });
  stopAll.push(async () => {
    await made.stop();
    await pool.end();
  });
  return made;
}
const given = async (count: number) => {
  await Promise.all(oneTo(count).map(() => store.append(practice, begin(practice))));
};
const events = () => ({ practiceId: practice, log: 'events' }) as const;
const newest = () => sql.checkpoint(store.of(practice), events());
const halted = async () => {
  const row = await sql.log(store.of(practice), events());
  return row && { at: row.halted_at, because: row.because };
};

/** RFC 6962 over the hashes in the log, as its definition stands. */
async function rootOfLog(): Promise<Buffer> {
  const { rows } = await log.owner.query<{ leaf_hash: Buffer }>(
    'select leaf_hash from audit.events_v1 where practice_id = $1 order by position',
    [practice],
  );
  const over = (entries: Buffer[]): Buffer => {
    if (entries.length === 0) return EMPTY_ROOT;
    if (entries.length === 1) return leafNode(entries[0]!);
    let k = 1;
    while (k * 2 < entries.length) k *= 2;
    return parentNode(over(entries.slice(0, k)), over(entries.slice(k)));
  };
  return over(rows.map((row) => row.leaf_hash));
}

/** What only a superuser can do: the triggers are switched off for it. */
const tamper = async (statement: string, ...values: unknown[]) => {
  await log.owner.query('alter table log.event disable trigger append_only');
  await log.owner.query(statement, values);
  await log.owner.query('alter table log.event enable always trigger append_only');
};

describe('the sealer', () => {
  test('signs the root over everything there is, which opens with the key it has published', async () => {
    await given(5);

    await sealer().seal(practice);

    const checkpoint = await newest();
    const { verifier_key: key } = (await sql.log(store.of(practice), events()))!;
    expect(checkpoint?.root).toEqual(await rootOfLog());
    expect(parseCheckpoint(verifierOf(key).open(checkpoint!.note)!)).toEqual({
      origin: `candor.example/log/${practice}`,
      size: 5,
      root: checkpoint!.root,
    });
  });

  test('grows the tree step by step over the edges of its tiles', async () => {
    const one = sealer();
    for (const count of [1, 254, 3, 300]) {
      await given(count);
      await one.seal(practice);
      expect((await newest())?.root).toEqual(await rootOfLog());
    }
  });

  test('follows the log within a second', async () => {
    await sealer().start();
    const waits: number[] = [];
    for (const n of oneTo(5)) {
      const before = performance.now();
      await given(1);
      while ((await newest())?.size !== n) await new Promise((resolve) => setTimeout(resolve, 5));
      waits.push(performance.now() - before);
    }

    expect(Math.max(...waits)).toBeLessThan(1_500);
  });

  test('catches up after an hour without it', async () => {
    await given(700);

    await sealer().sealAll();

    expect(await newest()).toMatchObject({ size: 700, root: await rootOfLog() });
  });

  test('is harmless twice: one root per size, whoever signs', async () => {
    const both = [sealer(), sealer()];
    for (const _ of oneTo(6)) {
      await given(2);
      await Promise.all(both.map((one) => one.seal(practice)));
    }

    const { rows } = await store
      .of(practice)
      .query<{ size: number }>('select size from ledger.checkpoint where practice_id = $1 order by size', [
        practice,
      ]);
    expect(rows.map(({ size }) => size)).toEqual([...new Set(rows.map(({ size }) => size))]);
    expect(await newest()).toMatchObject({ size: 12, root: await rootOfLog() });
  });

  test('does not sign what was edited before it came: it halts there, and stays halted', async () => {
    await given(4);
    await tamper(`update log.event set data = '{"by":99}' where practice_id = $1 and position = 3`, practice);

    await sealer().seal(practice);
    await given(1);
    await sealer().seal(practice);

    expect(await newest()).toBeUndefined();
    expect(await halted()).toEqual({
      at: 3,
      because: 'the event is not what was hashed when it was appended',
    });
  });

  test('does not sign over a hole', async () => {
    await given(4);
    await tamper('delete from log.event where practice_id = $1 and position = 2', practice);

    await sealer().seal(practice);

    expect(await newest()).toBeUndefined();
    expect(await halted()).toMatchObject({ at: 3 });
  });

  test('does not sign a tree that did not grow from what it signed before', async () => {
    await given(3);
    await sealer().seal(practice);
    await log.owner.query(
      `update ledger.tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where practice_id = $1 and level = 0`,
      [practice],
    );
    await given(2);

    await sealer().seal(practice);

    expect(await newest()).toMatchObject({ size: 3 });
    expect(await halted()).toEqual({
      at: 3,
      because: 'the tree does not grow from the last signed checkpoint',
    });
  });

  test('with another key signs nothing in a log that has one', async () => {
    await given(1);
    await sealer(1).seal(practice);
    await given(1);

    await expect(sealer(2).seal(practice)).rejects.toThrow("not this sealer's key");
    expect(await newest()).toMatchObject({ size: 1 });
  });
});

describe('the log of who has read what', () => {
  const reads = () => ({ practiceId: practice, log: 'access' }) as const;
  const read = async (count: number) => {
    for (const _ of oneTo(count)) await logRead(store, practice);
  };

  test('has a tree of its own, signed under a name of its own', async () => {
    await given(2);
    await read(3);

    await sealer().sealAll();

    const log = await sql.log(store.of(practice), reads());
    expect(log).toMatchObject({ origin: `candor.example/access/${practice}`, size: 3 });
    const { note, root } = (await sql.checkpoint(store.of(practice), reads()))!;
    expect(parseCheckpoint(verifierOf(log!.verifier_key).open(note)!)).toEqual({
      origin: log!.origin,
      size: 3,
      root,
    });
    expect(await newest()).toMatchObject({ size: 2 });
  });

  test('is halted where an entry was edited, and the history goes on', async () => {
    await read(3);
    await log.owner.query('alter table access.entry disable trigger append_only');
    await log.owner.query(
      `update access.entry set data = jsonb_set(data, '{route}', '"/v1/staff"') where practice_id = $1 and position = 2`,
      [practice],
    );
    await log.owner.query('alter table access.entry enable always trigger append_only');
    await given(1);

    await sealer().seal(practice);

    expect(await sql.checkpoint(store.of(practice), reads())).toBeUndefined();
    expect(await sql.log(store.of(practice), reads())).toMatchObject({ halted_at: 2 });
    expect(await newest()).toMatchObject({ size: 1 });
  });
});

describe('in the database', () => {
  test('the sealer can change nothing in the log, and the service nothing in the tree', async () => {
    await given(1);
    await sealer().seal(practice);
    const asSealer = openPool(log.url, 1, 'candor_sealer');
    const asService = openPool(log.url, 1);
    stopAll.push(async () => {
      await asSealer.end();
      await asService.end();
    });

    for (const statement of [
      'update log.event set version = 9',
      'delete from log.head',
      'update ledger.checkpoint set size = 9',
    ])
      await expect(asSealer.query(statement)).rejects.toThrow('permission denied');
    for (const table of ['log', 'checkpoint', 'tile'])
      await expect(asService.query(`update ledger.${table} set practice_id = practice_id`)).rejects.toThrow(
        'permission denied',
      );
  });

  test('what was signed cannot be changed even by the owner', async () => {
    await given(1);
    await sealer().seal(practice);

    await expect(log.owner.query('update ledger.checkpoint set size = 9')).rejects.toThrow('append-only');
  });
});
