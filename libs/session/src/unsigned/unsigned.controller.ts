import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, Day, Id, ListQuery, Query, type Principal } from '#libs/http';
import { WAITING_KINDS } from './unsigned.projection.js';
import { UnsignedReader } from './unsigned.reader.js';

class UnsignedQuery extends ListQuery {
  @Id({ optional: true, description: 'whose notes' })
  therapistId?: string;

  @Id({ optional: true, description: 'what this supervisor can cosign now' })
  supervisorId?: string;

  @Choice(WAITING_KINDS, { optional: true })
  kind?: string;

  @Day({
    optional: true,
    description: "what has waited since that day or a later one, in the practice's zone; all unless told",
  })
  from?: string;
}

@ApiTags('notes')
@Controller('v1/unsigned-notes')
export class UnsignedController {
  constructor(@Inject(UnsignedReader) private readonly reader: UnsignedReader) {}

  @Query('', {
    summary: 'Sessions without a note, notes to be signed, and notes to be cosigned; the longest wait first',
    access: 'note:read',
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: UnsignedQuery) {
    const { limit = 50, cursor, minPosition: _, ...filter } = query;
    return this.reader.page(practiceId, filter, limit, cursor);
  }
}
