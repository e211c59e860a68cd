import { leafHashOf, type Reader, type Db } from '#libs/event-store';
import { parseCheckpoint, type Checkpoint } from '../checkpoint/checkpoint.js';
import { verifierOf } from '../checkpoint/note.js';
import { sql, tilesIn } from '../sealer/sealer.sql.js';
import { nodesIn } from '../tree/tile.js';
import { verifyLog, type Presented, type Verdict } from './verify.js';

const BATCH = 1_000;

/**
 * Checks a practice's log against everything that was ever signed of it.
 * @param verifierKey kept outside the database, where nobody who edits the one can edit the other; else the published one
 * @returns undefined when the practice has no log
 * @throws Error when a checkpoint is not signed by that key
 */
export async function verifyPractice(
  db: Db,
  reader: Reader,
  practiceId: string,
  verifierKey: string | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<Verdict | undefined> {
  const total = await reader.position(practiceId);
  const log = await sql.log(db, practiceId);
  if (total === 0 && !log) return undefined;
  const key = verifierKey ?? log?.verifier_key;
  const checkpoints = key ? await signed(db, practiceId, key) : [];
  const nodes = nodesIn(tilesIn(db, practiceId));
  async function* presented(): AsyncGenerator<Presented[]> {
    for (let position = 0; ;) {
      const events = await reader.unread(practiceId, position, BATCH);
      if (events.length === 0) return;
      yield events.map((event) => ({
        position: event.position,
        leafHash: event.leafHash,
        recomputed: leafHashOf(event),
      }));
      position = events.at(-1)!.position;
      onProgress(position, total);
    }
  }
  return verifyLog(presented(), checkpoints, (index) => nodes(0, index).catch(() => undefined));
}

/** Every practice that has a log or a tree. */
export const practicesIn = (db: Db): Promise<string[]> => sql.practices(db);

/** Every checkpoint of a log, oldest first. @throws Error naming the first that is not signed by the key */
async function signed(db: Db, practiceId: string, verifierKey: string): Promise<Checkpoint[]> {
  const verifier = verifierOf(verifierKey);
  const rows = await sql.checkpoints(db, practiceId);
  return rows.map(({ size, root, note }) => {
    const text = verifier.open(note);
    const checkpoint = text === undefined ? undefined : parseCheckpoint(text);
    if (checkpoint?.size !== size || !checkpoint.root.equals(root) || checkpoint.origin !== verifier.name)
      throw new ForeignCheckpoint(size);
    return checkpoint;
  });
}

/** A checkpoint that the key did not sign: forged, or of another sealer. */
export class ForeignCheckpoint extends Error {
  constructor(readonly size: number) {
    super(`The checkpoint of ${size} events is not signed by this key.`);
  }
}
