import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tableOf } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import { care } from './care.projection.js';

const CARE = tableOf(care);
/** Of the log at most so much is read for one answer; some tenths of a second. Further behind it is only when it is halted. */
const LONGEST_TAIL = 50_000;

/**
 * Whom things concern, for every answer before it leaves: one statement and so one snapshot, without opening a row. What
 * the read model has not taken yet is read from the log itself, so nobody who joined a moment ago is missed, and a read
 * model that is halted keeps nothing from being told until it is far behind.
 */
@Injectable()
export class ConcernedReader {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /**
   * @param ids of whatever there is; those that concern nobody are passed over @returns ids of clients, sorted, each once
   * @throws DomainError `unavailable` when the read model is too far behind to say
   */
  async by(practiceId: string, ids: Iterable<string>): Promise<string[]> {
    const asked = [...new Set(ids)];
    if (asked.length === 0) return [];
    const { rows } = await this.store.of(practiceId).query<{ behind: boolean; ids: string[] }>({
      name: 'access.concerned',
      text: `
        with seen as (
          select coalesce((select position from read.checkpoint where practice_id = $1 and projection = $3 and version = $4), 0) as up_to,
            coalesce((select position from log.head where practice_id = $1), 0) as newest
        ), stored as (
          select clients, "unitId" from ${CARE} where practice_id = $1 and key = any($2::text[])
        ), tail as materialized (
          select substr(stream, strpos(stream, '-') + 1) as id, type, data->>'unitId' as unit, meta->'subjects' as subjects
          from log.event where practice_id = $1 and position > (select up_to from seen) and position <= (select up_to from seen) + $5
        ), units as (
          select "unitId" as id from stored where "unitId" is not null
          union select unit from tail where type = 'RelationshipOpened' and id = any($2::text[])
        )
        select (select newest - up_to > $5 from seen) as behind, array(
          select unnest(clients) as id from stored
          union select unnest(c.clients) from units u join ${CARE} c on c.practice_id = $1 and c.key = u.id
          union select jsonb_array_elements_text(subjects) from tail where id = any($2::text[]) or id in (select id from units)
          order by id) as ids`,
      values: [practiceId, asked, care.name, care.version, LONGEST_TAIL],
    });
    const [found] = rows;
    if (!found!.behind) return found!.ids;
    throw new DomainError(
      'unavailable',
      'care_unknown',
      'Candor cannot say right now whom this concerns, and whoever looks is written down. Try again; if it stays so, ask whoever runs Candor to look at /v1/projections.',
    );
  }
}
