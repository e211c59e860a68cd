import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clientRegistry } from '#libs/client';
import {
  Catalogue,
  EventStore,
  Follower,
  closePools,
  openPool,
  openPools,
  rebuild,
  tableOf,
  tables,
  type SealedRow,
} from '#libs/event-store';
import { streamOf, systemClock, uuidv7 } from '#libs/kernel';
import { verifyTree } from '#libs/ledger';
import { DECIDERS, PROJECTIONS } from '../../apps/api/src/app.module.js';
import { createDatabase } from '../support/database.js';
import { append, pending, until } from '../support/log-kit.js';
import { ROOT } from '../support/process.js';
import { openVault } from '../support/vault-kit.js';

/*
 * A process that carries out an erasure is killed at every step, and another goes on. What holds it up at a step is a
 * lock on the table that the step changes next.
 */

const DIST = new URL('dist/', `file://${ROOT}`).href;
const PROCESS = fileURLToPath(new URL('../support/erasing-process.mjs', import.meta.url));
const practice = uuidv7();
const [gone, stays] = [uuidv7(), uuidv7()];
const NAMES = { [gone]: 'Odalys Quennell', [stays]: 'Bartholomew Ives' };

let database: Awaited<ReturnType<typeof createDatabase>>;
let pools: ReturnType<typeof openPools>;
let keys: ReturnType<typeof openVault>;
let store: EventStore;
let owner: pg.Pool;
/** columns as the service reads them */
let reading: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pools = openPools(database.url);
  keys = openVault(database.url);
  owner = new pg.Pool({ connectionString: database.url, max: 4 });
  reading = openPool(database.url, 1, '');
  store = new EventStore(
    pools.pool,
    new Catalogue(DECIDERS),
    systemClock,
    async () => 72,
    keys.vault,
    pools.worker,
  );
  for (const projection of PROJECTIONS) await tables.create(store.worker, projection);
  for (const [id, legalName] of Object.entries(NAMES))
    await say('client', id, id, [
      {
        type: 'ClientRegistered',
        data: { legalName, dateOfBirth: '1990-01-01', languages: ['en'], contacts: [] },
      },
    ]);
});
afterAll(async () => {
  ready?.child.kill('SIGKILL');
  await closePools({ ...pools, owner, reading });
  await keys.stop();
  await database.drop();
});

async function say(
  category: string,
  id: string,
  about: string,
  events: readonly { type: string; data: object }[],
): Promise<void> {
  const subjects = [about];
  const all = events.map((event, index) =>
    pending(practice, streamOf(category, id), index + 1, { ...event, subjects }),
  );
  await store.append(practice, append(all));
}
const catchUp = () => new Follower(store, PROJECTIONS, () => undefined).catchUp(practice);

function start() {
  const child = spawn(process.execPath, [PROCESS, DIST, database.url]);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += String(chunk)));
  return { child, ended: new Promise<string>((resolve) => child.on('exit', () => resolve(said))) };
}

/** The next process gets ready while another is at work. */
let ready: ReturnType<typeof start> | undefined;
function next() {
  const now = ready!;
  now.child.stdin.write('now\n');
  return now;
}

/** Lets a process come to where it wants to change a table, and no further. */
async function killBefore(table: string): Promise<void> {
  const holder = await owner.connect();
  await holder.query(`begin; lock table ${table} in share mode`);
  const { child, ended } = next();
  ready = start();
  const waiting = `select pid from pg_locks where relation = '${table}'::regclass and not granted`;
  await vi.waitFor(async () => expect((await owner.query(waiting)).rowCount).toBeGreaterThan(0), 30_000);
  child.kill('SIGKILL');
  await ended;
  // What a dead process has asked for is done all the same, once the lock is gone: as if it had died before it asked.
  await owner.query(`select pg_terminate_backend(pid) from (${waiting}) w`);
  await until(async () => (await owner.query(waiting)).rowCount === 0);
  await holder.query('rollback');
  holder.release();
}

