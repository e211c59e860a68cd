import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Day, Id, ListQuery, Query, type Principal } from '#libs/http';
import { ReadinessPageDocument } from './readiness.documents.js';
import { ReadinessReader } from './readiness.reader.js';

class ReadinessQuery extends ListQuery {
  @Day({ optional: true, description: "a day in the practice's zone; today unless told" })
  date?: string;

  @Id({ optional: true })
  therapistId?: string;
}

@ApiTags('sessions')
@Controller('v1/session-readiness')
export class ReadinessController {
  constructor(@Inject(ReadinessReader) private readonly reader: ReadinessReader) {}

  @Query('', {
    summary: 'Which sessions of a day may start, judged at their planned start, with all reasons if not',
    access: 'session:readiness',
    answer: ReadinessPageDocument,
  })
  ofDay(@Caller() caller: Principal, @QueryString() query: ReadinessQuery) {
    const { limit = 50, cursor, date, therapistId } = query;
    return this.reader.ofDay(caller, { limit, cursor, date, therapistId });
  }
}
