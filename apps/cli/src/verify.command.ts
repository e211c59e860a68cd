import { readFile } from 'node:fs/promises';
import type pg from 'pg';
import { isUuid } from '#libs/kernel';
import { ForeignCheckpoint, judgeBundle, LOGS, practicesIn, verifyTree, type LogKind } from '#libs/ledger';
import { eventsFile, keyIn, textsOfFile } from './bundle-file.js';
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

/** Checks an export without any database. @returns 0 when it is what was signed, 1 when it was tampered with */
export async function verifyBundle(options: {
  bundle: string;
  key?: string;
  checkpoint?: string;
}): Promise<number> {
  const { bundle, key, checkpoint } = options;
  const verdict = await judgeBundle(textsOfFile(await eventsFile(bundle)), {
    ...(key === undefined ? {} : { key: await keyIn(key) }),
    ...(checkpoint === undefined ? {} : { older: [await readFile(checkpoint, 'utf8')] }),
  });
  if (!verdict.whole) {
    process.stdout.write(`TAMPERED, first bad position ${verdict.firstBad}: ${verdict.because}\n`);
    return 1;
  }
  const { header, events, erased, restores, older } = verdict;
  const told = [
    `WHOLE, ${events} events are what was signed as ${header.origin}`,
    ...(header.clientId === undefined
      ? []
      : [`those that concern client ${header.clientId}, of ${header.to}`]),
    ...(erased > 0
      ? [`the words of ${erased} of them are erased, and the history says whose key was destroyed`]
      : []),
    ...restores.map(
      ({ generation, position, behindSize, why }) =>
        `generation ${generation} began at position ${position} after a restore: of ${behindSize} events signed before, ${behindSize - position + 1} were lost (${why})`,
    ),
    ...older.map(({ size, found }) =>
      found === 'within'
        ? `it grew from the older checkpoint of ${size} events`
        : `the older checkpoint of ${size} events was lost in that restore`,
    ),
    ...(header.withText
      ? ['words stand readable beside their envelopes; only the envelopes are covered by this']
      : []),
    ...(key === undefined
      ? ['checked with the key in the bundle itself; give --key with one you kept to know who signed']
      : []),
  ];
  process.stdout.write(`${told.join('\n')}\n`);
  return 0;
}
