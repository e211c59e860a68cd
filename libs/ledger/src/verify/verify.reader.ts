import type { Db } from '#libs/event-store';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { openerOf, parseOrigin } from '../checkpoint/origin.js';
import { entriesAfter } from '../sealer/entries.reader.js';
import type { Kept } from '../sealer/memory.js';
import { sql, tilesIn, type LogRow, type Tree } from '../sealer/sealer.sql.js';
import { nodesIn } from '../tree/tile.js';
import { verifyLog, type Presented, type Signed, type Verdict } from './verify.js';

const BATCH = 1_000;

/**
 * Checks a log against everything that was ever signed of it, as the database and what is kept outside of it say.
 * @param db sees every practice
 * @param verifierKey kept outside the database, where nobody who edits the one can edit the other; else the published one
 * @param kept what the sealer keeps outside the database: that was read before, so nothing of it is newer than the log
 * @returns undefined when the practice has no such log; `compared` is how many of those kept it was compared with,
 *   and `foreign` where notes are that name this log and are not signed by the key
 * @throws ForeignCheckpoint when a checkpoint is not signed by that key
 */
export async function verifyTree(
  db: Db,
  tree: Tree,
  verifierKey: string | undefined,
  onProgress: (done: number, total: number) => void,
  kept: readonly Kept[] = [],
): Promise<(Verdict & { generation: number; compared: number; foreign: string[] }) | undefined> {
  const total = await sql.position(db, tree);
  const log = await sql.log(db, tree);
  if (total === 0 && !log) return undefined;
  const key = verifierKey ?? log?.verifier_key;
  const checkpoints = key ? await signed(db, tree, key) : [];
  const nodes = nodesIn(tilesIn(db, tree));
  async function* presented(): AsyncGenerator<Presented[]> {
    for (let position = 0; ;) {
      const entries = await entriesAfter(db, tree, position, BATCH);
      if (entries.length === 0) return;
      yield entries;
      position = entries.at(-1)!.position;
      onProgress(position, total);
    }
  }
  const { signed: outside, foreign } = key ? opened(tree, key, kept) : { signed: [], foreign: [] };
  const generation = log ? await generationOf(db, tree, log) : 1;
  const current = outside.filter((one) => one.generation >= generation);
  const verdict = await verifyLog(
    presented(),
    checkpoints,
    (index) => nodes(0, index).catch(() => undefined),
    newestOf([...current, ...noticedIn(log, generation)]),
  );
  return { ...verdict, generation: log?.generation ?? 1, compared: current.length, foreign };
}

type Generation = Signed & { generation: number };

/** What of the notes kept is of a log. */
function opened(
  { practiceId, log }: Tree,
  key: string,
  kept: readonly Kept[],
): { signed: Generation[]; foreign: string[] } {
  const open = openerOf(key);
  const signed: Generation[] = [];
  const foreign: string[] = [];
  for (const { note, where } of kept) {
    const name = parseOrigin(note.slice(0, note.indexOf('\n')));
    if (name?.practiceId !== practiceId || name.kind !== log) continue;
    const checkpoint = open(note);
    if (checkpoint) signed.push(checkpoint);
    else foreign.push(where);
  }
  return { signed, foreign };
}

/** What the sealer has noticed that the log is behind of, unless that was accepted. */
function noticedIn(log: LogRow | undefined, current: number): Generation[] {
  if (log?.behind_size == null || log.behind_root === null) return [];
  const { behind_size: size, behind_root: root, behind_generation } = log;
  const generation = behind_generation ?? 1;
  return generation >= current ? [{ size, root, generation }] : [];
}

/** The largest that the log must have begun with; a later generation is more than any earlier one. */
const newestOf = (signed: readonly Generation[]): Signed | undefined =>
  signed.toSorted((a, b) => b.generation - a.generation || b.size - a.size)[0];

/** The generation of a log: also when a restore of it was accepted, and the sealer has not seen that yet. */
async function generationOf(db: Db, { practiceId }: Tree, log: LogRow): Promise<number> {
  if (log.behind_size === null) return log.generation;
  const accepted = (await sql.generation(db, practiceId)) ?? 1;
  return accepted > Math.max(log.generation, log.behind_generation ?? 1) ? accepted : log.generation;
}

/** Every practice that has a log or a tree. */
export const practicesIn = (db: Db): Promise<string[]> => sql.practices(db);

/** Every checkpoint of a log in all its generations, oldest first. @throws ForeignCheckpoint naming the first that is not signed by the key */
async function signed(db: Db, tree: Tree, verifierKey: string): Promise<Checkpoint[]> {
  const open = openerOf(verifierKey);
  const rows = await sql.checkpoints(db, tree);
  return rows.map(({ size, root, note }) => {
    const checkpoint = open(note);
    const isOfThis = checkpoint?.practiceId === tree.practiceId && checkpoint.kind === tree.log;
    if (!isOfThis || checkpoint.size !== size || !checkpoint.root.equals(root))
      throw new ForeignCheckpoint(size);
    return checkpoint;
  });
}

/** A checkpoint that the key did not sign: forged, or of another sealer. */
export class ForeignCheckpoint extends Error {
  constructor(readonly size: number) {
    super(`The checkpoint of ${size} entries is not signed by this key.`);
  }
}
