import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tableOf, tables, View, type Transaction } from '#libs/event-store';
import { Cursors, type PageOf } from '#libs/http';
import { addMinutes, DomainError, minutesBetween } from '#libs/kernel';
import { endOf, type Other } from '../session/conflicts.js';
import { LONGEST_MINUTES, type Plan } from '../session/plan.js';
import { session } from '../session/session.js';
import { calendar, type CalendarRow } from './calendar.projection.js';

export interface CalendarFilter {
  /** first start, inclusive */
  from?: string;
  /** last start, exclusive */
  to?: string;
  therapistId?: string;
  relationshipId?: string;
  roomId?: string;
  seriesId?: string;
  place?: string;
}

/** `$1` practice, `$2` limit, `$3` and `$4` start and id of the last session seen */
const PAGE = `
  select row from ${tableOf(calendar)}
  where practice_id = $1 and ((row->>'start') collate "C", key) > ($3, $4)
    and ($5::text is null or (row->>'start') collate "C" >= $5)
    and ($6::text is null or (row->>'start') collate "C" < $6)
    and ($7::text is null or row->>'therapistId' = $7)
    and ($8::text is null or row->>'relationshipId' = $8)
    and ($9::text is null or row->>'roomId' = $9)
    and ($10::text is null or row->>'seriesId' = $10)
    and ($11::text is null or row->>'place' = $11)
  order by (row->>'start') collate "C", key limit $2`;

/**
 * `$1` practice; `$2` and `$3` after which and before which starts a session can reach into a plan; `$4` therapists, `$5`
 * clients, `$6` rooms
 */
const AROUND = `
  key in (
    select other.key from unnest($2::text[], $3::text[]) as plan(after, before)
    join ${tableOf(calendar)} other on other.practice_id = $1
      and (other.row->>'start') collate "C" > plan.after and (other.row->>'start') collate "C" < plan.before)
  and (row->>'therapistId' = any($4::text[]) or row->'clientIds' ?| $5::text[] or row->>'roomId' = any($6::text[]))`;

const RUNNING = `row->>'status' = any('{running,paused}') and row->>'therapistId' = $2`;

/** A session that has ended took the time it took. */
const asHeld = ({ startedAt, endedAt, ...row }: CalendarRow): CalendarRow =>
  startedAt && endedAt
    ? { ...row, start: startedAt, durationMinutes: minutesBetween(startedAt, endedAt) }
    : row;

/** They are not held. */
const FREE: readonly CalendarRow['status'][] = ['cancelled', 'no_show', 'entered_in_error'];

/** Sessions in the order of their planned starts. */
@Injectable()
export class CalendarReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  /** @throws DomainError `unavailable` when the read model is halted: rather no list than one that misleads */
  async page(
    practiceId: string,
    { from, to, therapistId, relationshipId, roomId, seriesId, place }: CalendarFilter,
    limit: number,
    cursor?: string,
  ): Promise<PageOf<CalendarRow>> {
    const filter = [from, to, therapistId, relationshipId, roomId, seriesId, place].map(
      (value) => value ?? null,
    );
    const binding = [calendar.name, practiceId, filter];
    // `<start>/<id>`: every start is as long as the other
    const [start = '', id = ''] = cursor ? String(this.cursors.read(cursor, binding)).split('/') : [];
    const position = await tables.position(this.store.pool, calendar, practiceId);
    const { rows } = await this.store.pool.query<{ row: CalendarRow }>(PAGE, [
      practiceId,
      limit + 1,
      start,
      id,
      ...filter,
    ]);
    const data = rows.slice(0, limit).map(({ row }) => row);
    const last = data.at(-1);
    const next =
      rows.length > limit && last
        ? { next: this.cursors.make(`${last.start}/${last.sessionId}`, binding) }
        : {};
    return { data, page: { limit, ...next }, meta: { position } };
  }

  /**
   * Sessions that are or will be held at about the time of some plans, by the same therapists, for the same clients or in
   * the same rooms, by everything known now. Guarded: when any session changes before the command is appended, it is
   * judged anew.
   */
  async takenAround(tx: Transaction, plans: readonly Plan[]): Promise<Other[]> {
    const rows = await this.newest(tx, AROUND, [
      plans.map(({ start }) => addMinutes(start, -LONGEST_MINUTES)),
      plans.map(endOf),
      plans.map(({ therapistId }) => therapistId),
      plans.flatMap(({ clientIds }) => clientIds),
      plans.flatMap(({ roomId }) => roomId ?? []),
    ]);
    return rows.filter(({ status }) => !FREE.includes(status)).map(asHeld);
  }

  /** Ids of the sessions that a therapist has begun and not ended. Guarded as `takenAround`. */
  async runningOf(tx: Transaction, therapistId: string): Promise<string[]> {
    const rows = await this.newest(tx, RUNNING, [therapistId]);
    return rows
      .filter((row) => row.therapistId === therapistId && ['running', 'paused'].includes(row.status))
      .map(({ sessionId }) => sessionId);
  }

  private async newest(tx: Transaction, where: string, values: readonly unknown[]): Promise<CalendarRow[]> {
    const found = await new View(this.store, calendar).matching(tx.meta.practiceId, where, values);
    if (!found)
      throw new DomainError(
        'unavailable',
        'calendar_unavailable',
        'The calendar cannot say what is planned. Try again; if it stays so, ask whoever runs Candor to look at /v1/projections.',
      );
    tx.noneSince(session.category, found.position);
    return [...found.rows.values()];
  }
}
