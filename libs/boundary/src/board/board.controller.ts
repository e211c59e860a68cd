import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import { Caller, Choice, Id, ListQuery, Lists, Query, Sees, type Principal, type Sight } from '#libs/http';
import { localDate, type LocalDate } from '#libs/kernel';
import { practiceNow } from '#libs/practice';
import { isOpen } from '../agreement/crossing.js';
import { AGREEMENT_STATUSES, shownAgreement } from '../agreement/summary.js';
import { BOUNDARY_TOPICS } from '../agreement/topics.js';
import { boundaryBoard, type BoardRow } from './board.projection.js';

class BoardQuery extends ListQuery {
  @Id({ optional: true })
  relationshipId?: string;

  @Choice(BOUNDARY_TOPICS, { optional: true })
  topic?: string;

  @Choice(AGREEMENT_STATUSES, { optional: true })
  status?: string;

  @Choice(['true', 'false'], {
    optional: true,
    description: 'whether the day of the next review has come, in the zone of the practice',
  })
  reviewDue?: 'true' | 'false';
}

/** How a filter finds its value in a row. */
const FILTERS = {
  relationshipId: '"relationshipId"',
  topic: '"topic"',
  status: '"status"',
  dueBy: (day: string) => `"reviewOn" <= ${day}`,
  notDueBy: (day: string) => `coalesce("reviewOn" > ${day}, true)`,
  // where nothing was ever proposed, the row tells of a crossing
  proposed: (yes: string) => `("status" <> 'not_agreed')::text = ${yes}`,
} as const;

@ApiTags('boundaries')
@Controller('v1/boundaries')
export class BoardController {
  constructor(
    @Inject(Lists) private readonly lists: Lists,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Query('', {
    summary: 'What is agreed and what is due for review; open crossings only for therapist, supervisor',
    access: 'boundary:read',
  })
  async list(
    @Caller() { practiceId }: Principal,
    @Sees() { clinicalText: clinical }: Sight,
    @QueryString() query: BoardQuery,
  ) {
    const today = await this.today(practiceId);
    const { reviewDue, ...asked } = query;
    const filter = {
      ...asked,
      ...(reviewDue === undefined ? {} : { [reviewDue === 'true' ? 'dueBy' : 'notDueBy']: today }),
      ...(clinical ? {} : { proposed: 'true' }),
    };
    const { data, ...rest } = await this.lists.page(boundaryBoard, practiceId, filter, FILTERS);
    return { data: data.map((row) => shownRow(row, today, clinical)), ...rest };
  }

  /** The day it is where the practice is. */
  private async today(practiceId: string): Promise<LocalDate> {
    const { zone } = await practiceNow(this.store, practiceId);
    return localDate(this.store.clock.now(), zone);
  }
}

/** Nobody's words: they are read with the agreement itself. */
const shownRow = (
  { boundaryId, relationshipId, topic, status, reviewOn, state }: BoardRow,
  today: LocalDate,
  clinical: boolean,
) => ({
  boundaryId,
  relationshipId,
  topic,
  status,
  ...shownAgreement(state, false),
  reviewDue: reviewOn !== undefined && reviewOn <= today,
  ...(clinical ? { openCrossings: Object.values(state.crossings).filter(isOpen).length } : {}),
});
