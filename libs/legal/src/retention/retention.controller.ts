import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import { client } from '#libs/client';
import { EventStore } from '#libs/event-store';
import { Caller, OneQuery, PathId, Query, type Principal } from '#libs/http';
import { practiceNow } from '#libs/practice';
import { PersonReader } from '../person/person.reader.js';
import { retentionOf, type Because } from './retention.js';
import { RETENTION_RULES } from './rules.js';

class RetentionDocument {
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ type: [String], description: 'every record of the person, this one or the kept one first' })
  records: string[];
  @ApiProperty({
    type: String,
    format: 'date',
    nullable: true,
    description: 'the last day on which everything is kept; null while treatment goes on, or without any',
  })
  until: string | null;
  @ApiProperty({
    enum: ['treatment_goes_on', 'after_last_treatment', 'minor_at_last_treatment', 'never_treated'],
  })
  because: Because;
  @ApiProperty({ description: 'the title of the rule' }) rule: string;
  @ApiProperty({ description: 'what the rule rests on' }) clause: string;
  @ApiProperty({ examples: ['A starting point, not legal advice: check with your counsel.'] }) advice: string;
}

@ApiTags('legal')
@Controller('v1/clients')
export class RetentionController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PersonReader) private readonly persons: PersonReader,
  ) {}

  @Query(':id/retention', {
    summary: 'Until when the records of a client are kept, by which rule and why',
    access: 'retention:read',
    answer: RetentionDocument,
  })
  async retention(
    @Caller() { practiceId }: Principal,
    @PathId() clientId: string,
    @QueryString() _query: OneQuery,
  ): Promise<RetentionDocument> {
    await this.store.load(client, practiceId, clientId);
    const { zone } = await practiceNow(this.store, practiceId);
    const { records, treatment } = await this.persons.of(practiceId, clientId);
    return { clientId, records: [...records], ...retentionOf(treatment, RETENTION_RULES, zone) };
  }
}
