import type { Db } from '#libs/event-store';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { openerOf } from '../checkpoint/origin.js';
import { entriesAfter } from '../sealer/entries.reader.js';
import { sql, tilesIn, type Tree } from '../sealer/sealer.sql.js';
import { nodesIn } from '../tree/tile.js';
import { verifyLog, type Presented, type Verdict } from './verify.js';

const BATCH = 1_000;

/**
 * Checks a log against everything that was ever signed of it.
 * @param db sees every practice
 * @param verifierKey kept outside the database, where nobody who edits the one can edit the other; else the published one
 * @returns undefined when the practice has no such log
 * @throws ForeignCheckpoint when a checkpoint is not signed by that key
 */
export async function verifyTree(
  db: Db,
  tree: Tree,
  verifierKey: string | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<(Verdict & { generation: number }) | undefined> {
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
  const verdict = await verifyLog(presented(), checkpoints, (index) =>
    nodes(0, index).catch(() => undefined),
  );
  return { ...verdict, generation: log?.generation ?? 1 };
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
