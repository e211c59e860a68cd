import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { ROLES } from '#libs/kernel';
import { team } from './team.projection.js';

class TeamQuery extends ListQuery {
  @Choice(ROLES, { optional: true })
  role?: string;

  @Choice(['active', 'deactivated'], { optional: true })
  status?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  role: (role: string) => `${role} = any("roles")`,
  status: '"status"',
} as const;

@ApiTags('staff')
@Controller('v1/staff')
export class TeamController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'Who works here',
    access: 'staff:read',
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: TeamQuery) {
    return this.lists.page(team, practiceId, query, FILTERS);
  }
}
