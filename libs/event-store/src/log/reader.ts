import { streamOf, type Instant, type Recorded } from '#libs/kernel';
import type { Vault } from '#libs/vault';
import { recordedOf, storedOf, type Catalogue, type EventRow, type Stored } from './events.js';
import type { Db } from './pool.js';
import { Sealing } from './sealing.js';

const HASHED = `e.practice_id, e.position, e.event_id, e.stream, e.version, e.type, e.schema, e.occurred_at, e.recorded_at, e.data, e.meta,
  encode(e.leaf_hash, 'hex') as leaf_hash, encode(e.sealed, 'hex') as sealed`;

/** The columns of an `EventRow` of `log.event e`. */
export const COLUMNS = `${HASHED},
  case when e.sealed is not null then (select s.envelope from log.sealed s where s.practice_id = e.practice_id and s.position = e.position) end as envelope`;

/** The same without what only a key shows. */
const CLEAR = `${HASHED}, null::bytea as envelope`;

/**
 * Positions have no gaps, so the next n events are a range of n positions. Said so and not by `limit`, which a database
 * without statistics of a log that grew quickly answers by sorting all that follows.
 */
const RANGE = 'e.practice_id = $1 and e.position > $2 and e.position <= $2::bigint + $3::int';

const AFTER = `select ${HASHED}, s.envelope from log.event e
  left join log.sealed s on s.practice_id = $1 and s.position > $2 and s.position <= $2::bigint + $3::int and s.position = e.position
  where ${RANGE} order by e.position`;

/** All SQL that reads the log. Every statement begins with the practice. */
export class Reader {
  private readonly sealing?: Sealing;

  /** @param vault without it nothing that is sealed can be read, only what was stored */
  constructor(
    private readonly of: (practiceId: string) => Db,
    private readonly catalogue: Catalogue,
    private readonly vault?: Vault,
  ) {
    if (vault) this.sealing = new Sealing(catalogue, vault);
  }

  /** The same questions inside somebody's transaction. */
  within(db: Db): Reader {
    return new Reader(() => db, this.catalogue, this.vault);
  }

  /** Events from rows of one practice, opened with one query for all the keys that are not at hand. */
  async decode(practiceId: string, rows: readonly EventRow[]): Promise<Recorded[]> {
    for (const row of rows) this.catalogue.check(row);
    if (rows.every(({ sealed }) => sealed === null)) return rows.map((row) => recordedOf(row));
    if (!this.sealing) throw new Error('this reader has no keys');
    return this.sealing.open(practiceId, rows);
  }

  /** Where a practice's log stands; 0 when there is none. */
  async position(practiceId: string): Promise<number> {
    const { rows } = await this.of(practiceId).query<{ position: number }>(
      'select position from log.head where practice_id = $1',
      [practiceId],
    );
    return rows[0]?.position ?? 0;
  }

  /** Where a practice's log stands, and when its newest event was recorded, by the clock of whoever recorded it. */
  async head(practiceId: string): Promise<Head> {
    const { rows } = await this.of(practiceId).query<{ position: number; recorded_at: Instant }>({
      name: 'log.head',
      text: 'select position, recorded_at from log.head where practice_id = $1 and position > 0',
      values: [practiceId],
    });
    return { position: rows[0]?.position ?? 0, recordedAt: rows[0]?.recorded_at };
  }

