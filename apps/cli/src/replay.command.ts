import { changesBetween } from '#libs/audit';
import { clientStatus, consentFacts, statusesIn, type TwoClocks } from '#libs/consent';
import { Catalogue, foldInto } from '#libs/event-store';
import { parseInstant, type Instant } from '#libs/kernel';
import { judgeBundle, parseLine } from '#libs/ledger';
import { DECIDERS } from '../../api/src/app.module.js';
import { eventsFile, keyIn, textsOfFile } from './bundle-file.js';

export interface ReplayOptions {
  bundle: string;
  client: string;
  key?: string;
  at?: string;
  knownAt?: string;
  /** another moment of knowledge, to compare with */
  diff?: string;
}

/**
 * Prints the consent status of a client as the service would answer it, from the bundle alone; with `diff` what differs
 * between two states of knowledge. @returns 0, or 1 when the bundle was tampered with and nothing is said by it
 */
export async function replay(options: ReplayOptions): Promise<number> {
  const { bundle, client, key } = options;
  const verdict = await judgeBundle(
    textsOfFile(await eventsFile(bundle)),
    key === undefined ? {} : { key: await keyIn(key) },
  );
  if (!verdict.whole) {
    process.stderr.write(`TAMPERED, first bad position ${verdict.firstBad}: ${verdict.because}\n`);
    return 1;
  }
  const { answer, latest, sealedBirths } = await openReplay(bundle);
  if (sealedBirths > 0)
    process.stderr.write(
      `candor: ${sealedBirths} dates of birth are sealed here, so who is a minor is known from consents only. Export with --with-text to have them.\n`,
    );
  const knownAt = moment(options.knownAt, '--known-at') ?? latest;
  const at = moment(options.at, '--at') ?? knownAt;
  const then = moment(options.diff, '--diff');
  const before = answer(client, { at, knownAt });
  process.stdout.write(
    `${JSON.stringify(then === undefined ? before : difference(before, answer(client, { at, knownAt: then })))}\n`,
  );
  return 0;
}

type Answer = ReturnType<typeof clientStatus>;

/** A bundle that was judged already, ready to answer. */
export interface Replay {
  answer(clientId: string, clocks: TwoClocks): Answer;
  /** when its last event was recorded */
  latest: Instant;
  /** how often a date of birth was told and cannot be read */
  sealedBirths: number;
}

/** Folds the facts that consent rests on. @throws UnknownEventType when a newer version of Candor wrote the log */
export async function openReplay(bundle: string): Promise<Replay> {
  const catalogue = new Catalogue(DECIDERS);
  const parts = new Map();
  const found = { practiceId: '', position: 0, latest: '', sealedBirths: 0 };
  for await (const text of textsOfFile(await eventsFile(bundle))) {
    const record = parseLine(text);
    if (record?.kind === 'header')
      Object.assign(found, { practiceId: record.practiceId, position: record.to });
    if (record?.kind !== 'event') continue;
    const { kind: _, proof: _proof, envelope: _envelope, text: words, ...stored } = record;
    catalogue.check(stored);
    const event = words ? { ...stored, data: { ...stored.data, ...words.data } } : stored;
    if (event.type === 'ClientRegistered' && !('dateOfBirth' in event.data)) found.sealedBirths++;
    foldInto(consentFacts, parts, [event]);
    found.latest = event.recordedAt;
  }
  // It was judged first: what comes through a pipe is gone by now, and nothing must not look like no consent.
  if (!found.practiceId)
    throw new Error('A replay reads the bundle twice. Name a folder or a file, not a pipe.');
  const { practiceId, position, ...rest } = found;
  return {
    answer: (clientId, clocks) =>
      clientStatus(clientId, clocks, position, statusesIn(parts, practiceId, clientId, clocks)),
    ...rest,
  };
}

function difference(one: Answer, other: Answer) {
  const changes = changesBetween(one, other, { names: new Set(), texts: new Set() });
  return {
    clientId: one.clientId,
    at: one.at,
    knownAt: [one.knownAt, other.knownAt],
    changes: changes.filter(({ path }) => path !== '/knownAt'),
  };
}

function moment(text: string | undefined, option: string): Instant | undefined {
  if (text === undefined) return undefined;
  const instant = parseInstant(text);
  if (!instant) throw new Error(`${option} takes a moment such as 2026-06-11T09:00:00Z.`);
  return instant;
}
