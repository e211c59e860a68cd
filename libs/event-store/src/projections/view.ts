import { DomainError, parseStream, type Recorded } from '#libs/kernel';
import type { EventStore } from '../event-store.js';
import { beginAs, inOnePacket, isTrouble, onConnection, type Db } from '../log/pool.js';
import type { Head, Reader } from '../log/reader.js';
import { foldInto, tableOf, type Projection } from './projection.js';
import type { SealedRow } from './rows.js';
import { tables } from './tables.js';

const LONGEST_TAIL = 5_000;

/** Reads a read model: stored rows, or stored rows with everything after them folded on top. */
export class View<Row extends object> {
  constructor(
    private readonly store: EventStore,
    readonly projection: Projection<Row>,
  ) {}

  get table(): string {
    return tableOf(this.projection);
  }

  /**
   * Rows as they are at the newest position, never behind: what is stored at the checkpoint plus the tail of the log after
   * it, read in one snapshot. `pick` chooses further keys from the rows found so far; it is asked until it wants no more.
   * @returns rows by key, and the head of the log they stand at; undefined when the read model cannot say (halted, far behind)
   */
  async current(
    practiceId: string,
    keys: readonly string[],
    pick: (rows: ReadonlyMap<string, Row>) => readonly string[] = () => [],
  ): Promise<Newest<Row> | undefined> {
    return this.withNewest(
      practiceId,
      (db) => this.store.rows.of(db, this.projection, practiceId, keys),
      async (reader, stored, tail, db) => {
        const rows = new Map<string, Row>();
        const asked = new Set(keys);
        for (let found = stored, wanted = keys; ;) {
          for (const [key, row] of await this.withTail(reader, practiceId, found, wanted, tail))
            rows.set(key, row);
          wanted = pick(rows).filter((key) => !asked.has(key));
          if (wanted.length === 0) return rows;
          for (const key of wanted) asked.add(key);
          found = await this.store.rows.of(db, this.projection, practiceId, wanted);
        }
      },
    );
  }

  /**
   * Rows that match a condition, as they are at the newest position: those that match where they are stored, and all that
   * the tail of the log touches, with the tail folded in. The caller judges again which of them match now.
   * @param where a condition over `row`, with parameters from $2 on
   * @returns as `current`
   */
  async matching(
    practiceId: string,
    where: string,
    values: readonly unknown[],
  ): Promise<Newest<Row> | undefined> {
    return this.withNewest(
      practiceId,
      (db) =>
        db.query<{ key: string }>(`select key from ${this.table} where practice_id = $1 and ${where}`, [
          practiceId,
          ...values,
        ]),
      async (reader, stored, tail, db) => {
        const keys = [
          ...new Set([
            ...stored.rows.map(({ key }) => key),
            ...tail.flatMap((event) => this.projection.keys(event)),
          ]),
        ];
        const found = await this.store.rows.of(db, this.projection, practiceId, keys);
        return this.withTail(reader, practiceId, found, keys, tail);
      },
    );
  }

  /**
   * Rows in the order of their keys, as far as the follower has come.
   * @param options.where further conditions over `row`, with parameters from $4 on
   * @throws DomainError `unavailable` when the read model is halted: rather no list than one that misleads
   */
  async list(
    practiceId: string,
    { after = '', limit, where = '', values = [] }: ListOptions,
  ): Promise<{ rows: (Row & { key: string })[]; position: number }> {
    return this.snapshot(practiceId, async (db) => {
      const [position, { rows }] = await Promise.all([
        tables.position(db, this.projection, practiceId),
        db.query<SealedRow>(
          `select key, row from ${this.table} where practice_id = $1 and key > $2 ${where} order by key limit $3`,
          [practiceId, after, limit, ...values],
        ),
      ]);
      const opened = await this.store.rows.open(this.projection, practiceId, rows);
      return { rows: [...opened].map(([key, row]) => ({ ...row, key })), position };
    });
  }

