import { Inject, Injectable } from '@nestjs/common';
import { judgeAt, StatusReader } from '#libs/consent';
import { EventStore } from '#libs/event-store';
import { Cursors, type PageOf, type Principal } from '#libs/http';
import { OWNERSHIP, thoseWithin, type Ownership } from '#libs/identity';
import { endOfLocalDay, localDate, reachOf, startOfLocalDay, type LocalDate } from '#libs/kernel';
import { practiceNow } from '#libs/practice';
import { AttentionReader } from '../attention/attention.reader.js';
import type { CalendarRow } from '../calendar/calendar.projection.js';
import { CalendarReader } from '../calendar/calendar.reader.js';
import { isAwaited } from '../session/situation.js';
import { momentsOf, readinessOf, type Readiness } from './readiness.js';

/** `date` in the practice's zone, today unless told */
export interface ReadinessQuestion {
  date?: LocalDate;
  therapistId?: string;
  limit: number;
  cursor?: string;
}

/** One page of a day; the summary counts the whole of it, as far as it is within the caller's reach. */
export type ReadinessPage = PageOf<Readiness> & {
  date: LocalDate;
  zone: string;
  summary: { sessions: number; mayStart: number; mayNotStart: number; needAttention: number };
};

const MOST_ROWS = 200;

/** Which sessions of a day may start: the calendar says which there are, the gate judges each by all that is known now. */
@Injectable()
export class ReadinessReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(CalendarReader) private readonly calendar: CalendarReader,
    @Inject(AttentionReader) private readonly attention: AttentionReader,
    @Inject(StatusReader) private readonly statusReader: StatusReader,
    @Inject(Cursors) private readonly cursors: Cursors,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
  ) {}

  async ofDay(
    caller: Principal,
    { date: asked, therapistId, limit, cursor }: ReadinessQuestion,
  ): Promise<ReadinessPage> {
    const { practiceId } = caller;
    const { zone } = await practiceNow(this.store, practiceId);
    const now = await this.statusReader.now(practiceId);
    const date = asked ?? localDate(now, zone);
    const binding = ['session-readiness', practiceId, date, therapistId ?? null];
    const after = cursor ? String(this.cursors.read(cursor, binding)) : '';
    const { rows: all, position } = await this.awaited(practiceId, date, zone, therapistId);
    const rows = await this.within(caller, all);
    const parts = await this.statusReader.ofRelationships(practiceId, [
      ...new Set(rows.map(({ relationshipId }) => relationshipId)),
    ]);
    const attention = await this.attention.reasons(practiceId, rows);
    const day = rows.map((row, index) => {
      const moments = momentsOf(row, now).map((at) => ({
        at,
        status: this.statusReader.status(parts, practiceId, row.relationshipId, { at, knownAt: now }),
      }));
      return readinessOf(
        row,
        judgeAt(moments, { format: row.modality, clientIds: row.clientIds }, []),
        attention[index],
      );
    });
    const mayStart = day.filter((one) => one.mayStart).length;
    const rest = day.filter((one) => keyOf(one) > after);
    return {
      date,
      zone,
      summary: {
        sessions: day.length,
        mayStart,
        mayNotStart: day.length - mayStart,
        needAttention: day.filter((one) => one.needsAttention).length,
      },
      ...this.cursors.page(rest, limit, position, binding, keyOf),
    };
  }

  /** A number of sessions tells something of each of them. */
  private async within(
    { practiceId, staffId, roles }: Principal,
    rows: CalendarRow[],
  ): Promise<CalendarRow[]> {
    if (reachOf('session:readiness', roles).has('all')) return rows;
    const asking = { practiceId, staffId, roles, at: this.store.clock.now() };
    const ids = rows.map(({ sessionId }) => sessionId);
    const theirs = await thoseWithin('session:readiness', asking, ids, this.ownership);
    return rows.filter(({ sessionId }) => theirs.has(sessionId));
  }

  /** Everything of that day that has yet to happen, in the order of the planned starts. */
  private async awaited(
    practiceId: string,
    date: LocalDate,
    zone: string,
    therapistId: string | undefined,
  ): Promise<{ rows: CalendarRow[]; position: number }> {
    const day = { from: startOfLocalDay(date, zone), to: endOfLocalDay(date, zone) };
    const filter = { ...day, ...(therapistId === undefined ? {} : { therapistId }) };
    const rows: CalendarRow[] = [];
    for (let next: string | undefined; ;) {
      const { data, page, meta } = await this.calendar.page(practiceId, filter, MOST_ROWS, next);
      rows.push(...data.filter(({ status }) => isAwaited(status)));
      next = page.next;
      if (next === undefined) return { rows, position: meta.position };
    }
  }
}

const keyOf = CalendarReader.placeOf;
