import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { ROLES } from '#libs/kernel';
import { rooms } from './rooms.projection.js';

class RoomsQuery extends ListQuery {
  @Choice(['true', 'false'], { optional: true, description: 'false: those that were closed' })
  open?: string;
}

@ApiTags('rooms')
@Controller('v1/rooms')
export class RoomsController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'The rooms of the practice',
    allow: ROLES,
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: RoomsQuery) {
    return this.lists.page(rooms, practiceId, query, { open: "row->>'open'" });
  }
}
