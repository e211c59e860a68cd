import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#libs/embedded-postgres';
import { Catalogue, EventStore, isOutage, openPool, type CommandMeta, type Receipt } from '#libs/event-store';
import { DomainError, systemClock, uuidv7, type Decider, type DomainEvent } from '#libs/kernel';
import { localProvider, Vault } from '#libs/vault';
import { migrate } from '../../migrations/data-source.js';
import { meta, oneTo, sleep, until } from '../support/log-kit.js';
import { openVault, ROOT_KEY } from '../support/vault-kit.js';

/** Each stream is a person's, whose words are sealed with a key that is made when they first say something. */
type Confided = DomainEvent & { type: 'Confided'; data: { personId: string; words: string } };
const diary: Decider<string, Confided, { words: string }> = {
  category: 'diary',
  events: { Confided: { schema: 1, personal: ['words'] } },
  initial: '',
  evolve: (_, { data }) => data.personId,
  decide: (_, { words }, { id }) => [{ type: 'Confided', data: { personId: id, words } }],
  subjects: (personId) => [personId],
};
const WORDS = 'invented words';

const ROUNDS = 4;
const practices = oneTo(2).map(() => uuidv7());

let folder: string;
let dataDir: string;
let server: EmbeddedPostgres;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `candor-test-${process.pid}-`));
  dataDir = join(folder, 'pg');
  server = await startEmbeddedPostgres({ dataDir, durable: true });
  await migrate(server.url);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, maxRetries: 5 });
});

const acknowledged = new Map<string, Receipt>();
const unknown: CommandMeta[] = [];

/** What a process has. */
function open(): { store: EventStore; stop: () => Promise<unknown> } {
  const pool = openPool(server.url);
  const keys = openVault(server.url);
  const store = new EventStore(pool, new Catalogue([diary]), systemClock, async () => 24, keys.vault);
  return { store, stop: () => Promise.all([pool.end(), keys.stop()]) };
}

/** Confides as somebody new, and as somebody known, until the database is gone. */
async function write(store: EventStore, practice: string): Promise<void> {
  for (let id = uuidv7(), round = 1; ; round++) {
    if (round % 3 === 0) id = uuidv7();
    const command = meta(practice, id);
    try {
      acknowledged.set(command.commandId, await store.handle(diary, command, { words: WORDS }));
    } catch (error) {
      if (!isOutage(error) && !(error instanceof DomainError && error.kind === 'unavailable')) throw error;
      unknown.push(command);
      return;
    }
  }
}

test('whatever was acknowledged before a kill -9 of the database is there, once, and nothing is there by half', async () => {
  for (let round = 1; round <= ROUNDS; round++) {
    const { store, stop } = open();
    const before = acknowledged.size;
    const writers = oneTo(16).map((n) => write(store, practices[n % practices.length]!));
    await until(async () => acknowledged.size > before + 50);
    await sleep(17 * round);
    await killed();
    await Promise.all(writers);
    await stop();

    server = await startEmbeddedPostgres({ dataDir, durable: true });
    const resolved = await resolveUnknown();
    await expectWhole(resolved);
  }
});

test('a service that outlives its database seals with no key that was lost with it', async () => {
  const practice = practices[0]!;
  const person = uuidv7();
  const [before, keys] = [openPool(server.url), openVault(server.url)];
  let db = keys.pool;
  const survivor = new Vault({
    db: { query: ((...asked: [string]) => db.query(...asked)) as never },
    providers: [localProvider(ROOT_KEY)],
  });
  const storeOn = (pool: typeof before) =>
    new EventStore(pool, new Catalogue([diary]), systemClock, async () => 24, survivor);
  await storeOn(before).handle(diary, meta(practice, uuidv7()), { words: WORDS });
  // somebody new has a key, and the database dies before anything is appended that it sealed
  await survivor.seal(practice, [{ kind: 'record', subjects: [person], place: '{}', text: WORDS }]);
  await killed();
  await Promise.allSettled([before.end(), keys.stop()]);

  server = await startEmbeddedPostgres({ dataDir, durable: true });
  const [after, fresh] = [openPool(server.url), openVault(server.url)];
  db = fresh.pool;
  await storeOn(after).handle(diary, meta(practice, person), { words: WORDS });
  const { reader } = new EventStore(after, new Catalogue([diary]), systemClock, async () => 24, fresh.vault);
  const [last] = await reader.after(practice, (await reader.position(practice)) - 1, 1);
  expect(last!.data).toEqual({ personId: person, words: WORDS });
  survivor.close();
  await Promise.all([after.end(), fresh.stop()]);
});

async function killed(): Promise<void> {
  const [pid] = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
  await server.exited;
}

/** Sends every command again whose fate nobody knows. */
async function resolveUnknown(): Promise<number> {
  const { store, stop } = open();
  const commands = unknown.splice(0);
  for (const command of commands)
    acknowledged.set(command.commandId, await store.handle(diary, command, { words: WORDS }));
  await stop();
  return commands.length;
}

async function expectWhole(resolved: number): Promise<void> {
  const { store, stop } = open();
  const { reader } = store;
  const stored = new Map<string, object>();
  for (const practice of practices) {
    const positions: number[] = [];
    for await (const batch of reader.batches(practice))
      for (const { position, commandId, eventId, type, version, leafHash, data } of batch) {
        const { personId, words } = data as Confided['data'];
        expect(words, 'opens').toBe(WORDS);
        expect(stored.has(commandId), `${commandId} had one effect`).toBe(false);
        stored.set(commandId, { eventId, type, version, position, leafHash, ids: { personId } });
        positions.push(position);
      }
    expect(positions).toEqual(oneTo(positions.length));
    expect(await reader.position(practice)).toBe(positions.length);
  }
  await stop();
  expect(resolved).toBeGreaterThan(0);
  expect(stored.size).toBe(acknowledged.size);
  for (const [commandId, receipt] of acknowledged) expect(receipt.events).toEqual([stored.get(commandId)]);
}
