import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import { Caller, Choice, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { isLateEntry, practiceNow } from '#libs/practice';
import { CROSSING_OUTCOMES, CROSSING_SITUATIONS } from '../agreement/crossing.js';
import { BOUNDARY_TOPICS } from '../agreement/topics.js';
import { crossingRegister } from './register.projection.js';

class RegisterQuery extends ListQuery {
  @Id({ optional: true })
  relationshipId?: string;

  @Choice(BOUNDARY_TOPICS, { optional: true })
  topic?: string;

  @Choice(CROSSING_SITUATIONS, { optional: true })
  status?: string;

  @Choice(CROSSING_OUTCOMES, { optional: true })
  outcome?: string;

  @Choice(['true', 'false'], { optional: true, description: 'whether somebody still has to do something' })
  open?: string;

  @Choice(['true', 'false'], {
    optional: true,
    description: 'false: nothing was agreed on the topic when it happened',
  })
  underAgreement?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  relationshipId: '"relationshipId"',
  topic: '"topic"',
  status: '"status"',
  outcome: '"outcome"',
  open: '"open"',
  underAgreement: '"underAgreement"',
} as const;

@ApiTags('boundaries')
@Controller('v1/crossings')
export class RegisterController {
  constructor(
    @Inject(Lists) private readonly lists: Lists,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  /** The words are read with the boundary, by those who may. */
  @Query('', {
    summary: 'Every crossing and where it stands, without anybody’s words',
    access: 'crossing:read',
  })
  async list(@Caller() { practiceId }: Principal, @QueryString() query: RegisterQuery) {
    const { data, ...rest } = await this.lists.page(crossingRegister, practiceId, query, FILTERS);
    const { policies } = await practiceNow(this.store, practiceId);
    return {
      data: data.map(({ boundaryId, relationshipId, topic, line }) => ({
        boundaryId,
        relationshipId,
        topic,
        ...line,
        late: isLateEntry(line, policies),
      })),
      ...rest,
    };
  }
}
