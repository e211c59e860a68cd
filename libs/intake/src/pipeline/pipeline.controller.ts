import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import { Caller, Choice, Id, ListQuery, Lists, Moment, Query, type Principal } from '#libs/http';
import { localDate } from '#libs/kernel';
import { practiceNow } from '#libs/practice';
import { pipeline } from './pipeline.projection.js';
import { asOf, STATUSES } from './row.js';

class PipelineQuery extends ListQuery {
  @Choice(STATUSES, { optional: true })
  status?: string;

  @Id({ optional: true, description: 'matched, offered or accepted' })
  therapistId?: string;

  @Moment({ optional: true, description: 'still open, and received then or before' })
  waitingSince?: string;

  @Choice(['true'], {
    optional: true,
    description: 'only those whose check-in or follow-up is overdue today',
  })
  overdue?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  status: '"status"',
  therapistId: '"therapistId"',
  waitingSince: (instant: string) =>
    `"receivedAt" <= ${instant} and "status" not in ('accepted', 'declined', 'referred', 'withdrawn')`,
  overdue: (today: string) => `"dueOn" < ${today}`,
} as const;

@ApiTags('intake')
@Controller('v1/inquiries')
export class PipelineController {
  constructor(
    @Inject(Lists) private readonly lists: Lists,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  /** What is overdue is judged when read, by the practice's calendar, so no job has to run. */
  @Query('', {
    summary: 'Who waits, how long, and what comes next',
    access: 'inquiry:read',
  })
  async list(@Caller() { practiceId }: Principal, @QueryString() query: PipelineQuery) {
    const { zone } = await practiceNow(this.store, practiceId);
    const now = this.store.clock.now();
    const filter = query.overdue ? { ...query, overdue: localDate(now, zone) } : query;
    const page = await this.lists.page(pipeline, practiceId, filter, FILTERS);
    return { ...page, data: page.data.map((row) => asOf(row, now, zone)) };
  }
}
