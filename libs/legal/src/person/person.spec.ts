import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventStore } from '#libs/event-store';
import { uuidv7 } from '#libs/kernel';
import { startLog, type Log } from '../../../../test/support/log-kit.js';
import { PersonReader, type Person } from './person.reader.js';

/*
 * A long log of two practices: three thousand persons, everybody in the same sessions as the next, and one text in four
 * sealed. Inserted as it is, since nothing here is opened.
 */
const EVENTS = 30_000;
const practice = uuidv7();
const elsewhere = uuidv7();
const personOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

let log: Log;
let store: EventStore;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
  for (const [of, events] of [
    [practice, EVENTS],
    [elsewhere, 3_000],
  ] as const) {
    await log.owner.query(
      `insert into log.event (practice_id, position, event_id, stream, version, type, schema, occurred_at, recorded_at, data, sealed, meta, leaf_hash)
       select $1::uuid, n, gen_random_uuid(), (array['session-', 'note-'])[n % 2 + 1] || gen_random_uuid(), 1, 'Counted', 1, now(), now(), '{}',
         case when n % 4 = 0 then sha256('') end,
         jsonb_build_object('subjects', jsonb_build_array(
           '00000000-0000-7000-8000-' || lpad((n % 3000)::text, 12, '0'),
           '00000000-0000-7000-8000-' || lpad(((n + 1) % 3000)::text, 12, '0'))),
         sha256(n::text::bytea)
       from generate_series(1, $2::int) as n`,
      [of, events],
    );
    await log.owner.query(
      `insert into log.sealed select practice_id, position, '' from log.event where practice_id = $1 and sealed is not null`,
      [of],
    );
  }
  await log.owner.query('analyze log.event');
});
afterAll(() => log.stop());

const known = (n: number): Person => ({
  records: [personOf(n)],
  inquiries: [],
  treatment: { jurisdictions: [], goesOn: false },
  relationships: [],
  openRelationships: [],
  plannedSessions: [],
  therapists: [],
});

/** @returns what it answered, and how many events the database looked at for it */
async function counted<T>(
  work: (persons: PersonReader) => Promise<T>,
): Promise<{ answer: T; looked: number }> {
  const client = await store.pool.connect();
  try {
    await client.query(`begin; set local candor.practice = '${practice}'`);
    const persons = new PersonReader({ of: () => client } as unknown as EventStore, undefined as never);
    const answer = await work(persons);
    const { rows } = await client.query<{ looked: number }>(
      `select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as looked from pg_stat_xact_all_tables where relid = 'log.event'::regclass`,
    );
    await client.query('rollback');
    return { answer, looked: rows[0]!.looked };
  } finally {
    client.release();
  }
}

describe('What concerns a person', () => {
  it('is found without going through the log of the practice', async () => {
    // each is in twenty of thirty thousand events, every one of which is looked at by its index and by its position
    const sharers = await counted((persons) => persons.sharers(practice, known(8)));
    expect(sharers.answer).toEqual([{ clientId: personOf(9), texts: 10 }]);
    const streams = await counted((persons) => persons.streamsConcerning(practice, [personOf(8)], 'session'));
    expect(streams.answer).toHaveLength(10);
    for (const { looked } of [sharers, streams]) expect(looked).toBeLessThan(200);
    expect(sharers.looked).toBeGreaterThan(10);
  });

  it('is shared with whoever’s key seals a text of theirs as well', async () => {
    const reader = new PersonReader(store, undefined as never);
    expect(await reader.sharers(practice, known(8))).toEqual([{ clientId: personOf(9), texts: 10 }]);
    const both = { ...known(8), records: [personOf(8), personOf(9)] };
    expect(await reader.sharers(practice, both), 'not with themselves, under another record').toEqual([]);
  });

  it('in another practice is not told', async () => {
    const db = store.of(practice);
    await expect(db.query('select log.concerning($1, $2)', [elsewhere, [personOf(8)]])).rejects.toThrow(
      'told to the practice that a transaction names',
    );
    const { rows } = await db.query('select log.concerning($1, $2)', [practice, [personOf(8)]]);
    expect(rows).toHaveLength(20);
  });

  it('is erased without going through the log either', async () => {
    const client = await store.worker.connect();
    const gone = personOf(100);
    await log.owner.query(
      `insert into log.event (practice_id, position, event_id, stream, version, type, schema, occurred_at, recorded_at, data, meta, leaf_hash)
       values ($1, $2, gen_random_uuid(), 'legal-' || gen_random_uuid(), 1, 'SubjectKeyDestroyed', 1, now(), now(), $3, $4, sha256(''))`,
      [practice, EVENTS + 1, { clientId: gone }, { subjects: [gone] }],
    );
    await client.query(`begin; set local candor.practice = '${practice}'`);
    const { rows } = await client.query<{ gone: number }>('select log.erase($1, $2) as gone', [
      practice,
      [gone],
    ]);
    const { rows: stats } = await client.query<{ looked: number }>(
      `select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as looked from pg_stat_xact_all_tables where relid = 'log.event'::regclass`,
    );
    await client.query('rollback');
    client.release();
    expect(rows).toEqual([{ gone: 10 }]);
    // what the trigger asks of each of the ten included
    expect(stats[0]!.looked).toBeLessThan(1_500);
  });
});
