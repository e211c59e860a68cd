import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import fc from 'fast-check';
import pg from 'pg';
import { accessLeafHash, type AccessData } from '#libs/access';
import {
  Catalogue,
  EventStore,
  openPool,
  type Append,
  type CommandMeta,
  type LateAfterHours,
  type Pending,
  type Projection,
} from '#libs/event-store';
import {
  conflict,
  parseStream,
  sha256,
  streamOf,
  systemClock,
  uuidv7,
  type Clock,
  type Decider,
  type DomainEvent,
} from '#libs/kernel';
import { createDatabase } from './database.js';
import { openVault } from './vault-kit.js';

export const ACTOR = { id: '0190aaaa-0000-7000-8000-00000000000b', role: 'therapist' };

// A tiny domain: counters that count until they are closed.

export type Counted = DomainEvent<'Counted', { by: number }> | DomainEvent<'Closed', Record<string, never>>;
export interface Counter {
  total: number;
  closed: boolean;
}
export type Count = { type: 'Count'; by: number } | { type: 'Close' };

export const counter: Decider<Counter, Counted, Count> = {
  category: 'counter',
  events: { Counted: { schema: 1, personal: [] }, Closed: { schema: 1, personal: [] } },
  initial: { total: 0, closed: false },
  evolve: (state, event) =>
    event.type === 'Closed' ? { ...state, closed: true } : { ...state, total: state.total + event.data.by },
  decide(state, command) {
    if (command.type === 'Close') return state.closed ? [] : [{ type: 'Closed', data: {} }];
    if (state.closed) conflict('counter_closed', 'It is closed. Open another.');
    return [{ type: 'Counted', data: { by: command.by } }];
  },
  subjects: () => [],
};

export interface Total {
  total: number;
  events: number;
  closed: boolean;
}

/** One row per counter. */
export const totals: Projection<Total> = {
  name: 'totals',
  version: 1,
  keys: (event) => [parseStream(event.stream).id],
  evolve: (row = { total: 0, events: 0, closed: false }, event) => ({
    total: row.total + ((event.data as { by?: number }).by ?? 0),
    events: row.events + 1,
    closed: row.closed || event.type === 'Closed',
  }),
  columns: { total: { type: 'bigint', of: ({ total }) => total } },
};

/** One row per practice that lists every position it was given, in that order: twice is seen, and so is never. */
export const recorder: Projection<{ positions: number[] }> = {
  name: 'recorder',
  version: 1,
  keys: () => ['all'],
  evolve: (row, event) => ({ positions: [...(row?.positions ?? []), event.position] }),
};

/** 1..n */
export const oneTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

/** A command's circumstances. Unless told otherwise it is a new command that takes the counter as it finds it. */
export function meta(practiceId: string, id: string, more: Partial<CommandMeta> = {}): CommandMeta {
  const commandId = more.commandId ?? uuidv7();
  return {
    practiceId,
    id,
    commandId,
    requestHash: sha256(commandId),
    actor: ACTOR,
    expected: 'any',
    ...more,
  };
}

/** An event that is ready to be appended; whatever the test does not care about is made up. */
export function pending(
  practiceId: string,
  stream: string,
  version: number,
  more: Partial<Pending> = {},
): Pending {
  const commandId = more.commandId ?? uuidv7();
  return {
    type: 'Counted',
    data: { by: 1 },
    eventId: uuidv7(),
    practiceId,
    stream,
    version,
    schema: 1,
    occurredAt: '2026-06-15T09:00:00.000Z',
    actor: ACTOR,
    subjects: [],
    commandId,
    correlationId: commandId,
    causationId: commandId,
    ...more,
  };
}

/** Events of one stream in one command, which expects the stream to be where its first event continues it. */
export function append(events: readonly Pending[], more: Partial<Append> = {}): Append {
  const [first, last] = [events[0]!, events.at(-1)!];
  return {
    commandId: first.commandId,
    requestHash: sha256(first.commandId),
    stream: first.stream,
    version: last.version,
    expect: [{ stream: first.stream, version: first.version - 1 }],
    events,
    ...more,
  };
}

/** A new counter of one event. */
export const begin = (practiceId: string, more: Partial<Append> = {}): Append =>
  append([pending(practiceId, streamOf('counter', uuidv7()), 1)], more);

/** Writes down that somebody read about some clients, and nothing else. */
export async function logRead(
  store: EventStore,
  practiceId: string,
  clientIds: readonly string[] = [],
): Promise<void> {
  const [accessId, at] = [uuidv7(), store.clock.now()];
  const data: AccessData = {
    actor: { id: ACTOR.id, role: 'auditor' },
    via: 'token',
    route: '/v1/clients/:id',
    clientIds,
    purpose: 'audit',
    requestId: uuidv7(),
  };
  const hash = accessLeafHash({ accessId, at, data, practiceId });
  await store
    .of(practiceId)
    .query('select access.log_reads($1, $2, $3, $4, $5)', [
      practiceId,
      at,
      [accessId],
      JSON.stringify([data]),
      [hash],
    ]);
}

