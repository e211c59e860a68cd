import type { Db, EventStore } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { parseOrigin } from '../checkpoint/origin.js';
import { sql, tilesIn } from '../sealer/sealer.sql.js';
import { nodesIn } from '../tree/tile.js';
import { consistencyProof, inclusionProof } from '../tree/tree.js';
import { eventLine, FORMAT, line, type BundleEvent, type BundleFooter, type BundleHeader } from './bundle.js';

const BATCH = 1_000;
/** Older checkpoints that go along, spread evenly: enough to narrow a change down, whatever the age of the log. */
const MOST_EARLIER = 64;

export interface ExportWish {
  practiceId: string;
  clientId?: string;
  withText: boolean;
  /** of one client: the size of an older checkpoint from which growth is to be proved */
  growthFrom?: number;
}

/** There is nothing that could be exported; the message says what to do. */
export class NothingToExport extends Error {}

/** Where an export stands: what is written already, and which streams it takes, all of them unless told. */
export interface ExportState {
  header: BundleHeader;
  done: { count: number; lastPosition: number; lastLeafHash: string | null };
  streams?: ReadonlySet<string>;
}

/** What the first line says. The newest checkpoint decides how far it goes. @throws NothingToExport */
export async function headerOf(
  db: Db,
  { practiceId, clientId, withText, growthFrom }: ExportWish,
): Promise<BundleHeader> {
  const tree = { practiceId, log: 'events' } as const;
  const log = await sql.log(db, tree);
  const newest = log && (await sql.checkpoint(db, tree));
  if (!log || !newest)
    throw new NothingToExport(
      `Nothing of practice ${practiceId} is signed yet. Is the id right, and does the sealer run?`,
    );
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

/** The lines after the header, in batches; the last is the footer. Constant memory. */
export async function* linesOf(
  store: EventStore,
  { header, done, streams }: ExportState,
  onProgress: (position: number, total: number) => void,
): AsyncGenerator<string> {
  const { practiceId, clientId, to } = header;
  let { count, lastPosition, lastLeafHash } = done;
  for (let from = lastPosition; from < to;) {
    const batch = await store.reader.unread(practiceId, from, Math.min(BATCH, to - from));
    if (batch.length === 0) break;
    const chosen = streams ? batch.filter(({ stream }) => streams.has(stream)) : batch;
    const tiles = tilesIn(store.of(practiceId), { practiceId, log: 'events' });
    const nodes = clientId === undefined ? undefined : nodesIn(tiles);
    const words = header.withText ? await wordsOf(store, practiceId, from, batch.length) : undefined;
    const lines = await Promise.all(
      chosen.map(async ({ envelope, ...event }) =>
        eventLine({
          ...event,
          ...(envelope ? { envelope: envelope.toString('base64') } : {}),
          ...(words && isOf(event, clientId) ? wordsIn(event, words.get(event.position)) : {}),
          ...(nodes ? { proof: texts(await inclusionProof(event.position - 1, to, nodes)) } : {}),
        }),
      ),
    );
    if (lines.length > 0) yield lines.join('');
    count += chosen.length;
    ({ position: lastPosition, leafHash: lastLeafHash } = chosen.at(-1) ?? {
      position: lastPosition,
      leafHash: lastLeafHash,
    });
    from = batch.at(-1)!.position;
    onProgress(from, to);
  }
  yield line({ kind: 'footer', count, lastPosition, lastLeafHash } satisfies BundleFooter);
}

/** Events as their keys open them. */
async function wordsOf(
  store: EventStore,
  practiceId: string,
  from: number,
  count: number,
): Promise<Map<number, Recorded>> {
  const opened = await store.reader.after(practiceId, from, count);
  return new Map(opened.map((event) => [event.position, event]));
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
