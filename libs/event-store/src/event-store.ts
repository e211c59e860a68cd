import { createHmac } from 'node:crypto';
import type pg from 'pg';
import {
  DomainError,
  isUuid,
  missing,
  parseInstant,
  parseStream,
  streamOf,
  uuidv7,
  type Actor,
  type AnyDecider,
  type Clock,
  type CommandContext,
  type Decider,
  type DomainEvent,
  type Instant,
  type Recorded,
} from '#libs/kernel';
import type { Vault } from '#libs/vault';
import {
  AppendQueue,
  type Append,
  type AppendOutcome,
  type Expectation,
  type NoneSince,
} from './log/append-queue.js';
import { Catalogue, type Pending } from './log/events.js';
import { isOutage, practiceDb, type Db } from './log/pool.js';
import { Reader, type CommandResult } from './log/reader.js';
import { Sealing } from './log/sealing.js';
import { Rows } from './projections/rows.js';

/** Everything a command brings along beside its own body. */
export interface CommandMeta {
  readonly practiceId: string;
  /** id of the thing the command is about */
  readonly id: string;
  /** the same id brings the same answer; made of the caller and its Idempotency-Key */
  readonly commandId: string;
  /** SHA-256 of the request, lower-case hex: the same key with another request is an error */
  readonly requestHash: string;
  readonly actor: Actor;
  /** 0: must be new · n: the caller has seen version n · `any`: whatever it is now */
  readonly expected: number | 'any';
  /** whoever asks has chosen the id of what is new: nothing else may have it */
  readonly idChosen?: true;
  readonly occurredAt?: Instant;
  readonly reason?: string;
  readonly correlationId?: string;
}

export interface ReceiptEvent {
  eventId: string;
  type: string;
  version: number;
  position: number;
  leafHash: string;
  /** every id in its data by the name of its field: also of what it begins, e.g. `questionId` or `crossingId` */
  ids: Readonly<Record<string, string>>;
}

/** What a command brought about. `position` is that of its last event, or where the log stood if it appended nothing. */
export interface Receipt {
  id: string;
  version: number;
  position: number;
  events: ReceiptEvent[];
  /** the command had been carried out before; this is the answer of then */
  replayed: boolean;
}

export type AppendedListener = (practiceId: string, position: number) => void;

const FUTURE_TOLERANCE_MS = 2 * 60_000;
const MOST_TRIES = 25;

/** How late an entry may be without a reason, in hours; asked only for entries older than one hour. */
export type LateAfterHours = (transaction: Transaction) => Promise<number>;

/** The streams that a refusal rests on, at the versions they had. */
export const judgedFor = new WeakMap<DomainError, readonly Expectation[]>();

/** The log of every practice: reads, decides, appends. Nothing else writes events. */
export class EventStore {
  readonly reader: Reader;
  /** the contents of read models */
  readonly rows: Rows;
  private readonly sealing: Sealing;
  private readonly queues = new Map<string, AppendQueue>();
  private readonly listeners = new Set<AppendedListener>();

  constructor(
    readonly pool: pg.Pool,
    readonly catalogue: Catalogue,
    readonly clock: Clock,
    private readonly lateAfterHours: LateAfterHours,
    readonly vault: Vault,
    /** for what concerns every practice: keeping the read models */
    readonly worker = pool,
  ) {
    this.reader = new Reader((practiceId) => this.of(practiceId), catalogue, vault);
    this.sealing = new Sealing(catalogue, vault);
    this.rows = new Rows(vault);
  }

  /** The database as one practice sees it: every query in a transaction of its own that shows that practice's rows only. */
  of(practiceId: string): Db {
    return practiceDb(this.pool, practiceId);
  }

