import { ApiProperty } from '@nestjs/swagger';
import { FINDING_KINDS } from './finding.js';

class ProofDocument {
  @ApiProperty({ format: 'uuid' }) eventId: string;
  @ApiProperty({ examples: ['ConsentWithdrawn'] }) type: string;
  @ApiProperty({ type: 'integer', description: 'in the log of the practice' }) position: number;
  @ApiProperty({ format: 'date-time', description: 'when it was true' }) occurredAt: string;
  @ApiProperty({ format: 'date-time', description: 'when the practice learned it' }) recordedAt: string;
}

/** Something that turned out, for the OpenAPI document. */
export class FindingDocument {
  @ApiProperty({ format: 'uuid', description: 'the same as long as kind, clients and events are the same' })
  id: string;
  @ApiProperty({ enum: FINDING_KINDS }) kind: string;
  @ApiProperty({ description: 'what exactly, stable and snake_case', examples: ['consent_withdrawn'] })
  code: string;
  @ApiProperty({ description: 'in plain words, and none of anybody’s own words' }) detail: string;
  @ApiProperty({ format: 'uuid' }) relationshipId: string;
  @ApiProperty({ format: 'uuid', description: 'whose relationship it was then' }) therapistId: string;
  @ApiProperty({ type: [String], description: 'ids of the clients concerned' }) clientIds: string[];
  @ApiProperty({ required: false, format: 'uuid' }) sessionId?: string;
  @ApiProperty({ format: 'date-time', description: 'when it happened' }) occurredAt: string;
  @ApiProperty({ format: 'date-time', description: 'since when the practice could have known' })
  knownSince: string;
  @ApiProperty({
    type: () => [ProofDocument],
    description: 'the events that prove it, in the order of the log',
  })
  events: ProofDocument[];
}
