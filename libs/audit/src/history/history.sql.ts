import { Inject, Injectable } from '@nestjs/common';
import { unit, unitsWith, type UnitEvent } from '#libs/client';
import { EVENT_COLUMNS, EventStore, tableOf, UnknownEventType, type EventRow } from '#libs/event-store';
import { DomainError, parseStream, streamOf, type Instant, type Recorded } from '#libs/kernel';
import { correctionKey, eventIndex, indexKey } from './event-index.projection.js';
import { togetherIn, type Together } from './together.js';

/** What an event must have; all that are given must hold. */
export interface HistoryFilter {
  stream?: string;
  clientId?: string;
  relationshipId?: string;
  type?: string;
  /** id of a person */
  actor?: string;
  correlationId?: string;
  /** all four inclusive */
  occurredFrom?: Instant;
  occurredTo?: Instant;
  recordedFrom?: Instant;
  recordedTo?: Instant;
}

/** How far the log goes, and how far the index has come with it. */
export interface Standing {
  position: number;
  indexed: number;
}

/** Which event corrects another, and when that became known. */
export interface Correction {
  corrected: string;
  eventId: string;
  recordedAt: Instant;
}

export interface TimelineSlice {
  clientId: string;
  at: Instant;
  knownAt: Instant;
  /** the last entry seen */
  after?: { occurredAt: Instant; position: number };
  limit: number;
}

const INDEX = tableOf(eventIndex);
const INDEXED_EVENTS = `${INDEX} i join log.event e on e.practice_id = i.practice_id and e.position = i.position`;

const CONDITIONS: Record<keyof HistoryFilter, (parameter: string) => string> = {
  stream: (p) => `e.stream = ${p}::text`,
  clientId: (p) => `e.meta->'subjects' ? ${p}::text`,
  relationshipId: (p) =>
    `(e.stream = 'relationship-' || ${p}::text or e.data->>'relationshipId' = ${p}::text)`,
  type: (p) => `e.type = ${p}::text`,
  actor: (p) => `e.meta->'actor'->>'id' = ${p}::text`,
  correlationId: (p) => `e.meta->>'correlationId' = ${p}::text`,
  occurredFrom: (p) => `e.occurred_at >= ${p}::timestamptz`,
  occurredTo: (p) => `e.occurred_at <= ${p}::timestamptz`,
  recordedFrom: (p) => `e.recorded_at >= ${p}::timestamptz`,
  recordedTo: (p) => `e.recorded_at <= ${p}::timestamptz`,
};

/** How many positions one statement looks through at most, however rare what it looks for. */
const WINDOW = 20_000;

/** A part of the log and the way through it: one stream, the rows of an index, or everything. */
type Stretch = { from: number; to: number } & (
  { by: 'stream' } | { by: 'index'; key: (position: number) => string } | { by: 'log' }
);

/**
 * All SQL of the history pages. Every statement begins with the practice and is short, however long the
 * history.
 */
@Injectable()
export class History {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  async standing(practiceId: string): Promise<Standing> {
    const { rows } = await this.store.of(practiceId).query<Standing>({
      name: 'history.standing',
      text: `select coalesce((select position from log.head where practice_id = $1), 0) as position,
               coalesce((select position from read.checkpoint where practice_id = $1 and projection = $2 and version = $3), 0) as indexed`,
      values: [practiceId, eventIndex.name, eventIndex.version],
    });
    return rows[0]!;
  }

  /**
   * The events after a position that fit a filter, in the order of the log, in batches that are never
   * empty. Nothing is held between two batches: no connection, no snapshot. History up to
   * `standing.position` does not change any more.
   */
  async *events(
    practiceId: string,
    filter: HistoryFilter,
    standing: Standing,
    after = 0,
    size = 200,
  ): AsyncGenerator<Recorded[]> {
    for (const stretch of stretches(filter, standing, after)) {
      for (let from = stretch.from; from < stretch.to;) {
        const to = stretch.by === 'log' ? Math.min(from + WINDOW, stretch.to) : stretch.to;
        const found = await this.some(practiceId, filter, { ...stretch, from, to }, size, standing);
        if (found.length > 0) yield found;
        from = found.length === size ? found.at(-1)!.position : to;
      }
    }
  }

