import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EventStore, View, type Projection } from '#libs/event-store';
import { Text, WholeInQuery, Moment } from './fields.js';
import { malformed } from './problem.js';

/** What every list takes. */
export class ListQuery {
  @WholeInQuery(1, 200, { optional: true, description: '50 unless told' })
  limit?: number;

  @Text({ optional: true, max: 2000, description: 'page.next of the page before' })
  cursor?: string;

  @WholeInQuery(0, Number.MAX_SAFE_INTEGER, {
    optional: true,
    description: 'waits until the read side has seen this position',
  })
  minPosition?: number;
}

/** What every query takes whose answer differs over time. Both are inclusive and default to now. */
export class AsOfQuery {
  @Moment({ optional: true, description: 'what held then; may lie ahead' })
  at?: string;

  @Moment({ optional: true, description: 'what was known then; may not lie ahead' })
  knownAt?: string;

  @WholeInQuery(0, Number.MAX_SAFE_INTEGER, {
    optional: true,
    description: 'waits until the read side has seen this position',
  })
  minPosition?: number;
}

/** What every other query takes. */
export class OneQuery {
  @WholeInQuery(0, Number.MAX_SAFE_INTEGER, {
    optional: true,
    description: 'waits until the read side has seen this position',
  })
  minPosition?: number;
}

export interface PageOf<T> {
  data: T[];
  page: { next?: string; limit: number };
  meta: { position: number };
}

/** Bytes of what stands before a sealed cursor. */
const [NONCE, TAG] = [12, 16] as const;

/**
 * Cursors that cannot be read or tampered with, and that only go with the practice and filter they were made for. They hold
 * where a page ended before what is beyond somebody's reach was left out of it: an id, or when a colleague's session begins.
 */
@Injectable()
export class Cursors {
  private readonly key: Buffer;

  constructor(private readonly secret: Buffer) {
    this.key = createHmac('sha256', secret).update('cursors').digest();
  }

  /** The same cursor for the same place, and never one nonce for two. */
  private nonce(text: string, binding: string): Buffer {
    return createHmac('sha256', this.secret)
      .update(binding)
      .update('\n')
      .update(text)
      .digest()
      .subarray(0, NONCE);
  }

  make(after: string | number, binding: unknown): string {
    const [text, bound] = [JSON.stringify(after), JSON.stringify(binding)];
    const nonce = this.nonce(text, bound);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(bound));
    const sealed = [cipher.update(text, 'utf8'), cipher.final()];
    return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString('base64url');
  }

  read(cursor: string, binding: unknown): string | number {
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.length > NONCE + TAG && bytes.toString('base64url') === cursor)
      try {
        const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE))
          .setAAD(Buffer.from(JSON.stringify(binding)))
          .setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
        const text = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
        return JSON.parse(text.toString()) as string | number;
      } catch {
        // it is none of ours, or goes with something else
      }
    throw malformed([
      {
        pointer: '?cursor',
        code: 'bad_cursor',
        detail:
          'Send page.next of the page before, unchanged and with the same filter; or begin again without a cursor.',
      },
    ]);
  }

  /** One page of rows of which one more than the limit was read. */
  page<Row>(
    rows: readonly Row[],
    limit: number,
    position: number,
    binding: unknown,
    keyOf: (row: Row) => string | number,
  ): PageOf<Row> {
    const data = rows.slice(0, limit);
    const last = data.at(-1);
    return {
      data,
      page: { limit, ...(rows.length > limit && last ? { next: this.make(keyOf(last), binding) } : {}) },
      meta: { position },
    };
  }
}

/** Rows opened at a time where only the opened row tells whether it is wanted, and how often at most for one page. */
const BATCH = 1_000;
const MOST_BATCHES = 20;

/** One page of a read model's rows, filtered and with a cursor. */
@Injectable()
export class Lists {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Cursors) readonly cursors: Cursors,
  ) {}

  /**
   * @param filters per filter the column that must equal it, or a function that makes the condition from `$n`
   * @param keep judges what only the opened row tells, under the name of the filter that asks for it; when it has turned
   * 20,000 rows away, the page is shorter than its limit and `next` goes on from there
   */
  async page<Row extends object>(
    projection: Projection<Row>,
    practiceId: string,
    query: ListQuery,
    filters: Readonly<Record<string, string | ((parameter: string) => string)>> = {},
    keep?: { readonly filter: string; readonly judge: (row: Row) => boolean },
  ): Promise<PageOf<Row & { key: string }>> {
    const {
      limit = 50,
      cursor,
      minPosition: _minPosition,
      ...filter
    } = query as ListQuery & Record<string, unknown>;
    const given = Object.entries(filter).filter(([name, value]) => value !== undefined && name in filters);
    const binding = [projection.name, practiceId, given, keep?.filter];
    const view = new View(this.store, projection);
    const options = {
      where: given.map(([name], index) => condition(filters[name]!, `$${index + 4}`)).join(' '),
      values: given.map(([, value]) => value),
    };
    const kept: (Row & { key: string })[] = [];
    const batch = keep ? Math.max(limit + 1, BATCH) : limit + 1;
    let after = cursor ? String(this.cursors.read(cursor, binding)) : '';
    for (let batches = 1; ; batches++) {
      const { rows, position } = await view.list(practiceId, { ...options, after, limit: batch });
      kept.push(...(keep ? rows.filter((row) => keep.judge(row)) : rows));
      if (rows.length < batch || kept.length > limit)
        return this.cursors.page(kept.slice(0, limit + 1), limit, position, binding, ({ key }) => key);
      after = rows.at(-1)!.key;
      if (batches === MOST_BATCHES)
        return { data: kept, page: { limit, next: this.cursors.make(after, binding) }, meta: { position } };
    }
  }
}

const condition = (filter: string | ((parameter: string) => string), parameter: string): string =>
  `and ${typeof filter === 'string' ? `${filter} = ${parameter}` : filter(parameter)}`;