  /** Every event of the named streams up to a position, in the order of the log. */
  async streams(practiceId: string, streams: readonly string[], upTo?: number): Promise<Recorded[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.streams',
      text: `select ${COLUMNS} from log.event e
             where e.practice_id = $1 and e.stream = any($2::text[]) and ($3::bigint is null or e.position <= $3) order by e.position`,
      values: [practiceId, streams, upTo ?? null],
    });
    return this.decode(practiceId, rows);
  }

  /** Every event of all streams of the named categories, in the order of the log. */
  async categories(practiceId: string, categories: readonly string[]): Promise<Recorded[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.categories',
      text: `select ${COLUMNS} from unnest($2::text[]) as c(category)
             join log.event e on e.practice_id = $1 and e.stream >= c.category || '-' and e.stream < c.category || '.'
             order by e.position`,
      values: [practiceId, categories],
    });
    return this.decode(practiceId, rows);
  }

  /** The streams of a category. @param begun members that the data of their first event have, in the clear */
  async streamsOf(practiceId: string, category: string, begun: object = {}): Promise<string[]> {
    const { rows } = await this.of(practiceId).query<{ stream: string }>({
      name: 'log.streams_of',
      text: `select stream from log.event
             where practice_id = $1 and stream >= $2 || '-' and stream < $2 || '.' and version = 1 and data @> $3::jsonb`,
      values: [practiceId, category, JSON.stringify(begun)],
    });
    return rows.map(({ stream }) => stream);
  }

  /** Whether there is anything with this id, of whatever kind. */
  async isTaken(practiceId: string, id: string): Promise<boolean> {
    const { rowCount } = await this.of(practiceId).query({
      name: 'log.is_taken',
      text: `select from log.event where practice_id = $1 and stream = any($2::text[]) and version = 1 limit 1`,
      values: [practiceId, this.catalogue.deciders.map(({ category }) => streamOf(category, id))],
    });
    return (rowCount ?? 0) > 0;
  }

  /** Up to `limit` events after a position, in the order of the log. @throws LogBroken */
  async after(practiceId: string, position: number, limit: number): Promise<Recorded[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.after',
      text: AFTER,
      values: [practiceId, position, limit],
    });
    unbroken(rows, position);
    return this.decode(practiceId, rows);
  }

  /** The same without what is personal, for whoever picks a few of them: `at` has those whole. */
  async clear(practiceId: string, position: number, limit: number): Promise<Recorded[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.clear',
      text: `select ${CLEAR} from log.event e where ${RANGE} order by e.position`,
      values: [practiceId, position, limit],
    });
    unbroken(rows, position);
    for (const row of rows) this.catalogue.check(row);
    return rows.map((row) => recordedOf(row));
  }

  /** The events at some positions, in the order of the log. */
  async at(practiceId: string, positions: readonly number[]): Promise<Recorded[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.at',
      text: `select ${COLUMNS} from log.event e where e.practice_id = $1 and e.position = any($2::bigint[]) order by e.position`,
      values: [practiceId, positions],
    });
    return this.decode(practiceId, rows);
  }

  /**
   * The same as they are stored, whether or not this program knows the types: to check that they are what was hashed. The
   * next that are there, also behind a hole, which whoever checks has to see.
   */
  async unread(practiceId: string, position: number, limit: number): Promise<Stored[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.unread',
      text: `select ${COLUMNS} from log.event e where e.practice_id = $1 and e.position > $2 order by e.position limit $3`,
      values: [practiceId, position, limit],
    });
    return rows.map(storedOf);
  }

  /**
   * The whole log after a position, in constant memory; each batch is in order and none is empty.
   * @param how `clear`: without what is personal
   * @throws LogBroken
   */
  async *batches(
    practiceId: string,
    position = 0,
    size = 1000,
    how: 'after' | 'clear' = 'after',
  ): AsyncGenerator<Recorded[]> {
    const end = await this.position(practiceId);
    let next = this[how](practiceId, position, size);
    for (let reached = position; ;) {
      const batch = await next;
      reached += batch.length;
      const isLast = batch.length < size;
      if (isLast && reached < end) throw new LogBroken(reached + 1);
      if (!isLast) {
        // The database reads on while the caller folds; a caller that stops early does not miss what went wrong.
        next = this[how](practiceId, reached, size);
        next.catch(() => undefined);
      }
      if (batch.length > 0) yield batch;
      if (isLast) return;
    }
  }

  /** What a command id has already brought about. */
  async result(practiceId: string, commandId: string): Promise<CommandResult | undefined> {
    const { rows } = await this.of(practiceId).query<CommandResult>({
      name: 'log.result',
      text: `select encode(request_hash, 'hex') as "requestHash", stream, version, first_position as "firstPosition", events, recorded_at as "recordedAt"
             from log.command_result where practice_id = $1 and command_id = $2`,
      values: [practiceId, commandId],
    });
    return rows[0];
  }

  /** `count` events from a position on, as they are stored: what one command appended. */
  range(practiceId: string, first: number, count: number): Promise<Stored[]> {
    return count === 0 ? Promise.resolve([]) : this.unread(practiceId, first - 1, count);
  }
}

export interface Head {
  position: number;
  recordedAt: Instant | undefined;
}

/** Positions have no gaps: where one is missing, somebody has removed it, and what follows must not be read as if nothing were. */
export class LogBroken extends Error {
  constructor(position: number) {
    super(`The event at position ${position} is missing from the log. Run: npm run candor -- verify`);
  }
}

function unbroken(rows: readonly EventRow[], position: number): void {
  const found = rows.findIndex((row, index) => row.position !== position + 1 + index);
  if (found >= 0) throw new LogBroken(position + 1 + found);
}

export interface CommandResult {
  requestHash: string;
  stream: string;
  version: number;
  firstPosition: number;
  events: number;
  recordedAt: Instant;
}
