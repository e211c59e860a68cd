import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { pipeline, STAGES } from './pipeline.projection.js';

class PipelineQuery extends ListQuery {
  @Choice(STAGES, { optional: true })
  stage?: string;

  @Id({ optional: true, description: 'matched, offered or accepted' })
  therapistId?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  stage: "row->>'stage'",
  therapistId: "row->>'therapistId'",
} as const;

@ApiTags('intake')
@Controller('v1/inquiries')
export class PipelineController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'Who waits, since when, and for what',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: PipelineQuery) {
    return this.lists.page(pipeline, practiceId, query, FILTERS);
  }
}