  /**
   * One page of what concerns a client, by when it happened, as it was known at a moment. A relationship's own entries name
   * those it was opened with: whom they concern is told by who was in the unit when they happened.
   */
  async timeline(
    practiceId: string,
    { clientId, at, knownAt, after, limit }: TimelineSlice,
    standing: Standing,
  ): Promise<Recorded[]> {
    const positions = await this.positionsOf(practiceId, clientId, standing);
    const together = await this.together(practiceId, clientId, knownAt, standing);
    const shared = await this.positionsIn(practiceId, together, standing);
    return this.query(
      `select ${EVENT_COLUMNS} from log.event e
       where e.practice_id = $1 and e.position = any($2::bigint[])
         and (e.position = any($9::bigint[])
              or ${CONDITIONS.clientId('$3')} and (e.version = 1 or not e.stream = any($10::text[])))
         and e.occurred_at <= $4::timestamptz and e.recorded_at <= $5::timestamptz
         and (e.occurred_at, e.position) > ($6::timestamptz, $7::bigint)
       order by e.occurred_at, e.position limit $8`,
      [
        practiceId,
        [...positions, ...shared],
        clientId,
        at,
        knownAt,
        after?.occurredAt ?? '-infinity',
        after?.position ?? 0,
        limit,
        shared,
        [...new Set(together.map(({ stream }) => stream))],
      ],
    );
  }

  /** Where the log speaks of a client: what the index knows, and what came after it. */
  private async positionsOf(practiceId: string, clientId: string, standing: Standing): Promise<number[]> {
    const positions: number[] = [];
    if (standing.indexed > 0) {
      const rows = await this.fromIndex<{ position: number }>(
        `select position from ${INDEX} where practice_id = $1 and key > $2 and key <= $3`,
        [practiceId, indexKey('client', clientId, 0), indexKey('client', clientId, standing.indexed)],
        standing,
      );
      positions.push(...rows.map((row) => row.position));
    }
    for await (const batch of this.events(practiceId, { clientId }, standing, standing.indexed, 1000))
      positions.push(...batch.map((event) => event.position));
    return positions;
  }

  /** Where a client is or was treated with others or alone, and when, as it was known at a moment. */
  private async together(
    practiceId: string,
    clientId: string,
    knownAt: Instant,
    { position }: Standing,
  ): Promise<Together[]> {
    const { rows } = await unitsWith(this.store, practiceId, [clientId]);
    const theirs = [...rows.values()].filter(({ stays }) => stays.some((stay) => stay.clientId === clientId));
    const events = (await this.store.reader.streams(
      practiceId,
      theirs.map(({ unitId }) => streamOf(unit.category, unitId)),
      position,
    )) as Recorded<UnitEvent>[];
    const known = events.filter(({ recordedAt }) => recordedAt <= knownAt);
    return theirs.flatMap(({ unitId, relationships }) =>
      togetherIn(
        known.filter(({ stream }) => parseStream(stream).id === unitId),
        relationships,
        clientId,
      ),
    );
  }

  /** Where the log speaks of a relationship itself while somebody was in it. */
  private async positionsIn(
    practiceId: string,
    together: readonly Together[],
    { position }: Standing,
  ): Promise<number[]> {
    if (together.length === 0) return [];
    const { rows } = await this.store.of(practiceId).query<{ position: number }>(
      `select e.position from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) as t(stream, joined, gone)
       join log.event e on e.practice_id = $1 and e.stream = t.stream
       where e.position <= $5 and e.occurred_at >= t.joined and e.occurred_at < t.gone`,
      [
        practiceId,
        together.map(({ stream }) => stream),
        together.map(({ from }) => from),
        together.map(({ until }) => until),
        position,
      ],
    );
    return rows.map((row) => row.position);
  }

