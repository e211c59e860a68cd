import { createHash, randomBytes } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A lower-case RFC 9562 UUID. */
export const isUuid = (text: string): boolean => UUID.test(text);

function format(bytes: Buffer, version: number): string {
  bytes[6] = (bytes[6]! & 0x0f) | (version << 4);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

let pool = Buffer.alloc(0);
let used = 0;

/** A UUIDv7 (RFC 9562 §5.7) for the given millisecond. */
export function uuidv7(millis: number = Date.now()): string {
  if (used + 16 > pool.length) {
    pool = randomBytes(4096);
    used = 0;
  }
  const bytes = pool.subarray(used, (used += 16));
  bytes.writeUIntBE(millis, 0, 6);
  return format(bytes, 7);
}

/**
 * The id of a thing that a natural key already names (RFC 9562 §5.8, UUIDv8 over SHA-256): one consent per relationship,
 * person and purpose needs no search and cannot be made twice.
 */
export function deriveId(...parts: readonly string[]): string {
  return format(createHash('sha256').update(JSON.stringify(parts)).digest(), 8);
}
