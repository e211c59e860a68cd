import { KEY_BYTES, derive, SealBroken } from './gcm.js';

/**
 * What a data key is for. `record`: what a person's events say, `psychotherapy_notes`: the notes kept apart from the
 * record, `read_models`: rows folded from events.
 */
export const KEY_KINDS = ['record', 'psychotherapy_notes', 'read_models'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** AES-256-GCM, keys by HKDF-SHA256. Another way to seal takes another number; old envelopes stay readable. */
const FORMAT = 1;

/** Which keys a text is sealed with: one version for each of its subjects, in their sorted order. */
export interface Head {
  readonly kind: KeyKind;
  readonly versions: readonly number[];
}

/** `format(1) ‖ kind(1) ‖ n(2) ‖ n × version(2) ‖ body`, numbers big-endian. */
export function pack({ kind, versions }: Head, body: Buffer): Buffer {
  const head = Buffer.alloc(4 + 2 * versions.length);
  head.writeUInt8(FORMAT, 0);
  head.writeUInt8(KEY_KINDS.indexOf(kind) + 1, 1);
  head.writeUInt16BE(versions.length, 2);
  versions.forEach((version, index) => head.writeUInt16BE(version, 4 + 2 * index));
  return Buffer.concat([head, body]);
}

/** @throws SealBroken for bytes that are no envelope this program knows */
export function unpack(envelope: Buffer): Head & { body: Buffer } {
  const kind = KEY_KINDS[(envelope[1] ?? 0) - 1];
  if (envelope[0] !== FORMAT || !kind || envelope.length < 4)
    throw new SealBroken('this is no envelope that this version of Candor can open');
  const end = 4 + 2 * envelope.readUInt16BE(2);
  if (envelope.length < end) throw new SealBroken('the envelope is cut off');
  const versions: number[] = [];
  for (let at = 4; at < end; at += 2) versions.push(envelope.readUInt16BE(at));
  return { kind, versions, body: envelope.subarray(end) };
}

/**
 * The key that seals a text about several persons, from one key of each in the sorted order of their ids: who lacks any
 * one of them cannot open it. For one person it is derived as well, so that no data key serves two uses.
 */
export function sealingKey(keys: readonly Buffer[]): Buffer {
  const all = Buffer.concat(keys, keys.length * KEY_BYTES);
  const key = derive(all, 'candor/seal/1');
  all.fill(0);
  return key;
}
