import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import type { Instant } from '#libs/kernel';
import { CareReader } from '../care/care.reader.js';
import { grouped, unusual, type Looks, type Unusual } from './unusual.js';

/** Who comes as a couple or a family is looked at together; whoever is in a longer answer, or in a list, was not looked at one by one. */
const MOST_IN_ONE_LOOK = 5;

/** Counts the access log, and leaves out whom somebody takes care of today. */
@Injectable()
export class UnusualReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(CareReader) private readonly care: CareReader,
  ) {}

  async between(practiceId: string, from: Instant, to: Instant): Promise<Unusual[]> {
    const { rows } = await this.store.of(practiceId).query<Looks>(
      `select e.staff_id as "staffId", e.data->'actor'->>'role' as role, c.client_id as "clientId",
         count(distinct e.data->>'requestId') as times,
         count(distinct e.data->>'requestId') filter (where e.data ? 'grantId') as "underGlass"
       from access.entry e join access.entry_client c on c.practice_id = e.practice_id and c.position = e.position
       where e.practice_id = $1 and e.recorded_at >= $2 and e.recorded_at <= $3 and jsonb_array_length(e.data->'clientIds') <= case when strpos(e.data->>'route', ':') > 0 then $4::int else 1 end
       group by 1, 2, 3`,
      [practiceId, from, to, MOST_IN_ONE_LOOK],
    );
    const strangers: Looks[] = [];
    for (const [staffId, looks] of grouped(rows, (row) => row.staffId)) {
      const asking = { practiceId, staffId, at: to };
      const concerns = await this.care.concerns(
        asking,
        looks.map(({ clientId }) => clientId),
      );
      strangers.push(
        ...looks.filter(({ clientId }) => {
          const reaches = concerns.get(clientId)?.reaches;
          return !reaches?.has('own') && !reaches?.has('supervisees');
        }),
      );
    }
    return unusual(strangers);
  }
}
