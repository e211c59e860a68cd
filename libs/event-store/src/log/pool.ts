import pg from 'pg';
import { isUuid } from '#libs/kernel';

const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** int8 as a number; throws rather than rounds (positions and counts never come near 2^53 honestly). */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${text} is beyond the whole numbers this program can hold`);
  return value;
}

/** `2026-11-22 09:30:00.12+00` as `2026-11-22T09:30:00.120Z`; the pool's sessions speak UTC. */
function instant(text: string): string {
  if (!text.endsWith('+00')) return text;
  const [seconds = '', fraction = ''] = text.slice(0, -3).split('.');
  return `${seconds.replace(' ', 'T')}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
}

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary' && oid === INT8) return wholeNumber;
    if (format !== 'binary' && oid === TIMESTAMPTZ) return instant;
    return pg.types.getTypeParser(oid, format as 'text');
  },
} as pg.CustomTypesConfig;

/** Something that can run a query: the pool, one practice's part of it, or one connection inside a transaction. */
export type Db = Pick<pg.Pool, 'query'>;

/**
 * Connections that work as the role `candor_app`: they can read one practice's history and append to it, never change it.
 * Times out rather than hangs: 2 s for a lock, 5 s for a connection or a statement. Statements of one connection go out
 * without waiting for the answers to those before them.
 */
export function openPool(url: string, max = 10, role = 'candor_app'): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    types,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    application_name: 'candor',
    statement_timeout: 5_000,
    lock_timeout: 2_000,
    idle_in_transaction_session_timeout: 10_000,
    options: `-c timezone=UTC${role ? ` -c role=${role}` : ''}`,
  });
  // An idle connection that dies is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  // One that dies in the moment between being handed out and being listened to is noticed by its first statement.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** The two ways in: `pool` sees one practice at a time, `worker` keeps the read models of all. */
export const openPools = (url: string, max?: number): { pool: pg.Pool; worker: pg.Pool } => ({
  pool: openPool(url, max),
  worker: openPool(url, 4, 'candor_worker'),
});

/** Ends them, whatever goes wrong with one. */
export const closePools = async (pools: Readonly<Record<string, pg.Pool>>): Promise<void> =>
  void (await Promise.allSettled(Object.values(pools).map((pool) => pool.end())));

/** Opens a transaction that shows the rows of one practice only. */
export function beginAs(practiceId: string, mode = ''): string {
  if (!isUuid(practiceId)) throw new Error('a practice is named by its UUID');
  return `begin ${mode}; set local candor.practice = '${practiceId}'`;
}

/** The database as one practice sees it: each query is a transaction that names the practice, in one round trip. */
export const practiceDb = (pool: pg.Pool, practiceId: string): Db => ({
  query: ((text: string, values?: unknown[]) =>
    onConnection(pool, async (client) => {
      const [, answer] = await inOnePacket(client, () =>
        Promise.all([client.query(beginAs(practiceId)), client.query(text, values), client.query('commit')]),
      );
      return answer;
    })) as Db['query'],
});

/**
 * Sends everything that `ask` asks of a connection before it first waits in one go: every packet of its own wakes the
 * database once more, which takes longer than most of what is asked.
 */
export function inOnePacket<T>(client: pg.PoolClient, ask: () => T): T {
  const { stream } = (client as unknown as pg.Client).connection;
  stream.cork();
  try {
    return ask();
  } finally {
    stream.uncork();
  }
}

/**
 * Some work on one connection. If anything goes wrong the connection is closed, which rolls back. While it is checked out
 * nobody else listens to it: without a listener of ours, its death between two statements would end the process.
 */
export async function onConnection<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const note = (error: Error) => (broken = error);
  client.on('error', note);
  try {
    return await work(client);
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    client.removeListener('error', note);
    client.release(broken);
  }
}

// 08 connection, 53 out of disk, memory or connections, 57P0 shutdown, 58 the disk itself: also when it fails at commit
const LOST_CONNECTION = /^(08|53|57P0|58|ECONN|EPIPE|ETIMEDOUT)/;

/** True when the database went away or timed out: the outcome of what was running is unknown. */
export function isOutage(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return (
    (typeof code === 'string' && (LOST_CONNECTION.test(code) || code === '55P03' || code === '57014')) ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message ?? '',
    )
  );
}

/** True when the database or the way to it said no, in contrast to an event that cannot be decoded or folded. */
export const isTrouble = (error: unknown): boolean =>
  isOutage(error) || typeof (error as { code?: unknown }).code === 'string';
