import type pg from 'pg';
import { Catalogue, Reader } from '#libs/event-store';
import { isUuid } from '#libs/kernel';
import { ForeignCheckpoint, practicesIn, verifyPractice } from '#libs/ledger';
import { progressBar } from './progress.js';

/** Verdicts on stdout, a line for each practice. @returns 0 when all are whole, 1 when one was tampered with */
export async function verify(
  pool: pg.Pool,
  { practice, key }: { practice?: string; key?: string },
): Promise<number> {
  if (practice !== undefined && !isUuid(practice)) throw new Error(`"${practice}" is no id of a practice.`);
  if (key !== undefined && practice === undefined)
    throw new Error('A key belongs to one practice: add --practice.');
  const reader = new Reader(pool, new Catalogue([]));
  let tampered = 0;
  for (const practiceId of practice ? [practice] : await practicesIn(pool)) {
    const line = await judged(pool, reader, practiceId, key);
    if (!line.whole) tampered++;
    process.stdout.write(`practice ${practiceId}: ${line.text}\n`);
  }
  return tampered > 0 ? 1 : 0;
}

async function judged(
  pool: pg.Pool,
  reader: Reader,
  practiceId: string,
  key: string | undefined,
): Promise<{ whole: boolean; text: string }> {
  const bar = progressBar(practiceId);
  try {
    const verdict = await verifyPractice(pool, reader, practiceId, key, (done, total) => {
      bar.setTotal(Math.max(total, 1));
      bar.update(done);
    });
    if (!verdict) throw new Error(`There is no practice ${practiceId}.`);
    if (verdict.whole) {
      const { events, sealed } = verdict;
      const rest = events > sealed ? `; ${events - sealed} newer ones are not signed yet` : '';
      return { whole: true, text: `WHOLE, ${sealed} events are what was signed${rest}` };
    }
    return { whole: false, text: `TAMPERED, first bad position ${verdict.firstBad}: ${verdict.because}` };
  } catch (error) {
    if (error instanceof ForeignCheckpoint) return { whole: false, text: `TAMPERED: ${error.message}` };
    throw error;
  } finally {
    bar.stop();
  }
}
