import { canonicalJson } from '#libs/kernel';
import { commitmentTo, decrypt, encrypt } from '../crypto/gcm.js';
import type { KeyContext, KeyProvider } from './key-provider.js';

/** A root key that this process holds itself, 32 bytes. */
export function localProvider(rootKey: Buffer): KeyProvider {
  const bound = (context: KeyContext) => Buffer.from(canonicalJson(context));
  return {
    name: `local:${commitmentTo(rootKey).toString('hex', 0, 8)}`,
    wrap: async (key, context) => encrypt(rootKey, key, bound(context)),
    unwrap: async (wrapped, context) => decrypt(rootKey, wrapped, bound(context)),
  };
}
