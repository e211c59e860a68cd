import type pg from 'pg';
import { onConnection, type Db } from '#libs/event-store';

/** Several statements about the credentials of one practice, all or none. Committed unless `work` throws. */
export const inPractice = <T>(pool: pg.Pool, practiceId: string, work: (db: Db) => Promise<T>): Promise<T> =>
  onConnection(pool, async (client) => {
    await client.query('begin');
    await client.query("select set_config('candor.practice', $1, true)", [practiceId]);
    const result = await work(client);
    await client.query('commit');
    return result;
  });

/**
 * Until the transaction ends nobody else makes or resets credentials of this person: a token that is being made while the
 * account is reset is either there to be ended, or finds that what it was made with has ended.
 */
export const lockCredentials = (db: Db, staffId: string): Promise<unknown> =>
  db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`candor credentials ${staffId}`]);
