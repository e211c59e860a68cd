import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessLeafHash } from '#libs/access';
import { openPool, type EventStore } from '#libs/event-store';
import { uuidv7 } from '#libs/kernel';
import { begin, logRead, startLog, type Log } from '../../../../test/support/log-kit.js';
import { signerOf } from '../checkpoint/note.js';
import { Sealer } from '../sealer/sealer.service.js';
import { leafNode, Peaks } from '../tree/tree.js';
import { line } from './bundle.js';
import { headerOf, linesOf, readLinesOf } from './export.reader.js';
import { judgeBundle, judgeReads, type RestoreOnRecord } from './judge.js';
import { firstOmitted } from './omission.js';

const [ADA, BEN] = [uuidv7(), uuidv7()];
const SEED = Buffer.alloc(32, 1);
let log: Log;
let store: EventStore;
let stop: () => Promise<void>;
let practice: string;
/** signed notes of 3 and of all 7 reads */
const notes: string[] = [];
/** of all reads, and of those about Ada: the first, the third and the sixth */
let bundle: string[];
let ofAda: string[];

beforeAll(async () => {
  log = await startLog();
  store = log.open();
  practice = uuidv7();
  const pool = openPool(log.url, 2, 'candor_sealer');
  const sealer = new Sealer({ pool, seed: SEED, host: 'candor.example', report: () => undefined });
  stop = async () => {
    await pool.end();
    await log.stop();
  };
  await store.append(practice, begin(practice));
  for (const about of [
    [[ADA], [BEN], [ADA, BEN]],
    [[], [BEN], [ADA], [BEN]],
  ]) {
    for (const clientIds of about) await logRead(store, practice, clientIds);
    await sealer.seal(practice);
    notes.push((await head())!.checkpoint);
  }
  await logRead(store, practice, [ADA]);
  bundle = await exported();
  ofAda = await exported({ clientId: ADA, growthFrom: 3 });
});
afterAll(() => stop());

const head = (more: { clientId?: string; growthFrom?: number } = {}) =>
  headerOf(store.of(practice), { practiceId: practice, log: 'access', withText: false, ...more });
