import { createHash } from 'node:crypto';
import type { EventStore } from '../event-store.js';
import { onConnection, type Db } from '../log/pool.js';
import { foldInto, tableOf, type Projection } from './projection.js';
import type { SealedRow } from './rows.js';
import { TAKE_TURNS, tables } from './tables.js';

export interface RebuildProgress {
  practices: { done: number; total: number };
  events: { done: number; total: number };
}

export interface RebuildResult {
  events: number;
  rows: number;
  /** rows that had differed from what the log says, by practice and key; the first hundred */
  differences: { practiceId: string; key: string }[];
}

/**
 * Folds a projection anew from the whole log into a table beside the one in use, two practices at a time, compares the
 * two, and switches by renaming. Readers see the old rows or the new ones, never a mixture; writers go on meanwhile. When
 * somebody is erased meanwhile it begins again: what was folded before may hold their words.
 * @throws Error while the read models of some practice are folded anew after an erasure: they are not put back into use
 * by anybody else
 */
export async function rebuild(
  store: EventStore,
  projection: Projection,
  onProgress: (progress: RebuildProgress) => void = () => undefined,
): Promise<RebuildResult> {
  const table = tableOf(projection);
  const beside = `${table}_rebuild`;
  const waiting = await tables.outOfUse(store.worker, [projection]);
  if (waiting.size > 0)
    throw new Error(
      `Somebody was erased, and the read models of practice ${[...waiting.keys()].join(', ')} are being folded anew for it. Nothing of ${projection.name} was changed; run this again in some minutes.`,
    );
  await store.worker.query(`drop table if exists ${beside}`);
  await tables.create(store.worker, { ...projection, indexes: [] }, beside);

  const { rows: heads } = await store.worker.query<{ practice_id: string; position: number }>(
    'select practice_id, position from log.head order by position desc',
  );
  const keys = new Map<string, number>();
  for (const { practice_id: practiceId } of heads) keys.set(practiceId, await keyVersion(store, practiceId));
  const progress: RebuildProgress = {
    practices: { done: 0, total: heads.length },
    events: { done: 0, total: heads.reduce((sum, head) => sum + head.position, 0) },
  };
  const reached = new Map<string, number>();
  const queue = [...heads];
  const work = async () => {
    for (let head = queue.shift(); head; head = queue.shift()) {
      reached.set(
        head.practice_id,
        await fold(store, projection, beside, head.practice_id, 0, (count) => {
          progress.events.done += count;
          onProgress(progress);
        }),
      );
      progress.practices.done++;
      onProgress(progress);
    }
  };
  await Promise.all([work(), work()]);
  const result = await switchOver(store, projection, beside, reached, keys, progress.events.done);
  return result ?? rebuild(store, projection, onProgress);
}

/** Of the key that rows of a practice are sealed with. An erasure renews it before it folds them again. */
async function keyVersion({ vault }: EventStore, practiceId: string): Promise<number> {
  const live = await vault.live(practiceId, practiceId);
  // 1: what the first row makes when there is none yet
  return Math.max(1, ...live.filter(({ kind }) => kind === 'read_models').map(({ version }) => version));
}

/** Folds one practice from a position on into a table. Rows stay in memory until the end of its log. */
export async function fold(
  store: EventStore,
  projection: Projection,
  table: string,
  practiceId: string,
  from: number,
  onBatch: (count: number) => void = () => undefined,
): Promise<number> {
  const rows = new Map<string, object>();
  const touched = new Set<string>();
  let position = from;
  for await (const batch of store.reader.batches(practiceId, from, 2000)) {
    if (from > 0)
      await loadMissing(
        store,
        projection,
        table,
        practiceId,
        rows,
        batch.flatMap((event) => projection.keys(event)),
      );
    for (const key of foldInto(projection, rows, batch)) touched.add(key);
    position = batch.at(-1)!.position;
    onBatch(batch.length);
  }
  await writeTouched(store, store.worker, projection, practiceId, rows, touched, table);
  return position;
}

/** Writes some of the rows. Two lots at a time: while the database writes one, the next is made into JSON. */
export async function writeTouched(
  store: EventStore,
  db: Db,
  projection: Projection,
  practiceId: string,
  rows: ReadonlyMap<string, object>,
  touched: ReadonlySet<string>,
  table = tableOf(projection),
): Promise<void> {
  const keys = [...touched];
  let next = 0;
  const write = async () => {
    while (next < keys.length) {
      const lot = keys.slice(next, (next += 500));
      await store.rows.upsert(
        db,
        projection,
        practiceId,
        lot.map((key) => [key, rows.get(key)!] as const),
        table,
      );
    }
  };
  await Promise.all([write(), write()]);
}

