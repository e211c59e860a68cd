import { Inject, Injectable } from '@nestjs/common';
import { boundaryIdOf, BOUNDARY_TOPICS } from '#libs/boundary';
import { EventStore, foldInto, View, type Head, type Transaction } from '#libs/event-store';
import { DomainError, missing, streamOf, type Instant, type Recorded } from '#libs/kernel';
import { policyAt } from '#libs/practice';
import { settingOfUnit, stanceIdOf } from '#libs/stance';
import { consentIdOf } from '../consent/consent.js';
import type { TwoClocks } from '../consent/situation.js';
import {
  consentGaps,
  judgeAt,
  stopsAt,
  type GateDecision,
  type GateQuestion,
  type GateReason,
  type Stop,
} from '../gate/gate.js';
import { rulePackIdOf } from '../rule-pack/rule-pack.js';
import { PURPOSES, type Purpose } from '../rule-pack/elements.js';
import { SHIPPED_PACKS } from '../rule-pack/packs.js';
import type { ClientStatuses } from './client-status.js';
import type { Part, RelationshipPart } from './facts.js';
import {
  documentsOf,
  openingOf,
  partsPointedTo,
  recordsEver,
  recordsKnown,
  relationshipsEver,
  relationshipsOf,
  statusFacts,
  therapistsOf,
  unitOf,
  type Known,
  type Parts,
} from './parts.js';
import { joinedEver } from './merged.js';
import { membersEver, type ClientPart } from './people.js';
import { relationshipStatus, type RelationshipStatus } from './status.js';
import { consentFacts } from './status.projection.js';

export const KNOWN: Known = {
  stanceIdOf: (practiceId, therapistId, unitKind) =>
    stanceIdOf(practiceId, therapistId, settingOfUnit(unitKind as 'individual')),
  policyAt,
  packs: SHIPPED_PACKS,
};

/** How the parts are brought together: stored rows with their tail, or folded anew from the log. All must agree. */
export type Source = 'current' | 'live';

/** Brings the facts together for the one status function, from wherever they are asked for. */
@Injectable()
export class StatusReader {
  readonly view: View<Part>;

  constructor(@Inject(EventStore) private readonly store: EventStore) {
    this.view = new View(store, consentFacts);
  }

  /** The present: never before anything in the log, though another process with a faster clock wrote it. */
  async now(practiceId: string): Promise<Instant> {
    const here = this.store.clock.now();
    return notBefore(await this.store.reader.head(practiceId), here);
  }

  /** Where every relationship of a client stands. @throws DomainError `missing`, `known_at_ahead` */
  async ofClient(
    practiceId: string,
    clientId: string,
    asked: Partial<TwoClocks>,
    source: Source,
  ): Promise<ClientStatuses & { clocks: TwoClocks; position: number }> {
    const { parts, now, position } = await this.parts(practiceId, streamOf('client', clientId), source);
    const clocks = clocksOf(asked, now);
    return { ...statusesIn(parts, practiceId, clientId, clocks), clocks, position };
  }

  /** Every stream that what is said about a client's consent rests on. */
  async streamsBehind(practiceId: string, clientId: string): Promise<string[]> {
    const key = streamOf('client', clientId);
    const read = new Set<string>();
    const ids = await this.relationshipIds(practiceId, key, undefined);
    await this.fold(
      practiceId,
      ids,
      (streams) => {
        for (const stream of streams) read.add(stream);
        return this.store.reader.streams(practiceId, streams);
      },
      [key],
    );
    return [...read];
  }

  /** Where one relationship stands. @throws DomainError `missing`, `known_at_ahead` */
  async ofRelationship(
    practiceId: string,
    relationshipId: string,
    asked: Partial<TwoClocks>,
    source: Source,
  ): Promise<{ status: RelationshipStatus | undefined; clocks: TwoClocks; position: number }> {
    const key = streamOf('relationship', relationshipId);
    const { parts, now, position } = await this.parts(practiceId, key, source);
    const clocks = clocksOf(asked, now);
    if (!parts.has(key)) missing('relationship');
    return { status: this.status(parts, practiceId, relationshipId, clocks), clocks, position };
  }

  /**
   * The gate's decision inside a command, by everything that is known: for the moment it happens and, where its caller
   * names another, for now as well, so that no date gets past a withdrawal. What it judged is guarded until the command
   * is appended. `status` is that of the moment it happens. With `at` in the question only that moment is judged: what
   * was held then is not undone by what came later.
   */
  async judgeIn(
    tx: Transaction,
    relationshipId: string,
    { at: then, ...question }: Omit<GateQuestion, 'at'> & { at?: Instant },
  ): Promise<{ decision: GateDecision; status: RelationshipStatus | undefined }> {
    const { practiceId } = tx.meta;
    const parts = await this.fold(practiceId, [relationshipId], (streams) => tx.events(streams));
    const { occurredAt, now } = tx;
    const moments = [...new Set(then ? [then] : [occurredAt, now])].map((at) => ({
      at,
      status: this.status(parts, practiceId, relationshipId, { at, knownAt: now }),
    }));
    return { decision: judgeAt(moments, question, tx.judged()), status: moments[0]?.status };
  }

