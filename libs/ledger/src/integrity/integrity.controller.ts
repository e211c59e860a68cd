import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, OneQuery, Query, type Principal } from '#libs/http';
import { IntegrityDocument } from './integrity.documents.js';
import { IntegrityReader } from './integrity.reader.js';

@ApiTags('proof')
@Controller('v1/integrity')
export class IntegrityController {
  constructor(@Inject(IntegrityReader) private readonly integrity: IntegrityReader) {}

  @Query('', {
    summary: 'Is history whole, how far is it signed, and is anything halted',
    access: 'proof:read',
    answer: IntegrityDocument,
  })
  of(@Caller() { practiceId }: Principal, @QueryString() _query: OneQuery) {
    return this.integrity.of(practiceId);
  }
}
