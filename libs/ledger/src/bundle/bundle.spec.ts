import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestOf, leafHashOf, openPool, type EventStore } from '#libs/event-store';
import { streamOf, uuidv7, type Recorded } from '#libs/kernel';
import { append, begin, oneTo, pending, startLog, type Log } from '../../../../test/support/log-kit.js';
import { signerOf } from '../checkpoint/note.js';
import { Sealer } from '../sealer/sealer.service.js';
import { FORMAT, line } from './bundle.js';
import { headerOf, linesOf } from './export.reader.js';
import { judgeBundle } from './judge.js';
import { NoBundle } from './place.js';

const CLIENT = uuidv7();
let log: Log;
let store: EventStore;
let stop: () => Promise<void>;
let practice: string;
/** signed notes of 3 and 7 events, and of all 9 */
const notes: string[] = [];
let bundle: string[];
let ofClient: string[];

beforeAll(async () => {
  log = await startLog();
  store = log.open();
  practice = uuidv7();
  const pool = openPool(log.url, 2, 'candor_sealer');
  const sealer = new Sealer({
    pool,
    seed: Buffer.alloc(32, 1),
    host: 'candor.example',
    report: () => undefined,
  });
  stop = async () => {
    await pool.end();
    await log.stop();
  };
  const stream = streamOf('counter', uuidv7());
  for (const count of [3, 4, 2]) {
    for (const n of oneTo(count))
      await store.append(practice, count === 2 ? append([pending(practice, stream, n)]) : begin(practice));
    await sealer.seal(practice);
    notes.push((await head())!.checkpoint);
  }
  await store.append(practice, begin(practice));
  bundle = await exported();
  const [second, sixth] = [bundle[2]!, bundle[6]!].map((text) => JSON.parse(text).stream as string);
  ofClient = await exported({ clientId: CLIENT, growthFrom: 3 }, new Set([second!, sixth!, stream]));
});
afterAll(() => stop());

const head = (more: { clientId?: string; growthFrom?: number } = {}, practiceId = practice) =>
  headerOf(store.of(practiceId), { practiceId, log: 'events', withText: false, ...more });
async function exported(
  more: { clientId?: string; growthFrom?: number } = {},
  streams?: ReadonlySet<string>,
): Promise<string[]> {
  const header = (await head(more))!;
  const done = { count: 0, lastPosition: 0, lastLeafHash: null };
  let text = line(header);
  for await (const lines of linesOf(
    store,
    { header, done, ...(streams ? { streams } : {}) },
    () => undefined,
  ))
    text += lines;
  return text.trimEnd().split('\n');
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}
const judged = (lines: readonly string[], options = {}) => judgeBundle(each(lines), options);

/** One line rewritten; with `rehash` so that its hash fits again. */
const rewritten = (lines: readonly string[], index: number, change: object, rehash = false): string[] =>
  lines.map((text, n) => {
    if (n !== index) return text;
    const { kind: _, proof, ...event } = { ...JSON.parse(text), ...change };
    const hash = rehash ? { leafHash: leafHashOf(event) } : {};
    return JSON.stringify({ kind: 'event', ...event, ...hash, ...(proof ? { proof } : {}) });
  });
const headed = (lines: readonly string[], change: object): string[] => [
  JSON.stringify({ ...JSON.parse(lines[0]!), ...change }),
  ...lines.slice(1),
];

const footerOf = (events: string[]): string => {
  const { position, leafHash } = JSON.parse(events.at(-1)!);
  return JSON.stringify({
    kind: 'footer',
    count: events.length,
    lastPosition: position,
    lastLeafHash: leafHash,
  });
};

