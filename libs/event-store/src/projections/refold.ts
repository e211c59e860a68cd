import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Recorded } from '#libs/kernel';
import type { EventStore } from '../event-store.js';
import { beginAs, isTrouble, onConnection, type Db } from '../log/pool.js';
import { safely } from './follower.js';
import { tableOf, type Projection } from './projection.js';
import { writeTouched } from './rebuild.js';
import { foldUntilPoison, OUT_OF_USE, tables } from './tables.js';

/** Rows of a whole practice are written in one transaction, and others wait for it. */
const PATIENT = `set local statement_timeout = '60s'; set local lock_timeout = '60s'; set local idle_in_transaction_session_timeout = 0`;

export interface RefoldOptions {
  /** events that are read at once */
  events?: number;
  /** rows of all read models together that are kept in memory */
  rows?: number;
  /** whether the process is about to end: what is not folded then is folded by another */
  isStopped?: () => boolean;
}

/**
 * Takes the read models of one practice out of use until `refold` has been through them: their key is about to change,
 * and what cannot be opened must not look as if it were not there. Whoever is folding them begins anew.
 * @param change what makes it necessary, in the same transaction; says whether it does
 */
export async function takeOutOfUse(
  store: EventStore,
  projections: readonly Projection[],
  practiceId: string,
  change: (db: Db) => Promise<boolean> = async () => true,
): Promise<void> {
  await tables.addCheckpoints(store.worker, projections, practiceId);
  await onConnection(store.worker, async (client) => {
    await client.query(`${beginAs(practiceId)}; ${PATIENT}`);
    if (await change(client))
      await client.query(
        `update read.checkpoint set halted_at_position = position + 1, halted_because = $4
         where practice_id = $3 and (projection, version) in (select * from unnest($1::text[], $2::int[]))`,
        [
          projections.map(({ name }) => name),
          projections.map(({ version }) => version),
          practiceId,
          OUT_OF_USE.waiting,
        ],
      );
    await client.query('commit');
  });
}

/** Once the key of read models is renewed and the old one gone: those that waited for it may be folded. */
export async function keyIsRenewed(store: EventStore, practiceId: string): Promise<void> {
  await store.worker.query(
    'update read.checkpoint set halted_because = $3 where practice_id = $1 and halted_because = $2',
    [practiceId, OUT_OF_USE.waiting, OUT_OF_USE.folding],
  );
}

/** Has those folded that have rows sealed with a key before `keyVersion`. */
export async function takeStaleOutOfUse(
  store: EventStore,
  projections: readonly Projection[],
  practiceId: string,
  keyVersion: number,
): Promise<void> {
  for (const projection of projections)
    await store.worker.query(
      `update read.checkpoint set halted_at_position = position + 1, halted_because = $5
       where practice_id = $1 and projection = $3 and version = $4 and halted_because is distinct from $6
         and exists (select from ${tableOf(projection)} where practice_id = $1 and substring(row from 5 for 2) < $2::bytea)`,
      [
        practiceId,
        versionInEnvelope(keyVersion),
        projection.name,
        projection.version,
        OUT_OF_USE.folding,
        OUT_OF_USE.waiting,
      ],
    );
}

/** As it stands in the fifth and sixth byte of what is sealed for nobody in particular. */
function versionInEnvelope(version: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(version);
  return bytes;
}

/**
 * One at a time in each practice, in whichever process, on a connection of its own. Who comes second waits for the first.
 * @param isStopped asked while waiting; then nothing is done
 */
