import type pg from 'pg';
import type { Instant } from '#libs/kernel';
import { leafHash, type Encoded, type Pending } from './events.js';
import { isOutage } from './pool.js';

/** The newest version somebody saw of a stream; 0 when it does not exist. */
export interface Expectation {
  readonly stream: string;
  readonly version: number;
}

/** No event of any stream of a category after a position: for what was looked up across streams. */
export interface NoneSince {
  readonly category: string;
  readonly position: number;
}

/** One command's worth of events. `expect` covers the streams written and the streams merely relied upon. */
export interface Append {
  readonly commandId: string;
  /** SHA-256 of the request, lower-case hex */
  readonly requestHash: string;
  /** the stream the answer is about, and its version afterwards */
  readonly stream: string;
  readonly version: number;
  readonly expect: readonly Expectation[];
  readonly noneSince?: readonly NoneSince[];
  readonly events: readonly Pending[];
}

export type AppendOutcome =
  /** `firstPosition` is that of the first event; with no events, where the log stood */
  | {
      outcome: 'appended' | 'replayed';
      stream: string;
      version: number;
      firstPosition: number;
      events: number;
      recordedAt: Instant;
      leafHashes: string[];
    }
  | { outcome: 'key_reused' }
  /** the streams that had moved on, with the versions they are at; none when only a category had */
  | { outcome: 'stale'; actual: Expectation[] };

interface Waiting {
  append: Append;
  encoded: Encoded[];
  resolve(outcome: AppendOutcome): void;
  reject(error: unknown): void;
}

interface ResultRow {
  /** of a known command, counted from 1; else 0 */
  n: number;
  outcome: 'appended' | 'replayed' | 'key_reused' | 'stale' | 'not_none' | 'clock';
  first_position: number;
  stream: string;
  version: number;
  events: number;
  recorded_at: Instant;
}

