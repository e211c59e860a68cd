import { createHmac, timingSafeEqual } from 'node:crypto';
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

/** Opaque cursors that cannot be tampered with, and that only go with the practice and filter they were made for. */
@Injectable()
export class Cursors {
  constructor(private readonly secret: Buffer) {}

  private sign(text: string, binding: string): Buffer {
    return createHmac('sha256', this.secret)
      .update(binding)
      .update('\n')
      .update(text)
      .digest()
      .subarray(0, 16);
  }

  make(after: string | number, binding: unknown): string {
    const text = JSON.stringify(after);
    return Buffer.concat([this.sign(text, JSON.stringify(binding)), Buffer.from(text)]).toString('base64url');
  }

  read(cursor: string, binding: unknown): string | number {
    const bytes = Buffer.from(cursor, 'base64url');
    const text = bytes.subarray(16).toString();
    if (
      bytes.length > 16 &&
      bytes.toString('base64url') === cursor &&
      timingSafeEqual(bytes.subarray(0, 16), this.sign(text, JSON.stringify(binding)))
    )
      return JSON.parse(text) as string | number;
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

/** One page of a read model's rows, filtered and with a cursor. */
@Injectable()
export class Lists {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Cursors) readonly cursors: Cursors,
  ) {}

  /** @param filters per filter the expression over `row` that must equal it, or a function that makes the condition from `$n` */
  async page<Row extends object>(
    projection: Projection<Row>,
    practiceId: string,
    query: ListQuery,
    filters: Readonly<Record<string, string | ((parameter: string) => string)>> = {},
  ): Promise<PageOf<Row & { key: string }>> {
    const {
      limit = 50,
      cursor,
      minPosition: _minPosition,
      ...filter
    } = query as ListQuery & Record<string, unknown>;
    const given = Object.entries(filter).filter(([name, value]) => value !== undefined && name in filters);
    const binding = [projection.name, practiceId, given];
    const { rows, position } = await new View(this.store, projection).list(practiceId, {
      after: cursor ? String(this.cursors.read(cursor, binding)) : '',
      limit: limit + 1,
      where: given.map(([name], index) => condition(filters[name]!, `$${index + 4}`)).join(' '),
      values: given.map(([, value]) => value),
    });
    return this.cursors.page(rows, limit, position, binding, ({ key }) => key);
  }
}

const condition = (filter: string | ((parameter: string) => string), parameter: string): string =>
  `and ${typeof filter === 'string' ? `${filter} = ${parameter}` : filter(parameter)}`;
