import type { Db } from '#libs/event-store';
import type { LogKind } from '../checkpoint/origin.js';
import type { TileAt } from '../tree/tile.js';

/** Whose tree, over what. */
export interface Tree {
  readonly practiceId: string;
  readonly log: LogKind;
}

export interface LogRow {
  origin: string;
  verifier_key: string;
  generation: number;
  size: number;
  halted_at: number | null;
  because: string | null;
  /** set while the log is behind what was signed of it */
  behind_generation: number | null;
  behind_size: number | null;
  behind_root: Buffer | null;
}

export interface CheckpointRow {
  size: number;
  root: Buffer;
  note: string;
  sealed_at: string;
}

const LOG = `select origin, verifier_key, generation, size, halted_at, because, behind_generation, behind_size, behind_root
  from ledger.log where practice_id = $1 and log = $2`;
const CHECKPOINT =
  'select size, root, note, sealed_at from ledger.checkpoint where practice_id = $1 and log = $2';
/** Where each log counts its entries, and where they are. */
const HEADS = `(select practice_id, 'events'::ledger.log_kind as log, position from log.head
  union all select practice_id, 'access', position from access.head)`;
const ENTRIES = { events: 'log.event', access: 'access.entry' } as const;

/** All SQL of the ledger. Every statement about one log begins with the practice. */
export const sql = {
  /** Logs that have grown since they were sealed last, and are not halted. */
  async due(db: Db): Promise<Tree[]> {
    const { rows } = await db.query<{ practice_id: string; log: LogKind }>(
      `select h.practice_id, h.log from ${HEADS} h left join ledger.log l using (practice_id, log)
       where h.position > coalesce(l.size, 0) and l.halted_at is null`,
    );
    return rows.map(({ practice_id: practiceId, log }) => ({ practiceId, log }));
  },

  /** Those of some logs that end before a size that was signed of them, and are not known to. */
  async shorter(db: Db, signed: readonly (Tree & { size: number })[]): Promise<Tree[]> {
    const { rows } = await db.query<{ practice_id: string; log: LogKind }>(
      `select practice_id, log from unnest($1::uuid[], $2::ledger.log_kind[], $3::bigint[]) as s(practice_id, log, size)
       join ${HEADS} h using (practice_id, log) left join ledger.log l using (practice_id, log)
       where h.position < s.size and l.behind_size is null`,
      [
        signed.map(({ practiceId }) => practiceId),
        signed.map(({ log }) => log),
        signed.map(({ size }) => size),
      ],
    );
    return rows.map(({ practice_id: practiceId, log }) => ({ practiceId, log }));
  },

  /** How many entries a log has; 0 when there is none. */
  async position(db: Db, { practiceId, log }: Tree): Promise<number> {
    const { rows } = await db.query<{ position: number }>(
      `select position from ${log === 'events' ? 'log.head' : 'access.head'} where practice_id = $1`,
      [practiceId],
    );
    return rows[0]?.position ?? 0;
  },

  /** Takes the lock of a log, which is made if it is new. */
  async lock(db: Db, { practiceId, log }: Tree, origin: string, verifierKey: string): Promise<LogRow> {
    await db.query(
      'insert into ledger.log (practice_id, log, origin, verifier_key) values ($1, $2, $3, $4) on conflict do nothing',
      [practiceId, log, origin, verifierKey],
    );
    const { rows } = await db.query<LogRow>(`${LOG} for update`, [practiceId, log]);
    return rows[0]!;
  },

  async log(db: Db, { practiceId, log }: Tree): Promise<LogRow | undefined> {
    const { rows } = await db.query<LogRow>(LOG, [practiceId, log]);
    return rows[0];
  },

  /** The newest checkpoint. */
  async checkpoint(db: Db, { practiceId, log }: Tree): Promise<CheckpointRow | undefined> {
    const { rows } = await db.query<CheckpointRow>(`${CHECKPOINT} order by size desc limit 1`, [
      practiceId,
      log,
    ]);
    return rows[0];
  },

  /** All of them, oldest first. */
  async checkpoints(db: Db, { practiceId, log }: Tree): Promise<CheckpointRow[]> {
    const { rows } = await db.query<CheckpointRow>(`${CHECKPOINT} order by size`, [practiceId, log]);
    return rows;
  },

  /** At most so many checkpoints older than a size, spread evenly over all there are, oldest first. */
  async checkpointsSpread(
    db: Db,
    { practiceId, log }: Tree,
    below: number,
    most: number,
  ): Promise<CheckpointRow[]> {
    const { rows } = await db.query<CheckpointRow>(
      `select size, root, note, sealed_at from (
         select c.*, row_number() over (order by size) as n, count(*) over () as total
         from ledger.checkpoint c where practice_id = $1 and log = $2 and size < $3
       ) c where total <= $4 or (n * $4) / total > ((n - 1) * $4) / total order by size`,
      [practiceId, log, below, most],
    );
    return rows;
  },

  /** Every practice that has a log or a tree. */
  async practices(db: Db): Promise<string[]> {
    const { rows } = await db.query<{ practice_id: string }>(
      'select practice_id from log.head union select practice_id from ledger.log order by 1',
    );
    return rows.map((row) => row.practice_id);
  },

  async addCheckpoint(
    db: Db,
    { practiceId, log }: Tree,
    { size, root, note }: Pick<CheckpointRow, 'size' | 'root' | 'note'>,
  ): Promise<void> {
    await db.query(
      'insert into ledger.checkpoint (practice_id, log, size, root, note) values ($1, $2, $3, $4, $5)',
      [practiceId, log, size, root, note],
    );
    await db.query('update ledger.log set size = $3 where practice_id = $1 and log = $2', [
      practiceId,
      log,
      size,
    ]);
  },

  async halt(db: Db, { practiceId, log }: Tree, position: number, because: string): Promise<void> {
    await db.query('update ledger.log set halted_at = $3, because = $4 where practice_id = $1 and log = $2', [
      practiceId,
      log,
      position,
      because,
    ]);
  },

  /** Nothing is appended to a log any more that is behind what was signed of it. */
  async close(
    db: Db,
    { practiceId, log }: Tree,
    signed: { generation: number; size: number; root: Buffer },
  ): Promise<void> {
    const { generation, size, root } = signed;
    await db.query('select ledger.close_log($1, $2, $3, $4, $5)', [practiceId, log, generation, size, root]);
  },

  /** The generation that the last accepted restore began; undefined when there was none. */
  async generation(db: Db, practiceId: string): Promise<number | undefined> {
    const { rows } = await db.query<{ generation: number }>(
      `select (data->>'generation')::int as generation from log.event
       where practice_id = $1 and stream = 'practice-' || $1::uuid and type = 'LogRestored' order by version desc limit 1`,
      [practiceId],
    );
    return rows[0]?.generation;
  },

  async beginGeneration(
    db: Db,
    { practiceId, log }: Tree,
    generation: number,
    origin: string,
    verifierKey: string,
  ): Promise<LogRow> {
    await db.query(
      `update ledger.log set generation = $3, origin = $4, verifier_key = $5,
         behind_generation = null, behind_size = null, behind_root = null
       where practice_id = $1 and log = $2`,
      [practiceId, log, generation, origin, verifierKey],
    );
    return (await sql.log(db, { practiceId, log }))!;
  },

  /** Leaf hashes of `count` entries from the one at index `first` on. */
  async entries(db: Db, { practiceId, log }: Tree, first: number, count: number): Promise<Buffer[]> {
    const { rows } = await db.query<{ leaf_hash: Buffer }>(
      `select leaf_hash from ${ENTRIES[log]} where practice_id = $1 and position > $2 and position <= $2 + $3 order by position`,
      [practiceId, first, count],
    );
    return rows.map((row) => row.leaf_hash);
  },

  async putTile(
    db: Db,
    { practiceId, log }: Tree,
    level: number,
    index: number,
    hashes: Buffer,
  ): Promise<void> {
    await db.query(
      `insert into ledger.tile (practice_id, log, level, index, hashes) values ($1, $2, $3, $4, $5)
       on conflict (practice_id, log, level, index) do update set hashes = excluded.hashes`,
      [practiceId, log, level, index, hashes],
    );
  },
};

/** Reads tiles once each. */
export function tilesIn(db: Db, { practiceId, log }: Tree): TileAt {
  const known = new Map<string, Promise<Buffer | undefined>>();
  return (level, index) => {
    const key = `${level}/${index}`;
    let tile = known.get(key);
    if (!tile)
      known.set(
        key,
        (tile = db
          .query<{ hashes: Buffer }>(
            'select hashes from ledger.tile where practice_id = $1 and log = $2 and level = $3 and index = $4',
            [practiceId, log, level, index],
          )
          .then(({ rows }) => rows[0]?.hashes)),
      );
    return tile;
  };
}
