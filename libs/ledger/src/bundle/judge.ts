import { accessLeafHash } from '#libs/access';
import { isIntact } from '#libs/event-store';
import { openerOf, parseOrigin, type LogKind } from '../checkpoint/origin.js';
import { Erasures, erasedBy, HIDDEN, personsIn } from '../verify/erasures.js';
import { parseLine, type BundleFooter, type BundleHeader, type EventLine, type ReadLine } from './bundle.js';
import { bad, NoBundle, Some, Whole, type Bad, type Known, type Older, type Restore } from './place.js';

/** A restore of one of the logs, as the history says it; of the log of reads it does not say where it began. */
export type RestoreOnRecord = Restore & { log: LogKind };

export interface Judging {
  /** the verifier key, kept apart from the bundle; else the one in it, and then it proves only that all fits together */
  key?: string;
  /** signed notes of the same log that somebody kept */
  older?: readonly string[];
}

export type LogVerdict = { whole: true; header: BundleHeader; count: number; older: Older[] } | Bad;

export type BundleVerdict =
  | {
      whole: true;
      header: BundleHeader;
      events: number;
      restores: RestoreOnRecord[];
      /** of how many events the words are gone for good, as the history says */
      erased: number;
      older: Older[];
    }
  | Bad;

/**
 * Checks the events of a bundle by themselves, in one pass and, for a whole log, in constant memory.
 * @throws NoBundle
 */
export async function judgeBundle(
  lines: AsyncIterable<string>,
  judging: Judging = {},
): Promise<BundleVerdict> {
  const restores: RestoreOnRecord[] = [];
  const erasures = new Erasures();
  const verdict = await judgeLog<EventLine>(lines, judging, {
    log: 'events',
    isIntact: ({ kind: _, proof: _proof, text: _text, envelope, ...event }) =>
      isIntact(envelope === undefined ? event : { ...event, envelope: Buffer.from(envelope, 'base64') }),
    seen: (event) => {
      if (event.sealed !== undefined && event.envelope === undefined)
        erasures.lacks(event.position, personsIn(event.practiceId, event.subjects));
      const erased = erasedBy(event);
      if (erased !== undefined) erasures.destroyed(erased);
      if (event.type === 'LogRestored') restores.push(...restoresIn(event));
    },
    restores: () => restores.filter(({ log }) => log === 'events'),
  });
  if (!verdict.whole) return verdict;
  const hidden = erasures.firstHidden();
  if (hidden !== undefined) return bad(hidden, HIDDEN);
  const { count, ...rest } = verdict;
  return { ...rest, events: count, restores, erased: erasures.count() };
}

/**
 * Checks the log of who has read what in the same way.
 * @param restores what the events beside it say of restores
 * @throws NoBundle
 */
export const judgeReads = (
  lines: AsyncIterable<string>,
  judging: Judging,
  restores: readonly RestoreOnRecord[],
): Promise<LogVerdict> =>
  judgeLog<ReadLine>(lines, judging, {
    log: 'access',
    isIntact: ({ accessId, at, data, practiceId, leafHash }) =>
      accessLeafHash({ accessId, at, data, practiceId }) === leafHash,
    // Reads go on while a restore is not accepted yet: what of them is new is known from the last one signed before.
    restores: (known) =>
      restores
        .filter(({ log }) => log === 'access')
        .map((restore) => ({
          ...restore,
          position: 1 + Math.max(0, ...known.map((note) => sizeBefore(note, restore))),
        })),
  });

const sizeBefore = ({ size, generation }: Known, restore: Restore): number =>
  generation < restore.generation ? size : 0;

interface Log<Line extends EventLine | ReadLine> {
  log: LogKind;
  /** whether its hash is that of what it says; what cannot be stored has none, and may throw */
  isIntact(entry: Line): boolean;
  seen?(entry: Line): void;
  /** @param known the checkpoints in the bundle */
  restores(known: readonly Known[]): readonly Restore[];
}

const KIND = { events: 'event', access: 'read' } as const;

async function judgeLog<Line extends EventLine | ReadLine>(
  lines: AsyncIterable<string>,
  { key, older = [] }: Judging,
  { log, isIntact, seen, restores }: Log<Line>,
): Promise<LogVerdict> {
  const all = lines[Symbol.asyncIterator]();
  const first = await all.next();
  const header = first.done ? undefined : parseLine(first.value);
  if (header?.kind !== 'header') throw new NoBundle('It does not begin with the header of a bundle.');
  const read = reading(header, log, key ?? header.verifierKey);
  const newest = read(header.checkpoint);
  if (!newest) return bad(1, 'its checkpoint is not signed by this key');
  if (newest.size !== header.to) return bad(1, `the checkpoint is of ${newest.size} entries`);
  const earlier = header.earlier.map(read);
  if (earlier.includes(undefined)) return bad(1, 'an earlier checkpoint in it is not signed by this key');
  const kept = older.map(
    (note, n) =>
      read(note) ?? fail('The older checkpoint is not one of this log, or not signed by this key.', n),
  );

  const known = [...(earlier as Known[]), newest];
  const place =
    header.clientId === undefined
      ? new Whole(new Set([...known, ...kept].map(({ size }) => size)))
      : new Some(newest);
  let footer: BundleFooter | undefined;
  for (let next = await all.next(); !next.done; next = await all.next()) {
    const record = parseLine(next.value);
    if (footer) return bad(place.last + 1, 'something follows the footer');
    if (record?.kind === 'footer') {
      footer = record;
      continue;
    }
    if (record?.kind !== KIND[log]) return bad(place.last + 1, `position ${place.last + 1} cannot be read`);
    const entry = record as Line;
    if (entry.practiceId !== header.practiceId) return bad(entry.position, 'it is of another practice');
    const wrong =
      place.order(entry) ??
      (holds(() => isIntact(entry)) ? place.take(entry, entry.proof) : 'it is not what was hashed');
    if (wrong) return bad(place.expected(entry), wrong);
    seen?.(entry);
    place.last = entry.position;
    place.count++;
  }
  if (!footer || footer.count !== place.count || footer.lastPosition !== place.last)
    return bad(
      place.last + 1,
      'it was cut off there. If its export was interrupted, run the same export again',
    );
  const found = place.end({ header, known, kept, restores: restores(known) });
  return Array.isArray(found) ? { whole: true, header, count: place.count, older: found } : found;
}

/** Reads notes of the log that a bundle is of, in all its generations. @throws NoBundle */
function reading(
  { origin, practiceId }: BundleHeader,
  log: LogKind,
  key: string,
): (note: string) => Known | undefined {
  const name = parseOrigin(origin);
  if (name?.practiceId !== practiceId || name.kind !== log)
    throw new NoBundle(
      `"${origin}" names no ${log === 'events' ? 'history' : 'log of reads'} of practice ${practiceId}.`,
    );
  const open = openerOf(key);
  return (note) => {
    const known = open(note);
    return known?.practiceId === practiceId && known.kind === log ? known : undefined;
  };
}

function restoresIn({ position, data }: EventLine): RestoreOnRecord[] {
  const { generation, behind, why } = data as {
    generation: number;
    behind: { log: LogKind; size: number; root: string }[];
    why: string;
  };
  if (!Array.isArray(behind)) return [];
  return behind.map(({ log, size, root }) => ({
    log,
    position,
    generation,
    behindSize: size,
    behindRoot: root,
    why,
  }));
}

function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

const fail = (message: string, older?: number): never => {
  throw new NoBundle(message, older);
};
