export { openVault } from './keys/open-vault.service.js';
export { decrypt, encrypt, SealBroken } from './crypto/gcm.js';
export { Vault, type Sealed, type Text, type VaultOptions } from './keys/vault.service.js';
export type { Named as NamedKey } from './keys/vault.sql.js';
export type { KeyProvider } from './providers/key-provider.js';
export { localProvider } from './providers/local.provider.js';
export { parseRootKey, RootKeyError, type RootKey } from './providers/root-key.provider.js';
export { SecretFileError, secretInFile } from './providers/secret-file.js';
