import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  includes,
  isConsistent,
  leafNode,
  parentNode,
  rootOf,
  type NodeAt,
} from './tree.js';

const entry = (index: number): Buffer => hash('sha256', `entry ${index}`, 'buffer');
const leaves = (size: number): Buffer[] => Array.from({ length: size }, (_, index) => leafNode(entry(index)));

/** Hashes every subtree anew, straight from its definition. */
const nodesOf =
  (all: readonly Buffer[]): NodeAt =>
  async (level, index) => {
    let row = all.slice(index * 2 ** level, (index + 1) * 2 ** level);
    if (row.length !== 2 ** level) throw new Error(`node ${level}/${index} is not whole`);
    while (row.length > 1) row = row.flatMap((left, n) => (n % 2 ? [] : [parentNode(left, row[n + 1]!)]));
    return row[0]!;
  };

/** RFC 6962 §2.1, written down as it stands there. */
function rootByDefinition(all: readonly Buffer[]): Buffer {
  if (all.length === 0) return EMPTY_ROOT;
  if (all.length === 1) return all[0]!;
  let k = 1;
  while (k * 2 < all.length) k *= 2;
  return parentNode(rootByDefinition(all.slice(0, k)), rootByDefinition(all.slice(k)));
}

const size = fc.integer({ min: 1, max: 70 });

describe('the tree of RFC 6962', () => {
  test('without entries has the hash of nothing as its root', async () => {
    expect((await rootOf(0, nodesOf([]))).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  test('has the root that its definition gives', async () => {
    for (let n = 0; n <= 70; n++)
      expect(await rootOf(n, nodesOf(leaves(n)))).toEqual(rootByDefinition(leaves(n)));
  });

  test('has the roots of the test vectors that other implementations share', async () => {
    const vectors = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    const all = vectors.map((hex) => leafNode(Buffer.from(hex, 'hex')));

    expect((await rootOf(1, nodesOf(all))).toString('hex')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect((await rootOf(8, nodesOf(all))).toString('hex')).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  test('proves every entry, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(), fc.nat(), async (n, some, another) => {
        const all = leaves(n);
        const [index, other] = [some % n, another % n];
        const root = await rootOf(n, nodesOf(all));
        const proof = await inclusionProof(index, n, nodesOf(all));

        expect(includes(all[index]!, index, n, root, proof)).toBe(true);
        expect(includes(all[other]!, index, n, root, proof)).toBe(other === index);
        expect(includes(all[index]!, other, n, root, proof)).toBe(other === index);
        expect(includes(all[index]!, index, n, leafNode(root), proof)).toBe(false);
        expect(includes(all[index]!, index, n, root, [...proof, root])).toBe(false);
      }),
    );
  });

  test('proves that it grew from what it was, and from nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(size, size, fc.nat(), async (one, two, edited) => {
        const [from, to] = [Math.min(one, two), Math.max(one, two)];
        const all = leaves(to);
        const before = await rootOf(from, nodesOf(all));
        const after = await rootOf(to, nodesOf(all));
        const proof = await consistencyProof(from, to, nodesOf(all));
        const other = [...all];
        other[edited % from] = leafNode(Buffer.from('another'));
        const otherBefore = await rootOf(from, nodesOf(other));

        expect(isConsistent(from, before, to, after, proof)).toBe(true);
        expect(isConsistent(from, otherBefore, to, after, proof)).toBe(false);
        expect(isConsistent(from, before, to, leafNode(after), proof)).toBe(false);
        if (from < to) expect(isConsistent(from, before, to, after, [...proof, after])).toBe(false);
        if (proof.length > 0) expect(isConsistent(from, before, to, after, proof.slice(1))).toBe(false);
      }),
    );
  });
});
