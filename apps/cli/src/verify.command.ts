import type pg from 'pg';
import { isUuid } from '#libs/kernel';
import {
  ForeignCheckpoint,
  keptIn,
  LOGS,
  practicesIn,
  verifyTree,
  type Kept,
  type LogKind,
} from '#libs/ledger';
import { keyIn } from './bundle-file.js';
import { progressBar } from './progress.js';

export interface VerifyOptions {
  practice?: string;
  /** a verifier key, or a file with it */
  key?: string;
}

/**
 * Verdicts on stdout, a line for each log of each practice.
 * @param folders where a sealer may keep what it has signed
 * @returns 0 when all are whole, 1 when one was tampered with or is behind what was signed of it
 */
export async function verify(
  pool: pg.Pool,
  { practice, key: given }: VerifyOptions,
  folders: readonly string[] = [],
): Promise<number> {
  if (practice !== undefined && !isUuid(practice)) throw new Error(`"${practice}" is no id of a practice.`);
  if (given !== undefined && practice === undefined)
    throw new Error('A key belongs to one practice: add --practice.');
  const key = given === undefined ? undefined : await keyIn(given);
  const kept = await keptIn(folders, note);
  let tampered = 0;
  for (const practiceId of practice ? [practice] : await practicesIn(pool))
    for (const log of LOGS) {
      const line = await judged(pool, { practiceId, log }, key, kept);
      if (line?.whole === false) tampered++;
      if (line)
        process.stdout.write(
          `practice ${practiceId}${log === 'access' ? ', its access log' : ''}: ${line.text}\n`,
        );
    }
  return tampered > 0 ? 1 : 0;
}

/** Undefined when nobody has read anything yet. */
async function judged(
  pool: pg.Pool,
  tree: { practiceId: string; log: LogKind },
  key: string | undefined,
  kept: readonly Kept[],
): Promise<{ whole: boolean; text: string } | undefined> {
  const bar = progressBar(`${tree.practiceId} ${tree.log}`, tree.log === 'access' ? 'reads' : 'events');
  try {
    const onProgress = (done: number, total: number) => {
      bar.setTotal(Math.max(total, 1));
      bar.update(done);
    };
    const verdict = await verifyTree(pool, tree, key, onProgress, kept);
    if (!verdict && tree.log === 'access') return undefined;
    if (!verdict) throw new Error(`There is no practice ${tree.practiceId}.`);
    for (const where of verdict.foreign)
      note(`${where} is no checkpoint that this key signed; it is passed over`);
    if (verdict.whole) {
      const { events, sealed, erased, generation, compared } = verdict;
      const rest = events > sealed ? `; ${events - sealed} newer ones are not signed yet` : '';
      const restored = generation > 1 ? `, in generation ${generation} after a restore` : '';
      const gone = erased > 0 ? `; the words of ${erased} are erased` : '';
      const alone = compared > 0 ? '' : NOTHING_KEPT;
      return {
        whole: true,
        text: `WHOLE, ${sealed} entries are what was signed${restored}${rest}${gone}${alone}`,
      };
    }
    if ('behind' in verdict) return { whole: false, text: behindInWords(verdict) };
    return { whole: false, text: `TAMPERED, first bad position ${verdict.firstBad}: ${verdict.because}` };
  } catch (error) {
    if (error instanceof ForeignCheckpoint) return { whole: false, text: `TAMPERED: ${error.message}` };
    throw error;
  } finally {
    bar.stop();
  }
}

/** Whoever puts back a database puts back the checkpoints in it. */
const NOTHING_KEPT =
  '; compared with the checkpoints in the database only, so it cannot tell whether an older state was put back';

const behindInWords = ({ behind, events }: { behind: number; events: number }): string =>
  `BEHIND: ${behind} entries were signed, the database has ${events}${behind > events ? '' : ' and they are others'}. An older state was put back; see npm run candor -- restore accept --help.`;

const note = (message: string): void => void process.stderr.write(`candor: ${message}\n`);
