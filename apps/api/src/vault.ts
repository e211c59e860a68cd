import { openPool } from '#libs/event-store';
import { openVault, type Vault } from '#libs/vault';
import type { Config } from './config.js';

/**
 * The vault as the configuration says.
 * @param databaseUrl where everything else is, and the keys unless they have a database of their own
 * @throws RootKeyError
 */
export async function vaultOf(
  config: Config,
  databaseUrl: string,
  note: (message: string) => void,
): Promise<{ vault: Vault; close: () => Promise<void> }> {
  const { rootKey, previousRootKey: previous, home } = config;
  const db = openPool(config.vaultDatabaseUrl ?? databaseUrl, 8, 'candor_vault');
  const vault = await openVault({ db, rootKey, previous, home, note });
  return {
    vault,
    async close() {
      vault.close();
      await db.end().catch((error: unknown) => note(String(error)));
    },
  };
}

/** Whoever may migrate the database of everything, and that of the keys. */
export const migrationUrls = (config: Config, databaseUrl: string): [url: string, vaultUrl: string] => {
  const url = config.databaseOwnerUrl ?? databaseUrl;
  return [url, config.vaultDatabaseOwnerUrl ?? config.vaultDatabaseUrl ?? url];
};
