import { dirname, join } from 'node:path';
import {
  FILES,
  firstOmitted,
  judgeBundle,
  judgeReads,
  parseCheckpoint,
  parseLine,
  parseOrigin,
  type BundleHeader,
  type LogKind,
  type LogVerdict,
  type Older,
  type RestoreOnRecord,
} from '#libs/ledger';
import { eventsFile, keyIn, naming, readsFile, textIn, textsOfFile } from './bundle-file.js';

export interface VerifyBundleOptions {
  bundle: string;
  key?: string;
  /** files of older checkpoints, of either log */
  checkpoint?: readonly string[];
  /** for the bundle of one client: an export of everything */
  whole?: string;
}

/**
 * Checks an export, its events and the log of who has read what, without any database.
 * @returns 0 when it is what was signed, 1 when it was tampered with, or when it lacks what `whole` has of its client
 */
export async function verifyBundle(options: VerifyBundleOptions): Promise<number> {
  const { bundle, whole } = options;
  const [events, reads] = [await eventsFile(bundle), await readsFile(bundle)];
  const kept = await notesIn(options.checkpoint ?? []);
  if (kept.access.length > 0 && reads === undefined)
    throw new Error(
      `The log of who has read what is not in ${bundle}, though it was signed. Ask for an export without --no-access.`,
    );
  const key = options.key === undefined ? undefined : await keyIn(options.key);
  const judging = (log: LogKind) => ({
    older: kept[log].map(({ note }) => note),
    ...(key === undefined ? {} : { key }),
  });
  const files = (log: LogKind) => kept[log].map(({ file }) => file);

  const verdict = await naming(events, judgeBundle(textsOfFile(events), judging('events')), files('events'));
  if (!verdict.whole) return tampered(verdict);
  const { header, erased, restores } = verdict;
  say([
    `WHOLE, ${verdict.events} events are what was signed as ${header.origin}`,
    ...(header.clientId === undefined
      ? []
      : [`those that concern client ${header.clientId}, of ${header.to}`]),
    ...(erased > 0
      ? [`the words of ${erased} of them are erased, and the history says whose key was destroyed`]
      : []),
    ...restores.map(restoreInWords),
    ...verdict.older.map((one) => olderInWords(one, 'events')),
  ]);
  if (reads === undefined) say(['the log of who has read what is not in it']);
  else {
    const read = await naming(
      reads,
      judgeReads(textsOfFile(reads), judging('access'), restores),
      files('access'),
    );
    if (!read.whole) return tampered(read, ITS_READS);
    const { practiceId, clientId } = read.header;
    if (practiceId !== header.practiceId || clientId !== header.clientId)
      return tampered(
        { whole: false, firstBad: 1, because: 'it is of another practice or client than the events' },
        ITS_READS,
      );
    say([
      `${ITS_READS}WHOLE, ${read.count} reads are what was signed as ${read.header.origin}`,
      ...(header.clientId === undefined
        ? []
        : [`those of answers that concern the client, of ${read.header.to}`]),
      ...read.older.map((one) => olderInWords(one, 'reads')),
    ]);
  }
  if (whole !== undefined) {
    const wholeReads = await readsFile(whole);
    const omitted = await omittedFrom([await eventsFile(whole), wholeReads], {
      events,
      reads,
      key,
      restores,
    });
    if (omitted) return tampered(omitted.bad, omitted.log === 'events' ? '' : ITS_READS);
    say([
      reads === undefined || wholeReads === undefined
        ? 'no event that names the client was left out of it; the log of who has read what was not in both, and not compared'
        : 'nothing that names the client was left out of it',
    ]);
  }
  say([
    ...(header.clientId === undefined || whole !== undefined ? [] : [COULD_LACK]),
    ...(header.withText
      ? ['words stand readable beside their envelopes; only the envelopes are covered by this']
      : []),
    ...(key === undefined
      ? ['checked with the key in the bundle itself; give --key with one you kept to know who signed']
      : []),
  ]);
  return 0;
}

const COULD_LACK =
  'whether something was left out it cannot tell: compare it with --whole <an export of everything>';
const ITS_READS = 'its access log: ';

type Bad = Extract<LogVerdict, { whole: false }>;

