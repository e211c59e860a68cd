import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tableOf } from '#libs/event-store';
import { care } from './care.projection.js';

const CARE = tableOf(care);

/**
 * Whom things concern, for every answer before it leaves: one statement and so one snapshot, without opening a row. What
 * the read model has not taken yet is read from the log itself, so nobody who joined a moment ago is missed, and a read
 * model that is halted keeps nothing from being told.
 */
@Injectable()
export class ConcernedReader {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /** @param ids of whatever there is; those that concern nobody are passed over @returns ids of clients, sorted, each once */
  async by(practiceId: string, ids: Iterable<string>): Promise<string[]> {
    const asked = [...new Set(ids)];
    if (asked.length === 0) return [];
    const { rows } = await this.store.of(practiceId).query<{ id: string }>({
      name: 'access.concerned',
      text: `
        with stored as (
          select clients, "unitId" from ${CARE} where practice_id = $1 and key = any($2::text[])
        ), tail as materialized (
          select substr(stream, strpos(stream, '-') + 1) as id, type, data->>'unitId' as unit, meta->'subjects' as subjects
          from log.event where practice_id = $1 and position >
            coalesce((select position from read.checkpoint where practice_id = $1 and projection = $3 and version = $4), 0)
        ), units as (
          select "unitId" as id from stored where "unitId" is not null
          union select unit from tail where type = 'RelationshipOpened' and id = any($2::text[])
        )
        select unnest(clients) as id from stored
        union select unnest(c.clients) from units u join ${CARE} c on c.practice_id = $1 and c.key = u.id
        union select jsonb_array_elements_text(subjects) from tail where id = any($2::text[]) or id in (select id from units)
        order by id`,
      values: [practiceId, asked, care.name, care.version],
    });
    return rows.map(({ id }) => id);
  }
}
