import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, Id, ListQuery, Query, type Principal } from '#libs/http';
import { WAITING_KINDS } from './unsigned.projection.js';
import { UnsignedReader } from './unsigned.reader.js';

class UnsignedQuery extends ListQuery {
  @Id({ optional: true, description: 'whose notes' })
  therapistId?: string;

  @Id({ optional: true, description: 'what this supervisor can cosign now' })
  supervisorId?: string;

  @Choice(WAITING_KINDS, { optional: true })
  kind?: string;
}

@ApiTags('notes')
@Controller('v1/unsigned-notes')
export class UnsignedController {
  constructor(@Inject(UnsignedReader) private readonly reader: UnsignedReader) {}

  @Query('', {
    summary: 'Sessions without a note, notes to be signed, and notes to be cosigned; the longest wait first',
    allow: ['owner', 'therapist', 'supervisor', 'auditor'],
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: UnsignedQuery) {
    const { limit = 50, cursor, therapistId, supervisorId, kind } = query;
    return this.reader.page(practiceId, { therapistId, supervisorId, kind }, limit, cursor);
  }
}
