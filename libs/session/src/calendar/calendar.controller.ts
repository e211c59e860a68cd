import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Id, ListQuery, Moment, Query, Text, type Principal } from '#libs/http';
import { ROLES } from '#libs/kernel';
import { CalendarReader } from './calendar.reader.js';

class CalendarQuery extends ListQuery {
  @Moment({ optional: true, description: 'planned to start then or later' })
  from?: string;

  @Moment({ optional: true, description: 'planned to start before then' })
  to?: string;

  @Id({ optional: true })
  therapistId?: string;

  @Id({ optional: true })
  relationshipId?: string;

  @Id({ optional: true })
  roomId?: string;

  @Id({ optional: true })
  seriesId?: string;

  @Text({ optional: true, description: 'in words, exactly' })
  place?: string;
}

@ApiTags('sessions')
@Controller('v1/sessions')
export class CalendarController {
  constructor(@Inject(CalendarReader) private readonly reader: CalendarReader) {}

  @Query('', {
    summary: 'Sessions in the order of their planned starts',
    allow: ROLES,
  })
  list(@Caller() { practiceId }: Principal, @QueryString() { limit = 50, cursor, ...filter }: CalendarQuery) {
    return this.reader.page(practiceId, filter, limit, cursor);
  }
}