describe('an exported history', () => {
  test('goes up to what is signed, and is whole by itself', async () => {
    expect(bundle).toHaveLength(11);
    expect(await judged(bundle)).toMatchObject({ whole: true, events: 9, restores: [] });
  });

  test('grew from every checkpoint that somebody kept', async () => {
    expect(await judged(bundle, { older: notes })).toMatchObject({
      whole: true,
      older: [3, 7, 9].map((size) => ({ size, found: 'within' })),
    });
  });

  const ATTACKS: [string, number, (lines: string[]) => string[]][] = [
    ['edited', 5, (lines) => rewritten(lines, 5, { data: { by: 99 } })],
    ['given another time', 2, (lines) => rewritten(lines, 2, { occurredAt: '2020-01-01T00:00:00.000Z' })],
    ['said more than was hashed', 6, (lines) => rewritten(lines, 6, { note: 'x' })],
    ['given a number that cannot be stored', 6, (lines) => rewritten(lines, 6, { data: { by: 0.5 } })],
    ['deleted', 6, (lines) => lines.toSpliced(6, 1)],
    [
      'swapped with its neighbour',
      4,
      (lines) => [...lines.slice(0, 4), lines[5]!, lines[4]!, ...lines.slice(6)],
    ],
    ['made unreadable', 7, (lines) => lines.with(7, lines[7]!.slice(9))],
    ['cut off, and all after it', 8, (lines) => lines.slice(0, 8)],
    ['cut off, with a footer that fits', 8, (lines) => [...lines.slice(0, 8), footerOf(lines.slice(1, 8))]],
    ['followed by another after the end', 10, (lines) => [...lines, lines[9]!]],
    ['given another footer', 10, (lines) => lines.with(10, footerOf(lines.slice(1, 9)))],
  ];
  test.each(ATTACKS)('whose event was %s is not whole from position %i on', async (_, firstBad, attack) => {
    expect(await judged(attack(bundle))).toMatchObject({ whole: false, firstBad });
  });

  test('whose event was replaced together with its hash is narrowed down by the older checkpoints in it', async () => {
    expect(await judged(rewritten(bundle, 5, { data: { by: 99 } }, true))).toEqual({
      whole: false,
      firstBad: 4,
      because: 'somewhere from 4 to 7 an entry and its hash are not what was signed',
    });
  });

  test('signed anew with another key is unmasked by the key that was kept, and by nothing in it', async () => {
    const forged = rewritten(bundle, 5, { data: { by: 99 } }, true);
    const { origin, checkpoint, verifierKey } = JSON.parse(bundle[0]!);
    const other = signerOf(origin, Buffer.alloc(32, 2));
    const root = (await rootOf(forged)).toString('base64');
    const lines = headed(forged, {
      checkpoint: other.sign(`${origin}\n9\n${root}\n`),
      verifierKey: other.verifierKey,
      earlier: [],
    });

    expect(await judged(lines)).toMatchObject({ whole: true });
    expect(await judged(lines, { key: verifierKey })).toMatchObject({ whole: false, firstBad: 1 });
    await expect(judged(lines, { older: [checkpoint] })).rejects.toThrow('not one of this log');
  });

  test('of another practice is not taken for this one, though the same sealer signed it', async () => {
    const other = await signed(1, {}, {});
    const ours = signerOf(`candor.example/log/${practice}`, key).verifierKey;

    expect(await judged(other)).toMatchObject({ whole: true });
    expect(await judged(other, { key: ours })).toMatchObject({ whole: false, firstBad: 1 });
  });

  test('whose checkpoint was edited is not whole', async () => {
    const { checkpoint } = JSON.parse(bundle[0]!) as { checkpoint: string };

    expect(await judged(headed(bundle, { checkpoint: checkpoint.replace('\n9\n', '\n8\n') }))).toMatchObject({
      whole: false,
    });
  });

  test('that did not grow from a checkpoint signed with the same key is a fork', async () => {
    const { origin } = JSON.parse(bundle[0]!);
    const fork = signerOf(origin, Buffer.alloc(32, 1)).sign(
      `${origin}\n5\n${Buffer.alloc(32).toString('base64')}\n`,
    );

    expect(await judged(bundle, { older: [fork] })).toMatchObject({ whole: false, firstBad: 4 });
  });

  test.each([
    ['nothing', []],
    ['something else', ['{"kind":"event"}']],
  ])('is not what %s is', async (_, lines) => {
    await expect(judged(lines)).rejects.toThrow(NoBundle);
  });

  test('is none before anything is signed', async () => {
    expect(await head({}, uuidv7())).toBeUndefined();
  });
});

describe('what is exported of one client', () => {
  test('is only that, each event with the proof that it is in the whole', async () => {
    expect(ofClient).toHaveLength(6);
    expect(await judged(ofClient)).toMatchObject({ whole: true, events: 4 });
  });

  test('grew from the checkpoint it was asked for, and cannot tell of others', async () => {
    expect(await judged(ofClient, { older: [notes[0]!, notes[2]!] })).toMatchObject({ whole: true });
    await expect(judged(ofClient, { older: [notes[1]!] })).rejects.toThrow('--checkpoint');
  });

  test.each([
    ['edited', 6, (lines: string[]) => rewritten(lines, 2, { data: { by: 99 } })],
    [
      'replaced together with its hash',
      6,
      (lines: string[]) => rewritten(lines, 2, { data: { by: 99 } }, true),
    ],
    ['moved', 5, (lines: string[]) => rewritten(lines, 2, { position: 5 })],
    [
      'left out, though another of its stream is there',
      9,
      (lines: string[]) => [...lines.slice(0, 3), lines[4]!, footerOf([lines[1]!, lines[2]!, lines[4]!])],
    ],
    ['stripped of its proof', 6, (lines: string[]) => rewritten(lines, 2, { proof: [] })],
  ])('and whose event was %s is not whole', async (_, firstBad, attack) => {
    expect(await judged(attack(ofClient))).toMatchObject({ whole: false, firstBad });
  });
});

