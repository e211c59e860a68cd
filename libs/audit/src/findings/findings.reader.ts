import { Inject, Injectable } from '@nestjs/common';
import { StatusReader } from '#libs/consent';
import { EventStore, UnknownEventType } from '#libs/event-store';
import { DomainError, END_OF_TIME, parseStream, streamOf, type Instant, type Recorded } from '#libs/kernel';
import { relationship, type RelationshipEvent } from '#libs/relationship';
import { relationshipOf } from '../history/concerns.js';
import { History, type Standing } from '../history/history.sql.js';
import { caseOf, partsOf, type Shared } from './case.js';
import type { Finding } from './finding.js';
import { findingsIn, fits, type FindingFilter } from './findings.js';

/** How many relationships are held in memory at a time. */
const AT_A_TIME = 16;
/** How many events one page looks through before it ends, however few findings it has by then. */
const MOST_EVENTS = 25_000;
/** Further behind than this, the index of events is worth waiting for. */
const LONGEST_TAIL = 20_000;
/** What relationships share: few and small beside what happens in them. */
const SHARED = ['practice', 'staff', 'rulepack', 'stance', 'document'];

/** Where a page ended: the relationship, and the finding in it. */
export type Place = [relationshipId: string, occurredAt: Instant, id: string];
/** After everything that can be found in a relationship. */

export interface FindingsQuestion extends FindingFilter {
  relationshipId?: string;
  knownAt: Instant;
  after?: Place;
  limit: number;
}

/**
 * Computes findings from the log, one relationship after the other. The read model of events only says where in the log
 * to look; what it has not seen yet is read from the log's end.
 */
