import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** SHA-256: all that is kept of a secret of 256 random bits, which nobody can guess back from it. */
export const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/**
 * 256 random bits as `<prefix>_<43 characters of base64url><8 of CRC-32 in hex>`. Prefix and checksum let a scanner that
 * looks for leaked secrets know one when it sees it: `candor_[A-Za-z0-9_-]{43}[0-9a-f]{8}`.
 */
export function secretText(prefix: string): string {
  const secret = `${prefix}_${randomBytes(32).toString('base64url')}`;
  return secret + crc32(secret).toString(16).padStart(8, '0');
}