async function exported(more: { clientId?: string; growthFrom?: number } = {}): Promise<string[]> {
  const header = (await head(more))!;
  const done = { count: 0, lastPosition: 0, lastLeafHash: null };
  let text = line(header);
  for await (const lines of readLinesOf(store.of(practice), { header, done }, () => undefined)) text += lines;
  return text.trimEnd().split('\n');
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
const judged = (lines: readonly string[], options = {}, restores: RestoreOnRecord[] = []) =>
  judgeReads(each(lines), options, restores);

const changed = (lines: readonly string[], index: number, change: object, rehash = false): string[] =>
  lines.map((text, n) => {
    if (n !== index) return text;
    const read = { ...JSON.parse(text), ...change };
    return JSON.stringify(rehash ? { ...read, leafHash: accessLeafHash(read) } : read);
  });
const somebodyElse = {
  data: { actor: { id: uuidv7(), role: 'owner' }, via: 'token', route: '/v1/clients/:id', clientIds: [] },
};
const footerOf = (reads: string[]): string => {
  const { position, leafHash } = JSON.parse(reads.at(-1)!);
  return JSON.stringify({
    kind: 'footer',
    count: reads.length,
    lastPosition: position,
    lastLeafHash: leafHash,
  });
};

describe('an exported log of who has read what', () => {
  test('goes up to what is signed, is whole by itself, and grew from what was kept of it', async () => {
    expect(bundle).toHaveLength(9);
    expect(await judged(bundle, { older: notes })).toMatchObject({
      whole: true,
      count: 7,
      older: [3, 7].map((size) => ({ size, found: 'within' })),
    });
  });

  const ATTACKS: [string, number, (lines: string[]) => string[]][] = [
    ['edited', 5, (lines) => changed(lines, 5, somebodyElse)],
    ['given another time', 2, (lines) => changed(lines, 2, { at: '2020-01-01T00:00:00.000Z' })],
    ['said more than was hashed', 6, (lines) => changed(lines, 6, { note: 'x' })],
    ['given to another practice', 6, (lines) => changed(lines, 6, { practiceId: uuidv7() })],
    ['deleted', 6, (lines) => lines.toSpliced(6, 1)],
    ['swapped with its neighbour', 4, (lines) => lines.with(4, lines[5]!).with(5, lines[4]!)],
    ['cut off, with a footer that fits', 6, (lines) => [...lines.slice(0, 6), footerOf(lines.slice(1, 6))]],
    ['followed by another after the end', 8, (lines) => [...lines, lines[7]!]],
    ['replaced together with its hash', 4, (lines) => changed(lines, 5, somebodyElse, true)],
  ];
  test.each(ATTACKS)('whose entry was %s is not whole from position %i on', async (_, firstBad, attack) => {
    expect(await judged(attack(bundle))).toMatchObject({ whole: false, firstBad });
  });

  test('is not taken for the history, nor the history for it', async () => {
    const header = (await headerOf(store.of(practice), {
      practiceId: practice,
      log: 'events',
      withText: false,
    }))!;
    const done = { count: 0, lastPosition: 0, lastLeafHash: null };
    let text = line(header);
    for await (const lines of linesOf(store, { header, done }, () => undefined)) text += lines;

    await expect(judgeBundle(each(bundle))).rejects.toThrow('names no history');
    await expect(judged(text.split('\n'))).rejects.toThrow('names no log of reads');
    await expect(judged(bundle, { older: [header.checkpoint] })).rejects.toThrow('not one of this log');
  });
});

describe('what is exported of the reads about one client', () => {
  test('is only that, each with the proof that it is in the whole', async () => {
    expect(ofAda.slice(1, -1).map((text) => JSON.parse(text).position)).toEqual([1, 3, 6]);
    expect(await judged(ofAda, { older: notes })).toMatchObject({ whole: true, count: 3 });
  });

  test.each([
    ['edited', 3, (lines: string[]) => changed(lines, 2, somebodyElse)],
    ['replaced together with its hash', 3, (lines: string[]) => changed(lines, 2, somebodyElse, true)],
    ['moved', 4, (lines: string[]) => changed(lines, 2, { position: 4 })],
    ['stripped of its proof', 3, (lines: string[]) => changed(lines, 2, { proof: [] })],
    ['told twice', 3, (lines: string[]) => lines.toSpliced(3, 0, lines[2]!)],
  ])('and whose entry was %s is not whole', async (_, firstBad, attack) => {
    expect(await judged(attack(ofAda))).toMatchObject({ whole: false, firstBad });
  });

  test('lacks an entry without being found out by itself, and is found out next to the whole log', async () => {
    const lacking = [...ofAda.toSpliced(2, 1).slice(0, 3), footerOf([ofAda[1]!, ofAda[3]!])];

    expect(await judged(lacking)).toMatchObject({ whole: true, count: 2 });
    expect(await firstOmitted(each(lacking), each(bundle))).toBe(3);
    expect(await firstOmitted(each(ofAda), each(bundle))).toBeUndefined();
  });
});

describe('a log of reads that went on after a restore', () => {
  const originOf = (generation: number) =>
    `candor.example/access/${practice}${generation === 1 ? '' : `/${generation}`}`;
  const note = (generation: number, size: number, root: Buffer) =>
    signerOf(originOf(generation), SEED).sign(
      `${originOf(generation)}\n${size}\n${root.toString('base64')}\n`,
    );
  const LOST = Buffer.alloc(32, 5);
  const restore: RestoreOnRecord = {
    log: 'access',
    position: 40,
    generation: 2,
    behindSize: 9,
    behindRoot: LOST.toString('base64'),
    why: 'a fire',
  };
  /** Three reads were left of what had been signed; of the other four nobody had signed the like. */
  function restored(): string[] {
    const { header, root } = { header: JSON.parse(bundle[0]!), root: rootOf(bundle) };
    const again = {
      origin: originOf(2),
      verifierKey: signerOf(originOf(2), SEED).verifierKey,
      generation: 2,
      checkpoint: note(2, 7, root),
      earlier: [notes[0]],
    };
    return [JSON.stringify({ ...header, ...again }), ...bundle.slice(1)];
  }

  test('knows the checkpoints of what was lost, and of what was left, for what they are', async () => {
    const older = [note(1, 9, LOST), note(1, 5, LOST), notes[0], note(1, 4, rootOf(bundle.slice(0, 6)))];

    expect(await judged(restored(), { older }, [restore])).toMatchObject({
      whole: true,
      older: [{ found: 'lost' }, { found: 'lost' }, { found: 'within' }, { found: 'within' }],
    });
  });

  test.each([
    ['more was signed than the history says', () => note(1, 10, LOST)],
    ['something else was signed than the history says', () => note(1, 9, Buffer.alloc(32, 6))],
    ['what was left is not what was signed', () => note(1, 2, LOST)],
    ['it was signed after the restore', () => note(2, 6, LOST)],
  ])('is not whole when %s', async (_, kept) => {
    expect(await judged(restored(), { older: [kept()] }, [restore])).toMatchObject({ whole: false });
  });

  test('is not whole when the history knows of no restore', async () => {
    expect(await judged(restored())).toMatchObject({ whole: false });
    expect(await judged(restored(), {}, [{ ...restore, log: 'events' }])).toMatchObject({ whole: false });
  });
});

function rootOf(lines: readonly string[]): Buffer {
  const tree = new Peaks();
  for (const text of lines.slice(1, -1)) tree.push(leafNode(Buffer.from(JSON.parse(text).leafHash, 'hex')));
  return tree.root();
}
