import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';

export const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What was sealed is not what is there, or not in its place: altered, moved, or of other keys. Never to be passed over. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

export const newKey = (): Buffer => randomBytes(KEY_BYTES);

const ivs = Buffer.alloc(IV_BYTES * 256);
let used = ivs.length;

/** Each handed out once. Many are drawn at a time, since drawing one takes longer than sealing with it. */
function newIv(): Buffer {
  if (used === ivs.length) {
    randomFillSync(ivs);
    used = 0;
  }
  return Buffer.from(ivs.subarray(used, (used += IV_BYTES)));
}

/**
 * AES-256-GCM with a random 96-bit IV: `iv ‖ ciphertext ‖ tag`. One key may seal 2^32 times (NIST SP 800-38D).
 * @param bound what the ciphertext belongs to; without the very same it does not open
 */
export function encrypt(key: Buffer, plain: Buffer, bound: Buffer): Buffer {
  const iv = newIv();
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(bound);
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SealBroken */
export function decrypt(key: Buffer, sealed: Buffer, bound: Buffer): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new SealBroken('what is sealed is cut off');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw new SealBroken('what is sealed was altered, moved, or sealed with another key');
  }
  return plain;
}

const NO_SALT = Buffer.alloc(32);

/**
 * HKDF-SHA256 (RFC 5869) without salt: from a key, another one for one use, which tells nothing of the first. By two
 * HMACs, since `hkdfSync` takes seven times as long and every key that is opened passes here twice.
 */
export function derive(key: Buffer, use: string): Buffer {
  const extracted = createHmac('sha256', NO_SALT).update(key).digest();
  const expanded = createHmac('sha256', extracted).update(use).update('\u0001').digest();
  extracted.fill(0);
  return expanded;
}

/**
 * GCM alone does not tell which key a text was sealed with: for one ciphertext two keys can be made that both open it.
 * The commitment is stored beside a wrapped key and fits that key only.
 */
export const commitmentTo = (key: Buffer): Buffer => derive(key, 'candor/commitment/1');

/** @throws SealBroken when it is not the key that was committed to */
export function checkCommitment(key: Buffer, commitment: Buffer): void {
  const expected = commitmentTo(key);
  if (expected.length !== commitment.length || !timingSafeEqual(expected, commitment))
    throw new SealBroken('the key that was unwrapped is not the one that was stored');
}
