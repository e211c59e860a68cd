import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import type { Instant } from '#libs/kernel';
import type { AccessData } from './entry.js';

/** One read, as it was written down. */
export interface AccessEntry {
  position: number;
  accessId: string;
  at: Instant;
  data: AccessData;
}

export interface AccessFilter {
  clientId?: string;
  staffId?: string;
  /** both inclusive */
  from?: Instant;
  to?: Instant;
}

/** Time goes the way positions go, so a moment is a position. */
const CONDITIONS: Record<keyof AccessFilter, (parameter: string) => string> = {
  clientId: (p) =>
    `and e.position in (select c.position from access.entry_client c where c.practice_id = $1 and c.client_id = ${p} and c.position < $2)`,
  staffId: (p) => `and e.staff_id = ${p}`,
  from: (p) =>
    `and e.position >= (select f.position from access.entry f where f.practice_id = $1 and f.recorded_at >= ${p} order by f.recorded_at, f.position limit 1)`,
  to: (p) =>
    `and e.position <= (select t.position from access.entry t where t.practice_id = $1 and t.recorded_at <= ${p} order by t.recorded_at desc, t.position desc limit 1)`,
};

/** All SQL that reads the access log. */
@Injectable()
export class AccessEntries {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /** How many reads were ever written down. */
  async position(practiceId: string): Promise<number> {
    const { rows } = await this.store
      .of(practiceId)
      .query<{ position: number }>('select position from access.head where practice_id = $1', [practiceId]);
    return rows[0]?.position ?? 0;
  }

  /** Up to `limit` entries before a position, the newest first. */
  async before(
    practiceId: string,
    position: number,
    filter: AccessFilter,
    limit: number,
  ): Promise<AccessEntry[]> {
    const given = (Object.keys(CONDITIONS) as (keyof AccessFilter)[]).filter((name) => filter[name]);
    const { rows } = await this.store.of(practiceId).query<AccessEntry>(
      `select e.position, e.access_id as "accessId", e.recorded_at as at, e.data from access.entry e
       where e.practice_id = $1 and e.position < $2 ${given.map((name, index) => CONDITIONS[name](`$${index + 4}`)).join(' ')}
       order by e.position desc limit $3`,
      [practiceId, position, limit, ...given.map((name) => filter[name])],
    );
    return rows;
  }

  /** All of them, the newest first, a batch at a time. */
  async *all(practiceId: string, filter: AccessFilter, size = 500): AsyncGenerator<AccessEntry[]> {
    for (let position = Number.MAX_SAFE_INTEGER; ;) {
      const batch = await this.before(practiceId, position, filter, size);
      if (batch.length > 0) yield batch;
      if (batch.length < size) return;
      position = batch.at(-1)!.position;
    }
  }
}
