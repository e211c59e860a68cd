import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tableOf, tables } from '#libs/event-store';
import { Cursors, type PageOf } from '#libs/http';
import { minutesBetween } from '#libs/kernel';
import { supervisorsAt, team, type Supervision } from '#libs/practice';
import { unsignedNotes, type Waiting } from './unsigned.projection.js';

/** `supervisorIds`: who could cosign now. `waitingMinutes` are whole, until now. */
export type UnsignedNote = Waiting & { waitingMinutes: number; supervisorIds: string[] };

export interface UnsignedFilter {
  therapistId?: string;
  supervisorId?: string;
  kind?: string;
}

/**
 * `$1` practice, `$2` limit, `$3` and `$4` time and id of the last one seen, `$5` whose notes, `$6` supervised by whom at
 * `$7`: those are to be cosigned by them; `$8` kind.
 */
const PAGE = `
  select item, coalesce(member.row->'supervisions', '[]') as supervisions
  from ${tableOf(unsignedNotes)} held
  cross join lateral jsonb_array_elements(held.row->'waiting') item
  cross join lateral (select (item->>'since') collate "C" as since, coalesce(item->>'noteId', item->>'sessionId') || '/' || (item->>'staffId') as id) place
  left join ${tableOf(team)} member on member.practice_id = held.practice_id and member.key = item->>'staffId'
  where held.practice_id = $1 and held.row->>'open' = 'true' and (place.since, place.id) > ($3, $4)
    and ($5::text is null or item->>'staffId' = $5)
    and ($6::text is null or (item->>'kind' = 'cosign_missing' and exists (
      select from jsonb_array_elements(member.row->'supervisions') s
      where s->>'supervisorId' = $6 and (s->>'from') collate "C" <= $7
        and (s->>'to' is null or (s->>'to') collate "C" > $7))))
    and ($8::text is null or item->>'kind' = $8)
  order by place.since, place.id limit $2`;

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
    { therapistId, supervisorId, kind }: UnsignedFilter,
    limit: number,
    cursor?: string,
  ): Promise<PageOf<UnsignedNote>> {
    const binding = [unsignedNotes.name, practiceId, therapistId, supervisorId, kind];
    const [since, id] = cursor
      ? (JSON.parse(String(this.cursors.read(cursor, binding))) as [string, string])
      : ['', ''];
    const now = this.store.clock.now();
    // as far as the slower of the two has come
    const positions = [unsignedNotes, team].map((one) => tables.position(this.store.pool, one, practiceId));
    const position = Math.min(...(await Promise.all(positions)));
    const { rows } = await this.store.pool.query<{ item: Waiting; supervisions: Supervision[] }>(PAGE, [
      practiceId,
      limit + 1,
      since,
      id,
      therapistId ?? null,
      supervisorId ?? null,
      now,
      kind ?? null,
    ]);
    return this.cursors.page(
      rows.map(({ item, supervisions }) => ({
        ...item,
        waitingMinutes: Math.max(minutesBetween(item.since, now), 0),
        supervisorIds: supervisorsAt(supervisions, now),
      })),
      limit,
      position,
      binding,
      (last) => JSON.stringify([last.since, `${last.noteId ?? last.sessionId}/${last.staffId}`]),
    );
  }
}
