import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { EMPTY_ROOT, leafNode, parentNode } from '../tree/tree.js';

/** An event as it is now: the hash stored with it, and the hash made anew of everything it says. */
export interface Presented {
  readonly position: number;
  readonly leafHash: string;
  readonly recomputed: string;
}

export type Verdict =
  /** `sealed`: up to there the events are what was signed; those after it are only what they say they are */
  | { whole: true; events: number; sealed: number }
  /** nothing before `firstBad` was touched */
  | { whole: false; firstBad: number; because: string };

/**
 * Checks a whole log in one pass and constant memory: positions without a hole, every hash what the event says, and at
 * every checkpoint the root that was signed.
 * @param checkpoints their signatures are verified already; oldest first
 * @param leafAt what the tree keeps of a leaf; when the past was rewritten consistently, it still tells where
 */
export async function verifyLog(
  events: AsyncIterable<readonly Presented[]>,
  checkpoints: readonly Checkpoint[],
  leafAt: (index: number) => Promise<Buffer | undefined> = async () => undefined,
): Promise<Verdict> {
  const peaks: { size: number; root: Buffer }[] = [];
  const ahead = [...checkpoints];
  let size = 0;
  let sealed = 0;
  let unsealed: Buffer[] = [];
  for await (const batch of events)
    for (const { position, leafHash, recomputed } of batch) {
      if (position !== size + 1) return bad(size + 1, `position ${size + 1} is missing`);
      if (leafHash !== recomputed)
        return bad(position, 'the event is not what was hashed when it was appended');
      const leaf = leafNode(Buffer.from(leafHash, 'hex'));
      push(peaks, leaf);
      unsealed.push(leaf);
      size++;
      if (ahead[0]?.size !== size) continue;
      if (!rootOfPeaks(peaks).equals(ahead.shift()!.root)) return rewritten(sealed, unsealed, leafAt);
      sealed = size;
      unsealed = [];
    }
  const cutOff = ahead.at(-1);
  if (cutOff) return bad(size + 1, `the log ends at ${size}, but ${cutOff.size} events were signed`);
  return { whole: true, events: size, sealed };
}

const bad = (firstBad: number, because: string): Verdict => ({ whole: false, firstBad, because });

/** The whole subtrees of the log so far, the largest first; two of a size become one. */
function push(peaks: { size: number; root: Buffer }[], leaf: Buffer): void {
  let peak = { size: 1, root: leaf };
  while (peaks.at(-1)?.size === peak.size)
    peak = { size: peak.size * 2, root: parentNode(peaks.pop()!.root, peak.root) };
  peaks.push(peak);
}

const rootOfPeaks = (peaks: readonly { root: Buffer }[]): Buffer =>
  peaks.reduceRight<Buffer | undefined>(
    (right, { root }) => (right ? parentNode(root, right) : root),
    undefined,
  ) ?? EMPTY_ROOT;

async function rewritten(
  sealed: number,
  leaves: readonly Buffer[],
  leafAt: (index: number) => Promise<Buffer | undefined>,
): Promise<Verdict> {
  const because = 'the event and its hash were replaced after it was signed';
  for (const [n, leaf] of leaves.entries()) {
    const kept = await leafAt(sealed + n);
    if (kept && !kept.equals(leaf)) return bad(sealed + n + 1, because);
  }
  return bad(sealed + 1, `somewhere from ${sealed + 1} to ${sealed + leaves.length}, ${because}`);
}
