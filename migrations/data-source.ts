import { DataSource } from 'typeorm';
import { Log1764000000000 } from './1764000000000-log.js';
import { ReadModels1764000000001 } from './1764000000001-read-models.js';
import { Access1764000000002 } from './1764000000002-access.js';
import { Append1764000000003 } from './1764000000003-append.js';
import { Ledger1764000000004 } from './1764000000004-ledger.js';

/** The migrations, in order, against the database of `url`; every one of them runs in a transaction of its own. */
export const dataSource = (url: string): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    applicationName: 'candor-migrate',
    migrations: [
      Log1764000000000,
      ReadModels1764000000001,
      Access1764000000002,
      Append1764000000003,
      Ledger1764000000004,
    ],
    migrationsTransactionMode: 'each',
    logging: false,
  });

/**
 * Brings a database up to date; harmless when it already is. Several processes may call it at once: an advisory lock
 * makes the later ones wait and then find nothing to do.
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  const source = await dataSource(url).initialize();
  try {
    const runner = source.createQueryRunner();
    await runner.query('select pg_advisory_lock(7251902311)');
    try {
      return (await source.runMigrations()).map((migration) => migration.name);
    } finally {
      await runner.query('select pg_advisory_unlock(7251902311)');
      await runner.release();
    }
  } finally {
    await source.destroy();
  }
}
