import canonicalize from 'canonicalize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type pg from 'pg';
import { parseStream, streamOf, systemClock, uuidv7, type AnyDecider, type Recorded } from '#libs/kernel';
import { localProvider, SealBroken, type KeyProvider } from '#libs/vault';
import { append, meta, oneTo, pending, startLog, until, type Log } from '../../../../test/support/log-kit.js';
import { openVault, ROOT_KEY } from '../../../../test/support/vault-kit.js';
import { EventStore } from '../event-store.js';
import { Follower } from '../projections/follower.js';
import type { Projection } from '../projections/projection.js';
import { tables } from '../projections/tables.js';
import { AppendQueue } from './append-queue.js';
import { Catalogue, encode, isIntact, type Stored } from './events.js';
import { openPool } from './pool.js';
import { Reader } from './reader.js';

/** A tiny domain of words: a diary that some write together, and one that is kept apart. */
const diary: AnyDecider = {
  category: 'diary',
  events: { Written: { schema: 1, personal: ['words', 'mood'] }, Closed: { schema: 1, personal: [] } },
  initial: 0,
  evolve: (pages: number) => pages + 1,
  decide: (_state, command: { type: string; data: object }) => [command],
  subjects: () => [anna],
};
const secretDiary: AnyDecider = { ...diary, category: 'secretdiary', keptApart: true };
const catalogue = new Catalogue([diary, secretDiary]);

let log: Log;
let pool: pg.Pool;
let store: EventStore;
const opened: (() => Promise<void>)[] = [];
beforeAll(async () => {
  log = await startLog();
  store = another();
  ({ pool } = store);
});
afterAll(async () => {
  for (const end of opened) await end();
  await log.stop();
});

/** What another process would have. */
function another(providers?: KeyProvider[]): EventStore {
  const own = openPool(log.url, 4);
  const worker = openPool(log.url, 2, 'candor_worker');
  const keys = openVault(log.url, providers ? { providers } : {});
  opened.push(
    () => own.end(),
    () => worker.end(),
    () => keys.stop(),
  );
  return new EventStore(own, catalogue, systemClock, async () => 24, keys.vault, worker);
}

let practice: string;
let anna: string;
let ben: string;
beforeEach(() => {
  [practice, anna, ben] = [uuidv7(), uuidv7(), uuidv7()];
});

const WORDS = { words: 'invented words', mood: { now: 'invented mood' } };

/** One page, in a diary of its own unless told. */
async function written(
  data: object = { page: 1, ...WORDS },
  more: Partial<Recorded> = {},
  stream = streamOf('diary', uuidv7()),
): Promise<Stored> {
  const event = pending(practice, stream, 1, { type: 'Written', subjects: [anna], data, ...more } as never);
  await store.append(practice, append([event]));
  const position = await store.reader.position(practice);
  return (await store.reader.unread(practice, position - 1, 1))[0]!;
}
const read = (of = store) => of.reader.after(practice, 0, 100);
const unread = () => store.reader.unread(practice, 0, 100);

async function destroyKeysOf(subject: string): Promise<void> {
  const keys = await store.vault.live(practice, subject);
  await store.vault.destroy(
    practice,
    keys.map((key) => ({ subject, ...key })),
  );
}

/** As a superuser, who can switch the triggers off. */
async function tamper(sql: string, ...values: unknown[]): Promise<void> {
  const client = await log.owner.connect();
  await client.query("set session_replication_role = 'replica'");
  await client.query('alter table log.sealed disable trigger append_only');
  await client.query('alter table log.event disable trigger append_only');
  await client.query(sql, values);
  await client.query('alter table log.sealed enable always trigger append_only');
  await client.query('alter table log.event enable always trigger append_only');
  await client.query('reset session_replication_role');
  client.release();
}

