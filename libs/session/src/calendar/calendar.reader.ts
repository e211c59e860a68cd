import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tableOf, tables } from '#libs/event-store';
import { Cursors, type PageOf } from '#libs/http';
import { DomainError } from '#libs/kernel';
import { calendar, type CalendarRow } from './calendar.projection.js';

export interface CalendarFilter {
  /** first start, inclusive */
  from?: string;
  /** last start, exclusive */
  to?: string;
  therapistId?: string;
  relationshipId?: string;
}

/** `$1` practice, `$2` limit, `$3` and `$4` start and id of the last session seen */
const PAGE = `
  select row from ${tableOf(calendar)}
  where practice_id = $1 and ((row->>'start') collate "C", key) > ($3, $4)
    and ($5::text is null or (row->>'start') collate "C" >= $5)
    and ($6::text is null or (row->>'start') collate "C" < $6)
    and ($7::text is null or row->>'therapistId' = $7)
    and ($8::text is null or row->>'relationshipId' = $8)
  order by (row->>'start') collate "C", key limit $2`;

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
    { from, to, therapistId, relationshipId }: CalendarFilter,
    limit: number,
    cursor?: string,
  ): Promise<PageOf<CalendarRow>> {
    const filter = [from, to, therapistId, relationshipId].map((value) => value ?? null);
    const binding = [calendar.name, practiceId, filter];
    // `<start>/<id>`: every start is as long as the other
    const [start = '', id = ''] = cursor ? String(this.cursors.read(cursor, binding)).split('/') : [];
    const position = await this.position(practiceId);
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

  private async position(practiceId: string): Promise<number> {
    const all = await tables.checkpoints(this.store.pool, practiceId);
    const mine = all.find(
      ({ projection, version }) => projection === calendar.name && version === calendar.version,
    );
    if (mine?.haltedAt)
      throw new DomainError(
        'unavailable',
        'read_model_halted',
        `The calendar stopped at position ${mine.haltedAt}. Ask whoever runs Candor to look at /v1/projections.`,
      );
    return mine?.position ?? 0;
  }
}