  /** Calls back after each append of this process, outside of its transaction. @returns a function that stops it */
  onAppended(listener: AppendedListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** One append, sealed here and judged by the database. Others of the same practice may share its commit. */
  async append(practiceId: string, append: Append): Promise<AppendOutcome> {
    const encoded = await this.sealing.seal(practiceId, append.events);
    let queue = this.queues.get(practiceId);
    if (!queue)
      this.queues.set(practiceId, (queue = new AppendQueue(practiceId, this.pool, () => this.clock.now())));
    const outcome = await queue.append(append, encoded).catch((error: unknown): never => {
      throw (error as { code?: unknown }).code === LOG_CLOSED ? restored() : error;
    });
    if (outcome.outcome === 'appended' && outcome.events > 0)
      for (const listener of this.listeners) listener(practiceId, outcome.firstPosition + outcome.events - 1);
    return outcome;
  }

  /** Folds one stream; `missing` when it has no events. @returns the state and the version it has */
  async load<S, E extends DomainEvent>(
    decider: Pick<Decider<S, E, never>, 'category' | 'initial' | 'evolve'>,
    practiceId: string,
    id: string,
    upToVersion = Infinity,
  ): Promise<{ state: S; version: number; events: Recorded<E>[] }> {
    const all = (await this.reader.streams(practiceId, [streamOf(decider.category, id)])) as Recorded<E>[];
    const events = all.filter((event) => event.version <= upToVersion);
    if (events.length === 0) missing(decider.category);
    return {
      state: events.reduce((state, event) => decider.evolve(state, event), decider.initial),
      version: events.length,
      events,
    };
  }

  /** The way of nearly every command: read the stream, decide, append. @throws DomainError */
  handle<S, E extends DomainEvent, C>(
    decider: Decider<S, E, C>,
    meta: CommandMeta,
    command: C,
  ): Promise<Receipt> {
    return this.transact(decider, meta, (transaction) => transaction.decide(decider, meta.id, command));
  }

  /**
   * A command that must look at other streams first, or that changes several. Everything `work` reads is judged again
   * when it is appended: if any of it has moved on, `work` runs anew on what is there then.
   * @throws DomainError of the domain; `stale` when the caller's version is not the newest; `key_reused`; `unavailable`
   */
  async transact(
    decider: AnyDecider,
    asked: CommandMeta,
    work: (transaction: Transaction) => Promise<unknown>,
  ): Promise<Receipt> {
    const meta = { ...asked, requestHash: await this.keyed(asked) };
    const stream = streamOf(decider.category, meta.id);
    for (let attempt = 1, outages = 0; ; attempt++) {
      try {
        const before = await this.answered(meta);
        if (before) return before;
        const transaction = new Transaction(this, meta, stream);
        try {
          await this.checkOccurredAt(transaction);
          await transaction.checkExpected();
          await work(transaction);
        } catch (error) {
          // Its first copy may have been carried out meanwhile, and be the very thing that speaks against it now.
          const meanwhile = error instanceof DomainError ? await this.answered(meta) : undefined;
          if (meanwhile) return meanwhile;
          if (error instanceof DomainError) judgedFor.set(error, transaction.judged());
          throw error;
        }
        const outcome = await this.append(meta.practiceId, transaction.toAppend());
        switch (outcome.outcome) {
          case 'appended':
            return transaction.receipt(outcome);
          case 'replayed':
            return await this.replay(meta, { ...outcome, requestHash: meta.requestHash });
          case 'key_reused':
            throw keyReused();
          case 'stale':
            if (attempt >= MOST_TRIES) throw busy();
            await pause(attempt);
        }
      } catch (error) {
        // The connection broke or timed out: the append may or may not be there. The command id tells.
        if (!isOutage(error)) throw error;
        if (++outages >= 4) throw unavailable();
        await pause(outages * 10);
      }
    }
  }

  /** A bare hash of a request would let whoever has a copy of the database guess at names: it is kept under a key. */
  private async keyed({ practiceId, requestHash }: CommandMeta): Promise<string> {
    const key = await this.vault.deriveIndexKey(practiceId, 'requests', practiceId);
    if (!key) throw new Error("a practice's own keys are never destroyed");
    return createHmac('sha256', key).update(requestHash).digest('hex');
  }

  private async checkOccurredAt(transaction: Transaction): Promise<void> {
    const { now, occurredAt } = transaction;
    const age = Date.parse(now) - Date.parse(occurredAt);
    if (age < -FUTURE_TOLERANCE_MS)
      throw refusal(
        'occurred_in_the_future',
        `occurredAt is ${occurredAt}, now is ${now}. Send it when it has happened.`,
      );
    if (age > 3_600_000 && !transaction.reason && age > (await this.lateAfterHours(transaction)) * 3_600_000)
      throw refusal(
        'late_entry_needs_reason',
        'This happened long ago. Add a "reason" why it is entered only now.',
      );
  }

  /** The receipt of a command that has been carried out already. @throws DomainError `key_reused` */
  private async answered(meta: CommandMeta): Promise<Receipt | undefined> {
    const known = await this.reader.result(meta.practiceId, meta.commandId);
    return known && this.replay(meta, known);
  }

  private async replay(meta: CommandMeta, known: CommandResult): Promise<Receipt> {
    if (known.requestHash !== meta.requestHash) throw keyReused();
    const events = await this.reader.range(meta.practiceId, known.firstPosition, known.events);
    return {
      id: parseStream(known.stream).id,
      version: known.version,
      position: events.at(-1)?.position ?? known.firstPosition,
      events: events.map(({ eventId, type, version, position, leafHash, data }) => ({
        eventId,
        type,
        version,
        position,
        leafHash,
        ids: idsIn(data),
      })),
      replayed: true,
    };
  }
}

/** What one command has read and decided so far. */
export class Transaction {
  readonly reason?: string;
  private present: Instant;
  private readonly said?: Instant;
  private readonly seen = new Map<string, Recorded[]>();
  private readonly lookedUp: NoneSince[] = [];
  /** streams that must not exist, by the id that was chosen for something new */
  private free: Expectation[] = [];
  private readonly pending: Pending[] = [];

