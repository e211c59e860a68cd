import type { Db } from '#libs/event-store';
import { LOGS, type LogKind } from '../checkpoint/origin.js';
import { sql } from '../sealer/sealer.sql.js';

/** A log that has less than was signed of it, or something else. */
export interface Behind {
  log: LogKind;
  /** how many entries there are */
  position: number;
  /** how many were signed, in which generation, and their root in base64 */
  size: number;
  generation: number;
  root: string;
}

/** What of a practice is behind what was signed of it; nothing, nearly always. */
export async function behindOf(db: Db, practiceId: string): Promise<Behind[]> {
  const found: Behind[] = [];
  for (const log of LOGS) {
    const row = await sql.log(db, { practiceId, log });
    if (!row?.behind_root) continue;
    const { behind_size: size, behind_generation: generation, behind_root: root } = row;
    const position = await sql.position(db, { practiceId, log });
    found.push({ log, position, size: size!, generation: generation!, root: root.toString('base64') });
  }
  return found;
}
