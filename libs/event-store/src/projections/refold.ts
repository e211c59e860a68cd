import type { EventStore } from '../event-store.js';
import { onConnection } from '../log/pool.js';
import { tableOf, type Projection } from './projection.js';
import { fold } from './rebuild.js';
import { tables } from './tables.js';

/** Followers leave a read model alone, and readers ask the log or are told to come back, while this is why it halted. */
const ANEW = 'being folded anew';

/**
 * Takes the read models of one practice out of use until `refold` has been through each: their key is about to change,
 * and what cannot be opened must not look as if it were not there.
 */
export async function takeOutOfUse(
  store: EventStore,
  projections: readonly Projection[],
  practiceId: string,
): Promise<void> {
  await tables.addCheckpoints(store.worker, projections, practiceId);
  await store.worker.query(
    `update read.checkpoint set halted_at_position = position + 1, halted_because = $4
     where practice_id = $3 and (projection, version) in (select * from unnest($1::text[], $2::int[]))`,
    [projections.map(({ name }) => name), projections.map(({ version }) => version), practiceId, ANEW],
  );
}

/** Folds the rows of one practice from the whole log, and puts the read model back into use. All or nothing. */
export async function refold(store: EventStore, projection: Projection, practiceId: string): Promise<void> {
  const { name, version } = projection;
  const table = tableOf(projection);
  await onConnection(store.worker, async (client) => {
    await client.query(
      `begin; set local statement_timeout = '60s'; set local lock_timeout = '30s'; set local idle_in_transaction_session_timeout = 0`,
    );
    // The checkpoint is the mutex, as for those who follow.
    await client.query(
      'select from read.checkpoint where practice_id = $1 and projection = $2 and version = $3 for update',
      [practiceId, name, version],
    );
    await client.query(`delete from ${table} where practice_id = $1`, [practiceId]);
    const position = await fold(store, projection, table, practiceId, 0, undefined, client);
    await client.query(
      `update read.checkpoint set position = $4, halted_at_position = null, halted_because = null
       where practice_id = $1 and projection = $2 and version = $3`,
      [practiceId, name, version, position],
    );
    await client.query('commit');
  });
}

/** The practices of which some read model was taken out of use. */
export async function outOfUse(store: EventStore): Promise<string[]> {
  const { rows } = await store.worker.query<{ practice_id: string }>(
    'select distinct practice_id from read.checkpoint where halted_because = $1',
    [ANEW],
  );
  return rows.map((row) => row.practice_id);
}

/** The read models of a practice that are out of use, or have rows sealed with a key before `keyVersion`. */
export async function toRefold(
  store: EventStore,
  projections: readonly Projection[],
  practiceId: string,
  keyVersion: number,
): Promise<Projection[]> {
  const found: Projection[] = [];
  for (const projection of projections) {
    const { rows } = await store.worker.query<{ due: boolean }>(
      `select exists (select from ${tableOf(projection)} where practice_id = $1 and substring(row from 5 for 2) < $2::bytea)
         or exists (select from read.checkpoint where practice_id = $1 and projection = $3 and version = $4 and halted_because = $5) as due`,
      [practiceId, versionInEnvelope(keyVersion), projection.name, projection.version, ANEW],
    );
    if (rows[0]!.due) found.push(projection);
  }
  return found;
}

/** As it stands in the fifth and sixth byte of what is sealed for nobody in particular. */
function versionInEnvelope(version: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(version);
  return bytes;
}