  constructor(
    private readonly store: EventStore,
    readonly meta: CommandMeta,
    private readonly mainStream: string,
  ) {
    this.present = store.clock.now();
    if (meta.occurredAt !== undefined) this.said = parseInstant(meta.occurredAt) ?? unreadable();
    this.reason = meta.reason;
  }

  /**
   * The present. Never before anything read here, whatever this process believes the time to be: whoever acts "now" acts
   * after everything known.
   */
  get now(): Instant {
    return this.present;
  }

  /** When the command happens: as its caller says, else now. */
  get occurredAt(): Instant {
    return this.said ?? this.present;
  }

  /** All events of some streams. What was read is guarded: it must still be so when this command is appended. */
  async events(streams: readonly string[]): Promise<Recorded[]> {
    const unread = streams.filter((stream) => !this.seen.has(stream));
    if (unread.length > 0) {
      const found = await this.store.reader.streams(this.meta.practiceId, unread);
      for (const stream of unread) this.seen.set(stream, []);
      for (const event of found) {
        this.seen.get(event.stream)!.push(event);
        for (const known of [event.recordedAt, event.occurredAt])
          if (known > this.present) this.present = known;
      }
    }
    return streams.flatMap((stream) => this.seen.get(stream)!).sort((a, b) => a.position - b.position);
  }

  /** The folded state of another thing; its initial state when it does not exist. */
  async read<S, E extends DomainEvent>(
    decider: Pick<Decider<S, E, never>, 'category' | 'initial' | 'evolve'>,
    id: string,
  ): Promise<S> {
    const events = (await this.events([streamOf(decider.category, id)])) as Recorded<E>[];
    return events.reduce((state, event) => decider.evolve(state, event), decider.initial);
  }

  /** The stream versions everything decided here rests on. */
  judged(): Expectation[] {
    return [...this.seen].map(([stream, events]) => ({ stream, version: events.length }));
  }

  /**
   * Guards what was looked up across streams: when any event of a category came after `position`, the work runs anew.
   * For rules such as "no two sessions in one room", which no single stream can keep.
   */
  noneSince(category: string, position: number): void {
    this.lookedUp.push({ category, position });
  }

  /** Lets a stream decide; what happens is appended together with everything else decided here. */
  async decide<S, E extends DomainEvent, C>(decider: Decider<S, E, C>, id: string, command: C): Promise<E[]> {
    const stream = streamOf(decider.category, id);
    const { practiceId, actor, commandId } = this.meta;
    if (this.pending.some((event) => event.stream === stream))
      throw new Error(`${stream} decides once in a command`);
    let state: S = await this.read<S, E>(decider, id);
    const context: CommandContext = {
      practiceId,
      id,
      actor,
      now: this.now,
      occurredAt: this.occurredAt,
      reason: this.reason,
    };
    const decided = decider.decide(state, command, context);
    let version = this.seen.get(stream)!.length;
    for (const { type, data } of decided) {
      const event = {
        type,
        data,
        eventId: uuidv7(Date.parse(this.now)),
        practiceId,
        stream,
        version: ++version,
        schema: decider.events[type as E['type']].schema,
        occurredAt: this.occurredAt,
        actor,
        subjects: [] as readonly string[],
        commandId,
        correlationId: this.meta.correlationId ?? commandId,
        causationId: commandId,
        ...(this.reason === undefined ? {} : { reason: this.reason }),
      };
      state = decider.evolve(state, {
        ...event,
        position: 0,
        recordedAt: this.now,
        leafHash: '',
      } as unknown as Recorded<E>);
      this.pending.push({ ...event, subjects: decider.subjects(state) });
    }
    return decided;
  }

