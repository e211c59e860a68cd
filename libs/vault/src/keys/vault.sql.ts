import type pg from 'pg';
import type { KeyKind } from '../crypto/envelope.js';

/** The pool of the role `candor_vault`. */
export type VaultDb = Pick<pg.Pool, 'query'>;

export interface PracticeKeyRow {
  practice_id: string;
  version: number;
  provider: string;
  wrapped: Buffer;
  commitment: Buffer;
}

/** `wrapped` is null when the key was destroyed: then what it sealed is erased and not lost. */
export interface DataKeyRow {
  subject_id: string;
  kind: KeyKind;
  version: number;
  practice_key: number | null;
  wrapped: Buffer | null;
  commitment: Buffer | null;
}

export interface Wanted {
  readonly subject: string;
  readonly kind: KeyKind;
}

/** One version of a data key. */
export interface Named extends Wanted {
  readonly version: number;
}

const DATA_KEY = 'k.subject_id, k.kind, k.version, k.practice_key, k.wrapped, k.commitment';

/** All SQL of the vault. Every statement about one practice begins with it. */
export const sql = {
  async practiceKey(
    db: VaultDb,
    practiceId: string,
    version: number | 'newest',
  ): Promise<PracticeKeyRow | undefined> {
    const { rows } = await db.query<PracticeKeyRow>({
      name: 'vault.practice_key',
      text: `select practice_id, version, provider, wrapped, commitment from vault.practice_key
             where practice_id = $1 and ($2::int is null or version = $2) order by version desc limit 1`,
      values: [practiceId, version === 'newest' ? null : version],
    });
    return rows[0];
  },

  /** Somebody else's key of the same version stays. */
  async addPracticeKey(db: VaultDb, row: PracticeKeyRow): Promise<void> {
    await db.query(
      `insert into vault.practice_key (practice_id, version, provider, wrapped, commitment)
       values ($1, $2, $3, $4, $5) on conflict do nothing`,
      [row.practice_id, row.version, row.provider, row.wrapped, row.commitment],
    );
  },

  /** The names of all root keys that something is wrapped with. */
  async providers(db: VaultDb): Promise<string[]> {
    const { rows } = await db.query<{ provider: string }>(
      'select distinct provider from vault.practice_key order by provider',
    );
    return rows.map((row) => row.provider);
  },

  /** Some practice keys that another root key wraps. */
  async underOtherRoots(db: VaultDb, provider: string, limit: number): Promise<PracticeKeyRow[]> {
    const { rows } = await db.query<PracticeKeyRow>(
      `select practice_id, version, provider, wrapped, commitment from vault.practice_key
       where provider <> $1 order by practice_id, version limit $2`,
      [provider, limit],
    );
    return rows;
  },

  async rewrapPracticeKey(
    db: VaultDb,
    { practice_id, version, provider }: PracticeKeyRow,
    next: { provider: string; wrapped: Buffer },
  ): Promise<number> {
    const { rowCount } = await db.query(
      'update vault.practice_key set provider = $4, wrapped = $5 where practice_id = $1 and version = $2 and provider = $3',
      [practice_id, version, provider, next.provider, next.wrapped],
    );
    return rowCount ?? 0;
  },

  /** Practice keys before a version that wrap nothing any more. @returns how many older ones are left */
  async dropOldPracticeKeys(db: VaultDb, practiceId: string, before: number): Promise<number> {
    await db.query(
      `delete from vault.practice_key p where p.practice_id = $1 and p.version < $2
       and not exists (select from vault.data_key k where k.practice_id = $1 and k.practice_key = p.version)`,
      [practiceId, before],
    );
    const { rows } = await db.query<{ left: number }>(
      'select count(*)::int as left from vault.practice_key where practice_id = $1 and version < $2',
      [practiceId, before],
    );
    return rows[0]!.left;
  },

  async dataKeys(db: VaultDb, practiceId: string, wanted: readonly Named[]): Promise<DataKeyRow[]> {
    const { rows } = await db.query<DataKeyRow>({
      name: 'vault.data_keys',
      text: `select ${DATA_KEY} from unnest($2::uuid[], $3::text[], $4::int[]) as w(subject_id, kind, version)
             join vault.data_key k on k.practice_id = $1 and k.subject_id = w.subject_id and k.kind = w.kind and k.version = w.version`,
      values: [
        practiceId,
        wanted.map(({ subject }) => subject),
        wanted.map(({ kind }) => kind),
        wanted.map(({ version }) => version),
      ],
    });
    return rows;
  },

  /** The newest version of each, also when it was destroyed. */
  async newestDataKeys(db: VaultDb, practiceId: string, wanted: readonly Wanted[]): Promise<DataKeyRow[]> {
    const { rows } = await db.query<DataKeyRow>({
      name: 'vault.newest_data_keys',
      text: `select distinct on (k.subject_id, k.kind) ${DATA_KEY} from unnest($2::uuid[], $3::text[]) as w(subject_id, kind)
             join vault.data_key k on k.practice_id = $1 and k.subject_id = w.subject_id and k.kind = w.kind
             order by k.subject_id, k.kind, k.version desc`,
      values: [practiceId, wanted.map(({ subject }) => subject), wanted.map(({ kind }) => kind)],
    });
    return rows;
  },

  /** The oldest version that was not destroyed. */
  async oldestDataKey(db: VaultDb, practiceId: string, wanted: Wanted): Promise<DataKeyRow | undefined> {
    const { rows } = await db.query<DataKeyRow>({
      name: 'vault.oldest_data_key',
      text: `select ${DATA_KEY} from vault.data_key k
             where k.practice_id = $1 and k.subject_id = $2 and k.kind = $3 and k.wrapped is not null order by k.version limit 1`,
      values: [practiceId, wanted.subject, wanted.kind],
    });
    return rows[0];
  },

  /** Every version that was not destroyed, of every kind. */
  async liveDataKeys(
    db: VaultDb,
    practiceId: string,
    subject: string,
  ): Promise<{ kind: KeyKind; version: number }[]> {
    const { rows } = await db.query<{ kind: KeyKind; version: number }>(
      `select kind, version from vault.data_key
       where practice_id = $1 and subject_id = $2 and wrapped is not null order by kind, version`,
      [practiceId, subject],
    );
    return rows;
  },

  /** Somebody else's key of the same version stays. @returns `subject/kind` of those that were added */
  async addDataKeys(db: VaultDb, practiceId: string, rows: readonly DataKeyRow[]): Promise<string[]> {
    const { rows: added } = await db.query<{ name: string }>({
      name: 'vault.add_data_keys',
      text: `insert into vault.data_key (practice_id, subject_id, kind, version, practice_key, wrapped, commitment)
             select $1::uuid, * from unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::bytea[], $7::bytea[])
             on conflict do nothing returning subject_id || '/' || kind as name`,
      values: [
        practiceId,
        rows.map((row) => row.subject_id),
        rows.map((row) => row.kind),
        rows.map((row) => row.version),
        rows.map((row) => row.practice_key),
        rows.map((row) => row.wrapped),
        rows.map((row) => row.commitment),
      ],
    });
    return added.map(({ name }) => name);
  },

  /** Some data keys that an older practice key wraps. */
  async underOlderPracticeKeys(
    db: VaultDb,
    practiceId: string,
    before: number,
    limit: number,
  ): Promise<DataKeyRow[]> {
    const { rows } = await db.query<DataKeyRow>(
      `select ${DATA_KEY} from vault.data_key k where k.practice_id = $1 and k.practice_key < $2 limit $3`,
      [practiceId, before, limit],
    );
    return rows;
  },

  /** One that was destroyed meanwhile stays so. */
  async rewrapDataKeys(db: VaultDb, practiceId: string, rows: readonly DataKeyRow[]): Promise<void> {
    await db.query(
      `update vault.data_key k set practice_key = w.practice_key, wrapped = w.wrapped
       from unnest($2::uuid[], $3::text[], $4::int[], $5::int[], $6::bytea[]) as w(subject_id, kind, version, practice_key, wrapped)
       where k.practice_id = $1 and k.subject_id = w.subject_id and k.kind = w.kind and k.version = w.version and k.wrapped is not null`,
      [
        practiceId,
        rows.map((row) => row.subject_id),
        rows.map((row) => row.kind),
        rows.map((row) => row.version),
        rows.map((row) => row.practice_key),
        rows.map((row) => row.wrapped),
      ],
    );
  },

  /** @returns how many keys are gone */
  async destroy(db: VaultDb, practiceId: string, keys: readonly Named[]): Promise<number> {
    const { rowCount } = await db.query(
      `update vault.data_key k set wrapped = null, commitment = null, practice_key = null, destroyed_at = now()
       from unnest($2::uuid[], $3::text[], $4::int[]) as w(subject_id, kind, version)
       where k.practice_id = $1 and k.subject_id = w.subject_id and k.kind = w.kind and k.version = w.version and k.wrapped is not null`,
      [
        practiceId,
        keys.map(({ subject }) => subject),
        keys.map(({ kind }) => kind),
        keys.map(({ version }) => version),
      ],
    );
    return rowCount ?? 0;
  },

  /** @returns how many keys are gone */
  async destroyBefore(
    db: VaultDb,
    practiceId: string,
    { subject, kind }: Wanted,
    version: number,
  ): Promise<number> {
    const { rowCount } = await db.query(
      `update vault.data_key set wrapped = null, commitment = null, practice_key = null, destroyed_at = now()
       where practice_id = $1 and subject_id = $2 and kind = $3 and version < $4 and wrapped is not null`,
      [practiceId, subject, kind, version],
    );
    return rowCount ?? 0;
  },

  /** Those of some subjects of whom a key was destroyed. */
  async destroyed(db: VaultDb, practiceId: string, subjects: readonly string[]): Promise<Set<string>> {
    const { rows } = await db.query<{ subject_id: string }>({
      name: 'vault.destroyed',
      text: `select distinct subject_id from vault.data_key
             where practice_id = $1 and subject_id = any($2::uuid[]) and wrapped is null`,
      values: [practiceId, subjects],
    });
    return new Set(rows.map((row) => row.subject_id));
  },
};
