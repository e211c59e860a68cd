import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tableOf, tables, View, type SealedRow } from '#libs/event-store';
import { Cursors, type PageOf } from '#libs/http';
import { compareText, minutesBetween, startOfLocalDay, type LocalDate } from '#libs/kernel';
import { practiceNow, supervisorsAt, team, type Supervision } from '#libs/practice';
import { unsignedNotes, type Waiting } from './unsigned.projection.js';

/** `supervisorIds`: who could cosign now. `waitingMinutes` are whole, until now. */
export type UnsignedNote = Waiting & { waitingMinutes: number; supervisorIds: string[] };

export interface UnsignedFilter {
  therapistId?: string;
  supervisorId?: string;
  kind?: string;
  /** in the practice's zone: what has waited since that day or a later one */
  from?: LocalDate;
}

/** What is unsigned, missing or to be cosigned, what waits longest first. */
@Injectable()
export class UnsignedReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  /** @throws DomainError `unavailable` when a read model is halted: rather no list than one that misleads */
  async page(
    practiceId: string,
    { therapistId, supervisorId, kind, from }: UnsignedFilter,
    limit: number,
    cursor?: string,
  ): Promise<PageOf<UnsignedNote>> {
    const binding = [unsignedNotes.name, practiceId, therapistId, supervisorId, kind, from];
    const [since, id] = cursor
      ? (JSON.parse(String(this.cursors.read(cursor, binding))) as [string, string])
      : ['', ''];
    const now = this.store.clock.now();
    const { zone } = await practiceNow(this.store, practiceId);
    const firstMoment = from === undefined ? '' : startOfLocalDay(from, zone);
    const { items, supervisions, position } = await this.waiting(practiceId);
    const supervises = (staffId: string) => supervisorsAt(supervisions.get(staffId) ?? [], now);
    const page = items
      .filter((item) => therapistId === undefined || item.staffId === therapistId)
      .filter((item) => kind === undefined || item.kind === kind)
      .filter((item) => item.since >= firstMoment)
      .filter(
        (item) =>
          supervisorId === undefined ||
          (item.kind === 'cosign_missing' && supervises(item.staffId).includes(supervisorId)),
      )
      .filter((item) => (compareText(item.since, since) || compareText(placeOf(item), id)) > 0)
      .toSorted((a, b) => compareText(a.since, b.since) || compareText(placeOf(a), placeOf(b)));
    return this.cursors.page(
      page.slice(0, limit + 1).map((item) => ({
        ...item,
        waitingMinutes: Math.max(minutesBetween(item.since, now), 0),
        supervisorIds: supervises(item.staffId),
      })),
      limit,
      position,
      binding,
      (last) => JSON.stringify([last.since, placeOf(last)]),
    );
  }

  /** Everything that waits in a practice, and who supervises whom; as far as the slower of the two has come. */
  private async waiting(practiceId: string) {
    const db = this.store.of(practiceId);
    const positions = [unsignedNotes, team].map((one) => tables.position(db, one, practiceId));
    const position = Math.min(...(await Promise.all(positions)));
    const { rows } = await db.query<SealedRow>(
      `select key, row from ${tableOf(unsignedNotes)} where practice_id = $1 and "open" = 'true'`,
      [practiceId],
    );
    const opened = await this.store.rows.open(unsignedNotes, practiceId, rows);
    const supervisions = new Map<string, readonly Supervision[]>();
    for await (const members of new View(this.store, team).scan(practiceId, ''))
      for (const [staffId, member] of members) supervisions.set(staffId, member.supervisions);
    return { items: [...opened.values()].flatMap((row) => row.waiting), supervisions, position };
  }
}

/** Tells apart what waits since the same moment. */
const placeOf = ({ noteId, sessionId, staffId }: Waiting): string => `${noteId ?? sessionId}/${staffId}`;
