import { hash } from 'node:crypto';
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
  /** what is personal of it */
  readonly envelope?: Buffer;
}

/**
 * The two halves are the RFC 8785 form of the envelope without `position`: the place in the log is proved by the tree
 * over the leaves, not by the leaf. Written out member by member, in sorted order, because every append passes here; a
 * test compares it with RFC 8785 as others have it.
 * @param event without what is personal; `sealed` is the digest of that
 */
export function encode(event: Pending & { readonly sealed?: string }): Encoded {
  const data = canonicalJson(event.data);
  const actor = canonicalJson(event.actor);
  const subjects = canonicalJson(event.subjects);
  const sealed = event.sealed === undefined ? 'null' : `"sha256:${event.sealed}"`;
  const reason = event.reason === undefined ? '' : `"reason":${canonicalJson(event.reason)},`;
  const ids = `"causationId":"${event.causationId}","commandId":"${event.commandId}","correlationId":"${event.correlationId}"`;
  return {
    data,
    meta: `{"actor":${actor},${ids},${reason}"subjects":${subjects}}`,
    before:
      `{"actor":${actor},${ids},"data":${data},"eventId":"${event.eventId}",` +
      `"occurredAt":"${event.occurredAt}","practiceId":"${event.practiceId}",${reason}"recordedAt":"`,
    after:
      `","schema":${event.schema},"sealed":${sealed},"stream":"${event.stream}","subjects":${subjects},` +
      `"type":"${event.type}","version":${event.version}}`,
  };
}

/** SHA-256 over the canonical envelope, lower-case hex. */
export const leafHash = ({ before, after }: Encoded, recordedAt: Instant): string =>
  sha256(before + recordedAt + after);

/** An event as it is stored. What is personal of it is in the envelope only, for which this needs no key. */
export interface Stored extends Recorded {
  readonly envelope?: Buffer;
}

/** Recomputes the leaf hash of an event as it is stored: what an auditor compares with the one stored with it. */
export function leafHashOf(event: Stored): string {
  return leafHash(encode(event), event.recordedAt);
}

/** Whether an event, and its envelope unless that was erased, are what was hashed when it was appended. */
export const isIntact = (event: Stored): boolean =>
  leafHashOf(event) === event.leafHash &&
  (event.envelope === undefined || digestOf(event.envelope) === event.sealed);

/** SHA-256 of an envelope, lower-case hex: as the column `sealed` has it, and the leaf with `sha256:` before it. */
export const digestOf = (envelope: Buffer): string => hash('sha256', envelope, 'hex');

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
  /** SHA-256 of the envelope, lower-case hex; null when there never was one */
  sealed: string | null;
  /** null when there never was one, or when it was erased */
  envelope: Buffer | null;
}

interface Declaration {
  schema: number;
  personal: readonly string[];
  keptApart?: true;
}

/** Every event type this program knows, by stream category. An unknown one halts whoever reads it; it is never skipped. */
export class Catalogue {
  /** by category, then type: looked up for every event read, so nothing is put together for it */
  private readonly types = new Map<string, ReadonlyMap<string, Declaration>>();

  constructor(readonly deciders: readonly AnyDecider[]) {
    for (const { category, events, keptApart } of deciders) {
      const types = new Map(this.types.get(category));
      for (const [type, declaration] of Object.entries(events))
        types.set(type, { ...declaration, keptApart });
      this.types.set(category, types);
    }
  }

  declaration(stream: string, type: string): Declaration {
    const declaration = this.types.get(parseStream(stream).category)?.get(type);
    if (!declaration) throw new UnknownEventType(stream, type);
    return declaration;
  }

  decider(category: string): AnyDecider | undefined {
    return this.deciders.find((decider) => decider.category === category);
  }

  /** @throws UnknownEventType when this program cannot read it */
  check({ stream, type, schema }: Pick<EventRow, 'stream' | 'type' | 'schema'>): void {
    if (this.declaration(stream, type).schema < schema)
      throw new UnknownEventType(stream, `${type} (schema ${schema})`);
  }
}

/** An event as its columns hold it, whether or not this program knows its type. */
export const storedOf = (row: EventRow): Stored => ({
  ...recordedOf(row),
  ...(row.envelope === null ? {} : { envelope: row.envelope }),
});

/** What of an event only a key shows. */
export interface Personal {
  data?: Record<string, unknown>;
  reason?: string;
}

/** An event as it is read. @param personal what only a key shows of it */
export function recordedOf(row: EventRow, personal: Personal = {}): Recorded {
  const { actor, subjects, commandId, correlationId, causationId } = row.meta;
  const reason = personal.reason ?? row.meta.reason;
  // Members are put one by one, and spread only where there is something to add: every event that is read passes here.
  const event: { -readonly [Key in keyof Recorded]: Recorded[Key] } = {
    type: row.type,
    data: personal.data ? { ...row.data, ...personal.data } : row.data,
    eventId: row.event_id,
    practiceId: row.practice_id,
    stream: row.stream,
    version: row.version,
    position: row.position,
    schema: row.schema,
    occurredAt: row.occurred_at,
    recordedAt: row.recorded_at,
    actor,
    subjects,
    commandId,
    correlationId,
    causationId,
    leafHash: row.leaf_hash,
  };
  if (reason !== undefined) event.reason = reason;
  if (row.sealed !== null) event.sealed = row.sealed;
  return event;
}

/** The log holds something this version of the program cannot read. */
export class UnknownEventType extends Error {
  constructor(stream: string, type: string) {
    super(
      `This version of Candor does not know the event ${type} of ${stream}. Run the version that wrote it, or a newer one.`,
    );
  }
}
