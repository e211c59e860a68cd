import type pg from 'pg';
import { isUuid } from '#libs/kernel';
import { ForeignCheckpoint, LOGS, practicesIn, verifyTree, type LogKind } from '#libs/ledger';
import { progressBar } from './progress.js';

/** Verdicts on stdout, a line for each practice. @returns 0 when all are whole, 1 when one was tampered with */
export async function verify(
  pool: pg.Pool,
  { practice, key }: { practice?: string; key?: string },
): Promise<number> {
  if (practice !== undefined && !isUuid(practice)) throw new Error(`"${practice}" is no id of a practice.`);
  if (key !== undefined && practice === undefined)
    throw new Error('A key belongs to one practice: add --practice.');
  let tampered = 0;
  for (const practiceId of practice ? [practice] : await practicesIn(pool))
    for (const log of LOGS) {
      const line = await judged(pool, { practiceId, log }, key);
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
): Promise<{ whole: boolean; text: string } | undefined> {
  const bar = progressBar(`${tree.practiceId} ${tree.log}`);
  try {
    const verdict = await verifyTree(pool, tree, key, (done, total) => {
      bar.setTotal(Math.max(total, 1));
      bar.update(done);
    });
    if (!verdict && tree.log === 'access') return undefined;
    if (!verdict) throw new Error(`There is no practice ${tree.practiceId}.`);
    if (verdict.whole) {
      const { events, sealed, erased, generation } = verdict;
      const rest = events > sealed ? `; ${events - sealed} newer ones are not signed yet` : '';
      const restored = generation > 1 ? `, in generation ${generation} after a restore` : '';
      const gone = erased > 0 ? `; the words of ${erased} are erased` : '';
      return { whole: true, text: `WHOLE, ${sealed} entries are what was signed${restored}${rest}${gone}` };
    }
    return { whole: false, text: `TAMPERED, first bad position ${verdict.firstBad}: ${verdict.because}` };
  } catch (error) {
    if (error instanceof ForeignCheckpoint) return { whole: false, text: `TAMPERED: ${error.message}` };
    throw error;
  } finally {
    bar.stop();
  }
}
