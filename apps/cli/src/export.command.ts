import { createWriteStream } from 'node:fs';
import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StatusReader } from '#libs/consent';
import type { EventStore } from '#libs/event-store';
import { isUuid, streamOf } from '#libs/kernel';
import {
  CHECKPOINT_FILE,
  erasuresBehind,
  EVENTS_FILE,
  headerOf,
  KEY_FILE,
  line,
  linesOf,
  parseCheckpoint,
  parseLine,
  streamsAbout,
  type BundleHeader,
  type ExportState,
} from '#libs/ledger';
import { linesOfFile } from './bundle-file.js';
import { progressBar } from './progress.js';

export interface ExportOptions {
  practice: string;
  client?: string;
  /** a folder, or `-` for stdout */
  out: string;
  withText?: boolean;
  /** file of an older checkpoint, from which a client's bundle is to prove growth */
  checkpoint?: string;
}

/** Writes a bundle, or goes on with one that was interrupted. @returns 0 when it is complete */
export async function exportBundle(store: EventStore, options: ExportOptions): Promise<number> {
  const { practice: practiceId, client: clientId, out, withText = false } = options;
  for (const id of [practiceId, clientId])
    if (id !== undefined && !isUuid(id)) throw new Error(`"${id}" is no id. Ids are UUIDs.`);
  const begun = out === '-' ? undefined : await begunIn(out);
  if (begun && !isSame(begun.header, { practiceId, clientId, withText }))
    throw new Error(`${out} holds another export. Name another folder.`);
  if (begun?.complete) {
    process.stderr.write(`${out} is complete: ${begun.done.count} events.\n`);
    return 0;
  }
  const header =
    begun?.header ??
    (await headerOf(store.of(practiceId), {
      practiceId,
      withText,
      ...(clientId === undefined ? {} : { clientId }),
      ...(options.checkpoint === undefined ? {} : { growthFrom: await sizeIn(options.checkpoint) }),
    }));
  const state: ExportState = {
    header,
    done: begun?.done ?? { count: 0, lastPosition: 0, lastLeafHash: null },
    ...(clientId === undefined ? {} : { streams: await streamsFor(store, practiceId, clientId) }),
  };
  const bar = progressBar('export');
  try {
    const rest = linesOf(store, state, (done, total) => {
      bar.setTotal(total);
      bar.update(done);
    });
    if (out === '-') await pipeline(Readable.from(withHeader(header, rest)), process.stdout, { end: false });
    else {
      if (!begun) await begin(out, header);
      await pipeline(Readable.from(rest), createWriteStream(join(out, EVENTS_FILE), { flags: 'a' }));
    }
  } finally {
    bar.stop();
  }
  return 0;
}

async function* withHeader(header: BundleHeader, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield line(header);
  yield* rest;
}

async function begin(out: string, header: BundleHeader): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, CHECKPOINT_FILE), header.checkpoint);
  await writeFile(join(out, KEY_FILE), `${header.verifierKey}\n`);
  await writeFile(join(out, EVENTS_FILE), line(header), { flag: 'wx' });
}

interface Begun {
  header: BundleHeader;
  done: ExportState['done'];
  complete: boolean;
}

/** What an earlier run has written; a line that was cut off is taken away. */
async function begunIn(out: string): Promise<Begun | undefined> {
  const file = join(out, EVENTS_FILE);
  if (!(await stat(file).catch(() => undefined))) return undefined;
  let header: BundleHeader | undefined;
  let complete = false;
  let written = 0;
  const done = { count: 0, lastPosition: 0, lastLeafHash: null as string | null };
  for await (const { text, end, whole } of linesOfFile(file)) {
    const record = whole ? parseLine(text) : undefined;
    if (!record) break;
    written = end;
    if (record.kind === 'header') header = record;
    else if (record.kind === 'footer') complete = true;
    else {
      done.count++;
      ({ position: done.lastPosition, leafHash: done.lastLeafHash } = record);
    }
  }
  if (!header) throw new Error(`${file} is no bundle. Name another folder, or move the file away.`);
  await truncate(file, written);
  return { header, done, complete };
}

const isSame = (
  header: BundleHeader,
  wish: { practiceId: string; clientId: string | undefined; withText: boolean },
): boolean =>
  header.practiceId === wish.practiceId &&
  header.clientId === wish.clientId &&
  header.withText === wish.withText;

/** The streams that name the client, and those that the answer about their consent rests on. */
async function streamsFor(
  store: EventStore,
  practiceId: string,
  clientId: string,
): Promise<ReadonlySet<string>> {
  const about = await streamsAbout(store.of(practiceId), practiceId, clientId);
  if (!about.includes(streamOf('client', clientId)))
    throw new Error(`There is no client ${clientId} in this practice.`);
  const streams = [...about, ...(await new StatusReader(store).streamsBehind(practiceId, clientId))];
  return new Set([...streams, ...(await erasuresBehind(store.of(practiceId), practiceId, streams))]);
}

async function sizeIn(file: string): Promise<number> {
  const checkpoint = parseCheckpoint(await readFile(file, 'utf8'));
  if (!checkpoint) throw new Error(`${file} is no checkpoint.`);
  return checkpoint.size;
}
