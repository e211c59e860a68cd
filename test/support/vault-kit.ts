import { openPool } from '#libs/event-store';
import { localProvider, Vault, type VaultOptions } from '#libs/vault';

/** The root key of every test. */
export const ROOT_KEY = Buffer.alloc(32, 'not secret');

/** Of a store that has nothing to seal. */
export const NO_KEYS = new Vault({
  db: { query: () => Promise.reject(new Error('there are no keys here')) },
  providers: [localProvider(ROOT_KEY)],
});

/** A vault on a database that is migrated, with connections of its own, which `stop` ends. */
export function openVault(url: string, more: Partial<Omit<VaultOptions, 'db'>> = {}) {
  const pool = openPool(url, 2, 'candor_vault');
  const vault = new Vault({ db: pool, providers: [localProvider(ROOT_KEY)], ...more });
  return {
    vault,
    pool,
    async stop() {
      vault.close();
      await pool.end();
    },
  };
}
