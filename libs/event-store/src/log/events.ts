import {
  canonicalJson,
  parseStream,
  sha256,
  type Actor,
  type AnyDecider,
  type DomainEvent,
  type Instant,
  type Recorded,
} from '#libs/kernel';

/** An event that is decided but not yet in the log: it has everything but its position and `recordedAt`. */
export interface Pending extends DomainEvent {
  readonly eventId: string;
  readonly practiceId: string;
  readonly stream: string;
  readonly version: number;
  readonly schema: number;
  readonly occurredAt: Instant;
  readonly actor: Actor;
  readonly subjects: readonly string[];
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly reason?: string;
}

/** An event as texts: the JSON of its columns, and the bytes of its leaf in two halves around `recordedAt`, known last. */
export interface Encoded {
  readonly data: string;
  readonly meta: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The two halves are the RFC 8785 form of the envelope without `position`: the place in the log is proved by the tree
 * over the leaves, not by the leaf. Written out member by member, in sorted order, because every append passes here; a
 * test compares it with RFC 8785 as others have it. `sealed` is null until fields are sealed.
 */
export function encode(event: Pending): Encoded {
  const data = canonicalJson(event.data);
  const actor = canonicalJson(event.actor);
  const subjects = canonicalJson(event.subjects);
  const reason = event.reason === undefined ? '' : `"reason":${canonicalJson(event.reason)},`;
  const ids = `"causationId":"${event.causationId}","commandId":"${event.commandId}","correlationId":"${event.correlationId}"`;
  return {
    data,
    meta: `{"actor":${actor},${ids},${reason}"subjects":${subjects}}`,
    before:
      `{"actor":${actor},${ids},"data":${data},"eventId":"${event.eventId}",` +
      `"occurredAt":"${event.occurredAt}","practiceId":"${event.practiceId}",${reason}"recordedAt":"`,
    after:
      `","schema":${event.schema},"sealed":null,"stream":"${event.stream}","subjects":${subjects},` +
      `"type":"${event.type}","version":${event.version}}`,
  };
}

/** SHA-256 over the canonical envelope, lower-case hex. */
export const leafHash = ({ before, after }: Encoded, recordedAt: Instant): string =>
  sha256(before + recordedAt + after);

/** Recomputes the leaf hash of an event as it was read back: what an auditor compares with the stored one. */
export function leafHashOf(event: Recorded): string {
  const { position: _position, leafHash: _leafHash, recordedAt, ...pending } = event;
  return leafHash(encode(pending), recordedAt);
}

/** A row of `log.event` as the queries of log/reader.ts select it. */
export interface EventRow {
  practice_id: string;
  position: number;
  event_id: string;
  stream: string;
  version: number;
  type: string;
  schema: number;
  occurred_at: Instant;
  recorded_at: Instant;
  data: object;
  meta: Pick<Recorded, 'actor' | 'subjects' | 'commandId' | 'correlationId' | 'causationId' | 'reason'>;
  leaf_hash: string;
}

interface Declaration {
  schema: number;
  personal: readonly string[];
}

/** Every event type this program knows, by stream category. An unknown one halts whoever reads it; it is never skipped. */
export class Catalogue {
  /** by category, then type: looked up for every event read, so nothing is put together for it */
  private readonly types = new Map<string, ReadonlyMap<string, Declaration>>();

  constructor(readonly deciders: readonly AnyDecider[]) {
    for (const { category, events } of deciders)
      this.types.set(category, new Map([...(this.types.get(category) ?? []), ...Object.entries(events)]));
  }

  declaration(stream: string, type: string): Declaration {
    const declaration = this.types.get(parseStream(stream).category)?.get(type);
    if (!declaration) throw new UnknownEventType(stream, type);
    return declaration;
  }

  decider(category: string): AnyDecider | undefined {
    return this.deciders.find((decider) => decider.category === category);
  }

  decode(row: EventRow): Recorded {
    if (this.declaration(row.stream, row.type).schema < row.schema)
      throw new UnknownEventType(row.stream, `${row.type} (schema ${row.schema})`);
    return recordedOf(row);
  }
}

/** An event as its columns hold it, whether or not this program knows its type. */
export const recordedOf = (row: EventRow): Recorded => ({
  type: row.type,
  data: row.data,
  eventId: row.event_id,
  practiceId: row.practice_id,
  stream: row.stream,
  version: row.version,
  position: row.position,
  schema: row.schema,
  occurredAt: row.occurred_at,
  recordedAt: row.recorded_at,
  ...row.meta,
  leafHash: row.leaf_hash,
});

/** The log holds something this version of the program cannot read. */
export class UnknownEventType extends Error {
  constructor(stream: string, type: string) {
    super(
      `This version of Candor does not know the event ${type} of ${stream}. Run the version that wrote it, or a newer one.`,
    );
  }
}
