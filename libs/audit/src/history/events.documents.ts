import { ApiProperty } from '@nestjs/swagger';

class ActorDocument {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ examples: ['therapist'] }) role: string;
  @ApiProperty({ required: false, format: 'uuid' }) onBehalfOf?: string;
}

/** An event of the log, for the OpenAPI document. */
export class EventDocument {
  @ApiProperty({ format: 'uuid' }) eventId: string;
  @ApiProperty({ examples: ['consent-018f3c5e-7a10-7c00-8000-000000000001'] }) stream: string;
  @ApiProperty({ type: 'integer', description: 'of its stream' }) version: number;
  @ApiProperty({ type: 'integer', description: 'in the log of the practice' }) position: number;
  @ApiProperty({ examples: ['ConsentGiven'] }) type: string;
  @ApiProperty({ type: 'integer', description: 'version of the shape of data' }) schema: number;
  @ApiProperty({ format: 'date-time', description: 'when it was true' }) occurredAt: string;
  @ApiProperty({ format: 'date-time', description: 'when the practice learned it' }) recordedAt: string;
  @ApiProperty({ type: () => ActorDocument }) actor: ActorDocument;
  @ApiProperty({ type: [String], description: 'ids of the clients concerned' }) subjects: string[];
  @ApiProperty({ format: 'uuid' }) commandId: string;
  @ApiProperty({ format: 'uuid' }) correlationId: string;
  @ApiProperty({ format: 'uuid' }) causationId: string;
  @ApiProperty({ required: false, description: 'why it was entered so; for owner, therapist and supervisor' })
  reason?: string;
  @ApiProperty({ required: false, description: 'SHA-256 of what is sealed of it, lower-case hex' })
  sealed?: string;
  @ApiProperty({ required: false, enum: [true], description: 'what was sealed can never be read again' })
  erased?: true;
  @ApiProperty({ description: 'SHA-256 of the canonical envelope, lower-case hex' }) leafHash: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'without personal fields' })
  data: Record<string, unknown>;
  @ApiProperty({
    type: [String],
    description: 'names of the personal fields left out of data, and reason where it is left out',
  })
  withheld: string[];
  @ApiProperty({
    description: "entered later than the practice's policy of that time allows without a reason",
  })
  late: boolean;
  @ApiProperty({ required: false, format: 'uuid', description: 'the event this one corrects' })
  correctsEventId?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'the event that corrects this one' })
  correctedBy?: string;
}
