import type { Db, EventStore } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { SealBroken } from '#libs/vault';
import { parseOrigin, type LogKind } from '../checkpoint/origin.js';
import { storedReads } from '../sealer/entries.reader.js';
import { sql, tilesIn } from '../sealer/sealer.sql.js';
import { nodesIn } from '../tree/tile.js';
import { consistencyProof, inclusionProof } from '../tree/tree.js';
import {
  eventLine,
  FORMAT,
  line,
  readLine,
  type BundleEvent,
  type BundleFooter,
  type BundleHeader,
} from './bundle.js';

const BATCH = 1_000;
/** Older checkpoints that go along, spread evenly: enough to narrow a change down, whatever the age of the log. */
const MOST_EARLIER = 64;

export interface ExportWish {
  practiceId: string;
  log: LogKind;
  clientId?: string;
  withText: boolean;
  /** of one client: the size of an older checkpoint from which growth is to be proved */
  growthFrom?: number;
}

/** Where an export stands: what is written already, and which streams it takes, all of them unless told. */
export interface ExportState {
  header: BundleHeader;
  done: { count: number; lastPosition: number; lastLeafHash: string | null };
  streams?: ReadonlySet<string>;
}

/** What the first line says. The newest checkpoint decides how far it goes; undefined when nothing is signed yet. */
export async function headerOf(
  db: Db,
  { practiceId, log: kind, clientId, withText, growthFrom }: ExportWish,
): Promise<BundleHeader | undefined> {
  const tree = { practiceId, log: kind };
  const log = await sql.log(db, tree);
  const newest = log && (await sql.checkpoint(db, tree));
  if (!log || !newest) return undefined;
  const earlier = await sql.checkpointsSpread(db, tree, newest.size, MOST_EARLIER);
  const growth =
    growthFrom === undefined || growthFrom > newest.size
      ? undefined
      : texts(await consistencyProof(growthFrom, newest.size, nodesIn(tilesIn(db, tree))));
  return {
    kind: 'header',
    format: FORMAT,
    practiceId,
    ...(clientId === undefined ? {} : { clientId }),
    withText,
    from: 1,
    to: newest.size,
    origin: log.origin,
    verifierKey: log.verifier_key,
    generation: parseOrigin(log.origin)?.generation ?? 1,
    checkpoint: newest.note,
    earlier: earlier.map(({ note }) => note),
    ...(growth && growthFrom !== undefined ? { growth: { from: growthFrom, proof: growth } } : {}),
  };
}

type OnProgress = (position: number, total: number) => void;

/** The lines after the header, in batches; the last is the footer. Constant memory. */
export async function* linesOf(
  store: EventStore,
  { header, done, streams }: ExportState,
  onProgress: OnProgress,
): AsyncGenerator<string> {
  const { practiceId, clientId, to } = header;
  let written = done;
  for (let from = done.lastPosition; from < to;) {
    const batch = await store.reader.unread(practiceId, from, Math.min(BATCH, to - from));
    if (batch.length === 0) break;
    const chosen = streams ? batch.filter(({ stream }) => streams.has(stream)) : batch;
    const words = header.withText ? await wordsOf(store, practiceId, from, batch.length) : undefined;
    const proofOf = proofsIn(store.of(practiceId), header, 'events');
    const lines = await Promise.all(
      chosen.map(async ({ envelope, ...event }) =>
        eventLine({
          ...event,
          ...(envelope ? { envelope: envelope.toString('base64') } : {}),
          ...(words && isOf(event, clientId) ? wordsIn(event, words.get(event.position)) : {}),
          ...(await proofOf(event.position)),
        }),
      ),
    );
    if (lines.length > 0) yield lines.join('');
    written = after(written, chosen);
    from = batch.at(-1)!.position;
    onProgress(from, to);
  }
  yield footerOf(written);
}