/** JSON that the log may hold: any Unicode text but U+0000, whole numbers, nested. */
const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\u0000', ''));
const scalar = fc.oneof(text, fc.maxSafeInteger(), fc.boolean(), fc.constant(null));
const json = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('members')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  members: fc.dictionary(text, tie('value'), { maxKeys: 4 }),
})).value;

/** What an event may say beside its place in its stream. */
export const saying = fc.record({
  type: fc.constantFrom('Counted', 'Closed'),
  data: fc.dictionary(text, json, { maxKeys: 5 }),
  occurredAt: fc
    .date({ min: new Date('1900-01-01'), max: new Date('9998-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  actor: fc.record({ id: fc.uuid(), role: text, onBehalfOf: text }, { requiredKeys: ['id', 'role'] }),
  subjects: fc.array(fc.uuid(), { maxLength: 3 }),
  correlationId: fc.uuid(),
  reason: fc.option(text, { nil: undefined }),
});

/** A log on a database of its own. Every `open` is what another process would have: connections and queues of its own. */
export async function startLog() {
  const database = await createDatabase();
  const pools: pg.Pool[] = [];
  const owner = new pg.Pool({ connectionString: database.url, max: 10 });
  owner.on('error', () => undefined);
  return {
    url: database.url,
    /** connections with the owner's rights: for looking behind the scenes, and for harm */
    owner,
    open(
      clock: Clock = systemClock,
      { url = database.url, late = async () => 24 as number } = {},
    ): EventStore {
      const pool = openPool(url);
      const worker = openPool(url, 4, 'candor_worker');
      const keys = openVault(url);
      pools.push(pool, worker, keys.pool);
      return new EventStore(
        pool,
        new Catalogue([counter]),
        clock,
        late satisfies LateAfterHours,
        keys.vault,
        worker,
      );
    },
    async stop() {
      await Promise.all([owner, ...pools].map((pool) => pool.end()));
      await database.drop();
    },
  };
}

export type Log = Awaited<ReturnType<typeof startLog>>;

/** Every position of a practice, as the table has them. */
export async function positionsOf(log: Pick<Log, 'owner'>, practiceId: string): Promise<number[]> {
  const { rows } = await log.owner.query<{ position: string }>(
    'select position from log.event where practice_id = $1 order by position',
    [practiceId],
  );
  return rows.map((row) => Number(row.position));
}

/** Resolves when `question` is answered with yes; it is asked every few milliseconds, for ten seconds at most. */
export async function until(question: () => Promise<boolean>): Promise<void> {
  for (const giveUp = Date.now() + 10_000; !(await question()); await sleep(5))
    if (Date.now() > giveUp) throw new Error(`never came true: ${question}`);
}

export const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A door that lets nobody through before `open` is called. */
export function gate() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

/** Everybody waits until `count` have come; who comes later walks through. */
export function meetingOf(count: number): () => Promise<void> {
  const { open, opened } = gate();
  return () => (--count <= 0 && open(), opened);
}

const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]); // outside a transaction: the commit is done

/**
 * Stands between the log and the database and cuts the connection of the next append: before it has reached the
 * database, or when it is committed but its answer has not been passed on.
 */
export async function startProxy(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let cut: 'request' | 'reply' | undefined;
  let cuts = 0;
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    let armed = false;
    const end = () => {
      client.destroy();
      database.destroy();
    };
    const cutNow = () => {
      cut = undefined;
      cuts++;
      end();
    };
    client.on('data', (bytes) => {
      if (bytes.includes('log.append')) {
        if (cut === 'request') return cutNow();
        armed = cut === 'reply';
      }
      database.write(bytes);
    });
    database.on('data', (bytes) => {
      if (!armed) return void client.write(bytes);
      // Held back until the whole answer is here, which the database gives after the commit.
      if (bytes.includes(READY_FOR_QUERY)) cutNow();
    });
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', end).on('close', () => (sockets.delete(socket), end()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: Object.assign(new URL(url), { port: String(port) }).toString(),
    cutNext: (what: 'request' | 'reply') => (cut = what),
    cuts: () => cuts,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** An event as a newer version of the program would have written it: this one does not know its type. */
export async function writeUnknownEvent(log: Pick<Log, 'owner'>, practiceId: string): Promise<number> {
  const { rows } = await log.owner.query<{ position: string }>(
    'update log.head set position = position + 1 where practice_id = $1 returning position',
    [practiceId],
  );
  const position = Number(rows[0]!.position);
  await log.owner.query(
    `insert into log.event (practice_id, position, event_id, stream, version, type, schema, occurred_at, recorded_at, data, meta, leaf_hash)
     values ($1, $2, $3, $4, 1, 'Multiplied', 1, now(), now(), '{}', '{}', sha256(''))`,
    [practiceId, position, uuidv7(), streamOf('counter', uuidv7())],
  );
  return position;
}