const liveKeys = async () => (await keys.vault.live(practice, gone)).length;
const envelopes = async () =>
  (await owner.query('select position from log.sealed where practice_id = $1', [practice])).rows.length;
const outOfUse = async () => (await tables.outOfUse(store.worker, PROJECTIONS)).get(practice)?.waiting;
const rowKeys = async () =>
  (await keys.vault.live(practice, practice))
    .filter(({ kind }) => kind === 'read_models')
    .map(({ version }) => version);
const inUse = async () =>
  (await tables.checkpoints(store.worker, practice)).filter(({ haltedAt }) => haltedAt === null).length;
const namesIn = async (stored: readonly SealedRow[]) =>
  [...(await store.rows.open(clientRegistry, practice, stored)).values()]
    .map(({ legalName }) => legalName)
    .sort();
const registryRows = async () =>
  (
    await store.worker.query<SealedRow>(
      `select key, row from ${tableOf(clientRegistry)} where practice_id = $1 order by key`,
      [practice],
    )
  ).rows;

it('whatever step a process is killed at, the next goes on, and in the end nothing opens and all is whole', async () => {
  const versions = { record: (await keys.vault.live(practice, gone)).map(({ version }) => version) };
  await say('legal', uuidv7(), gone, [
    { type: 'ErasureRequested', data: { clientId: gone, askedBy: 'client' } },
    { type: 'ErasureDecided', data: { clientId: gone, decision: 'approved', standing: [] } },
    { type: 'SubjectKeyDestroyed', data: { clientId: gone, kinds: ['record'], versions } },
  ]);
  await catchUp();
  ready = start();
  const yesterday = await registryRows();
  expect(await namesIn(yesterday)).toEqual(Object.values(NAMES).sort());
  const there = await envelopes();
  const before = await store.reader.unread(practice, 0, 100);

  expect([await liveKeys(), await outOfUse()], 'the intent').toEqual([1, undefined]);
  await killBefore('vault.data_key');
  expect([await liveKeys(), await outOfUse()], 'out of use').toEqual([1, true]);
  await killBefore('log.sealed');
  expect([await liveKeys(), await envelopes()], 'keys are gone').toEqual([0, there]);
  await killBefore('vault.data_key');
  expect([await envelopes(), await rowKeys()], 'envelopes are gone').toEqual([there - 1, [1]]);
  await killBefore(tableOf(PROJECTIONS[0]!));
  expect([await rowKeys(), await outOfUse()], 'no row opens').toEqual([[2], false]);
  const [some] = PROJECTIONS.slice(-1);
  await killBefore(tableOf(some!));
  expect([await rowKeys(), await inUse()], 'some are in use again').toEqual([[2], PROJECTIONS.length - 1]);
  expect(await next().ended).toBe('');

  expect(await outOfUse()).toBeUndefined();
  // Other processes are told of keys that are gone; this one does not listen.
  for (const subject of [practice, gone]) keys.vault.forget(practice, subject);
  await expect(namesIn(yesterday)).rejects.toMatchObject({ code: 'read_model_being_folded' });
  expect(await namesIn(await registryRows())).toEqual(['', NAMES[stays]]);
  for (const projection of [clientRegistry, some!])
    expect((await rebuild(store, projection)).differences, projection.name).toEqual([]);
  expect(await store.reader.after(practice, 0, 100)).toMatchObject([
    { erased: true },
    { data: { legalName: NAMES[stays] } },
    {},
    {},
    {},
  ]);
  const after = await store.reader.unread(practice, 0, 100);
  expect(after.map(({ leafHash }) => leafHash)).toEqual(before.map(({ leafHash }) => leafHash));
  const verdict = await verifyTree(
    reading,
    { practiceId: practice, log: 'events' },
    undefined,
    () => undefined,
  );
  expect(verdict).toMatchObject({ whole: true, erased: 1 });
}, 60_000);