  /**
   * Every row whose key begins with `prefix`, a batch at a time, as far as the follower has come.
   * @throws DomainError `unavailable` while the read model is folded anew
   */
  async *scan(
    practiceId: string,
    prefix: string,
    after = '',
    size = 500,
  ): AsyncGenerator<(readonly [key: string, row: Row])[]> {
    for (let last = after > prefix ? after : prefix; ;) {
      const { rows } = await this.snapshot(practiceId, async (db) => {
        const [, found] = await Promise.all([
          tables.inUse(db, this.projection, practiceId),
          db.query<SealedRow>(
            `select key, row from ${this.table} where practice_id = $1 and key > $2 and starts_with(key, $3) order by key limit $4`,
            [practiceId, last, prefix, size],
          ),
        ]);
        return found;
      });
      if (rows.length === 0) return;
      yield [...(await this.store.rows.open(this.projection, practiceId, rows))];
      if (rows.length < size) return;
      last = rows.at(-1)!.key;
    }
  }

  /**
   * Finds rows in one snapshot with the tail of the log; undefined when the read model cannot say.
   * @param ask what does not depend on the tail, so that it need not wait for it
   */
  private withNewest<Stored>(
    practiceId: string,
    ask: (db: Db) => Promise<Stored>,
    find: (reader: Reader, stored: Stored, tail: readonly Recorded[], db: Db) => Promise<Map<string, Row>>,
  ): Promise<Newest<Row> | undefined> {
    return this.snapshot(practiceId, async (db) => {
      const reader = this.store.reader.within(db);
      const [checkpoint, head, stored] = await Promise.all([
        tables.checkpoint(db, this.projection, practiceId),
        reader.head(practiceId),
        unlessBeingFolded(ask(db)),
      ]);
      if (stored === undefined) return undefined;
      const { position } = head;
      const from = checkpoint?.position ?? 0;
      if (checkpoint?.haltedAt || position - from > LONGEST_TAIL) return undefined;
      try {
        const tail = position > from ? await reader.clear(practiceId, from, LONGEST_TAIL) : [];
        const rows = await unlessBeingFolded(find(reader, stored, tail, db));
        return rows && { rows, ...head };
      } catch (error) {
        if (isTrouble(error)) throw error;
        return undefined; // an event in the tail that the follower has yet to halt at
      }
    });
  }

  /** Stored rows of some keys, with the tail folded in. Of the tail only what concerns them is opened. */
  private async withTail(
    reader: Reader,
    practiceId: string,
    stored: Map<string, Row>,
    keys: readonly string[],
    tail: readonly Recorded[],
  ): Promise<Map<string, Row>> {
    const wanted = new Set(keys);
    const keysOf = (event: Recorded) => this.projection.keys(event).filter((key) => wanted.has(key));
    const theirs = tail.filter((event) => keysOf(event).length > 0);
    const whole = theirs.some(({ sealed }) => sealed !== undefined)
      ? await reader.at(
          practiceId,
          theirs.map(({ position }) => position),
        )
      : theirs;
    foldInto({ ...this.projection, keys: keysOf }, stored, whole);
    return stored;
  }

  /**
   * The table is held before the snapshot is taken: a rebuild cannot put another in its place between the two. Nothing is
   * written, so nobody need wait for the commit.
   */
  private snapshot<T>(practiceId: string, work: (db: Db) => Promise<T>): Promise<T> {
    return onConnection(this.store.pool, async (client) => {
      const begin = `${beginAs(practiceId, 'isolation level repeatable read read only')}; lock table ${this.table} in access share mode`;
      const [, answer] = await inOnePacket(client, () => Promise.all([client.query(begin), work(client)]));
      client.query('commit').catch(() => undefined);
      return answer;
    });
  }
}

/** Rows by key, as they are at the head of the log. */
export type Newest<Row> = { rows: Map<string, Row> } & Head;

export interface ListOptions {
  /** the key of the last row seen */
  after?: string;
  limit: number;
  where?: string;
  values?: readonly unknown[];
}

/** The rows of a read model with one row per stream of a category: keyed by the id of the thing. */
export const byStream =
  (category: string) =>
  (event: Recorded): readonly string[] => {
    const { category: actual, id } = parseStream(event.stream);
    return actual === category ? [id] : [];
  };

/** Rows under a key that was destroyed a moment ago: whoever asks is answered from the log. */
const unlessBeingFolded = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'read_model_being_folded') return undefined;
    throw error;
  });
