import { isIntact } from '#libs/event-store';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { openerOf, parseOrigin } from '../checkpoint/origin.js';
import { includes, isConsistent, leafNode, Peaks } from '../tree/tree.js';
import { Erasures, erasedBy, HIDDEN, personsIn } from '../verify/erasures.js';
import { parseLine, type BundleEvent, type BundleFooter, type BundleHeader } from './bundle.js';

/** That a restored log went on, and what had been signed before and is lost. */
export interface Restore {
  position: number;
  generation: number;
  behindSize: number;
  /** base64 */
  behindRoot: string;
  why: string;
}

export type BundleVerdict =
  | {
      whole: true;
      header: BundleHeader;
      events: number;
      restores: Restore[];
      /** of how many events the words are gone for good, as the history says */
      erased: number;
      /** what an older checkpoint was found to be: in this history, or lost with a restore that is on record */
      older: { size: number; generation: number; found: 'within' | 'lost' }[];
    }
  /** nothing before `firstBad` was touched */
  | { whole: false; firstBad: number; because: string };

/** The bundle, the key or a checkpoint is not such a thing: there is nothing to judge. */
export class NoBundle extends Error {}

/**
 * Checks a bundle by itself, in one pass and, for a whole log, in constant memory.
 * @param key the verifier key, kept apart from the bundle; else the one in it, and then it proves only that all fits together
 * @param older signed notes of the same log that somebody kept
 * @throws NoBundle
 */
export async function judgeBundle(
  lines: AsyncIterable<string>,
  { key, older = [] }: { key?: string; older?: readonly string[] } = {},
): Promise<BundleVerdict> {
  const all = lines[Symbol.asyncIterator]();
  const first = await all.next();
  const header = first.done ? undefined : parseLine(first.value);
  if (header?.kind !== 'header') throw new NoBundle('It does not begin with the header of a bundle.');
  const read = reading(header, key ?? header.verifierKey);
  const newest = read(header.checkpoint);
  if (!newest) return bad(1, 'its checkpoint is not signed by this key');
  if (newest.size !== header.to) return bad(1, `the checkpoint is of ${newest.size} events`);
  const earlier = header.earlier.map(read);
  if (earlier.includes(undefined)) return bad(1, 'an earlier checkpoint in it is not signed by this key');
  const kept = older.map(
    (note) => read(note) ?? fail('The older checkpoint is not one of this log, or not signed by this key.'),
  );

  const judge = header.clientId === undefined ? new Whole() : new Some(newest);
  const known = [...(earlier as Known[]), newest];
  for (const { size } of [...known, ...kept]) judge.wanted.add(size);
  const restores: Restore[] = [];
  const erasures = new Erasures();
  let footer: BundleFooter | undefined;
  for (let next = await all.next(); !next.done; next = await all.next()) {
    const record = parseLine(next.value);
    if (footer) return bad(judge.last + 1, 'something follows the footer');
    if (record?.kind === 'footer') {
      footer = record;
      continue;
    }
    if (record?.kind !== 'event') return bad(judge.last + 1, `position ${judge.last + 1} cannot be read`);
    const { kind: _, proof, envelope, text: _text, ...event } = record;
    if (event.practiceId !== header.practiceId) return bad(event.position, 'it is of another practice');
    const wrong =
      judge.order(event) ??
      (isWhatWasHashed(event, envelope) ? judge.take(event, proof) : 'it is not what was hashed');
    if (wrong) return bad(judge.expected(event), wrong);
    if (event.sealed !== undefined && envelope === undefined)
      erasures.lacks(event.position, personsIn(event.practiceId, event.subjects));
    const erased = erasedBy(event);
    if (erased !== undefined) erasures.destroyed(erased);
    judge.last = event.position;
    judge.count++;
    if (event.type === 'LogRestored') restores.push(...restoresIn(event));
  }
  if (!footer || footer.count !== judge.count || footer.lastPosition !== judge.last)
    return bad(
      judge.last + 1,
      'it was cut off there. If its export was interrupted, run the same export again',
    );
  const verdict = judge.end({ header, known, kept, restores, erased: erasures.count() });
  const hidden = erasures.firstHidden();
  return verdict.whole && hidden !== undefined ? bad(hidden, HIDDEN) : verdict;
}

/** Everything that was found on the way. */
interface Found {
  header: BundleHeader;
  /** the checkpoints in the bundle, and those somebody kept */
  known: readonly Known[];
  kept: readonly Known[];
  restores: Restore[];
  erased: number;
}

/** A checkpoint that was signed, and of which generation. */
type Known = Checkpoint & { generation: number };

/** Reads notes of the log that a bundle is of, in all its generations. @throws NoBundle */
function reading({ origin, practiceId }: BundleHeader, key: string): (note: string) => Known | undefined {
  const log = parseOrigin(origin);
  if (log?.practiceId !== practiceId || log.kind !== 'events')
    throw new NoBundle(`"${origin}" names no history of practice ${practiceId}.`);
  const open = openerOf(key);
  return (note) => {
    const known = open(note);
    return known?.practiceId === practiceId && known.kind === 'events' ? known : undefined;
  };
}

type Event = Omit<BundleEvent, 'proof' | 'envelope' | 'text'>;

