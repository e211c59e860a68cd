import { randomBytes } from 'node:crypto';
import { Catalogue, EventStore, openPool, type Append } from '#libs/event-store';
import { sha256, streamOf, systemClock, uuidv7, type AnyDecider } from '#libs/kernel';
import { localProvider, Vault } from '#libs/vault';
import { compare, load, type Figure } from './harness.js';
import type { Scale } from './main.js';

/** Something happens, and is sealed or not; nothing is judged. */
export const happenings: AnyDecider = {
  category: 'bench',
  events: { Happened: { schema: 1, personal: [] }, Confided: { schema: 1, personal: ['words'] } },
  initial: 0,
  evolve: (count: number) => count + 1,
  decide: () => [{ type: 'Happened', data: DATA }],
  subjects: () => [],
};

const CLIENT = uuidv7();
const ACTOR = { id: uuidv7(), role: 'therapist' };
/** About as large as a disclosure. */
const DATA = {
  relationshipId: uuidv7(),
  clientId: CLIENT,
  elements: ['risks', 'benefits', 'alternatives'],
  how: 'spoken',
  words: 'Invented for measuring; about as long as a short entry would be.',
};
const META = {
  actor: ACTOR,
  subjects: [CLIENT],
  commandId: CLIENT,
  correlationId: CLIENT,
  causationId: CLIENT,
};

/** The service makes it of the request before it comes to the log. */
const REQUEST_HASH = sha256('a request');

/** The next `size` events of a stream, with everything an append of the service has: command id, expectation, envelope. */
export function appendOf(
  practiceId: string,
  stream: string,
  turn: number,
  size = 1,
  type: 'Happened' | 'Confided' = 'Happened',
): Append {
  const commandId = uuidv7();
  const before = (turn - 1) * size;
  const occurredAt = systemClock.now();
  const events = Array.from({ length: size }, (_, index) => ({
    type,
    data: DATA,
    eventId: uuidv7(),
    practiceId,
    stream,
    version: before + index + 1,
    schema: 1,
    occurredAt,
    actor: ACTOR,
    subjects: [CLIENT],
    commandId,
    correlationId: commandId,
    causationId: commandId,
  }));
  return {
    commandId,
    requestHash: REQUEST_HASH,
    stream,
    version: before + size,
    expect: [{ stream, version: before }],
    events,
  };
}

/** Keys of its own, under a root key that is gone afterwards. */
export function vaultOn(url: string) {
  const pool = openPool(url, 8, 'candor_vault');
  return { pool, vault: new Vault({ db: pool, providers: [localProvider(randomBytes(32))] }) };
}

const RAW = {
  name: 'raw',
  text: `insert into raw_event (practice_id, position, event_id, stream, version, type, schema, occurred_at, recorded_at, data, meta, leaf_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
};

/** Appends of one event next to raw single-row inserts of the same row, each its own commit, on as many connections. */
export async function benchAppends(
  url: string,
  { rounds, millis }: Scale,
  note: (line: string) => void,
): Promise<Figure[]> {
  const pool = openPool(url, 64);
  const raw = openPool(url, 64, '');
  await raw.query('create table if not exists raw_event (like log.event including all)');
  const { vault, pool: keys } = vaultOn(url);
  const store = new EventStore(pool, new Catalogue([happenings]), systemClock, async () => 72, vault);
  const rawPractice = uuidv7();
  let rawPosition = 0;

  const ours =
    (writers: number, practices: number, size = 1, type: 'Happened' | 'Confided' = 'Happened') =>
    () => {
      const ids = Array.from({ length: practices }, () => uuidv7());
      const streams = Array.from({ length: writers }, () => streamOf('bench', uuidv7()));
      return load(writers, millis, (writer, turn) => {
        const practiceId = ids[writer % practices]!;
        return store.append(practiceId, appendOf(practiceId, streams[writer]!, turn, size, type));
      });
    };
  const theirs = (writers: number) => () => {
    const streams = Array.from({ length: writers }, () => streamOf('bench', uuidv7()));
    return load(writers, millis, (writer, turn) => {
      const now = systemClock.now();
      return raw.query({
        ...RAW,
        values: [
          rawPractice,
          ++rawPosition,
          uuidv7(),
          streams[writer],
          turn,
          'Happened',
          1,
          now,
          now,
          DATA,
          META,
          Buffer.alloc(32),
        ],
      });
    });
  };

  // All at once on practices of their own, so that every connection of both pools has planned its statement; then at ease.
  note('warming up');
  for (const work of [ours(64, 64), theirs(64), ours(64, 1), theirs(64), ours(1, 1), theirs(1)]) await work();
  const figures: Figure[] = [];
  for (const [writers, practices, target] of [
    [1, 1, 0.7],
    [16, 1, 1.4],
    [64, 1, 2],
    [1, 50],
    [16, 50],
    [64, 50],
  ] as const) {
    const what = `append, ${writers} ${writers === 1 ? 'writer' : 'writers'} on ${practices === 1 ? 'one practice' : `${practices} practices`}`;
    note(what);
    figures.push(await compare(what, rounds, ours(writers, practices), theirs(writers), target));
  }
  for (const writers of [1, 16, 64]) {
    const what = `append of 10 events, ${writers} ${writers === 1 ? 'writer' : 'writers'} on one practice`;
    note(what);
    const figure = await compare(what, rounds, ours(writers, 1, 10), theirs(writers));
    figures.push({
      ...figure,
      value: figure.value * 10,
      ratio: (figure.ratio ?? NaN) * 10,
      unit: 'events/s',
    });
  }
  for (const writers of [1, 16, 64]) {
    const what = `append of an event with words to seal, ${writers} ${writers === 1 ? 'writer' : 'writers'} on one practice, next to the same in the clear`;
    note(what);
    figures.push(await compare(what, rounds, ours(writers, 1, 1, 'Confided'), ours(writers, 1)));
  }
  await pool.end();
  await raw.end();
  await keys.end();
  return figures;
}