const PRACTICE = uuidv7();
const key = Buffer.alloc(32, 1);
const originOf = (generation: number) =>
  `candor.example/log/${PRACTICE}${generation === 1 ? '' : `/${generation}`}`;
const noteOf = (generation: number, size: number, root: Buffer): string =>
  signerOf(originOf(generation), key).sign(`${originOf(generation)}\n${size}\n${root.toString('base64')}\n`);

/** A history of these events that was signed as it stands. */
async function signed(generation: number, ...events: Partial<Recorded>[]): Promise<string[]> {
  const texts = events.map((more, n) => {
    const event = {
      ...pending(PRACTICE, streamOf('counter', uuidv7()), 1),
      position: n + 1,
      recordedAt: '2026-06-15T09:00:00.000Z',
      leafHash: '',
      ...more,
    };
    return JSON.stringify({ kind: 'event', ...event, leafHash: leafHashOf(event) });
  });
  const header = {
    kind: 'header',
    format: FORMAT,
    practiceId: PRACTICE,
    withText: false,
    from: 1,
    to: texts.length,
    origin: originOf(generation),
    verifierKey: signerOf(originOf(generation), key).verifierKey,
    generation,
    checkpoint: noteOf(generation, texts.length, await rootOf(['', ...texts, ''])),
    earlier: [],
  };
  return [JSON.stringify(header), ...texts, footerOf(texts)];
}

describe('a history that went on after a restore', () => {
  const ROOT = Buffer.alloc(32, 5);
  const restored = {
    type: 'LogRestored',
    data: {
      generation: 2,
      behind: [{ log: 'events', size: 5, root: ROOT.toString('base64') }],
      why: 'a fire',
    },
  };
  const judgedWith = async (...older: string[]) => judged(await signed(2, {}, {}, restored, {}), { older });

  test('shows what was lost, and knows the checkpoints of that for what they are', async () => {
    expect(await judgedWith(noteOf(1, 5, ROOT), noteOf(1, 4, Buffer.alloc(32, 9)))).toMatchObject({
      whole: true,
      restores: [{ position: 3, generation: 2, behindSize: 5, why: 'a fire' }],
      older: [{ found: 'lost' }, { found: 'lost' }],
    });
  });

  test.each([
    ['more was signed than it says', noteOf(1, 6, ROOT)],
    ['something else was signed than it says', noteOf(1, 5, Buffer.alloc(32, 9))],
    ['what was left is not what was signed', noteOf(1, 2, ROOT)],
    ['it was signed after the restore', noteOf(2, 3, ROOT)],
  ])('is not whole when %s', async (_, kept) => {
    expect(await judgedWith(kept)).toMatchObject({ whole: false });
  });

  test('is not whole without the restore that began its generation', async () => {
    expect(await judged(await signed(2, {}, {}))).toMatchObject({ whole: false });
  });
});

describe('words that are gone', () => {
  const [ada, ben] = [uuidv7(), uuidv7()];
  const envelope = Buffer.from('nobody can read this');
  const sealed = (...subjects: string[]) => ({ sealed: digestOf(envelope), subjects });
  const erasure = {
    type: 'SubjectKeyDestroyed',
    stream: streamOf('legal', uuidv7()),
    data: { clientId: ada },
  };

  test('are tampering, unless the history says that their key was destroyed', async () => {
    expect(await judged(await signed(1, {}, sealed(ada)))).toMatchObject({ whole: false, firstBad: 2 });
    expect(await judged(await signed(1, {}, sealed(ada), erasure))).toMatchObject({ whole: true, erased: 1 });
    expect(await judged(await signed(1, sealed(ada, ben), erasure))).toMatchObject({
      whole: true,
      erased: 1,
    });
    expect(await judged(await signed(1, sealed(ada), sealed(ben), erasure))).toMatchObject({ firstBad: 2 });
    expect(await judged(await signed(1, erasure, sealed(ada)))).toMatchObject({ whole: false, firstBad: 2 });
    expect(await judged(await signed(1, sealed(), erasure))).toMatchObject({ whole: false, firstBad: 1 });
  });

  test('and those that are there must be the ones that were hashed', async () => {
    const lines = await signed(1, sealed(ada));
    const withWords = (words: Buffer) => [
      lines[0]!,
      JSON.stringify({ ...JSON.parse(lines[1]!), envelope: words.toString('base64') }),
      lines[2]!,
    ];

    expect(await judged(withWords(envelope))).toMatchObject({ whole: true, erased: 0 });
    expect(await judged(withWords(Buffer.from('others')))).toMatchObject({ whole: false, firstBad: 1 });
  });
});

async function rootOf(lines: readonly string[]): Promise<Buffer> {
  const { leafNode, Peaks } = await import('../tree/tree.js');
  const tree = new Peaks();
  for (const text of lines.slice(1, -1)) tree.push(leafNode(Buffer.from(JSON.parse(text).leafHash, 'hex')));
  return tree.root();
}