  /**
   * What keeps one more consent, e.g. `recording`, from being relied on inside a command; judged like the gate, for the
   * moment it happens and for now.
   */
  async gapsIn(
    tx: Transaction,
    relationshipId: string,
    clientIds: readonly string[],
    purpose: Purpose,
  ): Promise<GateReason[]> {
    const { practiceId } = tx.meta;
    const parts = await this.fold(practiceId, [relationshipId], (streams) => tx.events(streams));
    const { occurredAt, now } = tx;
    const found = [...new Set([occurredAt, now])].flatMap((at) =>
      consentGaps(
        this.status(parts, practiceId, relationshipId, { at, knownAt: now }),
        clientIds,
        purpose,
        at,
      ),
    );
    return found.filter(
      (one, index) =>
        found.findIndex(({ code, clientId }) => code === one.code && clientId === one.clientId) === index,
    );
  }

  /** What stops a session that runs, inside a command of it: at the moment it happens, or now. */
  async stopsIn(
    tx: Transaction,
    relationshipId: string,
    question: Pick<GateQuestion, 'format' | 'clientIds' | 'also'>,
  ): Promise<Stop[]> {
    const { practiceId } = tx.meta;
    const parts = await this.fold(practiceId, [relationshipId], (streams) => tx.events(streams));
    return [...new Set([tx.occurredAt, tx.now])].flatMap((at) => {
      const status = this.status(parts, practiceId, relationshipId, { at, knownAt: tx.now });
      return status ? stopsAt(status, { ...question, at }) : [];
    });
  }

  /** Everything that several relationships are judged by, read at once; `status` answers for each of them. */
  async ofRelationships(practiceId: string, relationshipIds: readonly string[]): Promise<Parts> {
    const keys = relationshipIds.map((id) => streamOf('relationship', id));
    const current = await this.view.current(practiceId, keys, (rows) =>
      partsPointedTo(rows, practiceId, KNOWN),
    );
    return (
      current?.rows ??
      this.fold(practiceId, relationshipIds, (streams) => this.store.reader.streams(practiceId, streams))
    );
  }

  status(
    parts: Parts,
    practiceId: string,
    relationshipId: string,
    clocks: TwoClocks,
  ): RelationshipStatus | undefined {
    return statusIn(parts, practiceId, relationshipId, clocks);
  }

  private async parts(
    practiceId: string,
    key: string,
    source: Source,
  ): Promise<{ parts: Parts; now: Instant; position: number }> {
    const here = this.store.clock.now();
    const current = await this.view.current(practiceId, [key], (rows) =>
      partsPointedTo(rows, practiceId, KNOWN, key),
    );
    if (source === 'current' && current)
      return { parts: current.rows, now: notBefore(current, here), position: current.position };
    const head = await this.store.reader.head(practiceId);
    const relationshipIds = key.startsWith('client-')
      ? await this.relationshipIds(practiceId, key, current?.rows)
      : [key.slice('relationship-'.length)];
    const parts = await this.fold(
      practiceId,
      relationshipIds,
      (streams) => this.store.reader.streams(practiceId, streams),
      [key],
    );
    return { parts, now: notBefore(head, here), position: head.position };
  }

  /** Which relationships to fold: the read model points to them, or the openings in the log do. */
  private async relationshipIds(practiceId: string, key: string, rows: Parts | undefined): Promise<string[]> {
    if (rows?.has(key))
      return [...new Set(recordsEver(rows, key).flatMap((record) => relationshipsEver(rows, record)))];
    const records = await this.recordsEver(practiceId, key.slice('client-'.length));
    const events = await this.store.reader.categories(practiceId, ['unit', 'relationship']);
    const joined = new Set(
      events
        .filter(
          ({ type, data }) =>
            type === 'UnitMemberAdded' && records.has((data as { clientId: string }).clientId),
        )
        .map(({ stream }) => stream.slice('unit-'.length)),
    );
    return events
      .filter(
        ({ type, data, subjects }) =>
          type === 'RelationshipOpened' &&
          (subjects.some((id) => records.has(id)) || joined.has((data as { unitId: string }).unitId)),
      )
      .map(({ stream }) => stream.slice('relationship-'.length));
  }

  /** A record and every record it was ever joined with, by the log. */
  private async recordsEver(practiceId: string, clientId: string): Promise<Set<string>> {
    const records = new Set([clientId]);
    for (let waiting = [clientId]; waiting.length > 0;) {
      const events = await this.store.reader.streams(
        practiceId,
        waiting.map((id) => streamOf('client', id)),
      );
      const joined = events.filter(({ type }) => type === 'ClientsMerged');
      waiting = joined
        .map(({ data }) => (data as { otherClientId: string }).otherClientId)
        .filter((id) => !records.has(id));
      for (const id of waiting) records.add(id);
    }
    return records;
  }

