import { Inject, Injectable } from '@nestjs/common';
import { boundaryIdOf, BOUNDARY_TOPICS } from '#libs/boundary';
import { EventStore, foldInto, View, type Transaction } from '#libs/event-store';
import { DomainError, missing, streamOf, type Instant, type Recorded } from '#libs/kernel';
import { policyAt } from '#libs/practice';
import { settingOfUnit, stanceIdOf } from '#libs/stance';
import { consentIdOf } from '../consent/consent.js';
import type { TwoClocks } from '../consent/situation.js';
import { judgeAt, type GateDecision, type GateQuestion } from '../gate/gate.js';
import { PURPOSES } from '../rule-pack/elements.js';
import { SHIPPED_PACKS } from '../rule-pack/packs.js';
import type { ClientPart, Part, RelationshipPart } from './facts.js';
import {
  partsPointedTo,
  relationshipsOf,
  statusFacts,
  therapistsOf,
  type Known,
  type Parts,
} from './parts.js';
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
    const latest = (await this.store.reader.latest(practiceId)) ?? here;
    return latest > here ? latest : here;
  }

  /** Where every relationship of a client stands. @throws DomainError `missing` */
  async ofClient(
    practiceId: string,
    clientId: string,
    clocks: TwoClocks,
    source: Source,
  ): Promise<{ relationships: RelationshipStatus[]; position: number }> {
    const { parts, position } = await this.parts(practiceId, streamOf('client', clientId), source);
    if (!(parts.get(streamOf('client', clientId)) as ClientPart | undefined)?.registered) missing('client');
    const relationships = relationshipsOf(parts, clientId, clocks).flatMap(
      (id) => this.status(parts, practiceId, id, clocks) ?? [],
    );
    return { relationships, position };
  }

  /** Where one relationship stands. @throws DomainError `missing` */
  async ofRelationship(
    practiceId: string,
    relationshipId: string,
    clocks: TwoClocks,
    source: Source,
  ): Promise<{ status: RelationshipStatus | undefined; position: number }> {
    const key = streamOf('relationship', relationshipId);
    const { parts, position } = await this.parts(practiceId, key, source);
    if (!parts.has(key)) missing('relationship');
    return { status: this.status(parts, practiceId, relationshipId, clocks), position };
  }

  /**
   * The gate's decision inside a command, by everything that is known: for the moment it happens and, where its caller
   * names another, for now as well, so that no date gets past a withdrawal. What it judged is guarded until the command
   * is appended. `status` is that of the moment it happens.
   */
  async judgeIn(
    transaction: Transaction,
    relationshipId: string,
    question: Omit<GateQuestion, 'at'>,
  ): Promise<{ decision: GateDecision; status: RelationshipStatus | undefined }> {
    const { practiceId } = transaction.meta;
    const parts = await this.fold(practiceId, [relationshipId], (streams) => transaction.events(streams));
    const { occurredAt, now } = transaction;
    const moments = [...new Set([occurredAt, now])].map((at) => ({
      at,
      status: this.status(parts, practiceId, relationshipId, { at, knownAt: now }),
    }));
    return { decision: judgeAt(moments, question, transaction.judged()), status: moments[0]?.status };
  }

  status(
    parts: Parts,
    practiceId: string,
    relationshipId: string,
    clocks: TwoClocks,
  ): RelationshipStatus | undefined {
    const facts = statusFacts(parts, practiceId, relationshipId, clocks, KNOWN);
    return facts && relationshipStatus(facts, clocks);
  }

  private async parts(
    practiceId: string,
    key: string,
    source: Source,
  ): Promise<{ parts: Parts; position: number }> {
    const current = await this.view.current(practiceId, [key], (rows) =>
      partsPointedTo(rows, practiceId, KNOWN),
    );
    if (source === 'current' && current) return { parts: current.rows, position: current.position };
    const position = await this.store.reader.position(practiceId);
    const relationshipIds = key.startsWith('client-')
      ? await this.relationshipIds(practiceId, key, current?.rows)
      : [key.slice('relationship-'.length)];
    const parts = await this.fold(
      practiceId,
      relationshipIds,
      (streams) => this.store.reader.streams(practiceId, streams),
      [key],
    );
    return { parts, position };
  }

  /** Which relationships to fold: the read model points to them, or the openings in the log do. */
  private async relationshipIds(practiceId: string, key: string, rows: Parts | undefined): Promise<string[]> {
    if (rows)
      return ((rows.get(key) as ClientPart | undefined)?.relationships ?? []).map(
        ({ relationshipId }) => relationshipId,
      );
    const clientId = key.slice('client-'.length);
    const opened = (await this.store.reader.categories(practiceId, ['relationship'])).filter(
      ({ type, subjects }) => type === 'RelationshipOpened' && subjects.includes(clientId),
    );
    return opened.map(({ stream }) => stream.slice('relationship-'.length));
  }

  /** Folds everything some relationships rest on from the log itself. Ids of consents, boundaries and stances are derived. */
  private async fold(
    practiceId: string,
    relationshipIds: readonly string[],
    read: (streams: string[]) => Promise<Recorded[]>,
    more: readonly string[] = [],
  ): Promise<Parts> {
    const parts = new Map<string, Part>();
    const documents = await this.store.reader.streamsOf(practiceId, 'document');
    const first = [
      ...relationshipIds.map((id) => streamOf('relationship', id)),
      ...more.filter((stream) => !stream.startsWith('relationship-')),
      streamOf('practice', practiceId),
      ...documents,
    ];
    const events = await read([...new Set(first)]);
    foldInto(consentFacts, parts, events);
    const second = relationshipIds.flatMap((id) =>
      this.streamsUnder(practiceId, parts.get(streamOf('relationship', id)) as RelationshipPart | undefined),
    );
    if (second.length > 0) foldInto(consentFacts, parts, await read([...new Set(second)]));
    return parts;
  }

  private streamsUnder(practiceId: string, part: RelationshipPart | undefined): string[] {
    const opening = part?.entries.find((fact) => fact.type === 'RelationshipOpened')?.opening;
    if (!part || !opening) return [];
    const { relationshipId } = part;
    return [
      ...opening.members.flatMap((member) =>
        PURPOSES.map((purpose) =>
          streamOf('consent', consentIdOf(practiceId, relationshipId, member, purpose)),
        ),
      ),
      ...BOUNDARY_TOPICS.map((topic) =>
        streamOf('boundary', boundaryIdOf(practiceId, relationshipId, topic)),
      ),
      ...therapistsOf(part).flatMap((therapistId) => [
        streamOf('staff', therapistId),
        streamOf('stance', KNOWN.stanceIdOf(practiceId, therapistId, opening.unitKind)),
      ]),
    ];
  }
}

/** `knownAt` may not lie ahead; `at` may: what will hold if nothing else happens. */
export function clocksOf({ at, knownAt }: { at?: string; knownAt?: string }, now: string): TwoClocks {
  if (knownAt !== undefined && knownAt > now) {
    const detail = 'What will be known cannot be asked. Send a knownAt that does not lie ahead.';
    throw new DomainError('malformed', 'known_at_ahead', detail, [], {
      errors: [{ pointer: '?knownAt', code: 'known_at_ahead', detail }],
    });
  }
  return { at: at ?? now, knownAt: knownAt ?? now };
}
