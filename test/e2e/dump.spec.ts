import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#libs/embedded-postgres';
import {
  blind,
  Catalogue,
  closePools,
  EventStore,
  Follower,
  openPools,
  tables,
  type Pending,
  type Projection,
} from '#libs/event-store';
import { sha256, streamOf, systemClock, uuidv7 } from '#libs/kernel';
import { DECIDERS } from '../../apps/api/src/app.module.js';
import { migrate } from '../../migrations/data-source.js';
import { pending } from '../support/log-kit.js';
import { openVault } from '../support/vault-kit.js';

let folder: string;
let server: EmbeddedPostgres;
let store: EventStore;
let stop: () => Promise<void>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `candor-test-${process.pid}-`));
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), durable: false });
  await migrate(server.url);
  const pools = openPools(server.url);
  const keys = openVault(server.url);
  store = new EventStore(
    pools.pool,
    new Catalogue(DECIDERS),
    systemClock,
    async () => 24,
    keys.vault,
    pools.worker,
  );
  stop = async () => {
    await closePools(pools);
    await keys.stop();
    await server.stop();
    await rm(folder, { recursive: true, maxRetries: 5 });
  };
});
afterAll(() => stop());

const practice = uuidv7();
const PERSONS = [[], [uuidv7()], [uuidv7(), uuidv7()]];

/** A word that stands nowhere else, in every field that an event type calls personal, and in its reason. */
function everyEvent(): { events: Pending[]; canaries: Set<string> } {
  const canaries = new Set<string>();
  const canary = () => {
    const word = `CANARY${sha256(String(canaries.size)).slice(0, 16)}`;
    canaries.add(word);
    return word;
  };
  const events = DECIDERS.flatMap(({ category, events: types }) =>
    Object.entries(types).map(([type, { schema, personal }], n) =>
      pending(practice, streamOf(category, uuidv7()), 1, {
        type,
        schema,
        subjects: PERSONS[n % 3]!,
        data: {
          seen: CONTROL,
          ...Object.fromEntries(
            personal.map((name, index) => [
              name,
              index % 2 ? { deep: [canary(), { in: canary() }] } : canary(),
            ]),
          ),
        },
        reason: canary(),
      }),
    ),
  );
  return { events, canaries };
}

/** Shows that the search would find what is there. */
const CONTROL = 'CANARYcontrol000000000';

/** Every word of them in any file of the server: tables, the write-ahead log, what it has logged. */
async function foundOnDisk(): Promise<Set<string>> {
  const owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  await owner.query('checkpoint');
  await owner.end();
  const found = new Set<string>();
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = (await readFile(join(file.parentPath, file.name))).toString('latin1');
    for (const [word] of text.matchAll(/CANARY\w{16}/g)) found.add(word);
  }
  return found;
}

test('of all that any event calls personal, nothing is readable in the files of the database', async () => {
  const { events, canaries } = everyEvent();
  expect(canaries.size).toBeGreaterThan(events.length);
  // One by one and many at once: the two ways into the log.
  const [half, rest] = [events.slice(0, 20), events.slice(20)];
  for (const event of half) await store.append(practice, appendOf([event]));
  for (let from = 0; from < rest.length; from += 10)
    await store.append(practice, appendOf(rest.slice(from, from + 10)));

  const back = await store.reader.after(practice, 0, 1000);
  expect(back.map(({ data, reason }) => ({ data, reason }))).toEqual(
    events.map(({ data, reason }) => ({ data, reason })),
  );

  expect([...(await foundOnDisk())]).toEqual([CONTROL]);
});

/** Copies whatever it is told, as no read model of ours would. */
const gossip: Projection<{ said: string[]; last: string }> = {
  name: 'gossip',
  version: 1,
  keys: () => ['all'],
  evolve: (row, { data, reason = '' }) => ({
    said: [...(row?.said ?? []), JSON.stringify(data), reason],
    last: reason,
  }),
  columns: { last: blind(({ last }) => last) },
};

test('and neither is anything in the files of a read model, nor in a column to find it by', async () => {
  await tables.create(store.worker, gossip);
  await new Follower(store, [gossip], () => undefined).catchUp(practice);

  const rows = await store.rows.of(store.worker, gossip, practice, ['all']);
  expect(JSON.stringify([...rows])).toMatch(/CANARY(?!control)/);
  const { last } = rows.get('all')!;
  const { rows: found } = await store.worker.query('select from read.gossip_1 where last = $1', [
    await store.rows.blind(practice, gossip, 'last', last),
  ]);
  expect(found).toHaveLength(1);
  expect([...(await foundOnDisk())]).toEqual([CONTROL]);
});

const appendOf = (events: Pending[]) => ({
  commandId: events[0]!.commandId,
  requestHash: sha256(''),
  stream: events[0]!.stream,
  version: 1,
  expect: events.map(({ stream }) => ({ stream, version: 0 })),
  events,
});
