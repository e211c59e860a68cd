import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { includes, isConsistent, leafNode, Peaks } from '../tree/tree.js';
import type { BundleHeader } from './bundle.js';

/** What of an entry says where it belongs. */
export interface Placed {
  position: number;
  leafHash: string;
  /** of an event */
  stream?: string;
  version?: number;
}

/** A checkpoint that was signed, and of which generation. */
export type Known = Checkpoint & { generation: number };

/** That a restored log went on, and what had been signed before and is lost. */
export interface Restore {
  /** the first that need not be what was signed there before */
  position: number;
  generation: number;
  behindSize: number;
  /** base64 */
  behindRoot: string;
  why: string;
}

/** Nothing before `firstBad` was touched. */
export type Bad = { whole: false; firstBad: number; because: string };
export const bad = (firstBad: number, because: string): Bad => ({ whole: false, firstBad, because });

/** What an older checkpoint was found to be: in this log, or lost with a restore that is on record. */
export type Older = { size: number; generation: number; found: 'within' | 'lost' };

/** The bundle, the key or a checkpoint is not such a thing: there is nothing to judge. */
export class NoBundle extends Error {
  /** @param older which of the older checkpoints it is, if it is one of those */
  constructor(
    message: string,
    readonly older?: number,
  ) {
    super(message);
  }
}

/** Everything that was found on the way. */
interface Found {
  header: BundleHeader;
  /** the checkpoints in the bundle, and those somebody kept */
  known: readonly Known[];
  kept: readonly Known[];
  restores: readonly Restore[];
}

/** A whole log: the tree is made anew. */
export class Whole {
  last = 0;
  count = 0;
  private readonly roots = new Map<number, Buffer>();
  private readonly tree = new Peaks();

  /** @param wanted the sizes at which the root will be asked for */
  constructor(private readonly wanted: ReadonlySet<number>) {}

  expected = (_entry: Placed): number => this.last + 1;

  order({ position }: Placed): string | undefined {
    return position === this.last + 1 ? undefined : `position ${this.last + 1} is missing`;
  }

  take({ leafHash }: Placed): undefined {
    this.tree.push(leafNode(Buffer.from(leafHash, 'hex')));
    if (this.wanted.has(this.tree.size)) this.roots.set(this.tree.size, this.tree.root());
  }

  end({ header, known, kept, restores }: Found): Bad | Older[] {
    let sound = 0;
    const lost = kept.filter((note) => isLost(note, restores) && !this.began(note));
    const within = [...known, ...kept.filter((note) => !lost.includes(note))];
    for (const note of within.sort((a, b) => a.size - b.size)) {
      const { size } = note;
      if (size > this.count)
        return bad(
          this.count + 1,
          `it ends at ${this.count}, but ${size} entries were signed: it was cut off, or exported before that checkpoint. Ask for a new export`,
        );
      if (!this.began(note))
        return bad(
          sound + 1,
          `somewhere from ${sound + 1} to ${size} an entry and its hash are not what was signed`,
        );
      sound = size;
    }
    const undeclared = lost.find((note) => !declared(note, restores));
    if (undeclared)
      return bad(this.count + 1, `${undeclared.size} entries were signed; no restore on record lost so many`);
    if (!isGeneration(header, restores))
      return bad(this.count, `no restore on record began generation ${header.generation}`);
    return kept.map((note) => olderOf(note, lost.includes(note) ? 'lost' : 'within'));
  }

  /** Whether the log began as what was signed. */
  private began({ size, root }: Known): boolean {
    return size === 0 || this.roots.get(size)?.equals(root) === true;
  }
}

/** What concerns one client: each entry brings the proof of its place, and no stream has a gap. */
export class Some {
  last = 0;
  count = 0;
  private readonly versions = new Map<string, number>();

  constructor(private readonly newest: Known) {}

  expected = ({ position }: Placed): number => position;

  order({ position, stream, version = 1 }: Placed): string | undefined {
    if (position <= this.last) return 'it is not in the order of the log';
    if (stream === undefined) return undefined;
    const before = this.versions.get(stream) ?? 0;
    this.versions.set(stream, version);
    return version === before + 1 ? undefined : `version ${before + 1} of ${stream} is missing before it`;
  }

  take({ position, leafHash }: Placed, proof: readonly string[] = []): string | undefined {
    const { size, root } = this.newest;
    return includes(leafNode(Buffer.from(leafHash, 'hex')), position - 1, size, root, hashes(proof))
      ? undefined
      : 'its proof does not lead to what was signed';
  }

  end({ header, kept }: Found): Bad | Older[] {
    const { size, root } = this.newest;
    for (const note of kept) {
      const proof =
        note.size === size ? [] : header.growth?.from === note.size ? header.growth.proof : undefined;
      if (!proof)
        throw new NoBundle(
          `This bundle cannot tell whether it grew from ${note.size} entries. Export it with --checkpoint.`,
        );
      if (!isConsistent(note.size, note.root, size, root, hashes(proof)))
        return bad(1, `the log of ${size} entries did not grow from the one of ${note.size}`);
    }
    return kept.map((note) => olderOf(note, 'within'));
  }
}

const hashes = (texts: readonly string[]): Buffer[] => texts.map((text) => Buffer.from(text, 'base64'));

const olderOf = ({ size, generation }: Known, found: Older['found']): Older => ({ size, generation, found });

/** Whether a checkpoint is of a generation that ended, and of more than what was left of it. */
const isLost = ({ size, generation }: Known, restores: readonly Restore[]): boolean =>
  restores.some((restore) => restore.generation > generation && size >= restore.position);

/** Whether the restore that lost it says so: as many were signed, and it was this log if it names the same size. */
const declared = ({ size, root, generation }: Known, restores: readonly Restore[]): boolean =>
  restores.some(
    (restore) =>
      restore.generation > generation &&
      (size < restore.behindSize ||
        (size === restore.behindSize && root.toString('base64') === restore.behindRoot)),
  );

/** Whether the log is of the generation that a restore began, or of the first, and none began before it ends. */
function isGeneration({ generation, to }: BundleHeader, restores: readonly Restore[]): boolean {
  const next = restores.find((restore) => restore.generation > generation);
  return (
    (generation === 1 || restores.some((restore) => restore.generation === generation)) &&
    (!next || to < next.position)
  );
}