const APPEND = {
  name: 'log.append',
  text: `select n, outcome, first_position, stream, version, events, recorded_at from log.append(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
};
const APPEND_ONE = {
  name: 'log.append_one',
  text: 'select log.append_one($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) as before',
};
const MOST_AT_ONCE = 128;
/** While the database works on one call, the next is made ready; the head row decides their order. */
const MOST_CALLS = 2;
/** Fewer than these wait for the call under way: a second commit would cost more than it saves. */
const WORTH_A_SECOND_CALL = 24;

/**
 * The appends of one practice. Alone, an append goes at once; while calls are under way the others wait and then go
 * together, sharing a commit, each judged on its own by `log.append`.
 */
export class AppendQueue {
  private waiting: Waiting[] = [];
  private readonly underWay = new Set<Waiting[]>();
  private latest: Instant = '';

  constructor(
    private readonly practiceId: string,
    private readonly pool: pg.Pool,
    private readonly now: () => Instant,
  ) {}

  /** @param encoded its events, as they are stored */
  append(append: Append, encoded: Encoded[]): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ append, encoded, resolve, reject });
      if (this.underWay.size === 0) this.next();
    });
  }

  /** Sends what may go now. */
  private next(): void {
    const least = this.underWay.size === 0 ? 1 : WORTH_A_SECOND_CALL;
    if (this.underWay.size === MOST_CALLS || this.waiting.length < least) return;
    const batch = this.take();
    if (batch.length === 0) return;
    this.underWay.add(batch);
    void this.send(batch).then(() => {
      const done = () => {
        this.underWay.delete(batch);
        this.next();
      };
      // Whoever was just answered and has more to append comes along in the next call; one alone need not wait for that.
      if (batch.length > 1) setImmediate(done);
      else done();
    });
    // By then this call is on its way, and the database can begin.
    setImmediate(() => this.next());
  }

  /** The first appends that do not touch each other or a call under way: nobody may change what another relies on. */
  private take(): Waiting[] {
    // Categories cost time, and few appends look anything up across streams.
    const lookedUp = [this.waiting, ...this.underWay].some((all) =>
      all.some(({ append }) => append.noneSince !== undefined),
    );
    const written = new Set<string>();
    const reliedOn = new Set<string>();
    const commands = new Set<string>();
    const claim = ({ append }: Waiting) => {
      commands.add(append.commandId);
      for (const { stream } of append.events) {
        written.add(stream);
        if (lookedUp) written.add(categoryOf(stream));
      }
      for (const { stream } of append.expect) reliedOn.add(stream);
      for (const { category } of append.noneSince ?? []) reliedOn.add(category);
    };
    let all = this.waiting.length;
    for (const batch of this.underWay) {
      batch.forEach(claim);
      all += batch.length;
    }
    // Two calls of like size keep both this process and the database busy.
    const most = Math.min(MOST_AT_ONCE, Math.max(WORTH_A_SECOND_CALL, Math.ceil(all / MOST_CALLS)));
    const together: Waiting[] = [];
    const later: Waiting[] = [];
    for (const waiting of this.waiting) {
      const { append } = waiting;
      const free =
        together.length < most &&
        !commands.has(append.commandId) &&
        append.events.every(
          ({ stream }) => !reliedOn.has(stream) && !(lookedUp && reliedOn.has(categoryOf(stream))),
        ) &&
        append.expect.every(({ stream }) => !written.has(stream)) &&
        (append.noneSince ?? []).every(({ category }) => !written.has(category));
      claim(waiting);
      (free ? together : later).push(waiting);
    }
    this.waiting = later;
    return together;
  }

  /** Settles every append of a batch, whatever happens. */
  private async send(batch: Waiting[]): Promise<void> {
    let left = batch;
    try {
      while (left.length > 0) {
        const now = this.now();
        const recordedAt = now > this.latest ? now : this.latest;
        this.latest = recordedAt;
        const hashes = left.map(({ encoded }) => encoded.map((event) => leafHash(event, recordedAt)));
        const before = await this.sendOne(left, recordedAt, hashes);
        if (before !== undefined) return settleAppended(left, before, recordedAt, hashes);
        const { rows } = await this.pool.query<ResultRow>({
          ...APPEND,
          values: this.parameters(left, recordedAt, hashes),
        });
        const [first] = rows;
        if (first?.outcome === 'appended')
          return settleAppended(left, first.first_position, recordedAt, hashes);
        // Another process has a faster clock; time in one log never goes backwards.
        if (first?.outcome === 'clock')
          this.latest = first.recorded_at > this.latest ? first.recorded_at : this.latest;
        else left = settleRefused(left, rows);
      }
    } catch (error) {
      // One command's data must not fail its neighbours': when the database refuses a call as such, each goes alone.
      if (left.length > 1 && !isOutage(error)) for (const one of left) await this.send([one]);
      else for (const { reject } of left) reject(error);
    }
  }

  /** The short way of one event alone. @returns where the log stood before; undefined when it must go the long way */
  private async sendOne(
    [waiting, ...others]: Waiting[],
    recordedAt: Instant,
    hashes: string[][],
  ): Promise<number | undefined> {
    if (others.length > 0 || waiting?.append.events.length !== 1 || waiting.append.noneSince)
      return undefined;
    const { rows } = await this.pool.query<{ before: number | null }>({
      ...APPEND_ONE,
      values: this.parametersOfOne(waiting, recordedAt, hashes[0]![0]!),
    });
    return rows[0]!.before ?? undefined;
  }

  private parameters(batch: Waiting[], recordedAt: Instant, hashes: string[][]): unknown[] {
    const appends = batch.map(({ append }) => append);
    const expect = appends.flatMap((append) => append.expect);
    const noneSince = appends.flatMap((append) => append.noneSince ?? []);
    const first: number[] = [];
    let position = 0;
    for (const { events } of appends) {
      first.push(position + Math.min(events.length, 1));
      position += events.length;
    }
    const events = appends.flatMap((append) => append.events);
    const envelopes = batch.flatMap(({ encoded }) => encoded.map(({ envelope }) => envelope));
    return [
      this.practiceId,
      recordedAt,
      appends.map((append) => append.commandId),
      appends.map((append) => append.requestHash),
      appends.map((append) => append.stream),
      appends.map((append) => append.version),
      first,
      appends.map((append) => append.events.length),
      expect.map(({ stream }) => stream),
      expect.map(({ version }) => version),
      noneSince.map(({ category }) => category),
      noneSince.map(({ position }) => position),
      events.map((event) => event.eventId),
      events.map((event) => event.stream),
      events.map((event) => event.version),
      events.map((event) => event.type),
      events.map((event) => event.schema),
      events.map((event) => event.occurredAt),
      `[${batch.flatMap(({ encoded }) => encoded.map(({ data, meta }) => `${data},${meta}`)).join()}]`,
      hashes.flat(),
      envelopes.some((envelope) => envelope !== undefined)
        ? envelopes.map((envelope) => envelope?.toString('base64') ?? null)
        : [],
    ];
  }

  private parametersOfOne({ append, encoded }: Waiting, recordedAt: Instant, hash: string): unknown[] {
    const event = append.events[0]!;
    return [
      this.practiceId,
      recordedAt,
      append.commandId,
      append.requestHash,
      append.stream,
      append.version,
      append.expect.map(({ stream }) => stream),
      append.expect.map(({ version }) => version),
      event.eventId,
      event.stream,
      event.version,
      event.type,
      event.schema,
      event.occurredAt,
      encoded[0]!.data,
      encoded[0]!.meta,
      hash,
      encoded[0]!.envelope ?? null,
    ];
  }
}

const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));

function settleAppended(batch: Waiting[], before: number, recordedAt: Instant, hashes: string[][]): void {
  let position = before;
  batch.forEach(({ append, resolve }, index) => {
    const { stream, version } = append;
    const events = append.events.length;
    resolve({
      outcome: 'appended',
      stream,
      version,
      firstPosition: position + Math.min(events, 1),
      events,
      recordedAt,
      leafHashes: hashes[index]!,
    });
    position += events;
  });
}

/** @returns those that nothing speaks against */
function settleRefused(batch: Waiting[], rows: ResultRow[]): Waiting[] {
  const stale = new Map(
    rows.filter(({ outcome }) => outcome === 'stale').map(({ stream, version }) => [stream, version]),
  );
  const notNone = new Set(
    rows.filter(({ outcome }) => outcome === 'not_none').map(({ stream: category }) => category),
  );
  return batch.filter(({ append, resolve }, index) => {
    const known = rows.find((row) => row.n === index + 1);
    if (known?.outcome === 'key_reused') resolve({ outcome: 'key_reused' });
    else if (known) {
      const { stream, version, first_position: firstPosition, events, recorded_at: recordedAt } = known;
      resolve({ outcome: 'replayed', stream, version, firstPosition, events, recordedAt, leafHashes: [] });
    } else {
      const actual = append.expect
        .map(({ stream, version }) => ({ stream, version: stale.get(stream) ?? version }))
        .filter(({ version }, n) => version !== append.expect[n]!.version);
      const lookedUp = append.noneSince?.some(({ category }) => notNone.has(category)) ?? false;
      if (actual.length === 0 && !lookedUp) return true;
      resolve({ outcome: 'stale', actual });
    }
    return false;
  });
}