  /** Folds everything some relationships rest on from the log itself. Ids of consents, boundaries and stances are derived. */
  private async fold(
    practiceId: string,
    relationshipIds: readonly string[],
    read: (streams: string[]) => Promise<Recorded[]>,
    more: readonly string[] = [],
  ): Promise<Parts> {
    const parts = new Map<string, Part>();
    const fees = await this.store.reader.streamsOf(practiceId, 'document', { kind: 'fee_schedule' });
    const first = [
      ...relationshipIds.map((id) => streamOf('relationship', id)),
      ...more.filter((stream) => !stream.startsWith('relationship-')),
      streamOf('practice', practiceId),
      ...fees,
    ];
    const foldMore = async (streams: readonly string[]) => {
      if (streams.length > 0) foldInto(consentFacts, parts, await read([...new Set(streams)]));
    };
    await foldMore(first);
    const units = [...parts.values()].flatMap((part) =>
      part.kind === 'client' ? part.units.map(({ unitId }) => streamOf('unit', unitId)) : [],
    );
    const bonds = relationshipIds.flatMap(
      (id) => (parts.get(streamOf('relationship', id)) as RelationshipPart | undefined) ?? [],
    );
    await foldMore([...units, ...bonds.flatMap((part) => streamsUnder(practiceId, part))]);
    const people = bonds.flatMap((part) => streamsOfMembers(practiceId, part, parts));
    await foldMore(people.filter((stream) => !first.includes(stream)));
    const documents = bonds.flatMap(({ relationshipId }) =>
      documentsOf(parts.get(streamOf('relationship', relationshipId)) as RelationshipPart),
    );
    await foldMore(documents.map((id) => streamOf('document', id)).filter((stream) => !parts.has(stream)));
    // several can be merged into one, and that one into none: from each to any other it is two steps
    for (let step = 0; step < 2; step++) await foldMore(recordsJoined(parts));
    return parts;
  }
}

/** The present, here or at the head of the log, whichever is later: two processes may have two clocks. */
const notBefore = ({ recordedAt = '' }: Head, here: Instant): Instant =>
  recordedAt > here ? recordedAt : here;

function statusIn(
  parts: Parts,
  practiceId: string,
  relationshipId: string,
  clocks: TwoClocks,
): RelationshipStatus | undefined {
  const facts = statusFacts(parts, practiceId, relationshipId, clocks, KNOWN);
  return facts && relationshipStatus(facts, clocks);
}

/** Where every relationship of a client stands, by parts from wherever. @throws DomainError `missing` */
export function statusesIn(
  parts: Parts,
  practiceId: string,
  clientId: string,
  clocks: TwoClocks,
): ClientStatuses {
  const client = parts.get(streamOf('client', clientId)) as ClientPart | undefined;
  if (!client?.entries.some(({ type }) => type === 'ClientRegistered')) missing('client');
  const relationships = relationshipsOf(parts, clientId, clocks).flatMap(
    (id) => statusIn(parts, practiceId, id, clocks) ?? [],
  );
  return { records: recordsKnown(parts, clientId, clocks), relationships };
}

function streamsUnder(practiceId: string, part: RelationshipPart): string[] {
  const opening = openingOf(part);
  if (!opening) return [];
  return [
    streamOf('rulepack', rulePackIdOf(practiceId, opening.rulePack)),
    streamOf('unit', opening.unitId),
    ...BOUNDARY_TOPICS.map((topic) =>
      streamOf('boundary', boundaryIdOf(practiceId, part.relationshipId, topic)),
    ),
    ...therapistsOf(part).flatMap((therapistId) => [
      streamOf('staff', therapistId),
      streamOf('stance', KNOWN.stanceIdOf(practiceId, therapistId, opening.unitKind)),
    ]),
  ];
}

/** Other records of the people at hand that are not at hand themselves. */
const recordsJoined = (parts: Parts): string[] =>
  [...parts.values()]
    .flatMap((part) => (part.kind === 'client' ? joinedEver(part) : []))
    .map((id) => streamOf('client', id))
    .filter((stream) => !parts.has(stream));

/** Of everybody who ever was a member, once the unit is known. */
function streamsOfMembers(practiceId: string, part: RelationshipPart, parts: Parts): string[] {
  const opening = openingOf(part);
  if (!opening) return [];
  return membersEver(unitOf(parts, part), opening).flatMap((member) => [
    streamOf('client', member),
    ...PURPOSES.map((purpose) =>
      streamOf('consent', consentIdOf(practiceId, part.relationshipId, member, purpose)),
    ),
  ]);
}

/** `knownAt` may not lie ahead; `at` may: what will hold if nothing else happens. */
export function clocksOf({ at, knownAt }: Partial<TwoClocks>, now: Instant): TwoClocks {
  if (knownAt !== undefined && knownAt > now) {
    const detail = 'What will be known cannot be asked. Send a knownAt that does not lie ahead.';
    throw new DomainError('malformed', 'known_at_ahead', detail, [], {
      errors: [{ pointer: '?knownAt', code: 'known_at_ahead', detail }],
    });
  }
  return { at: at ?? now, knownAt: knownAt ?? now };
}