  /** @throws DomainError `stale` with the events the caller missed */
  async checkExpected(): Promise<void> {
    const { expected } = this.meta;
    if (expected === 'any') return;
    const events = await this.events([this.mainStream]);
    if (expected === 0 && events.length === 0) return this.checkIdIsFree();
    if (expected === events.length) return;
    const { category } = parseStream(this.mainStream);
    if (expected === 0)
      throw new DomainError(
        'conflict',
        'already_exists',
        `This ${category} exists already. Read it, then send what should change.`,
        [],
        {
          id: this.meta.id,
          version: events.length,
        },
      );
    if (events.length === 0) missing(category);
    throw new DomainError(
      'stale',
      'version_stale',
      'It has changed since you read it. Look at what happened, then send the new version in If-Match.',
      [],
      {
        version: events.length,
        eventsSince: events
          .filter((event) => event.version > expected)
          .map(({ eventId, type, version, position, occurredAt, recordedAt, actor }) => ({
            eventId,
            type,
            version,
            position,
            occurredAt,
            recordedAt,
            actor,
          })),
      },
    );
  }

  /** Whose something is, is told by its id alone: two kinds of things with one id would belong to each other's people. */
  private async checkIdIsFree(): Promise<void> {
    const { practiceId, id, idChosen } = this.meta;
    if (!idChosen) return;
    // and when it is appended it must still be nothing else's
    this.free = this.store.catalogue.deciders
      .map(({ category }) => ({ stream: streamOf(category, id), version: 0 }))
      .filter(({ stream }) => stream !== this.mainStream);
    if (await this.store.reader.isTaken(practiceId, id))
      throw new DomainError(
        'conflict',
        'id_taken',
        'Something else has this id. Send a new one, or leave it out.',
      );
  }

  toAppend(): Append {
    return {
      commandId: this.meta.commandId,
      requestHash: this.meta.requestHash,
      stream: this.mainStream,
      version: this.versionAfter(),
      expect: [...this.judged(), ...this.free.filter(({ stream }) => !this.seen.has(stream))],
      ...(this.lookedUp.length > 0 ? { noneSince: this.lookedUp } : {}),
      events: this.pending,
    };
  }

  receipt(appended: Extract<AppendOutcome, { outcome: 'appended' | 'replayed' }>): Receipt {
    return {
      id: this.meta.id,
      version: appended.version,
      position: appended.firstPosition + Math.max(appended.events - 1, 0),
      events: this.pending.map(({ eventId, type, version, data }, index) => ({
        eventId,
        type,
        version,
        position: appended.firstPosition + index,
        leafHash: appended.leafHashes[index]!,
        ids: idsIn(data),
      })),
      replayed: false,
    };
  }

  private versionAfter(): number {
    return (
      (this.seen.get(this.mainStream)?.length ?? 0) +
      this.pending.filter((event) => event.stream === this.mainStream).length
    );
  }
}

/** Sorted by name: an answer is the same, byte for byte, whether what it tells of comes from memory or from the log. */
const idsIn = (data: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data)
      .filter(([name, value]) => name.endsWith('Id') && typeof value === 'string' && isUuid(value))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** What the database says when a log is behind what was signed of it; see migrations/1764000000009-generations.ts. */
const LOG_CLOSED = 'CN001';
const restored = () =>
  new DomainError(
    'unavailable',
    'log_restored',
    'An older state of the database was put back: more of this history was signed than there is. Nothing is stored until whoever runs Candor accepts that: npm run candor -- restore accept --help',
  );
const refusal = (code: string, detail: string) =>
  new DomainError('refused', code, detail, [{ code, detail }]);
const unreadable = (): never => {
  throw new DomainError(
    'malformed',
    'occurred_at_unreadable',
    'occurredAt names no moment. Send RFC 3339 with an offset, e.g. 2026-06-15T09:00:00+02:00.',
  );
};
const keyReused = () =>
  new DomainError(
    'key_reused',
    'idempotency_key_reused',
    'This Idempotency-Key came before with another request. Use a new key for a new request.',
  );
const busy = () =>
  new DomainError(
    'unavailable',
    'too_many_at_once',
    'Too many are changing this at once. Nothing was stored; send it again with the same Idempotency-Key.',
  );
const unavailable = () =>
  new DomainError(
    'unavailable',
    'database_unavailable',
    'The database does not answer. Send it again with the same Idempotency-Key: it takes effect at most once.',
  );
const pause = (attempt: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(attempt * 5, 100)));
