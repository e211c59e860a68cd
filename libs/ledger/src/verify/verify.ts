import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { leafNode, Peaks } from '../tree/tree.js';
import { Erasures, HIDDEN } from './erasures.js';

/** An entry of a log as it is now. */
export interface Presented {
  readonly position: number;
  /** as stored with it */
  readonly leafHash: string;
  /** whether that is the hash of everything it says, and what is sealed of it the one it names */
  readonly intact: boolean;
  /** the persons concerned, when what is sealed of it is gone */
  readonly lacking?: readonly string[];
  /** the person whose keys it says were destroyed */
  readonly erases?: string;
}

/** What of a log was signed. */
export type Signed = Pick<Checkpoint, 'size' | 'root'>;

export type Verdict =
  /**
   * `sealed`: up to there the events are what was signed; those after it are only what they say they are
   * `erased`: of how many the words are gone for good, as the history says
   */
  | { whole: true; events: number; sealed: number; erased: number }
  /** nothing before `firstBad` was touched */
  | { whole: false; firstBad: number; because: string }
  /** so many were signed, which it does not begin with: an older state was put back */
  | { whole: false; behind: number; events: number };

/**
 * Checks a whole log in one pass and constant memory: positions without a hole, every hash what the event says, and at
 * every checkpoint the root that was signed.
 * @param checkpoints their signatures are verified already; oldest first
 * @param leafAt what the tree keeps of a leaf; when the past was rewritten consistently, it still tells where
 * @param newest the largest that is known to have been signed, whatever the database says
 */
export async function verifyLog(
  events: AsyncIterable<readonly Presented[]>,
  checkpoints: readonly Checkpoint[],
  leafAt: (index: number) => Promise<Buffer | undefined> = async () => undefined,
  newest?: Signed,
): Promise<Verdict> {
  const tree = new Peaks();
  const erasures = new Erasures();
  const ahead = [...checkpoints];
  let sealed = 0;
  let unsealed: Buffer[] = [];
  let began = !newest || newest.size === 0;
  for await (const batch of events)
    for (const { position, leafHash, intact, lacking, erases } of batch) {
      if (position !== tree.size + 1) return bad(tree.size + 1, `position ${tree.size + 1} is missing`);
      if (!intact) return bad(position, 'the event is not what was hashed when it was appended');
      if (lacking) erasures.lacks(position, lacking);
      if (erases) erasures.destroyed(erases);
      const leaf = leafNode(Buffer.from(leafHash, 'hex'));
      tree.push(leaf);
      unsealed.push(leaf);
      if (newest?.size === tree.size) began = tree.root().equals(newest.root);
      if (ahead[0]?.size !== tree.size) continue;
      if (!tree.root().equals(ahead.shift()!.root)) return rewritten(sealed, unsealed, leafAt);
      sealed = tree.size;
      unsealed = [];
    }
  const cutOff = ahead.at(-1);
  if (cutOff)
    return bad(tree.size + 1, `the log ends at ${tree.size}, but ${cutOff.size} events were signed`);
  const hidden = erasures.firstHidden();
  if (hidden !== undefined) return bad(hidden, HIDDEN);
  if (newest && !began) return { whole: false, behind: newest.size, events: tree.size };
  return { whole: true, events: tree.size, sealed, erased: erasures.count() };
}

const bad = (firstBad: number, because: string): Verdict => ({ whole: false, firstBad, because });

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
