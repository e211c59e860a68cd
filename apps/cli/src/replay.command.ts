import { changesBetween } from '#libs/audit';
import { clientStatus, consentFacts, statusesIn, type TwoClocks } from '#libs/consent';
import { Catalogue, foldInto } from '#libs/event-store';
import { parseInstant, streamOf, type Instant } from '#libs/kernel';
import { judgeBundle, parseLine } from '#libs/ledger';
import { DECIDERS } from '../../api/src/app.module.js';
import { eventsFile, keyIn, naming, textsOfFile } from './bundle-file.js';

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
  const events = await eventsFile(bundle);
  const verdict = await naming(
    events,
    judgeBundle(textsOfFile(events), key === undefined ? {} : { key: await keyIn(key) }),
  );
  if (!verdict.whole) {
    process.stderr.write(`TAMPERED, first bad position ${verdict.firstBad}: ${verdict.because}\n`);
    return 1;
  }
  const { answer, latest, sealedBirthOf } = await openReplay(bundle);
  const sealed = sealedBirthOf(client);
  if (sealed)
    process.stderr.write(
      `candor: the date of birth of ${WHOSE[sealed]} is sealed here, so whether they are a minor is known from consents only. Export with --with-text to have it.\n`,
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

const WHOSE = { own: 'this client', other: 'somebody in a unit with this client' };

type Answer = ReturnType<typeof clientStatus>;

/** A bundle that was judged already, ready to answer. */
export interface Replay {
  answer(clientId: string, clocks: TwoClocks): Answer;
  /** when its last event was recorded */
  latest: Instant;
  /** whose date of birth cannot be read, of the client and those who are or were in a unit with them */
  sealedBirthOf(clientId: string): keyof typeof WHOSE | undefined;
}

/** Folds the facts that consent rests on. @throws UnknownEventType when a newer version of Candor wrote the log */
export async function openReplay(bundle: string): Promise<Replay> {
  const catalogue = new Catalogue(DECIDERS);
  const parts = new Map();
  const found = { practiceId: '', position: 0, latest: '' };
  const sealed = new Set<string>();
  const units = new Map<string, Set<string>>();
  for await (const text of textsOfFile(await eventsFile(bundle))) {
    const record = parseLine(text);
    if (record?.kind === 'header')
      Object.assign(found, { practiceId: record.practiceId, position: record.to });
    if (record?.kind !== 'event') continue;
    const { kind: _, proof: _proof, envelope: _envelope, text: words, ...stored } = record;
    catalogue.check(stored);
    const event = words ? { ...stored, data: { ...stored.data, ...words.data } } : stored;
    if (event.type === 'ClientRegistered' && !('dateOfBirth' in event.data)) sealed.add(event.stream);
    for (const member of joining(event)) {
      if (!units.has(event.stream)) units.set(event.stream, new Set());
      units.get(event.stream)!.add(streamOf('client', member));
    }
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
    sealedBirthOf(clientId) {
      const own = streamOf('client', clientId);
      if (sealed.has(own)) return 'own';
      const others = [...units.values()].filter((unit) => unit.has(own)).flatMap((unit) => [...unit]);
      return others.some((other) => sealed.has(other)) ? 'other' : undefined;
    },
    ...rest,
  };
}

/** Who comes into a unit with an event. */
function joining({ type, data }: { type: string; data: object }): readonly string[] {
  const { members = [], clientId } = data as { members?: string[]; clientId?: string };
  if (type === 'UnitFormed') return members;
  return type === 'UnitMemberAdded' && clientId !== undefined ? [clientId] : [];
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
