import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tableOf, tables, View, type Transaction, type SealedRow } from '#libs/event-store';
import { Cursors, type PageOf } from '#libs/http';
import { addMinutes, DomainError, minutesBetween, parseStream, streamOf, type Instant } from '#libs/kernel';
import { caseload } from '#libs/relationship';
import { endOf, type Other } from '../session/conflicts.js';
import { LONGEST_MINUTES, type Plan } from '../session/plan.js';
import { session } from '../session/session.js';
import { AWAITED } from '../session/situation.js';
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
  /** only what has yet to happen, and whose surroundings may have changed since it was planned */
  suspects?: Suspects;
}

/** Ids of therapists who have left, of closed rooms, and absences, by the starts that they can touch. */
export type Suspects = {
  gone: string[];
  closed: string[];
  away: { therapistId: string; after: Instant; before: Instant }[];
};

/**
 * `$1` practice, `$2` limit, `$3` and `$4` start and id of the last session seen; from `$12` on the suspects, with every
 * relationship that has ended or has another therapist by now.
 */
const PAGE = `
  select key, row from ${tableOf(calendar)} planned
  where practice_id = $1 and ("start", key) > ($3, $4)
    and ($5::text is null or "start" >= $5)
    and ($6::text is null or "start" < $6)
    and ($7::text is null or "therapistId" = $7)
    and ($8::text is null or "relationshipId" = $8)
    and ($9::text is null or "roomId" = $9)
    and ($10::text is null or "seriesId" = $10)
    and ($11::text is null or "place" = $11)
    and ($12::text[] is null or "status" = any('{${AWAITED.join()}}') and (
      "therapistId" = any($12) or "roomId" = any($13)
      or exists (select from unnest($14::text[], $15::text[], $16::text[]) as away(therapist, after, before)
        where therapist = "therapistId" and "start" > after and "start" < before)
      or exists (select from ${tableOf(caseload)} bond where bond.practice_id = $1 and bond.key = planned."relationshipId"
        and (bond."status" = 'ended' or bond."therapistId" <> planned."therapistId"))))
  order by "start", key limit $2`;

/**
 * `$1` practice; `$2` and `$3` after which and before which starts a session can reach into a plan; `$4` therapists, `$5`
 * clients, `$6` rooms
 */
const AROUND = `
  key in (
    select other.key from unnest($2::text[], $3::text[]) as plan(after, before)
    join ${tableOf(calendar)} other on other.practice_id = $1
      and other."start" > plan.after and other."start" < plan.before)
  and ("therapistId" = any($4::text[]) or "clientIds" && $5::text[] or "roomId" = any($6::text[]))`;

/** With how far the rows have come, in one statement: while they are folded anew some can be gone a moment later. */
const RUNNING = `select array(select key from ${tableOf(calendar)} where practice_id = $1
    and "status" = any('{running,paused}') and "therapistId" = $2) as keys,
  coalesce((select position from read.checkpoint
    where practice_id = $1 and projection = '${calendar.name}' and version = ${calendar.version}), 0) as position`;

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

  async page(
    practiceId: string,
    filter: CalendarFilter,
    limit: number,
    cursor?: string,
  ): Promise<PageOf<CalendarRow>> {
    const binding = [calendar.name, practiceId, Object.entries(filter)];
    const last = cursor ? String(this.cursors.read(cursor, binding)) : undefined;
    const { rows, position } = await this.after(practiceId, filter, limit + 1, last);
    return this.cursors.page(rows, limit, position, binding, CalendarReader.placeOf);
  }

  /** Where a session stands in the order of the starts; every start is as long as the other. */
  static placeOf({ start, sessionId }: Pick<CalendarRow, 'start' | 'sessionId'>): string {
    return `${start}/${sessionId}`;
  }

  /**
   * Up to `limit` sessions after a place.
   * @throws DomainError `unavailable` when the read model is halted: rather no list than one that misleads
   */
  async after(
    practiceId: string,
    { from, to, therapistId, relationshipId, roomId, seriesId, place, suspects }: CalendarFilter,
    limit: number,
    last = '/',
  ): Promise<{ rows: CalendarRow[]; position: number }> {
    const [start, id] = last.split('/');
    // as far as the slower of the two has come
    const asked = [calendar, ...(suspects ? [caseload] : [])];
    const positions = await Promise.all(
      asked.map((one) => tables.position(this.store.of(practiceId), one, practiceId)),
    );
    const there =
      place === undefined ? undefined : await this.store.rows.blind(practiceId, calendar, 'place', place);
    const filter = [from, to, therapistId, relationshipId, roomId, seriesId, there];
    const { rows } = await this.store
      .of(practiceId)
      .query<SealedRow>(PAGE, [
        practiceId,
        limit,
        start,
        id,
        ...filter.map((value) => value ?? null),
        suspects?.gone ?? null,
        suspects?.closed ?? [],
        suspects?.away.map((one) => one.therapistId) ?? [],
        suspects?.away.map((one) => one.after) ?? [],
        suspects?.away.map((one) => one.before) ?? [],
      ]);
    const opened = await this.store.rows.open(calendar, practiceId, rows);
    return {
      rows: [...opened.values()].map(({ entries: _, ...row }) => row),
      position: Math.min(...positions),
    };
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

  /**
   * Ids of the sessions that a therapist has begun and not ended. The read model only says where to look, and what has
   * begun since is looked up in the log: a halted calendar keeps nobody from a session. Guarded as `takenAround`.
   */
  async runningOf(tx: Transaction, therapistId: string): Promise<string[]> {
    const { practiceId } = tx.meta;
    const { rows } = await this.store
      .of(practiceId)
      .query<{ keys: string[]; position: number }>(RUNNING, [practiceId, therapistId]);
    let { keys, position } = rows[0]!;
    const begun = new Set(keys);
    for await (const batch of this.store.reader.batches(practiceId, position, 1_000, 'clear'))
      for (const event of batch) {
        if (event.type === 'SessionStarted') begun.add(parseStream(event.stream).id);
        position = event.position;
      }
    tx.noneSince(session.category, position);
    await tx.events([...begun].map((id) => streamOf(session.category, id)));
    const running: string[] = [];
    for (const id of begun) {
      const state = await tx.read(session, id);
      const underway = state.situation === 'running' || state.situation === 'paused';
      if (underway && state.plan.therapistId === therapistId) running.push(id);
    }
    return running;
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
