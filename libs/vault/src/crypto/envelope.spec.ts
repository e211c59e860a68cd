import { gcm } from '@noble/ciphers/aes.js';
import { hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY_KINDS, pack, sealingKey, unpack } from './envelope.js';
import { checkCommitment, commitmentTo, decrypt, derive, encrypt, newKey, SealBroken } from './gcm.js';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => Buffer.from(array));

describe('what is encrypted', () => {
  test('opens with an implementation that we did not write, and the other way round', () => {
    fc.assert(
      fc.property(key, bytes, bytes, (with_, plain, bound) => {
        const ours = encrypt(with_, plain, bound);
        expect(Buffer.from(gcm(with_, ours.subarray(0, 12), bound).decrypt(ours.subarray(12)))).toEqual(
          plain,
        );

        const iv = newKey().subarray(0, 12);
        const theirs = Buffer.concat([iv, gcm(with_, iv, bound).encrypt(plain)]);
        expect(decrypt(with_, theirs, bound)).toEqual(plain);
      }),
      { seed: 38, numRuns: 200 },
    );
  });

  test('does not open with any bit of it, of the key or of what it is bound to turned', () => {
    const turned = (of: Buffer, bit: number) => {
      const copy = Buffer.from(of);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      return copy;
    };
    const [with_, bound] = [newKey(), Buffer.from('here')];
    const sealed = encrypt(with_, Buffer.from('words'), bound);
    for (let bit = 0; bit < sealed.length * 8; bit++)
      expect(() => decrypt(with_, turned(sealed, bit), bound)).toThrow(SealBroken);
    for (let bit = 0; bit < 256; bit++)
      expect(() => decrypt(turned(with_, bit), sealed, bound)).toThrow(SealBroken);
    for (let bit = 0; bit < bound.length * 8; bit++)
      expect(() => decrypt(with_, sealed, turned(bound, bit))).toThrow(SealBroken);
    for (let length = 0; length < sealed.length; length++)
      expect(() => decrypt(with_, sealed.subarray(0, length), bound)).toThrow(SealBroken);
  });

  test('is never the same twice', () => {
    const seal = () => encrypt(Buffer.alloc(32, 1), Buffer.from('words'), Buffer.alloc(0)).toString('hex');
    expect(new Set(Array.from({ length: 1000 }, seal)).size).toBe(1000);
  });
});

describe('a key', () => {
  test('is derived as RFC 5869 says: HKDF as Node has it comes to the same', () => {
    for (const length of [32, 64, 320]) {
      const key = randomBytes(length);
      expect(derive(key, 'a use')).toEqual(Buffer.from(hkdfSync('sha256', key, '', 'a use', 32)));
    }
  });

  test('fits its own commitment and no other', () => {
    const one = newKey();
    expect(() => checkCommitment(one, commitmentTo(one))).not.toThrow();
    expect(() => checkCommitment(newKey(), commitmentTo(one))).toThrow(SealBroken);
    expect(() => checkCommitment(one, commitmentTo(one).subarray(1))).toThrow(SealBroken);
  });

  test('for a text about several needs the keys of all of them', () => {
    const [a, b, c] = [newKey(), newKey(), newKey()];
    const joint = sealingKey([a, b]);
    expect(sealingKey([a, b])).toEqual(joint);
    for (const other of [[a], [b], [b, a], [a, c], [c, b], [a, b, c]])
      expect(sealingKey(other)).not.toEqual(joint);
  });
});

describe('an envelope', () => {
  test('tells with which keys it was sealed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KEY_KINDS),
        fc.array(fc.integer({ min: 1, max: 65_535 }), { minLength: 1, maxLength: 300 }),
        bytes,
        (kind, versions, body) =>
          void expect(unpack(pack({ kind, versions }, body))).toEqual({ kind, versions, body }),
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  test('of another format, of a kind unknown or cut off is refused', () => {
    const envelope = pack({ kind: 'record', versions: [1, 2] }, Buffer.alloc(0));
    expect(envelope.toString('hex')).toBe('0101000200010002');
    for (const other of [
      '0201000200010002',
      '0100000200010002',
      '0104000200010002',
      '01010002',
      '010100',
      '01',
      '',
    ])
      expect(() => unpack(Buffer.from(other, 'hex')), other).toThrow(SealBroken);
  });
});
