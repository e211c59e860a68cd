import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { seesClinicalText } from '#libs/practice';
import { AGREEMENT_STATUSES, shownAgreement } from '../agreement/summary.js';
import { BOUNDARY_TOPICS } from '../agreement/topics.js';
import { boundaryBoard } from './board.projection.js';

class BoardQuery extends ListQuery {
  @Id({ optional: true })
  relationshipId?: string;

  @Choice(BOUNDARY_TOPICS, { optional: true })
  topic?: string;

  @Choice(AGREEMENT_STATUSES, { optional: true })
  status?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  relationshipId: "row->>'relationshipId'",
  topic: "row->>'topic'",
  status: "row->>'status'",
} as const;

@ApiTags('boundaries')
@Controller('v1/boundaries')
export class BoardController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'What is agreed; words only for therapist, supervisor, owner',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  async list(@Caller() { practiceId, roles }: Principal, @QueryString() query: BoardQuery) {
    const { data, ...rest } = await this.lists.page(boundaryBoard, practiceId, query, FILTERS);
    const clinical = seesClinicalText(roles);
    return {
      data: data.map(({ boundaryId, state }) => ({ boundaryId, ...shownAgreement(state, clinical) })),
      ...rest,
    };
  }
}