/** Compares both logs of a client's bundle with an export of everything, which must be whole and of the same tree. */
async function omittedFrom(
  [allEvents, allReads]: readonly [string, string?],
  client: { events: string; reads?: string; key?: string; restores: readonly RestoreOnRecord[] },
): Promise<{ log: LogKind; bad: Bad } | undefined> {
  let { restores } = client;
  const compared = async (
    log: LogKind,
    [ofClient, ofAll]: [string, string],
    judge: (file: string, judging: { key: string; older?: string[] }) => Promise<LogVerdict>,
  ): Promise<Bad | undefined> => {
    const [part, all] = [await headerIn(ofClient), await headerIn(ofAll)];
    if (part.clientId === undefined || all.clientId !== undefined)
      throw new Error('--whole compares the bundle of one client with an export of everything.');
    const key = client.key ?? part.verifierKey;
    const isOlder = part.to <= all.to;
    const older = isOlder ? { older: [part.checkpoint] } : {};
    const verdict = await naming(ofAll, judge(ofAll, { key, ...older }), [ofClient]);
    if (!verdict.whole || verdict.older.some(({ found }) => found === 'lost'))
      throw new Error(
        `${ofAll} cannot be compared with: ${verdict.whole ? 'what this is of was lost in a restore' : verdict.because}.`,
      );
    if (!isOlder) {
      if (part.growth?.from !== all.to)
        throw new Error(
          `${ofClient} cannot tell whether it grew from ${all.to} entries. Export it with --checkpoint ${join(dirname(ofAll), FILES[log].checkpoint)}.`,
        );
      const grown = await naming(ofClient, judge(ofClient, { key, older: [all.checkpoint] }), [ofAll]);
      if (!grown.whole) return grown;
    }
    const position = await firstOmitted(textsOfFile(ofClient), textsOfFile(ofAll));
    return position === undefined
      ? undefined
      : { whole: false, firstBad: position, because: 'it names the client, and was left out' };
  };
  const bad = await compared('events', [client.events, allEvents], async (file, judging) => {
    const verdict = await judgeBundle(textsOfFile(file), judging);
    if (!verdict.whole) return verdict;
    ({ restores } = verdict);
    return { ...verdict, count: verdict.events };
  });
  if (bad) return { log: 'events', bad };
  if (client.reads === undefined || allReads === undefined) return undefined;
  const badRead = await compared('access', [client.reads, allReads], (file, judging) =>
    judgeReads(textsOfFile(file), judging, restores),
  );
  return badRead && { log: 'access', bad: badRead };
}

async function headerIn(file: string): Promise<BundleHeader> {
  for await (const text of textsOfFile(file)) {
    const record = parseLine(text);
    if (record?.kind === 'header') return record;
    break;
  }
  throw new Error(`${file} does not begin with the header of a bundle.`);
}

type KeptNote = { file: string; note: string };

/** Checkpoints that somebody kept, by what they are of. */
async function notesIn(files: readonly string[]): Promise<Record<LogKind, KeptNote[]>> {
  const notes: Record<LogKind, KeptNote[]> = { events: [], access: [] };
  for (const file of files) {
    const note = await textIn(file);
    const log = parseOrigin(parseCheckpoint(note)?.origin ?? '')?.kind;
    if (!log) throw new Error(`${file} is no checkpoint.`);
    notes[log].push({ file, note });
  }
  return notes;
}

const restoreInWords = ({ log, generation, position, behindSize, why }: RestoreOnRecord): string =>
  log === 'events'
    ? `generation ${generation} began at position ${position} after a restore: of ${behindSize} events signed before, ${lostInWords(behindSize - position + 1)} (${why})`
    : `generation ${generation} of the access log began after a restore: some of ${behindSize} reads signed before were lost (${why})`;

const lostInWords = (count: number): string => `${count} ${count === 1 ? 'was' : 'were'} lost`;

const olderInWords = ({ size, found }: Older, entries: string): string =>
  found === 'within'
    ? `it grew from the older checkpoint of ${size} ${entries}`
    : `the older checkpoint of ${size} ${entries} was lost in that restore`;

function tampered({ firstBad, because }: Bad, log = ''): 1 {
  say([`${log}TAMPERED, first bad position ${firstBad}: ${because}`]);
  return 1;
}

const say = (lines: readonly string[]): void =>
  void process.stdout.write(lines.map((text) => `${text}\n`).join(''));
