import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresInUse, startEmbeddedPostgres } from '#libs/embedded-postgres';
import { openPool } from '#libs/event-store';
import { readConfig } from '../../api/src/config.js';

const NEVER_SET_UP =
  'This database has never been set up. Run npm start first, or npm run candor -- migrate.';

/**
 * Runs on DATABASE_URL, on the embedded server that is running already, or on one started for this. Ends the process.
 * @param may `new`: it makes the database if there is none yet
 */
export async function withDatabase(
  work: (url: string) => Promise<number>,
  may: 'new' | 'old' = 'old',
): Promise<void> {
  let stop = () => Promise.resolve();
  let code = 2;
  try {
    const config = readConfig(process.env);
    let url = config.databaseUrl;
    if (!url) {
      if (may === 'old' && !existsSync(join(config.home, 'pg', 'PG_VERSION'))) throw new Error(NEVER_SET_UP);
      try {
        const embedded = await startEmbeddedPostgres({ dataDir: join(config.home, 'pg'), durable: true });
        ({ url } = embedded);
        stop = () => embedded.stop();
      } catch (error) {
        if (!(error instanceof EmbeddedPostgresInUse)) throw error;
        ({ url } = error);
      }
    }
    if (may === 'old') await refuseIfNew(url);
    code = await work(url);
  } catch (error) {
    process.stderr.write(`candor: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  await stop();
  process.exit(code);
}

/** Ends the process. */
export async function withoutDatabase(work: () => Promise<number>): Promise<void> {
  const code = await work().catch((error: unknown) => {
    process.stderr.write(`candor: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  });
  process.exit(code);
}

/** @throws Error when nothing was ever migrated there */
async function refuseIfNew(url: string): Promise<void> {
  const pool = openPool(url, 1, '');
  try {
    const { rows } = await pool.query("select 1 from pg_namespace where nspname = 'ledger'");
    if (rows.length === 0) throw new Error(NEVER_SET_UP);
  } finally {
    await pool.end();
  }
}
