import type pg from 'pg';
import type { Instant, Recorded } from '#libs/kernel';
import { recordedOf, type Catalogue, type EventRow } from './events.js';

const COLUMNS = `e.practice_id, e.position, e.event_id, e.stream, e.version, e.type, e.schema, e.occurred_at, e.recorded_at, e.data, e.meta,
  encode(e.leaf_hash, 'hex') as leaf_hash`;

const AFTER = `select ${COLUMNS} from log.event e where e.practice_id = $1 and e.position > $2 order by e.position limit $3`;

/** Something that can run a query: the pool, or one connection inside a transaction. */
export type Db = Pick<pg.Pool, 'query'>;

/** All SQL that reads the log. Every statement begins with the practice. */
export class Reader {
  constructor(
    private readonly db: Db,
    private readonly catalogue: Catalogue,
  ) {}

  /** The same questions inside somebody's transaction. */
  within(db: Db): Reader {
    return new Reader(db, this.catalogue);
  }

  private decode = (row: EventRow): Recorded => this.catalogue.decode(row);

  /** Where a practice's log stands; 0 when there is none. */
  async position(practiceId: string): Promise<number> {
    const { rows } = await this.db.query<{ position: number }>(
      'select position from log.head where practice_id = $1',
      [practiceId],
    );
    return rows[0]?.position ?? 0;
  }

  /** When the newest event of a practice was recorded, by the clock of whoever recorded it. */
  async latest(practiceId: string): Promise<Instant | undefined> {
    const { rows } = await this.db.query<{ recorded_at: Instant }>({
      name: 'log.latest',
      text: 'select recorded_at from log.head where practice_id = $1 and position > 0',
      values: [practiceId],
    });
    return rows[0]?.recorded_at;
  }

  /** Every event of the named streams up to a position, in the order of the log. */
  async streams(practiceId: string, streams: readonly string[], upTo?: number): Promise<Recorded[]> {
    const { rows } = await this.db.query<EventRow>({
      name: 'log.streams',
      text: `select ${COLUMNS} from log.event e
             where e.practice_id = $1 and e.stream = any($2::text[]) and ($3::bigint is null or e.position <= $3) order by e.position`,
      values: [practiceId, streams, upTo ?? null],
    });
    return rows.map(this.decode);
  }

  /** Every event of all streams of the named categories, in the order of the log. */
  async categories(practiceId: string, categories: readonly string[]): Promise<Recorded[]> {
    const { rows } = await this.db.query<EventRow>({
      name: 'log.categories',
      text: `select ${COLUMNS} from unnest($2::text[]) as c(category)
             join log.event e on e.practice_id = $1 and e.stream >= c.category || '-' and e.stream < c.category || '.'
             order by e.position`,
      values: [practiceId, categories],
    });
    return rows.map(this.decode);
  }

  /** The streams of a category. */
  async streamsOf(practiceId: string, category: string): Promise<string[]> {
    const { rows } = await this.db.query<{ stream: string }>({
      name: 'log.streams_of',
      text: `select stream from log.event where practice_id = $1 and stream >= $2 || '-' and stream < $2 || '.' and version = 1`,
      values: [practiceId, category],
    });
    return rows.map(({ stream }) => stream);
  }

  /** Up to `limit` events after a position, in the order of the log. */
  async after(practiceId: string, position: number, limit: number): Promise<Recorded[]> {
    const { rows } = await this.db.query<EventRow>({
      name: 'log.after',
      text: AFTER,
      values: [practiceId, position, limit],
    });
    return rows.map(this.decode);
  }

  /** The same, whether or not this program knows the types: to check that they are what was hashed. */
  async unread(practiceId: string, position: number, limit: number): Promise<Recorded[]> {
    const { rows } = await this.db.query<EventRow>({
      name: 'log.after',
      text: AFTER,
      values: [practiceId, position, limit],
    });
    return rows.map(recordedOf);
  }

  /** The whole log after a position, in constant memory; each batch is in order and none is empty. */
  async *batches(practiceId: string, position = 0, size = 1000): AsyncGenerator<Recorded[]> {
    let next = this.after(practiceId, position, size);
    for (;;) {
      const batch = await next;
      const last = batch.at(-1);
      if (!last) return;
      if (batch.length === size) {
        // The database reads on while the caller folds; a caller that stops early does not miss what went wrong.
        next = this.after(practiceId, last.position, size);
        next.catch(() => undefined);
      }
      yield batch;
      if (batch.length < size) return;
    }
  }

  /** What a command id has already brought about. */
  async result(practiceId: string, commandId: string): Promise<CommandResult | undefined> {
    const { rows } = await this.db.query<CommandResult>({
      name: 'log.result',
      text: `select encode(request_hash, 'hex') as "requestHash", stream, version, first_position as "firstPosition", events, recorded_at as "recordedAt"
             from log.command_result where practice_id = $1 and command_id = $2`,
      values: [practiceId, commandId],
    });
    return rows[0];
  }

  /** `count` events from a position on: what one command appended. */
  range(practiceId: string, first: number, count: number): Promise<Recorded[]> {
    return count === 0 ? Promise.resolve([]) : this.after(practiceId, first - 1, count);
  }
}

export interface CommandResult {
  requestHash: string;
  stream: string;
  version: number;
  firstPosition: number;
  events: number;
  recordedAt: Instant;
}
