import pg from 'pg';
import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { EXAMPLES, PRACTICE, type Example } from '../../apps/api/src/examples/index.js';
import { type TestRole } from '../support/http-kit.js';
import type { Tour } from '../support/tour.js';

/*
 * Between two practices stand two walls: every statement of the service names the practice of whoever asks, and row-level
 * security in the database shows a transaction the rows of the practice it names. Here each stands alone, over every
 * operation of the document; and then neither does, so that it can be seen that something would get through.
 */
export function describeWalls(tourOf: () => Tour): void {
  describe('Between two practices', { timeout: 60_000 }, () => {
    let owner: pg.Pool;
    let ids: Set<string>;
    beforeAll(async () => {
      owner = new pg.Pool({ connectionString: tourOf().service.databaseUrl, max: 2 });
      const { rows } = await owner.query<{ id: string }>(
        `select distinct substring(stream from '-(.*)$') as id from log.event where practice_id::text = $1`,
        [PRACTICE],
      );
      ids = new Set(rows.map(({ id }) => id));
    });
    afterEach(async () => {
      vi.restoreAllMocks();
      await rowLevelSecurity('enable');
    });
    afterAll(() => owner.end());

    it('nothing gets through when the service forgets in every statement whose practice it is', async () => {
      forgetPractices();
      expect(await leaks()).toEqual([]);
    });

    it('nothing gets through when the database shows everybody every row', async () => {
      await rowLevelSecurity('disable');
      expect(await leaks()).toEqual([]);
    });

    it('without either, much would', async () => {
      forgetPractices();
      await rowLevelSecurity('disable');
      // what belongs to others does not open with one's own keys either, and the service says so at length
      vi.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
      expect((await leaks(30)).length).toBeGreaterThan(30);
    });

    it('the database guards every table that has rows of practices and that the service can read', async () => {
      const { rows } = await owner.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id'
         where c.relkind in ('r', 'p') and has_table_privilege('candor_app', c.oid, 'select') and not c.relrowsecurity`,
      );
      expect(rows).toEqual([]);
    });

    it('whoever names no practice sees none', async () => {
      for (const table of ['log.event', 'log.head', 'read.checkpoint', 'ledger.tile'])
        expect((await tourOf().service.store.pool.query(`select from ${table}`)).rowCount, table).toBe(0);
    });

    /**
     * Every request of the tour once more, by somebody of another practice, until more than `enough` gave anything away.
     * @returns those
     */
    async function leaks(enough = Infinity): Promise<string[]> {
      const { service } = tourOf();
      // the other way round, so that this is not forgotten, too
      const { rows } = await owner.query<{ before: string }>(
        'select position as before from log.head where $1 = practice_id',
        [PRACTICE],
      );
      const found: string[] = [];
      const asked = EXAMPLES.filter(({ as }) => as !== 'anyone' && as !== 'operator').values();
      const ask = async (example: Example) => {
        const role = (example.as in service.first.tokens ? example.as : 'therapist') as TestRole;
        // Whatever they make is theirs, under an id of its own.
        const { id: _id, ...body } = (example.body ?? {}) as { id?: string };
        const request = example.body ? { ...example, body } : example;
        const { status, text } = await tourOf().send(request, {
          Authorization: `Bearer ${service.tokenOf(role)}`,
          'Idempotency-Key': `foreign-${EXAMPLES.indexOf(example)}`,
        });
        if (gives(example, text) || status >= 500)
          found.push(`${example.operation} (${example.title}): ${status} ${text.slice(0, 300)}`);
      };
      const someAfterSome = async () => {
        for (const example of asked) {
          if (found.length > enough) return;
          await ask(example);
        }
      };
      await Promise.all([someAfterSome(), someAfterSome(), someAfterSome(), someAfterSome()]);
      const { rows: after } = await owner.query(
        'select from log.head where $1 = practice_id and position = $2',
        [PRACTICE, rows[0]!.before],
      );
      if (after.length === 0) found.push('the log of the other practice has grown');
      return found;
    }

    /** Whether an answer holds an id of the other practice that was not in the request. */
    function gives({ path, query, body }: Example, text: string): boolean {
      const asked = JSON.stringify([path, query, body]);
      return [...text.matchAll(UUID)].some(([id]) => ids.has(id) && !asked.includes(id));
    }

    const rowLevelSecurity = async (what: 'enable' | 'disable') => {
      const { rows } = await owner.query<{ name: string }>(
        `select distinct polrelid::regclass::text as name from pg_policy`,
      );
      // One by one: held together, they could wait in a circle with whoever keeps the read models.
      for (const { name } of rows) await owner.query(`alter table ${name} ${what} row level security`);
    };
  });
}

const UUID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;

/** As if every `practice_id = $1` had been left out. */
function forgetPractices(): void {
  const query = pg.Client.prototype.query as (...all: unknown[]) => unknown;
  const forgotten = (text: string) =>
    text.replaceAll(/[\w.]*\bpractice_id = \$(\d+)/g, '($$$1::uuid is not null)');
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...all: unknown[]) {
    const [first, ...rest] = all;
    if (typeof first === 'string') return query.call(this, forgotten(first), ...rest) as never;
    const { text, name, ...config } = first as { text?: string; name?: string };
    if (text === undefined) return query.call(this, ...all) as never;
    const changed = forgotten(text);
    return query.call(
      this,
      { ...config, text: changed, name: name && changed !== text ? `${name} forgotten` : name },
      ...rest,
    ) as never;
  });
}