  /** Every event of some relationships, and of everything within them, that the index has seen, in the order of the log. */
  async ofRelationships(practiceId: string, ids: readonly string[], standing: Standing): Promise<Recorded[]> {
    const upTo = Math.min(standing.indexed, standing.position);
    const rows = await this.fromIndex<EventRow>(
      // each range by itself and in order, so that the index is gone down whatever the statistics say
      `select ${EVENT_COLUMNS} from unnest($2::text[], $3::text[]) as k(first, last)
       cross join lateral (select position from ${INDEX}
         where practice_id = $1 and key > k.first and key <= k.last order by key) i
       join log.event e on e.practice_id = $1 and e.position = i.position
       order by e.position`,
      [
        practiceId,
        ids.map((id) => indexKey('relationship', id, 0)),
        ids.map((id) => indexKey('relationship', id, upTo)),
      ],
      standing,
    );
    return this.decode(practiceId, rows);
  }

  async exists(practiceId: string, stream: string): Promise<boolean> {
    const { rowCount } = await this.store
      .of(practiceId)
      .query('select from log.event where practice_id = $1 and stream = $2 and version = 1', [
        practiceId,
        stream,
      ]);
    return rowCount === 1;
  }

  /** The first correction of each of these events that has one in the index, known at `standing.position`. */
  async indexedCorrections(
    practiceId: string,
    eventIds: readonly string[],
    standing: Standing,
  ): Promise<Correction[]> {
    if (standing.indexed === 0) return [];
    return this.fromIndex<Correction>(
      `select e.data->>'correctsEventId' as corrected, e.event_id as "eventId", e.recorded_at as "recordedAt" from ${INDEXED_EVENTS}
       where i.practice_id = $1 and i.key = any($2::text[]) and e.position <= $3`,
      [practiceId, eventIds.map(correctionKey), standing.position],
      standing,
    );
  }

  /** Every correction the index has not seen yet, in the order of the log. They are few. */
  async freshCorrections(practiceId: string, { indexed, position }: Standing): Promise<Correction[]> {
    const found: Correction[] = [];
    for (let from = indexed; from < position; from += WINDOW) {
      const { rows } = await this.store.of(practiceId).query<Correction>(
        `select e.data->>'correctsEventId' as corrected, e.event_id as "eventId", e.recorded_at as "recordedAt" from log.event e
         where e.practice_id = $1 and e.position > $2 and e.position <= $3 and e.data ? 'correctsEventId' order by e.position`,
        [practiceId, from, Math.min(from + WINDOW, position)],
      );
      found.push(...rows);
    }
    return found;
  }

  /** Which sessions were marked in error, known at `standing.position`: that corrects everything in their streams. */
  async markedInError(
    practiceId: string,
    streams: readonly string[],
    { position }: Standing,
  ): Promise<(Omit<Correction, 'corrected'> & { stream: string })[]> {
    const sessions = [...new Set(streams)].filter((stream) => stream.startsWith('session-'));
    if (sessions.length === 0) return [];
    const { rows } = await this.store
      .of(practiceId)
      .query<Omit<Correction, 'corrected'> & { stream: string }>(
        `select e.stream, e.event_id as "eventId", e.recorded_at as "recordedAt" from log.event e
       where e.practice_id = $1 and e.stream = any($2::text[]) and e.type = 'SessionMarkedInError' and e.position <= $3`,
        [practiceId, sessions, position],
      );
    return rows;
  }

