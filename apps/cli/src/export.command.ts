import { createWriteStream } from 'node:fs';
import { mkdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StatusReader } from '#libs/consent';
import type { EventStore } from '#libs/event-store';
import { isUuid, streamOf } from '#libs/kernel';
import {
  erasuresBehind,
  FILES,
  headerOf,
  line,
  linesOf,
  parseCheckpoint,
  parseLine,
  parseOrigin,
  readLinesOf,
  streamsAbout,
  type BundleHeader,
  type ExportState,
  type LogKind,
} from '#libs/ledger';
import { linesOfFile, textIn } from './bundle-file.js';
import { progressBar } from './progress.js';

export interface ExportOptions {
  practice: string;
  client?: string;
  /** a folder, or `-` for stdout, which takes the events alone */
  out: string;
  withText?: boolean;
  /** false leaves the log of who has read what out */
  access?: boolean;
  /** files of older checkpoints, one of each log, from which a client's bundle is to prove growth */
  checkpoint?: readonly string[];
}

/** Writes a bundle, or goes on with one that was interrupted. @returns 0 when it is complete */
export async function exportBundle(store: EventStore, options: ExportOptions): Promise<number> {
  const { practice: practiceId, client: clientId, out, access = true } = options;
  for (const id of [practiceId, clientId])
    if (id !== undefined && !isUuid(id)) throw new Error(`"${id}" is no id. Ids are UUIDs.`);
  const events = await partOf(store, 'events', options);
  if (!events)
    throw new Error(
      `Nothing of practice ${practiceId} is signed yet. Is the id right, and does the sealer run?`,
    );
  if (clientId !== undefined) events.streams = await streamsFor(store, practiceId, clientId);
  if (out === '-') {
    const rest = told(events, (onProgress) => linesOf(store, events, onProgress));
    await pipeline(Readable.from(withHeader(events.header, rest)), process.stdout, { end: false });
    return 0;
  }
  const reads = access ? await partOf(store, 'access', options) : undefined;
  if (access && !reads)
    process.stderr.write('Nothing of the log of who has read what is signed yet: it is not in this.\n');
  const parts = [events, ...(reads ? [reads] : [])];
  if (parts.every(({ complete }) => complete)) await refuseIfOlder(store, out, parts);
  for (const part of parts) if (!part.begun) await begin(out, part);
  for (const part of parts)
    if (part.complete)
      process.stderr.write(
        `${join(out, FILES[part.log].entries)} is complete: ${part.done.count} entries.\n`,
      );
    else await goOn(store, out, part);
  return 0;
}

/** One log of a bundle. */
interface Part extends ExportState {
  log: LogKind;
  begun: boolean;
  complete: boolean;
}

/** A log as it is to be exported, or as far as it was; undefined when nothing of it is signed. */
async function partOf(
  store: EventStore,
  log: LogKind,
  { practice: practiceId, client: clientId, out, ...options }: ExportOptions,
): Promise<Part | undefined> {
  const withText = log === 'events' && (options.withText ?? false);
  const begun = out === '-' ? undefined : await begunIn(join(out, FILES[log].entries));
  if (begun) {
    const { header } = begun;
    if (
      header.practiceId !== practiceId ||
      header.clientId !== clientId ||
      header.withText !== withText ||
      parseOrigin(header.origin)?.kind !== log
    )
      throw new Error(`${out} holds another export. Name another folder.`);
    return { log, ...begun };
  }
  const growthFrom = await sizeIn(options.checkpoint ?? [], log);
  const header = await headerOf(store.of(practiceId), {
    practiceId,
    log,
    withText,
    ...(clientId === undefined ? {} : { clientId }),
    ...(growthFrom === undefined ? {} : { growthFrom }),
  });
  const done = { count: 0, lastPosition: 0, lastLeafHash: null };
  return header && { log, header, done, begun: false, complete: false };
}

async function goOn(store: EventStore, out: string, part: Part): Promise<void> {
  const rest = told(part, (onProgress) =>
    part.log === 'events'
      ? linesOf(store, part, onProgress)
      : readLinesOf(store.of(part.header.practiceId), part, onProgress),
  );
  await pipeline(
    Readable.from(rest),
    createWriteStream(join(out, FILES[part.log].entries), { flags: 'a', flush: true }),
  );
}

/** @throws Error when an export that is finished ends before what is signed now */
async function refuseIfOlder(store: EventStore, out: string, parts: readonly Part[]): Promise<void> {
  for (const { log, header } of parts) {
    const { practiceId, withText } = header;
    const now = await headerOf(store.of(practiceId), { practiceId, log, withText });
    if (!now || now.checkpoint === header.checkpoint) continue;
    const entries = log === 'events' ? 'entries' : 'reads';
    throw new Error(
      `${out} is an export of ${header.to} ${entries}, made before; ${now.to} are signed now. Nothing was written. Name another folder for a newer one.`,
    );
  }
}

/** Lines, with a bar that shows how far they are. */
async function* told(
  { log }: Part,
  lines: (onProgress: (done: number, total: number) => void) => AsyncGenerator<string>,
): AsyncGenerator<string> {
  const bar = log === 'events' ? progressBar('export') : progressBar('access log', 'reads');
  try {
    yield* lines((done, total) => {
      bar.setTotal(total);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}

async function* withHeader(header: BundleHeader, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield line(header);
  yield* rest;
}

async function begin(out: string, { log, header }: Part): Promise<void> {
  const { entries, checkpoint, key } = FILES[log];
  await mkdir(out, { recursive: true });
  await writeFile(join(out, checkpoint), header.checkpoint);
  await writeFile(join(out, key), `${header.verifierKey}\n`);
  await writeFile(join(out, entries), line(header), { flag: 'wx' });
}

/** What an earlier run has written; a line that was cut off is taken away. */
async function begunIn(file: string): Promise<Omit<Part, 'log'> | undefined> {
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
  return { header, done, begun: true, complete };
}

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

/** The size of the checkpoint that is one of this log. */
async function sizeIn(files: readonly string[], log: LogKind): Promise<number | undefined> {
  let size: number | undefined;
  for (const file of files) {
    const checkpoint = parseCheckpoint(await textIn(file));
    if (!checkpoint) throw new Error(`${file} is no checkpoint.`);
    if (parseOrigin(checkpoint.origin)?.kind === log) ({ size } = checkpoint);
  }
  return size;
}
