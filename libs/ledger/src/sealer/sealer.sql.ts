import type { Db } from '#libs/event-store';
import type { TileAt } from '../tree/tile.js';

export interface LogRow {
  origin: string;
  verifier_key: string;
  size: number;
  halted_at: number | null;
  because: string | null;
}

export interface CheckpointRow {
  size: number;
  root: Buffer;
  note: string;
}

/** All SQL of the ledger. Every statement begins with the practice. */
export const sql = {
  /** Practices whose log has grown since it was sealed last, and is not halted. */
  async behind(db: Db): Promise<string[]> {
    const { rows } = await db.query<{ practice_id: string }>(
      `select h.practice_id from log.head h left join ledger.log l using (practice_id)
       where h.position > coalesce(l.size, 0) and l.halted_at is null`,
    );
    return rows.map((row) => row.practice_id);
  },

  /** Takes the lock of a log, which is made if it is new. */
  async lock(db: Db, practiceId: string, origin: string, verifierKey: string): Promise<LogRow> {
    await db.query(
      'insert into ledger.log (practice_id, origin, verifier_key) values ($1, $2, $3) on conflict do nothing',
      [practiceId, origin, verifierKey],
    );
    const { rows } = await db.query<LogRow>(
      'select origin, verifier_key, size, halted_at, because from ledger.log where practice_id = $1 for update',
      [practiceId],
    );
    return rows[0]!;
  },

  async log(db: Db, practiceId: string): Promise<LogRow | undefined> {
    const { rows } = await db.query<LogRow>(
      'select origin, verifier_key, size, halted_at, because from ledger.log where practice_id = $1',
      [practiceId],
    );
    return rows[0];
  },

  /** The newest checkpoint, or the one of a size. */
  async checkpoint(db: Db, practiceId: string, size?: number): Promise<CheckpointRow | undefined> {
    const { rows } = await db.query<CheckpointRow>(
      `select size, root, note from ledger.checkpoint where practice_id = $1 and ($2::bigint is null or size = $2)
       order by size desc limit 1`,
      [practiceId, size ?? null],
    );
    return rows[0];
  },

  /** All of them, oldest first. */
  async checkpoints(db: Db, practiceId: string): Promise<CheckpointRow[]> {
    const { rows } = await db.query<CheckpointRow>(
      'select size, root, note from ledger.checkpoint where practice_id = $1 order by size',
      [practiceId],
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

  async addCheckpoint(db: Db, practiceId: string, { size, root, note }: CheckpointRow): Promise<void> {
    await db.query('insert into ledger.checkpoint (practice_id, size, root, note) values ($1, $2, $3, $4)', [
      practiceId,
      size,
      root,
      note,
    ]);
    await db.query('update ledger.log set size = $2 where practice_id = $1', [practiceId, size]);
  },

  async halt(db: Db, practiceId: string, position: number, because: string): Promise<void> {
    await db.query('update ledger.log set halted_at = $2, because = $3 where practice_id = $1', [
      practiceId,
      position,
      because,
    ]);
  },

  /** Leaf hashes of `count` events from the one at index `first` on. */
  async entries(db: Db, practiceId: string, first: number, count: number): Promise<Buffer[]> {
    const { rows } = await db.query<{ leaf_hash: Buffer }>(
      'select leaf_hash from log.event where practice_id = $1 and position > $2 and position <= $2 + $3 order by position',
      [practiceId, first, count],
    );
    return rows.map((row) => row.leaf_hash);
  },

  async putTile(db: Db, practiceId: string, level: number, index: number, hashes: Buffer): Promise<void> {
    await db.query(
      `insert into ledger.tile (practice_id, level, index, hashes) values ($1, $2, $3, $4)
       on conflict (practice_id, level, index) do update set hashes = excluded.hashes`,
      [practiceId, level, index, hashes],
    );
  },
};

/** Reads tiles once each. */
export function tilesIn(db: Db, practiceId: string): TileAt {
  const known = new Map<string, Promise<Buffer | undefined>>();
  return (level, index) => {
    const key = `${level}/${index}`;
    let tile = known.get(key);
    if (!tile)
      known.set(
        key,
        (tile = db
          .query<{ hashes: Buffer }>(
            'select hashes from ledger.tile where practice_id = $1 and level = $2 and index = $3',
            [practiceId, level, index],
          )
          .then(({ rows }) => rows[0]?.hashes)),
      );
    return tile;
  };
}