  private async some(
    practiceId: string,
    filter: HistoryFilter,
    stretch: Stretch,
    limit: number,
    standing: Standing,
  ): Promise<Recorded[]> {
    const given = Object.entries(filter).filter(
      ([name, value]) => value !== undefined && name in CONDITIONS,
    ) as [keyof HistoryFilter, string][];
    const conditions = given.map(([name], index) => `and ${CONDITIONS[name](`$${index + 5}`)}`).join(' ');
    const [first, last] =
      stretch.by === 'index'
        ? [stretch.key(stretch.from), stretch.key(stretch.to)]
        : [stretch.from, stretch.to];
    const text = `select ${EVENT_COLUMNS} ${WAYS[stretch.by]} ${conditions} order by ${ORDER[stretch.by]} limit $4`;
    const values = [practiceId, first, last, limit, ...given.map(([, value]) => value)] as const;
    return stretch.by === 'index'
      ? this.decode(practiceId, await this.fromIndex<EventRow>(text, values, standing))
      : this.query(text, values);
  }

  /**
   * What the index leads to. Folded anew, as after an erasure, it may have lost for a while what `standing` counts on: the
   * very same statement says how far it reaches. In the order of `text`, which a single row beside it does not change.
   * @param values the practice first
   * @throws DomainError `unavailable`: rather no history than one with a hole in it
   */
  private async fromIndex<Row extends object>(
    text: string,
    values: readonly [practiceId: string, ...unknown[]],
    { indexed }: Standing,
  ): Promise<Row[]> {
    const { rows } = await this.store.of(values[0]).query<Row & { reaches: number; isThere: true | null }>(
      `select reaches.position as reaches, found.* from (select coalesce((select position from read.checkpoint
           where practice_id = $1 and projection = '${eventIndex.name}' and version = ${eventIndex.version}), 0) as position) reaches
         left join (select true as "isThere", * from (${text}) one) found on true`,
      [...values],
    );
    if (rows[0]!.reaches < indexed)
      throw new DomainError(
        'unavailable',
        'read_model_being_folded',
        `The read model ${eventIndex.name} is being folded anew. Ask again in a moment.`,
      );
    return rows.filter(({ isThere }) => isThere);
  }

  /** @param values the practice first */
  private async query(
    text: string,
    values: readonly [practiceId: string, ...unknown[]],
  ): Promise<Recorded[]> {
    const { rows } = await this.store.of(values[0]).query<EventRow>(text, [...values]);
    return this.decode(values[0], rows);
  }

  private async decode(practiceId: string, rows: readonly EventRow[]): Promise<Recorded[]> {
    try {
      return await this.store.reader.decode(practiceId, rows);
    } catch (error) {
      if (error instanceof UnknownEventType)
        throw new DomainError('unavailable', 'unknown_event_type', error.message);
      throw error;
    }
  }
}

const WAYS: Record<Stretch['by'], string> = {
  stream:
    'from log.event e where e.practice_id = $1 and e.position > $2::bigint and e.position <= $3::bigint',
  index: `from ${INDEXED_EVENTS} where i.practice_id = $1 and i.key > $2::text and i.key <= $3::text`,
  log: 'from log.event e where e.practice_id = $1 and e.position > $2::bigint and e.position <= $3::bigint',
};
/** The order of the log each time, said so that the index at hand already has it. */
const ORDER: Record<Stretch['by'], string> = { stream: 'e.version', index: 'i.key', log: 'e.position' };

/**
 * The quickest way to what a filter names. Every condition is asked of the log again, so an index only ever
 * saves time.
 */
function stretches(
  { stream, clientId, relationshipId }: HistoryFilter,
  { position, indexed }: Standing,
  after: number,
): Stretch[] {
  if (stream !== undefined) return [{ by: 'stream', from: after, to: position }];
  const key = clientId
    ? keyOf('client', clientId)
    : relationshipId
      ? keyOf('relationship', relationshipId)
      : undefined;
  if (!key) return [{ by: 'log', from: after, to: position }];
  return [
    { by: 'index', key, from: after, to: Math.min(indexed, position) },
    { by: 'log', from: Math.max(after, indexed), to: position },
  ];
}

const keyOf = (of: 'client' | 'relationship', id: string) => (position: number) => indexKey(of, id, position);