/** A whole log: the tree is made anew. */
class Whole {
  readonly wanted = new Set<number>();
  last = 0;
  count = 0;
  private readonly roots = new Map<number, Buffer>();
  private readonly tree = new Peaks();

  expected = (_event: Event): number => this.last + 1;

  order({ position }: Event): string | undefined {
    return position === this.last + 1 ? undefined : `position ${this.last + 1} is missing`;
  }

  take({ leafHash }: Event): undefined {
    this.tree.push(leafNode(Buffer.from(leafHash, 'hex')));
    if (this.wanted.has(this.tree.size)) this.roots.set(this.tree.size, this.tree.root());
  }

  end({ header, known, kept, restores, erased }: Found): BundleVerdict {
    let sound = 0;
    const lost = kept.filter((note) => isLost(note, restores));
    const within = [...known, ...kept.filter((note) => !lost.includes(note))];
    for (const { size, root } of within.sort((a, b) => a.size - b.size)) {
      if (size > this.count)
        return bad(this.count + 1, `it ends at ${this.count}, but ${size} events were signed`);
      if (size > 0 && !this.roots.get(size)?.equals(root))
        return bad(
          sound + 1,
          `somewhere from ${sound + 1} to ${size} an event and its hash are not what was signed`,
        );
      sound = size;
    }
    const undeclared = lost.find((note) => !declared(note, restores));
    if (undeclared)
      return bad(this.count + 1, `${undeclared.size} events were signed; no restore on record lost so many`);
    if ((restores.at(-1)?.generation ?? 1) !== header.generation)
      return bad(this.count, `no restore on record began generation ${header.generation}`);
    return {
      whole: true,
      header,
      events: this.count,
      restores,
      erased,
      older: kept.map(({ size, generation }) => ({
        size,
        generation,
        found: lost.some((note) => note.size === size && note.generation === generation) ? 'lost' : 'within',
      })),
    };
  }
}

/** What concerns one client: each event brings the proof of its place, and no stream has a gap. */
class Some {
  readonly wanted = new Set<number>();
  last = 0;
  count = 0;
  private readonly versions = new Map<string, number>();

  constructor(private readonly newest: Known) {}

  expected = ({ position }: Event): number => position;

  order({ position, stream, version }: Event): string | undefined {
    if (position <= this.last) return 'it is not in the order of the log';
    const before = this.versions.get(stream) ?? 0;
    this.versions.set(stream, version);
    return version === before + 1 ? undefined : `version ${before + 1} of ${stream} is missing before it`;
  }

  take({ position, leafHash }: Event, proof: readonly string[] = []): string | undefined {
    const { size, root } = this.newest;
    const hashes = proof.map((hash) => Buffer.from(hash, 'base64'));
    return includes(leafNode(Buffer.from(leafHash, 'hex')), position - 1, size, root, hashes)
      ? undefined
      : 'its proof does not lead to what was signed';
  }

  end({ header, kept, restores, erased }: Found): BundleVerdict {
    const { size, root } = this.newest;
    for (const note of kept) {
      const proof =
        note.size === size ? [] : header.growth?.from === note.size ? header.growth.proof : undefined;
      if (!proof)
        throw new NoBundle(
          `This bundle cannot tell whether it grew from ${note.size} events. Export it with --checkpoint.`,
        );
      const hashes = proof.map((hash) => Buffer.from(hash, 'base64'));
      if (!isConsistent(note.size, note.root, size, root, hashes))
        return bad(1, `the log of ${size} events did not grow from the one of ${note.size} events`);
    }
    const older = kept.map(({ size: of, generation }) => ({
      size: of,
      generation,
      found: 'within' as const,
    }));
    return { whole: true, header, events: this.count, restores, erased, older };
  }
}

/** Whether a checkpoint is of a generation that ended, and of more than what was left of it. */
const isLost = ({ size, generation }: Known, restores: readonly Restore[]): boolean =>
  restores.some((restore) => restore.generation > generation && size >= restore.position);

/** Whether the restore that lost it says so: as many were signed, and it was this history if it names the same size. */
const declared = ({ size, root, generation }: Known, restores: readonly Restore[]): boolean =>
  restores.some(
    (restore) =>
      restore.generation > generation &&
      (size < restore.behindSize ||
        (size === restore.behindSize && root.toString('base64') === restore.behindRoot)),
  );

/** None when it was only the log of reads that had been put back. */
function restoresIn({ position, data }: Event): Restore[] {
  const { generation, behind, why } = data as {
    generation: number;
    behind: { log: string; size: number; root: string }[];
    why: string;
  };
  if (!Array.isArray(behind)) return [];
  return behind.flatMap(({ log, size, root }) =>
    log === 'events' ? [{ position, generation, behindSize: size, behindRoot: root, why }] : [],
  );
}

/** What cannot be stored has no hash. */
function isWhatWasHashed(event: Event, envelope: string | undefined): boolean {
  try {
    return isIntact(envelope === undefined ? event : { ...event, envelope: Buffer.from(envelope, 'base64') });
  } catch {
    return false;
  }
}

const bad = (firstBad: number, because: string): BundleVerdict => ({ whole: false, firstBad, because });
const fail = (message: string): never => {
  throw new NoBundle(message);
};
