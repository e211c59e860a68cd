import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { ROLES } from '#libs/kernel';
import { caseload } from './caseload.projection.js';

class CaseloadQuery extends ListQuery {
  @Id({ optional: true, description: 'a member of the unit' })
  clientId?: string;

  @Id({ optional: true })
  therapistId?: string;

  @Id({ optional: true, description: 'a therapist who stands in, has or will' })
  coveringTherapistId?: string;

  @Choice(['open', 'ended'], { optional: true })
  status?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  clientId: (clientId: string) => `row->'members' ? ${clientId}`,
  therapistId: "row->>'therapistId'",
  coveringTherapistId: (id: string) =>
    `row->'covers' @> jsonb_build_array(jsonb_build_object('therapistId', ${id}::text))`,
  status: "row->>'status'",
} as const;

@ApiTags('relationships')
@Controller('v1/relationships')
export class CaseloadController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'Who works with whom',
    allow: ROLES,
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: CaseloadQuery) {
    return this.lists.page(caseload, practiceId, query, FILTERS);
  }
}
