import { canonicalJson, type Recorded } from '#libs/kernel';
import { SealBroken, type Sealed, type Text, type Vault } from '#libs/vault';
import {
  digestOf,
  encode,
  recordedOf,
  type Catalogue,
  type Encoded,
  type EventRow,
  type Pending,
  type Personal,
} from './events.js';

/** Takes what is personal out of events before they are stored, and puts it back when they are read. */
export class Sealing {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly vault: Vault,
  ) {}

  /** Events as they are stored. Those that hold nothing personal ask for no key. */
  async seal(practiceId: string, events: readonly Pending[]): Promise<Encoded[]> {
    const parts = events.map((event) => this.partsOf(event));
    const texts = parts.flatMap(({ text }) => text ?? []);
    if (texts.length === 0) return parts.map(({ clear }) => encode(clear));
    const envelopes = await this.vault.seal(practiceId, texts);
    let next = 0;
    return parts.map(({ clear, text }) => {
      if (!text) return encode(clear);
      const envelope = envelopes[next++]!;
      return { ...encode({ ...clear, sealed: digestOf(envelope) }), envelope };
    });
  }

  /**
   * Events as they were before they were stored; without what is personal where a key was destroyed.
   * @throws SealBroken when an envelope is not the one that was stored, or is missing though no key was destroyed
   */
  async open(practiceId: string, rows: readonly EventRow[]): Promise<Recorded[]> {
    const sealed = rows.filter(({ envelope }) => envelope !== null);
    const missing = rows.filter((row) => row.sealed !== null && row.envelope === null);
    const texts = sealed.length > 0 ? await this.vault.open(practiceId, sealed.map(sealedOf)) : [];
    const erased = new Set<EventRow>(sealed.filter((_, index) => texts[index] === undefined));
    for (const row of await this.erasedOf(practiceId, missing)) erased.add(row);
    let next = 0;
    return rows.map((row) => {
      const text = row.envelope === null ? undefined : texts[next++];
      if (erased.has(row)) return { ...recordedOf(row), erased: true };
      return recordedOf(row, text === undefined ? undefined : (JSON.parse(text) as Personal));
    });
  }

  private partsOf(event: Pending): { clear: Pending; text?: Text } {
    const { personal, keptApart } = this.catalogue.declaration(event.stream, event.type);
    const { data: all, reason, ...envelope } = event;
    const data: Record<string, unknown> = { ...all };
    const taken: Record<string, unknown> = {};
    for (const name of personal)
      if (data[name] !== undefined) {
        taken[name] = data[name];
        delete data[name];
      }
    const any = Object.keys(taken).length > 0;
    if (!any && reason === undefined) return { clear: event };
    return {
      clear: { ...envelope, data },
      text: {
        kind: keptApart ? 'psychotherapy_notes' : 'record',
        subjects: event.subjects,
        place: placeOf(event),
        text: canonicalJson({ ...(any ? { data: taken } : {}), reason } satisfies Personal),
      },
    };
  }

  /** Those whose envelope may be gone: a key of somebody they concern was destroyed. */
  private async erasedOf(practiceId: string, missing: readonly EventRow[]): Promise<readonly EventRow[]> {
    if (missing.length === 0) return missing;
    const subjects = missing.flatMap(({ meta }) => meta.subjects);
    const destroyed = await this.vault.destroyed(practiceId, subjects);
    const lost = missing.find(({ meta }) => !meta.subjects.some((subject) => destroyed.has(subject)));
    if (lost)
      throw new SealBroken(
        `what is sealed of the event at position ${lost.position} is missing, and no key was destroyed`,
      );
    return missing;
  }
}

/**
 * A sealed text opens in the event it is of, and in no other. Its names of fields are within it. Written out member by
 * member like the leaf, in sorted order.
 */
const placeOf = ({ eventId, schema, stream, type, version }: PlaceOf): string =>
  `{"eventId":"${eventId}","schema":${schema},"stream":"${stream}","type":"${type}","version":${version}}`;
type PlaceOf = Pick<Pending, 'eventId' | 'schema' | 'stream' | 'type' | 'version'>;

function sealedOf(row: EventRow): Sealed {
  const { envelope, sealed, event_id: eventId, schema, stream, type, version, meta, position } = row;
  if (digestOf(envelope!) !== sealed)
    throw new SealBroken(`what is sealed of the event at position ${position} is not what was stored`);
  return {
    envelope: envelope!,
    subjects: meta.subjects,
    place: placeOf({ eventId, schema, stream, type, version }),
  };
}
