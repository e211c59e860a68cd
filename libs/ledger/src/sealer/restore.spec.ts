import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Catalogue, EventStore, openPool } from '#libs/event-store';
import { streamOf, uuidv7 } from '#libs/kernel';
import { practice as practiceDecider } from '#libs/practice';
import {
  append,
  begin,
  counter,
  oneTo,
  pending,
  startLog,
  type Log,
} from '../../../../test/support/log-kit.js';
import { line } from '../bundle/bundle.js';
import { headerOf, linesOf } from '../bundle/export.reader.js';
import { judgeBundle } from '../bundle/judge.js';
import { verifyTree } from '../verify/verify.reader.js';
import { keptIn } from './memory.js';
import { Sealer } from './sealer.service.js';
import { sql, type Tree } from './sealer.sql.js';

let log: Log;
let store: EventStore;
let pool: ReturnType<typeof openPool>;
let practice: string;
let folder: string;
let reports: string[];
beforeAll(async () => {
  log = await startLog();
  const { pool: app, clock, vault, worker } = log.open();
  store = new EventStore(
    app,
    new Catalogue([counter, practiceDecider]),
    clock,
    async () => 24,
    vault,
    worker,
  );
  pool = openPool(log.url, 4, 'candor_sealer');
});
afterAll(async () => {
  await pool.end();
  await log.stop();
});
beforeEach(async () => {
  practice = uuidv7();
  reports = [];
  folder = await mkdtemp(join(tmpdir(), 'candor-memory-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** As it is after its process was started. */
async function started(folders: { home?: string; witness?: string } = { home: folder }): Promise<Sealer> {
  const report = (message: string) => void reports.push(message);
  const made = new Sealer({ pool, seed: Buffer.alloc(32, 1), host: 'candor.example', report, ...folders });
  await made.remember();
  await made.seal(practice);
  return made;
}
const tree = (): Tree => ({ practiceId: practice, log: 'events' });
const row = () => sql.log(pool, tree());
const size = async () => (await sql.checkpoint(pool, tree()))?.size;
const given = async (count: number) => {
  for (const _ of oneTo(count)) await store.append(practice, begin(practice));
};

const TABLES = [
  'log.head',
  'log.event',
  'log.command_result',
  'ledger.log',
  'ledger.checkpoint',
  'ledger.tile',
];
const unguarded = async (work: () => Promise<unknown>) => {
  const guarded = ['log.event', 'log.command_result', 'ledger.checkpoint'];
  for (const table of guarded) await log.owner.query(`alter table ${table} disable trigger user`);
  await work();
  for (const table of guarded) await log.owner.query(`alter table ${table} enable trigger user`);
  for (const table of guarded)
    await log.owner.query(`alter table ${table} enable always trigger append_only`);
};
/** What a backup holds of one practice. @returns what puts it back */
async function backup(tables = TABLES): Promise<() => Promise<void>> {
  const id = uuidv7().replaceAll('-', '');
  const name = (table: string) => `backup_${table.replace('.', '_')}_${id}`;
  for (const table of tables)
    await log.owner.query(
      `create table ${name(table)} as select * from ${table} where practice_id = '${practice}'`,
    );
  return () =>
    unguarded(async () => {
      for (const table of tables) {
        await log.owner.query(`delete from ${table} where practice_id = $1`, [practice]);
        await log.owner.query(`insert into ${table} select * from ${name(table)}`);
      }
    });
}
/** The event by which somebody accepts that what came after is lost. */
const accept = async () => {
  const { behind_generation, behind_size, behind_root } = (await row())!;
  const stream = streamOf('practice', practice);
  const data = {
    generation: behind_generation! + 1,
    behind: [{ log: 'events', size: behind_size!, root: behind_root!.toString('base64') }],
    why: 'the disk broke',
  };
  const version =
    (await store.reader.unread(practice, 0, 99)).filter((event) => event.stream === stream).length + 1;
  const event = {
    ...pending(practice, stream, version),
    type: 'LogRestored',
    data,
  };
  await store.append(practice, append([event]));
};

/** 3 events in a backup, 7 signed, and the backup put back. */
async function restored(folders = { home: folder } as { home?: string; witness?: string }): Promise<void> {
  await given(3);
  await started(folders);
  const putBack = await backup();
  await given(4);
  await started(folders);
  expect(await size()).toBe(7);
  await putBack();
}

describe('a log that is behind what was signed of it', () => {
  test('is closed: nothing is appended, and nothing signed', async () => {
    await restored();

    const sealer = await started();

    await expect(store.append(practice, begin(practice))).rejects.toMatchObject({ code: 'log_restored' });
    await sealer.sealAll();
    expect(await store.reader.position(practice)).toBe(3);
    expect([await size(), await row()]).toMatchObject([3, { behind_size: 7, behind_generation: 1 }]);
    expect(reports).toEqual([
      expect.stringContaining(`candor -- restore accept --practice ${practice} --reason …`),
    ]);
  });

  test('is closed while the sealer runs, within a second', async () => {
    await restored();
    const sealer = new Sealer({
      pool,
      seed: Buffer.alloc(32, 1),
      host: 'candor.example',
      home: folder,
      report: () => undefined,
    });
    await sealer.start();
    const began = performance.now();
    while ((await row())?.behind_size !== 7) await new Promise((resolve) => setTimeout(resolve, 20));
    await sealer.stop();

    expect(performance.now() - began).toBeLessThan(1_500);
  });

  test('is closed though it has grown beyond that again, with other events', async () => {
    await restored();
    await given(6);

    await started();

    await expect(store.append(practice, begin(practice))).rejects.toMatchObject({ code: 'log_restored' });
    expect([await size(), await row()]).toMatchObject([3, { behind_size: 7 }]);
  });

  test('is closed by what a witness knows, when the sealer’s own folder was put back with it', async () => {
    const witness = join(folder, 'witness');
    await restored({ home: join(folder, 'home'), witness });
    await rm(join(folder, 'home'), { recursive: true });

    await started({ witness });

    expect(await row()).toMatchObject({ behind_size: 7 });
  });

  test('is not noticed by anybody who remembers nothing', async () => {
    await restored();
    await started({});

    expect(await row()).toMatchObject({ behind_size: null });
  });

  test('is closed also when the database had never heard of the practice, once it has', async () => {
    const putBack = await backup();
    await given(3);
    await started();
    await putBack();
    await started();
    expect((await row())?.behind_size).toBeNull();
    await given(1);

    await started();

    await expect(store.append(practice, begin(practice))).rejects.toMatchObject({ code: 'log_restored' });
  });

  test('of another practice closes no other', async () => {
    await restored();
    await started();
    const other = uuidv7();

    await store.append(other, begin(other));
    expect(await store.reader.position(other)).toBe(1);
  });
});

describe('verifying a log that is behind', () => {
  test('tells how many were signed, from what is kept outside of the database', async () => {
    await restored();

    expect(await verified()).toMatchObject({ whole: false, behind: 7, events: 3 });
    expect(await verified([])).toMatchObject({ whole: true, compared: 0 });
  });

  test('tells it when it has grown beyond that again, with other events', async () => {
    await restored();
    await given(6);

    expect(await verified()).toMatchObject({ whole: false, behind: 7, events: 9 });
  });

  test('tells it from what the sealer has noticed, where nothing is kept', async () => {
    await restored();
    await started();

    expect(await verified([])).toMatchObject({ whole: false, behind: 7, events: 3 });
  });

  test('finds it whole once somebody accepted what is lost, before the sealer goes on and after', async () => {
    await restored();
    await started();
    await accept();

    expect(await verified()).toMatchObject({ whole: true, events: 4 });
    await started();
    expect(await verified()).toMatchObject({ whole: true, sealed: 4, generation: 2 });
  });

  test('finds a later generation lost as well', async () => {
    await restored();
    await started();
    const putBack = await backup();
    await accept();
    await started();
    await putBack();

    expect(await verified()).toMatchObject({ whole: false, behind: 4, events: 3 });
  });

  test('passes over what this key did not sign, and says where it is', async () => {
    await given(2);
    await started();
    const note = await readFile(remembered(), 'utf8');
    await writeFile(remembered(), note.replace('\n2\n', '\n9\n'));

    expect(await verified()).toMatchObject({ whole: true, compared: 0, foreign: [remembered()] });
  });
});

describe('a log that is not', () => {
  test('goes on when the sealer fell over between what it remembers and what it commits', async () => {
    await given(3);
    await started();
    const forget = await backup(['ledger.log', 'ledger.checkpoint', 'ledger.tile']);
    await given(2);
    await started();
    await forget();
    expect(await size()).toBe(3);
    await given(1);

    await started();

    expect([await size(), (await row())?.behind_size]).toEqual([6, null]);
  });

  test('passes over what others put into the folder', async () => {
    await given(2);
    await started();
    const note = await readFile(remembered(), 'utf8');
    await writeFile(remembered(), note.replace('\n2\n', '\n9\n'));
    await writeFile(join(folder, 'notes.txt'), 'to do: nothing');
    await given(1);

    await started();

    expect([await size(), (await row())?.behind_size]).toEqual([3, null]);
    expect(reports.filter((report) => report.includes('passed over'))).toHaveLength(2);
  });
});

describe('what cannot be remembered', () => {
  test('is not signed', async () => {
    await given(2);
    await writeFile(join(folder, 'file'), '');

    await expect(started({ home: join(folder, 'file', 'home') })).rejects.toThrow('ENOTDIR');
    expect(await size()).toBeUndefined();
  });

  test('by a witness only is signed, and reported', async () => {
    await given(2);
    await writeFile(join(folder, 'file'), '');

    await started({ home: join(folder, 'home'), witness: join(folder, 'file', 'witness') });

    expect(await size()).toBe(2);
    expect(reports.join()).toContain('the witness was not told');
  });
});

describe('a restore that was accepted', () => {
  test('opens the log again, in a generation that signs under a name of its own', async () => {
    await restored();
    await started();
    await accept();
    await given(2);

    await started();

    expect(await row()).toMatchObject({
      generation: 2,
      origin: `candor.example/log/${practice}/2`,
      behind_size: null,
      size: 6,
    });
    expect(await verified()).toMatchObject({
      whole: true,
      events: 6,
      sealed: 6,
      erased: 0,
      generation: 2,
      compared: 1,
    });
  });

  test('is all that opens it', async () => {
    await restored();
    await started();

    const others = Promise.allSettled(oneTo(5).map(() => store.append(practice, begin(practice))));
    await accept();

    expect((await others).map(({ status }) => status)).not.toContain('fulfilled');
    expect((await store.reader.unread(practice, 3, 9)).map(({ type }) => type)).toEqual(['LogRestored']);
  });

  test('shows in what is exported, with what had been signed before', async () => {
    await restored();
    const kept = await readFile(remembered(), 'utf8');
    await started();
    await accept();
    await started();

    expect(await judgeBundle(bundle(), { older: [kept] })).toMatchObject({
      whole: true,
      header: { generation: 2 },
      restores: [{ position: 4, generation: 2, behindSize: 7, why: 'the disk broke' }],
      older: [{ size: 7, generation: 1, found: 'lost' }],
    });
  });

  test('can be followed by another', async () => {
    await restored();
    await started();
    const putBack = await backup();
    await accept();
    await given(8);
    await started();
    await putBack();
    await started();
    expect(await row()).toMatchObject({ generation: 1, behind_generation: 2, behind_size: 12 });

    await accept();
    await started();

    expect(await row()).toMatchObject({ generation: 3, size: 4, behind_size: null });
  });
});

const verified = async (folders = [folder]) =>
  verifyTree(pool, tree(), undefined, () => undefined, await keptIn(folders, () => undefined));

/** The file in which the sealer keeps the newest note of the practice. */
const remembered = () => join(folder, encodeURIComponent(`candor.example/log/${practice}`));

async function* bundle(): AsyncGenerator<string> {
  const header = (await headerOf(store.of(practice), {
    practiceId: practice,
    log: 'events',
    withText: false,
  }))!;
  yield line(header);
  const done = { count: 0, lastPosition: 0, lastLeafHash: null };
  for await (const lines of linesOf(store, { header, done }, () => undefined))
    yield* lines.trimEnd().split('\n');
}
