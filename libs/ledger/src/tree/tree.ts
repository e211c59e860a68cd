import { hash } from 'node:crypto';

/*
 * The Merkle tree of RFC 6962 (hashes, roots and proofs as in RFC 9162 §2.1). The entry of an event is the 32 bytes of
 * its `leaf_hash`; its index is its position less one. Sizes and indexes are whole numbers up to 2^53 - 1.
 */

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

const sha256 = (...parts: readonly Buffer[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer');

/** The hash of an entry, level 0 of the tree. */
export const leafNode = (entry: Buffer): Buffer => sha256(LEAF, entry);
export const parentNode = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);
/** The root of a tree without entries. */
export const EMPTY_ROOT: Buffer = sha256();

/** Reads the hash of a whole subtree: `2^level` leaves from leaf `index * 2^level` on. */
export type NodeAt = (level: number, index: number) => Promise<Buffer>;

/** The hash over the leaves from `first` up to, not including, `end`, where `first` begins a subtree of the tree. */
async function over(first: number, end: number, nodeAt: NodeAt): Promise<Buffer> {
  const size = end - first;
  const level = Math.round(Math.log2(size));
  if (2 ** level === size && first % size === 0) return nodeAt(level, first / size);
  const split = first + leftSize(size);
  return parentNode(await over(first, split, nodeAt), await over(split, end, nodeAt));
}

/** The greatest power of two below a size: how many leaves go to the left. */
function leftSize(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

/** The root of the tree over the first `size` leaves. */
export const rootOf = async (size: number, nodeAt: NodeAt): Promise<Buffer> =>
  size === 0 ? EMPTY_ROOT : over(0, size, nodeAt);

/** A tree that only grows, in constant memory: the roots of its whole subtrees, the largest first. */
export class Peaks {
  size = 0;
  private readonly peaks: { size: number; root: Buffer }[] = [];

  push(leaf: Buffer): void {
    let peak = { size: 1, root: leaf };
    while (this.peaks.at(-1)?.size === peak.size)
      peak = { size: peak.size * 2, root: parentNode(this.peaks.pop()!.root, peak.root) };
    this.peaks.push(peak);
    this.size++;
  }

  root(): Buffer {
    const [last, ...before] = this.peaks.toReversed();
    return last ? before.reduce((right, { root }) => parentNode(root, right), last.root) : EMPTY_ROOT;
  }
}

/** The proof that leaf `index` is in the tree of `size` leaves: hashes from the leaf's sibling up. */
export async function inclusionProof(index: number, size: number, nodeAt: NodeAt): Promise<Buffer[]> {
  const path = async (first: number, end: number): Promise<Buffer[]> => {
    if (end - first === 1) return [];
    const split = first + leftSize(end - first);
    return index < split
      ? [...(await path(first, split)), await over(split, end, nodeAt)]
      : [...(await path(split, end)), await over(first, split, nodeAt)];
  };
  return path(0, size);
}

/** The proof that the tree of `from` leaves is what the tree of `to` leaves began as. */
export async function consistencyProof(from: number, to: number, nodeAt: NodeAt): Promise<Buffer[]> {
  const subproof = async (first: number, end: number, whole: boolean): Promise<Buffer[]> => {
    if (from === end) return whole ? [] : [await over(first, end, nodeAt)];
    const split = first + leftSize(end - first);
    return from <= split
      ? [...(await subproof(first, split, whole)), await over(split, end, nodeAt)]
      : [...(await subproof(split, end, false)), await over(first, split, nodeAt)];
  };
  return from === 0 || from === to ? [] : subproof(0, to, true);
}

/** RFC 9162 §2.1.3.2. `leaf` is the hash at level 0. */
export function includes(
  leaf: Buffer,
  index: number,
  size: number,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (index >= size) return false;
  let [node, last, current] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      current = parentNode(sibling, current);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else current = parentNode(current, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && current.equals(root);
}

/** RFC 9162 §2.1.4.2: whether the tree with the root `after` begins with the tree with the root `before`. */
export function isConsistent(
  from: number,
  before: Buffer,
  to: number,
  after: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (from > to) return false;
  if (from === to) return proof.length === 0 && before.equals(after);
  if (from === 0) return proof.length === 0 && before.equals(EMPTY_ROOT);
  const isSubtree = 2 ** Math.round(Math.log2(from)) === from;
  const [start, ...rest] = isSubtree ? [before, ...proof] : proof;
  if (!start) return false;
  let [node, last] = [from - 1, to - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [one, other] = [start, start];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [one, other] = [parentNode(sibling, one), parentNode(sibling, other)];
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else other = parentNode(other, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && one.equals(before) && other.equals(after);
}

const half = (value: number): number => Math.floor(value / 2);
