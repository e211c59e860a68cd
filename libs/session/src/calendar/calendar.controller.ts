import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Caller,
  Choice,
  Id,
  ListQuery,
  Moment,
  Query,
  Sees,
  Text,
  type Principal,
  type Sight,
} from '#libs/http';
import { AttentionReader } from '../attention/attention.reader.js';
import { refusePlace, shownPlace } from '../session/place.reader.js';

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

  @Choice(['true'], {
    optional: true,
    description: 'only what has yet to happen and can no longer take place as planned',
  })
  needsAttention?: 'true';
}

@ApiTags('sessions')
@Controller('v1/sessions')
export class CalendarController {
  constructor(@Inject(AttentionReader) private readonly attention: AttentionReader) {}

  @Query('', {
    summary:
      'Sessions in the order of their planned starts; `attention` says why one can no longer take place as planned',
    access: 'session:read',
  })
  async list(
    @Caller() { practiceId }: Principal,
    @Sees() sees: Sight,
    @QueryString() { limit = 50, cursor, minPosition: _, needsAttention, ...filter }: CalendarQuery,
  ) {
    if (filter.place !== undefined) refusePlace(sees);
    const { data, ...rest } = needsAttention
      ? await this.attention.needing(practiceId, filter, limit, cursor)
      : await this.attention.page(practiceId, filter, limit, cursor);
    return { data: data.map((row) => shownPlace(row, sees)), ...rest };
  }
}
