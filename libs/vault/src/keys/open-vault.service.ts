import { providerOf, RootKeyError, type RootKey, type RootKeyFile } from '../providers/root-key.provider.js';
import { Vault } from './vault.service.js';
import { sql, type VaultDb } from './vault.sql.js';

export interface VaultSettings extends Omit<RootKeyFile, 'mayMake'> {
  db: VaultDb;
  rootKey: RootKey;
  /** what `rootKey` takes the place of, until `rotateRoot` has run */
  previous: RootKey | undefined;
}

/**
 * The vault of this installation. Its root key is made only while there is nothing it would have to open.
 * @throws RootKeyError when something is wrapped with a root key that is not at hand
 */
export async function openVault({ db, rootKey, previous, home, note }: VaultSettings): Promise<Vault> {
  const inUse = await sql.providers(db);
  const file = { home, note, mayMake: !inUse.some((name) => name.startsWith('local:')) };
  const providers = [await providerOf(rootKey, file)];
  if (previous) providers.push(await providerOf(previous, { ...file, mayMake: false }));
  const known = new Set(providers.map(({ name }) => name));
  const missing = inUse.filter((name) => !known.has(name));
  if (missing.length > 0)
    throw new RootKeyError(
      `Records are sealed under the root key ${missing.join(', ')}, which is not at hand. Put it back, or name it in CANDOR_ROOT_KEY_PREVIOUS.`,
    );
  return new Vault({ db, providers, report: note });
}
