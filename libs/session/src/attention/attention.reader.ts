import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { Cursors, type PageOf } from '#libs/http';
import {
  addDays,
  addMinutes,
  parseStream,
  startOfLocalDay,
  streamOf,
  type Decider,
  type DomainEvent,
  type Reason,
  type Recorded,
} from '#libs/kernel';
import { absenceDuring, practiceNow, room, staff } from '#libs/practice';
import { relationship } from '#libs/relationship';
import type { CalendarRow } from '../calendar/calendar.projection.js';
import { CalendarReader, type CalendarFilter, type Suspects } from '../calendar/calendar.reader.js';
import { endOf } from '../session/conflicts.js';
import { LONGEST_MINUTES } from '../session/plan.js';
import { isAwaited } from '../session/situation.js';
import { attentionReasons, type Watched } from './attention.js';

/** `attention`: why it can no longer take place as planned */
export type WatchedRow = CalendarRow & { attention: Reason[] };

const AT_A_TIME = 200;

/** Looks at planned sessions by how things stand now: in the log itself, never behind. */
@Injectable()
export class AttentionReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(CalendarReader) private readonly calendar: CalendarReader,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  /** What each of some sessions needs, in their order; [] for each that can take place as planned. */
  async reasons(practiceId: string, rows: readonly Watched[]): Promise<Reason[][]> {
    const awaited = rows.filter(({ status }) => isAwaited(status));
    if (awaited.length === 0) return rows.map(() => []);
    const { zone } = await practiceNow(this.store, practiceId);
    const events = await this.store.reader.streams(practiceId, [
      ...new Set(
        awaited.flatMap(({ relationshipId, therapistId, roomId }) => [
          streamOf(relationship.category, relationshipId),
          streamOf(staff.category, therapistId),
          ...(roomId === undefined ? [] : [streamOf(room.category, roomId)]),
        ]),
      ),
    ]);
    const [relationships, people, rooms] = [
      foldEach(relationship, events),
      foldEach(staff, events),
      foldEach(room, events),
    ];
    return rows.map((row) => {
      const treated = relationships.get(row.relationshipId);
      const therapist = people.get(row.therapistId);
      if (!treated || treated.situation === 'none' || !therapist || therapist.situation === 'none') return [];
      const absence = absenceDuring(therapist.absences, { start: row.start, end: endOf(row) }, zone);
      return attentionReasons(row, {
        relationshipOpen: treated.situation === 'open',
        therapistNow: treated.therapistId,
        therapistActive: therapist.situation === 'active',
        roomOpen: row.roomId === undefined || rooms.get(row.roomId)?.situation === 'open',
        ...(absence ? { absence } : {}),
      });
    });
  }

  /** Sessions in the order of their planned starts, each with what it needs. */
  async page(
    practiceId: string,
    filter: CalendarFilter,
    limit: number,
    cursor?: string,
  ): Promise<PageOf<WatchedRow>> {
    const { data, ...rest } = await this.calendar.page(practiceId, filter, limit, cursor);
    return { data: await this.watched(practiceId, data), ...rest };
  }

  private async watched(practiceId: string, rows: readonly CalendarRow[]): Promise<WatchedRow[]> {
    const reasons = await this.reasons(practiceId, rows);
    return rows.map((row, index) => ({ ...row, attention: reasons[index]! }));
  }

  /** Only those that need something. */
  async needing(
    practiceId: string,
    filter: CalendarFilter,
    limit: number,
    cursor?: string,
  ): Promise<PageOf<WatchedRow>> {
    const binding = ['sessions-needing-attention', practiceId, Object.entries(filter)];
    const suspects = await this.suspects(practiceId);
    const found: WatchedRow[] = [];
    let last = cursor ? String(this.cursors.read(cursor, binding)) : undefined;
    for (;;) {
      const { rows, position } = await this.calendar.after(
        practiceId,
        { ...filter, suspects },
        AT_A_TIME,
        last,
      );
      found.push(...(await this.watched(practiceId, rows)).filter(({ attention }) => attention.length > 0));
      if (found.length > limit || rows.length < AT_A_TIME)
        return this.cursors.page(found, limit, position, binding, CalendarReader.placeOf);
      last = CalendarReader.placeOf(rows.at(-1)!);
    }
  }

  /** Where to look: the calendar holds many sessions that nothing has happened to. */
  private async suspects(practiceId: string): Promise<Suspects> {
    const { zone } = await practiceNow(this.store, practiceId);
    const events = await this.store.reader.categories(practiceId, [staff.category, room.category]);
    const people = [...foldEach(staff, events)];
    return {
      gone: people.flatMap(([id, one]) => (one.situation === 'deactivated' ? id : [])),
      closed: [...foldEach(room, events)].flatMap(([id, one]) => (one.situation === 'closed' ? id : [])),
      away: people.flatMap(([therapistId, one]) =>
        one.situation === 'none'
          ? []
          : one.absences.map(({ from, to }) => ({
              therapistId,
              after: addMinutes(startOfLocalDay(from, zone), -LONGEST_MINUTES),
              before: startOfLocalDay(addDays(to, 1), zone),
            })),
      ),
    };
  }
}

/** What each stream of one kind amounts to, by the id of its thing. */
function foldEach<S, E extends DomainEvent>(
  decider: Pick<Decider<S, E, never>, 'category' | 'initial' | 'evolve'>,
  events: readonly Recorded[],
): Map<string, S> {
  const states = new Map<string, S>();
  for (const event of events) {
    const { category, id } = parseStream(event.stream);
    if (category === decider.category)
      states.set(id, decider.evolve(states.get(id) ?? decider.initial, event as Recorded<E>));
  }
  return states;
}
