import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, ListQuery, Lists, Query, type Principal } from '#libs/http';
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
    access: 'room:read',
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: RoomsQuery) {
    return this.lists.page(rooms, practiceId, query, { open: '"open"' });
  }
}