describe('what is personal of an event', () => {
  test('is stored in its envelope and nowhere else, and comes back with the event', async () => {
    const stored = await written(undefined, { reason: 'an invented reason' });

    expect(stored.data).toEqual({ page: 1 });
    expect(stored.reason).toBeUndefined();
    expect(stored.sealed).toMatch(/^[0-9a-f]{64}$/);
    const { rows } = await log.owner.query<{ row: string }>(
      `select e::text || s::text as row from log.event e join log.sealed s using (practice_id, position) where practice_id = $1`,
      [practice],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.row).not.toContain('invented');
    for (const of of [store, another()])
      expect(await read(of)).toEqual([
        expect.objectContaining({ data: { page: 1, ...WORDS }, reason: 'an invented reason' }),
      ]);
  });

  test('is bound to the RFC 8785 form of what names the event: written otherwise, nothing sealed before would open', async () => {
    const { envelope, eventId, schema, stream, type, version, subjects } = await written();
    const place = canonicalize({ version, type, stream, schema, eventId })!;
    const [text] = await store.vault.open(practice, [{ envelope: envelope!, subjects, place }]);
    expect(JSON.parse(text!)).toEqual({ data: WORDS });
  });

  test('is nothing when no such field is there: then there is no envelope, and no key is needed', async () => {
    const keyless = another([brokenProvider]);
    const stream = streamOf('diary', uuidv7());
    await keyless.append(
      practice,
      append([pending(practice, stream, 1, { type: 'Closed', data: { page: 2 } })]),
    );

    expect(await unread()).toEqual([expect.not.objectContaining({ sealed: expect.anything() as unknown })]);
    expect(await read(keyless)).toEqual([expect.objectContaining({ data: { page: 2 } })]);
  });

  test('comes back of many events at once, sealed or not, whoever they concern', async () => {
    const stream = streamOf('diary', uuidv7());
    const events = oneTo(30).map((n) =>
      pending(practice, stream, n, {
        type: n % 3 === 0 ? 'Closed' : 'Written',
        subjects: [[anna], [anna, ben], []][n % 3]!,
        data: { page: n, ...(n % 3 === 0 ? {} : { words: `words ${n}` }) },
        ...(n % 4 === 0 ? { reason: `reason ${n}` } : {}),
      }),
    );
    await store.append(practice, append(events));

    const back = await read(another());

    expect(back.map(({ data, reason }) => ({ data, reason }))).toEqual(
      events.map(({ data, reason }) => ({ data, reason })),
    );
    expect((await unread()).every(isIntact)).toBe(true);
  });

  test('of a stream that is kept apart has other keys', async () => {
    await written({ words: 'apart' }, {}, streamOf('secretdiary', uuidv7()));
    const { rows } = await log.owner.query<{ kind: string }>(
      'select kind from vault.data_key where practice_id = $1',
      [practice],
    );

    expect(rows).toEqual([{ kind: 'psychotherapy_notes' }]);
    expect((await read())[0]!.data).toEqual({ words: 'apart' });
  });

  test('that was stored in the clear, before anything was sealed, is read as it is', async () => {
    const stream = streamOf('diary', uuidv7());
    const old = pending(practice, stream, 1, { type: 'Written', data: WORDS, reason: 'in the clear' });
    await new AppendQueue(practice, pool, () => systemClock.now()).append(append([old]), [encode(old)]);

    const [event] = await read();

    expect(event).toMatchObject({ data: WORDS, reason: 'in the clear' });
    expect(event).not.toHaveProperty('sealed');
    expect((await unread()).every(isIntact)).toBe(true);
  });
});