/** The same of the log of who has read what. */
export async function* readLinesOf(
  db: Db,
  { header, done }: ExportState,
  onProgress: OnProgress,
): AsyncGenerator<string> {
  const { practiceId, clientId, to } = header;
  const about = clientId === undefined ? {} : { clientId };
  let written = done;
  for (;;) {
    const batch = await storedReads(db, { practiceId, after: written.lastPosition, limit: BATCH, ...about });
    const chosen = batch.filter(({ position }) => position <= to);
    if (chosen.length === 0) break;
    const proofOf = proofsIn(db, header, 'access');
    const lines = chosen.map(async ({ leafHash, ...read }) =>
      readLine({ ...read, practiceId, leafHash, ...(await proofOf(read.position)) }),
    );
    yield (await Promise.all(lines)).join('');
    written = after(written, chosen);
    onProgress(written.lastPosition, to);
  }
  yield footerOf(written);
}

type Done = ExportState['done'];

const after = (
  { count, ...before }: Done,
  chosen: readonly { position: number; leafHash: string }[],
): Done => {
  const last = chosen.at(-1);
  return last
    ? { count: count + chosen.length, lastPosition: last.position, lastLeafHash: last.leafHash }
    : { count, ...before };
};

const footerOf = (done: Done): string => line({ kind: 'footer', ...done } satisfies BundleFooter);

/** Proofs of the entries of one client; nothing for a whole log, which is proof enough. */
function proofsIn(
  db: Db,
  { practiceId, clientId, to }: BundleHeader,
  log: LogKind,
): (position: number) => Promise<{ proof?: string[] }> {
  if (clientId === undefined) return async () => ({});
  const nodes = nodesIn(tilesIn(db, { practiceId, log }));
  return async (position) => ({ proof: texts(await inclusionProof(position - 1, to, nodes)) });
}

/** Events as their keys open them. */
async function wordsOf(
  store: EventStore,
  practiceId: string,
  from: number,
  count: number,
): Promise<Map<number, Recorded>> {
  const opened = await store.reader.after(practiceId, from, count).catch(async (error: unknown) => {
    throw error instanceof SealBroken ? await located(error, store, practiceId, from) : error;
  });
  return new Map(opened.map((event) => [event.position, event]));
}

/** The same error with the first position that has it. */
async function located(
  { message }: SealBroken,
  store: EventStore,
  practiceId: string,
  from: number,
): Promise<Error> {
  let position = from;
  const opens = (before: number) =>
    store.reader.after(practiceId, before, 1).then(
      () => true,
      () => false,
    );
  while (await opens(position)) position++;
  return new Error(`${message}, at position ${position + 1}; run npm run candor -- verify`);
}

/** Of one client no words of others are taken along. */
const isOf = ({ subjects }: Recorded, clientId: string | undefined): boolean =>
  clientId === undefined || subjects.includes(clientId);

/** What only the opened event says. */
function wordsIn(stored: Recorded, opened: Recorded | undefined): { text?: BundleEvent['text'] } {
  if (!opened || stored.sealed === undefined || opened.erased) return {};
  const data = Object.fromEntries(Object.entries(opened.data).filter(([name]) => !(name in stored.data)));
  return { text: { data, ...(opened.reason === undefined ? {} : { reason: opened.reason }) } };
}

const texts = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('base64'));

/** Every stream that names a client somewhere. */
export async function streamsAbout(db: Db, practiceId: string, clientId: string): Promise<string[]> {
  const { rows } = await db.query<{ stream: string }>(
    "select distinct stream from log.event where practice_id = $1 and meta -> 'subjects' ? $2",
    [practiceId, clientId],
  );
  return rows.map(({ stream }) => stream);
}

/** The streams that tell of keys destroyed of anybody whom some streams concern: they explain words that are gone. */
export async function erasuresBehind(
  db: Db,
  practiceId: string,
  streams: readonly string[],
): Promise<string[]> {
  const { rows } = await db.query<{ stream: string }>(
    `select distinct k.stream from log.event k
     where k.practice_id = $1 and k.stream >= 'legal-' and k.stream < 'legal.' and k.type = 'SubjectKeyDestroyed'
       and k.data->>'clientId' in (
         select jsonb_array_elements_text(e.meta->'subjects') from log.event e
         where e.practice_id = $1 and e.stream = any($2::text[]))`,
    [practiceId, streams],
  );
  return rows.map(({ stream }) => stream);
}
