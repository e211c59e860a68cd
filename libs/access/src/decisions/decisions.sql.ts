import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tableOf, tables } from '#libs/event-store';
import type { Instant } from '#libs/kernel';
import type { Refusal } from './decision.js';
import { overrides, type OverrideRow } from './overrides.projection.js';

export interface DecisionFilter {
  clientId?: string;
  staffId?: string;
  code?: string;
  kind?: 'refused' | 'overridden';
  /** both inclusive */
  from?: Instant;
  to?: Instant;
}

export type DecisionRow = { id: string; at: Instant } & (
  { kind: 'refused'; data: Refusal } | { kind: 'overridden'; data: OverrideRow }
);

/** $4 to $9 are what is asked for, or null. */
const ASKED = `coalesce(d.data->'clientIds' ? $4, true) and coalesce(d.data->'actor'->>'id' = $5, true)
  and coalesce(d.codes ? $6, true) and coalesce(d.kind = $7, true) and coalesce(d.at >= $8, true) and coalesce(d.at <= $9, true)`;

/** Both go down their primary key from $2 and stop at $3 rows; what is put in order are two pages at most. */
const BEFORE = `
  select id, at, kind, data from (
    (select * from (
       select decision_id::text collate "C" as id, recorded_at as at, 'refused' as kind, data,
         jsonb_path_query_array(data, '$.reasons[*].code') || jsonb_build_array(data->'code') as codes
       from access.decision where practice_id = $1 and decision_id < $2::uuid order by decision_id desc
     ) d where ${ASKED} limit $3)
    union all
    (select * from (
       select key as id, "at"::timestamptz as at, 'overridden' as kind,
         jsonb_build_object('at', "at", 'actor', jsonb_build_object('id', "actorId", 'role', "role"),
           'type', "type", 'stream', "stream", 'codes', "codes", 'clientIds', "clientIds") as data,
         to_jsonb("codes") as codes
       from ${tableOf(overrides)} where practice_id = $1 and key < $2::text order by key desc
     ) d where ${ASKED} limit $3)
  ) d order by id desc limit $3`;

/** All SQL that reads decisions: refusals that were kept, and what the log of events holds of overrides. */
@Injectable()
export class Decisions {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /**
   * The newest first, those before an id. Ids of both begin with the time.
   * @returns rows and the position of the log up to which overrides are known
   */
  async before(
    practiceId: string,
    before: string,
    filter: DecisionFilter,
    limit: number,
  ): Promise<{ rows: DecisionRow[]; position: number }> {
    const db = this.store.of(practiceId);
    const position = await tables.position(db, overrides, practiceId);
    const { clientId, staffId, code, kind, from, to } = filter;
    const { rows } = await db.query<DecisionRow>(
      BEFORE,
      [practiceId, before, limit, clientId, staffId, code, kind, from, to].map((value) => value ?? null),
    );
    return { rows, position };
  }
}
