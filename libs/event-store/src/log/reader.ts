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

const AFTER = `select ${COLUMNS} from log.event e where e.practice_id = $1 and e.position > $2 order by e.position limit $3`;

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
    if (rows.every(({ sealed }) => sealed === null)) return rows.map(recordedOf);
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

  /** When the newest event of a practice was recorded, by the clock of whoever recorded it. */
  async latest(practiceId: string): Promise<Instant | undefined> {
    const { rows } = await this.of(practiceId).query<{ recorded_at: Instant }>({
      name: 'log.latest',
      text: 'select recorded_at from log.head where practice_id = $1 and position > 0',
      values: [practiceId],
    });
    return rows[0]?.recorded_at;
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

  /** The streams of a category. */
  async streamsOf(practiceId: string, category: string): Promise<string[]> {
    const { rows } = await this.of(practiceId).query<{ stream: string }>({
      name: 'log.streams_of',
      text: `select stream from log.event where practice_id = $1 and stream >= $2 || '-' and stream < $2 || '.' and version = 1`,
      values: [practiceId, category],
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

  /** Up to `limit` events after a position, in the order of the log. */
  async after(practiceId: string, position: number, limit: number): Promise<Recorded[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.after',
      text: AFTER,
      values: [practiceId, position, limit],
    });
    return this.decode(practiceId, rows);
  }

  /** The same without what is personal, for whoever picks a few of them: `at` has those whole. */
  async clear(practiceId: string, position: number, limit: number): Promise<Recorded[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.clear',
      text: `select ${CLEAR} from log.event e where e.practice_id = $1 and e.position > $2 order by e.position limit $3`,
      values: [practiceId, position, limit],
    });
    for (const row of rows) this.catalogue.check(row);
    return rows.map(recordedOf);
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

  /** The same as they are stored, whether or not this program knows the types: to check that they are what was hashed. */
  async unread(practiceId: string, position: number, limit: number): Promise<Stored[]> {
    const { rows } = await this.of(practiceId).query<EventRow>({
      name: 'log.after',
      text: AFTER,
      values: [practiceId, position, limit],
    });
    return rows.map(storedOf);
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

export interface CommandResult {
  requestHash: string;
  stream: string;
  version: number;
  firstPosition: number;
  events: number;
  recordedAt: Instant;
}