describe('an envelope', () => {
  test('in the place of another is refused, whether of another event or of other persons', async () => {
    const one = await written();
    for (const other of [
      await written(),
      await written(undefined, { subjects: [ben] }),
      await written(undefined, { subjects: [anna, ben] }),
    ]) {
      // With its digest, so that only the seal itself can tell.
      await tamper(
        `update log.sealed set envelope = $3 where practice_id = $1 and position = $2`,
        practice,
        one.position,
        other.envelope,
      );
      await tamper(
        'update log.event set sealed = sha256($3) where practice_id = $1 and position = $2',
        practice,
        one.position,
        other.envelope,
      );
      await expect(store.reader.streams(practice, [one.stream])).rejects.toThrow(SealBroken);
      const [stored] = await store.reader.unread(practice, one.position - 1, 1);
      expect(isIntact(stored!)).toBe(false);
    }
  });

  test('that was altered is refused, and noticed without any key', async () => {
    const one = await written();
    await tamper(
      `update log.sealed set envelope = set_byte(envelope, 30, get_byte(envelope, 30) # 1) where practice_id = $1`,
      practice,
    );

    await expect(read()).rejects.toThrow(SealBroken);
    expect((await unread()).map(isIntact)).toEqual([false]);
    expect(one.envelope).toBeDefined();
  });

  test('that is missing is an error, never an empty event', async () => {
    await written();
    await tamper('delete from log.sealed where practice_id = $1', practice);

    await expect(read()).rejects.toThrow('is missing, and no key was destroyed');
  });

  test('cannot be changed or deleted by the service, the worker or the sealer, nor by the owner', async () => {
    await written();
    for (const role of ['candor_app', 'candor_worker', 'candor_sealer']) {
      const as = openPool(log.url, 1, role);
      opened.push(() => as.end());
      for (const statement of [
        'update log.sealed set envelope = null',
        'delete from log.sealed',
        'truncate log.sealed',
      ])
        await expect(as.query(statement)).rejects.toThrow('permission denied');
    }
    await expect(log.owner.query('delete from log.sealed')).rejects.toThrow('append-only');
  });

  test('is seen by its own practice only', async () => {
    const one = await written();
    const count = async (of: string) =>
      (await store.of(of).query('select from log.sealed where practice_id = $1', [practice])).rowCount;

    expect(one.envelope).toBeDefined();
    expect(await count(practice)).toBe(1);
    expect(await count(uuidv7())).toBe(0);
    expect((await pool.query('select from log.sealed')).rowCount).toBe(0);
  });
});

describe('when the key of a person is destroyed', () => {
  test('their events stay, without what is personal, and the history still verifies', async () => {
    await written({ page: 1, ...WORDS }, { reason: 'an invented reason' });
    await written({ page: 2, ...WORDS }, { subjects: [anna, ben] });
    await written({ page: 3, ...WORDS }, { subjects: [ben] });
    const before = (await unread()).map(({ leafHash }) => leafHash);
    await destroyKeysOf(anna);

    const gone = { erased: true, reason: undefined };
    const expected = [
      { ...gone, data: { page: 1 } },
      { ...gone, data: { page: 2 } },
      { erased: undefined, reason: undefined, data: { page: 3, ...WORDS } },
    ];
    const seen = async () => (await read()).map(({ data, erased, reason }) => ({ data, erased, reason }));
    expect(await seen()).toEqual(expected);

    // As erasure will do it: the envelopes go as well.
    await tamper('delete from log.sealed where practice_id = $1 and position < 3', practice);
    expect(await seen()).toEqual(expected);
    const after = await unread();
    expect(after.every(isIntact)).toBe(true);
    expect(after.map(({ leafHash }) => leafHash)).toEqual(before);
  });

  test('a missing envelope of somebody else is still an error', async () => {
    await written(undefined, { subjects: [anna] });
    await written(undefined, { subjects: [ben] });
    await destroyKeysOf(anna);
    await tamper('delete from log.sealed where practice_id = $1', practice);

    await expect(read()).rejects.toThrow('at position 2 is missing');
  });
});

describe('new keys', () => {
  test('of the root and of a practice leave every row of the log as it was', async () => {
    for (const subjects of [[anna], [anna, ben], []]) await written(undefined, { subjects });
    const rows = async () =>
      (
        await log.owner.query<{ row: string }>(
          `select e::text || coalesce(s::text, '') as row from log.event e left join log.sealed s using (practice_id, position)
           where practice_id = $1 order by position`,
          [practice],
        )
      ).rows;
    const before = await rows();
    const next = localProvider(Buffer.alloc(32, 'next'));

    await store.vault.rotatePractice(practice);
    await another([next, localProvider(ROOT_KEY)]).vault.rotateRoot();

    expect(await rows()).toEqual(before);
    expect(before).toHaveLength(3);
    expect((await read(another([next]))).map(({ data }) => data)).toEqual(
      [1, 2, 3].map(() => ({ page: 1, ...WORDS })),
    );
    await another([localProvider(ROOT_KEY), next]).vault.rotateRoot();
  });
});