export async function alone(
  store: EventStore,
  practiceId: string,
  isStopped: () => boolean,
  work: () => Promise<void>,
): Promise<void> {
  const client = new pg.Client(store.worker.options);
  client.on('error', () => undefined);
  await client.connect();
  try {
    for (let mine = false; !mine;) {
      const { rows } = await client.query<{ mine: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('refold/' || $1, 0)) as mine`,
        [practiceId],
      );
      mine = rows[0]!.mine;
      if (isStopped()) return;
      if (!mine) await sleep(200);
    }
    await work();
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** One read model on its way. */
interface Folding {
  readonly projection: Projection;
  /** where its stored rows stand, when nobody else has moved them on */
  stored: number;
  position: number;
  /** rows that were folded; all of them, as long as none were written */
  readonly rows: Map<string, object>;
  readonly touched: Set<string>;
  written: boolean;
  poison?: { position: number; because: string };
}

/**
 * Folds those of some read models of one practice that are to be, in one pass over the log, and puts them back into use.
 * Nothing is opened for those that are wordless. Rows and checkpoint commit together, so what is stored is at every moment
 * what the events up to the checkpoint make: the old rows until the new ones take their place. Of a long log some are
 * written before its end. An event that cannot be taken halts its read model as it would halt a follower. Ends without a
 * word when they are taken out of use meanwhile.
 */
export async function refold(
  store: EventStore,
  projections: readonly Projection[],
  practiceId: string,
  { events = 2_000, rows = 100_000, isStopped = () => false }: RefoldOptions = {},
): Promise<void> {
  let folding = await toFold(store, projections, practiceId);
  if (folding.length === 0) return;
  const how = folding.every(({ projection }) => projection.wordless) ? 'clear' : 'after';
  for await (const batch of readable(store.reader.batches(practiceId, 0, events, how))) {
    if (isStopped() || (await tables.outOfUse(store.worker, projections)).get(practiceId)?.waiting) return;
    for (const one of folding) await take(store, practiceId, one, batch);
    while (rowsOf(folding) > rows) {
      const most = folding.reduce((one, other) => (other.rows.size > one.rows.size ? other : one));
      if (!(await write(store, practiceId, most, false))) folding = folding.filter((one) => one !== most);
    }
  }
  for (const one of folding) if (!isStopped()) await write(store, practiceId, one, true);
}

/** Up to what cannot be read, which is for the followers to halt at. */
async function* readable(batches: AsyncIterable<Recorded[]>): AsyncGenerator<Recorded[]> {
  try {
    yield* batches;
  } catch (error) {
    if (isTrouble(error)) throw error;
  }
}

const rowsOf = (folding: readonly Folding[]) => folding.reduce((sum, { rows }) => sum + rows.size, 0);

async function toFold(
  store: EventStore,
  projections: readonly Projection[],
  practiceId: string,
): Promise<Folding[]> {
  const checkpoints = await tables.checkpoints(store.worker, practiceId);
  return projections.flatMap((projection) => {
    const found = checkpoints.find(
      (one) => one.projection === projection.name && one.version === projection.version,
    );
    if (found?.haltedBecause !== OUT_OF_USE.folding) return [];
    return {
      projection,
      stored: found.position,
      position: 0,
      rows: new Map(),
      touched: new Set(),
      written: false,
    };
  });
}

async function take(
  store: EventStore,
  practiceId: string,
  one: Folding,
  batch: readonly Recorded[],
): Promise<void> {
  if (one.poison) return;
  const { projection, rows } = one;
  if (one.written) {
    const unknown = batch
      .flatMap((event) => safely(() => projection.keys(event)))
      .filter((key) => !rows.has(key));
    const found = await store.rows.of(store.worker, projection, practiceId, [...new Set(unknown)]);
    for (const [key, row] of found) rows.set(key, row);
  }
  const { touched, poison } = foldUntilPoison(projection, rows, batch);
  for (const key of touched) one.touched.add(key);
  if (poison) one.poison = poison;
  one.position = poison ? poison.position - 1 : batch.at(-1)!.position;
}

/** @returns false when somebody else has moved the read model on or has taken it out of use, and nothing was written */
async function write(store: EventStore, practiceId: string, one: Folding, isLast: boolean): Promise<boolean> {
  const { projection, rows, touched, position, poison } = one;
  return onConnection(store.worker, async (client) => {
    await client.query(`begin; ${PATIENT}`);
    // The checkpoint is the mutex, as for those who follow.
    const { rowCount } = await client.query(
      `select from read.checkpoint where practice_id = $1 and projection = $2 and version = $3
         and position = $4 and halted_because = $5 for update`,
      [practiceId, projection.name, projection.version, one.stored, OUT_OF_USE.folding],
    );
    if (rowCount === 0) {
      await client.query('rollback');
      return false;
    }
    if (!one.written)
      await client.query(`delete from ${tableOf(projection)} where practice_id = $1`, [practiceId]);
    await writeTouched(store, client, projection, practiceId, rows, touched);
    await client.query(
      `update read.checkpoint set position = $4, halted_at_position = $5, halted_because = $6
       where practice_id = $1 and projection = $2 and version = $3`,
      [
        practiceId,
        projection.name,
        projection.version,
        position,
        isLast ? (poison?.position ?? null) : position + 1,
        isLast ? (poison?.because.slice(0, 500) ?? null) : OUT_OF_USE.folding,
      ],
    );
    await client.query('commit');
    rows.clear();
    touched.clear();
    one.stored = position;
    one.written = true;
    return true;
  });
}