@Injectable()
export class FindingsReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(History) private readonly history: History,
    @Inject(StatusReader) private readonly status: StatusReader,
  ) {}

  /**
   * One page, relationship by relationship and in each by when it happened. `next` is there when there may be more; a page
   * that had to look through very much ends early.
   * @param standing up to where the log is read; the same for every page of one list
   */
  async page(
    practiceId: string,
    question: FindingsQuestion,
    standing: Standing,
  ): Promise<{ data: Finding[]; next?: Place }> {
    try {
      return await this.found(practiceId, question, standing);
    } catch (error) {
      if (error instanceof UnknownEventType)
        throw new DomainError('unavailable', 'unknown_event_type', error.message);
      throw error;
    }
  }

  private async found(
    practiceId: string,
    { knownAt, after, limit, ...filter }: FindingsQuestion,
    standing: Standing,
  ): Promise<{ data: Finding[]; next?: Place }> {
    const { position } = standing;
    const tail = await this.tail(practiceId, standing);
    const ids = (await this.candidates(practiceId, filter, standing))
      .filter((id) => !after || id >= after[0])
      .sort();
    const shared =
      ids.length > 0 ? await this.shared(practiceId, position) : { events: [], parts: new Map() };
    const data: Finding[] = [];
    let looked = 0;
    for (let first = 0; first < ids.length; first += AT_A_TIME) {
      const some = ids.slice(first, first + AT_A_TIME);
      const byRelationship = await this.events(practiceId, some, standing, tail);
      for (const id of some) {
        const events = byRelationship.get(id) ?? [];
        const known = caseOf(id, events, shared, knownAt, (parts, relationshipId, clocks) =>
          this.status.status(parts, practiceId, relationshipId, clocks),
        );
        data.push(...findingsIn(known).filter((one) => fits(one, filter) && isAfter(one, after)));
        looked += events.length;
        if (data.length > limit) return { data: data.slice(0, limit), next: placeOf(data[limit - 1]!) };
        if (looked > MOST_EVENTS && id !== ids.at(-1)) return { data, next: [id, END_OF_TIME, ''] };
      }
    }
    return { data };
  }

  /** Which relationships to look at, by the log: all of them unless the question names one, or a client. */
  private async candidates(
    practiceId: string,
    { relationshipId, clientId }: { relationshipId?: string; clientId?: string },
    standing: Standing,
  ): Promise<string[]> {
    if (relationshipId) return [relationshipId];
    if (!clientId)
      return (await this.store.reader.streamsOf(practiceId, relationship.category)).map(
        (stream) => parseStream(stream).id,
      );
    const ids = new Set<string>();
    for await (const batch of this.history.events(practiceId, { clientId }, standing))
      for (const event of batch) {
        const id = relationshipOf(event);
        if (id) ids.add(id);
      }
    return [...ids];
  }

  private async shared(practiceId: string, position: number): Promise<Shared> {
    const all = await this.store.reader.categories(practiceId, SHARED);
    const events = all.filter((event) => event.position <= position);
    return { events, parts: partsOf(events) };
  }

  /** What the index of events has not seen yet. */
  private async tail(practiceId: string, standing: Standing): Promise<Recorded[]> {
    if (standing.position - standing.indexed > LONGEST_TAIL)
      throw new DomainError(
        'unavailable',
        'read_side_behind',
        'The index of events is far behind the log. Ask again in a moment, or ask whoever runs Candor to look at /v1/projections.',
      );
    const events: Recorded[] = [];
    for await (const batch of this.history.events(practiceId, {}, standing, standing.indexed))
      events.push(...batch.filter(relationshipOf));
    return events;
  }

  /** Everything some relationships are judged by beside what is shared, in the order of the log. */
  private async events(
    practiceId: string,
    ids: readonly string[],
    standing: Standing,
    tail: readonly Recorded[],
  ): Promise<Map<string, Recorded[]>> {
    const wanted = new Set(ids);
    const own = [
      ...(await this.history.ofRelationships(practiceId, ids, standing)),
      ...tail.filter((event) => wanted.has(relationshipOf(event)!)),
    ];
    const people = await this.people(practiceId, own, standing.position);
    const grants = await this.store.reader.categories(practiceId, ['grant']);
    const found = new Map<string, Recorded[]>();
    for (const id of ids) {
      const within = own.filter((event) => relationshipOf(event) === id);
      const opened = (within as Recorded<RelationshipEvent>[]).find(
        ({ type }) => type === 'RelationshipOpened',
      );
      if (opened?.type !== 'RelationshipOpened') continue;
      const units = people.get(streamOf('unit', opened.data.unitId)) ?? [];
      const treated = alike([...clientsIn([...units, opened])], people);
      const clients = treated.flatMap((each) => people.get(streamOf('client', each)) ?? []);
      const opens = grants.filter(
        (event) =>
          event.position <= standing.position && event.subjects.some((each) => treated.includes(each)),
      );
      found.set(
        id,
        [...within, ...units, ...clients, ...opens].sort((a, b) => a.position - b.position),
      );
    }
    return found;
  }

  /** The streams of units and of everybody who has been in them, under whichever record they were merged with. */
  private async people(practiceId: string, own: readonly Recorded[], position: number) {
    const opened = (own as readonly Recorded<RelationshipEvent>[]).filter(
      ({ type }) => type === 'RelationshipOpened',
    );
    const unitIds = opened.map(({ data }) => streamOf('unit', (data as { unitId: string }).unitId));
    const units = await this.store.reader.streams(practiceId, [...new Set(unitIds)], position);
    const streams = new Map<string, Recorded[]>();
    const keep = (events: readonly Recorded[]) => {
      for (const event of events) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
    };
    keep(units);
    const clientIds = [...clientsIn([...units, ...opened])];
    const asked = new Set<string>();
    for (let fresh = clientIds; fresh.length > 0;) {
      for (const id of fresh) asked.add(id);
      const wanted = fresh.map((id) => streamOf('client', id));
      keep(await this.store.reader.streams(practiceId, wanted, position));
      fresh = alike(clientIds, streams).filter((id) => !asked.has(id));
    }
    return streams;
  }
}

/** These clients and every record they were ever merged with, as far as the streams at hand tell. */
function alike(clientIds: readonly string[], streams: ReadonlyMap<string, Recorded[]>): string[] {
  const all = new Set(clientIds);
  for (const id of all)
    // grows while it is gone through
    for (const { type, data } of streams.get(streamOf('client', id)) ?? [])
      if (type === 'ClientsMerged') all.add((data as { otherClientId: string }).otherClientId);
  return [...all];
}

const clientsIn = (events: readonly Recorded[]): Set<string> =>
  new Set(events.flatMap(({ subjects }) => subjects));

const placeOf = ({ relationshipId, occurredAt, id }: Finding): Place => [relationshipId, occurredAt, id];

function isAfter({ relationshipId, occurredAt, id }: Finding, after: Place | undefined): boolean {
  if (!after || relationshipId !== after[0]) return true;
  return occurredAt > after[1] || (occurredAt === after[1] && id > after[2]);
}