const brokenProvider: KeyProvider = {
  name: localProvider(ROOT_KEY).name,
  wrap: () => Promise.reject(new Error('down')),
  unwrap: () => Promise.reject(new Error('down')),
};

describe('when keys cannot be had', () => {
  const unavailable = { kind: 'unavailable', code: 'keys_unavailable' };
  const command = { type: 'Written', data: WORDS };

  test('a command with something to seal is refused and nothing is stored, not even in the clear', async () => {
    const keyless = another([brokenProvider]);

    await expect(keyless.handle(diary, meta(practice, uuidv7()), command)).rejects.toMatchObject(unavailable);

    expect(await store.reader.position(practice)).toBe(0);
  });

  test('nothing sealed is read, and a command that rests on it is refused', async () => {
    const { stream } = await written();
    const keyless = another([brokenProvider]);
    const { id } = parseStream(stream);

    await expect(read(keyless)).rejects.toMatchObject(unavailable);
    await expect(
      keyless.handle(diary, meta(practice, id), { type: 'Closed', data: {} }),
    ).rejects.toMatchObject(unavailable);
    expect(await store.reader.position(practice)).toBe(1);
  });

  test('what was carried out before is answered once they are back: requests are told apart by a key, too', async () => {
    const before = meta(practice, uuidv7());
    const receipt = await store.handle(diary, before, command);

    await expect(another([brokenProvider]).handle(diary, before, command)).rejects.toMatchObject(unavailable);
    expect(await store.handle(diary, before, command)).toEqual({ ...receipt, replayed: true });
    const { rows } = await log.owner.query<{ stored: string }>(
      `select encode(request_hash, 'hex') as stored from log.command_result where command_id = $1`,
      [before.commandId],
    );
    expect(rows[0]!.stored, 'nobody can try what it was').not.toBe(before.requestHash);
  });

  test('read models wait; what is broken halts them', async () => {
    const pages: Projection<{ words: string[] }> = {
      name: 'pages',
      version: 1,
      keys: () => ['all'],
      evolve: (row, event) => ({ words: [...(row?.words ?? []), (event.data as { words: string }).words] }),
    };
    await tables.create(store.worker, pages);
    await written();
    const said: string[] = [];
    const checkpoint = async () =>
      (await tables.checkpoints(store.worker, practice)).find(({ projection }) => projection === pages.name);

    const waiting = new Follower(another([brokenProvider]), [pages], (message) => void said.push(message));
    await waiting.catchUp(practice).catch(() => undefined);
    expect(await checkpoint().then((found) => found?.haltedAt ?? null)).toBeNull();

    await written();
    await tamper(
      `update log.sealed set envelope = set_byte(envelope, 30, get_byte(envelope, 30) # 1) where practice_id = $1 and position = 2`,
      practice,
    );
    const follower = new Follower(store, [pages], (message) => void said.push(message));
    await until(async () => {
      await follower.catchUp(practice);
      return (await checkpoint())?.position === 1;
    });
    expect(await checkpoint()).toMatchObject({ haltedAt: 2 });
  });
});

test('who checks and signs needs no key, and has none', async () => {
  await written();
  const asSealer = openPool(log.url, 1, 'candor_sealer');
  opened.push(() => asSealer.end());
  const reader = new Reader(() => asSealer, new Catalogue([]));

  expect((await reader.unread(practice, 0, 10)).every(isIntact)).toBe(true);
  await expect(new Reader(() => asSealer, catalogue).after(practice, 0, 10)).rejects.toThrow('has no keys');
  await expect(asSealer.query('select from vault.data_key')).rejects.toThrow('permission denied');
});
