import { DataSource } from 'typeorm';
import { Log1764000000000 } from './1764000000000-log.js';
import { ReadModels1764000000001 } from './1764000000001-read-models.js';
import { Access1764000000002 } from './1764000000002-access.js';
import { Append1764000000003 } from './1764000000003-append.js';
import { Ledger1764000000004 } from './1764000000004-ledger.js';
import { RowLevelSecurity1764000000005 } from './1764000000005-row-level-security.js';
import { SignIn1764000000006 } from './1764000000006-sign-in.js';
import { Sealed1764000000007 } from './1764000000007-sealed.js';
import { AccessLog1764000000008 } from './1764000000008-access-log.js';
import { Generations1764000000009 } from './1764000000009-generations.js';
import { Erasure1764000000010 } from './1764000000010-erasure.js';
import { Concerning1764000000011 } from './1764000000011-concerning.js';
import { TokenLineage1764000000012 } from './1764000000012-token-lineage.js';
import { Keys1764000000000 } from './vault/1764000000000-keys.js';

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
      RowLevelSecurity1764000000005,
      SignIn1764000000006,
      Sealed1764000000007,
      AccessLog1764000000008,
      Generations1764000000009,
      Erasure1764000000010,
      Concerning1764000000011,
      TokenLineage1764000000012,
    ],
    migrationsTransactionMode: 'each',
    logging: false,
  });

/** The same for the keys, which may be kept in another database than what they seal. */
const vaultSource = (url: string): DataSource =>
  new DataSource({
    type: 'postgres',
    url,
    applicationName: 'candor-migrate',
    migrations: [Keys1764000000000],
    migrationsTableName: 'vault_migrations',
    migrationsTransactionMode: 'each',
    logging: false,
  });

/**
 * Brings a database up to date, and the one of the keys; harmless when they already are. Several processes may call it
 * at once: an advisory lock makes the later ones wait and then find nothing to do.
 * @param vaultUrl where the keys are; the same database unless told otherwise
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string, vaultUrl = url): Promise<string[]> {
  return [...(await run(dataSource(url))), ...(await run(vaultSource(vaultUrl)))];
}

async function run(unopened: DataSource): Promise<string[]> {
  const source = await unopened.initialize();
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
