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