async function loadMissing(
  store: EventStore,
  projection: Projection,
  table: string,
  practiceId: string,
  rows: Map<string, object>,
  keys: readonly string[],
): Promise<void> {
  const unknown = [...new Set(keys)].filter((key) => !rows.has(key));
  if (unknown.length === 0) return;
  const found = await store.worker.query<SealedRow>(
    `select key, row from ${table} where practice_id = $1 and key = any($2::text[])`,
    [practiceId, unknown],
  );
  for (const one of await store.rows.open(projection, practiceId, found.rows)) rows.set(...one);
}

/**
 * Holds every follower still, also those of practices that began meanwhile and have no checkpoint yet, folds what came
 * since, compares, renames. An erasure that renews a key after this finds rows under the old one, and folds them again.
 * @param keys the versions of the practices' keys when folding began
 * @returns undefined, with nothing changed, when one of them was renewed since or is about to be
 */
async function switchOver(
  store: EventStore,
  projection: Projection,
  beside: string,
  reached: Map<string, number>,
  keys: ReadonlyMap<string, number>,
  events: number,
): Promise<RebuildResult | undefined> {
  const table = tableOf(projection);
  return onConnection(store.worker, async (client) => {
    await client.query(
      `begin; set local statement_timeout = '60s'; set local lock_timeout = '30s'; ${TAKE_TURNS}; lock table read.checkpoint in exclusive mode`,
    );
    let erasing = (await tables.outOfUse(client, [projection])).size > 0;
    for (const [practiceId, version] of keys) erasing ||= (await keyVersion(store, practiceId)) !== version;
    if (erasing) {
      await client.query('rollback');
      return undefined;
    }
    const { rows: checkpoints } = await client.query<{ practice_id: string; position: number }>(
      'select practice_id, position from read.checkpoint where projection = $1 and version = $2',
      [projection.name, projection.version],
    );
    const { rows: heads } = await client.query<{ practice_id: string }>('select practice_id from log.head');
    for (const { practice_id: practiceId } of heads)
      reached.set(
        practiceId,
        await fold(
          store,
          projection,
          beside,
          practiceId,
          reached.get(practiceId) ?? 0,
          (count) => (events += count),
        ),
      );
    // Only practices whose old rows stand at the same position can be compared; the others were behind or halted.
    const comparable = checkpoints
      .filter((old) => old.position === reached.get(old.practice_id))
      .map((old) => old.practice_id);
    const { rows: differences } = await client.query<{ practiceId: string; key: string }>(
      `select coalesce(n.practice_id, o.practice_id) as "practiceId", coalesce(n.key, o.key) as key
       from (select * from ${beside} where practice_id = any($1::uuid[])) n
       full join (select * from ${table} where practice_id = any($1::uuid[])) o using (practice_id, key)
       where to_jsonb(n) - 'row' is distinct from to_jsonb(o) - 'row' limit 100`,
      [comparable],
    );
    const { rows: counted } = await client.query<{ count: number }>(
      `select count(*) as count from ${beside}`,
    );
    await client.query(`drop table ${table}`);
    await client.query(`alter table ${beside} rename to ${table.slice('read.'.length)}`);
    await client.query(`alter index ${beside}_pkey rename to ${table.slice('read.'.length)}_pkey`);
    await tables.create(client, projection);
    for (const [practiceId, position] of reached)
      await client.query(
        `insert into read.checkpoint (projection, version, practice_id, position) values ($1, $2, $3, $4)
         on conflict (practice_id, projection, version) do update set position = excluded.position, halted_at_position = null, halted_because = null`,
        [projection.name, projection.version, practiceId, position],
      );
    await client.query('commit');
    return { events, rows: counted[0]!.count, differences };
  });
}

/** A fingerprint of one practice's rows, to compare two states of a table. */
export async function fingerprint(
  store: EventStore,
  projection: Projection,
  practiceId: string,
): Promise<string> {
  const { rows } = await store.worker.query<{ key: string; row: string }>(
    `select key, digest::text as row from ${tableOf(projection)} where practice_id = $1 order by key`,
    [practiceId],
  );
  const hash = createHash('sha256');
  for (const { key, row } of rows) hash.update(key).update('\n').update(row).update('\n');
  return hash.digest('hex');
}
