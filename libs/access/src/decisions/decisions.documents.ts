import { ApiProperty } from '@nestjs/swagger';

class JudgedDocument {
  @ApiProperty({ examples: ['consent-018f3c5e-7a10-7c00-8000-000000000001'] }) stream: string;
  @ApiProperty({ type: 'integer' }) version: number;
}

class DecisionReasonDocument {
  @ApiProperty({ examples: ['stance_changed'] }) code: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'the event that made it so' })
  eventId?: string;
  @ApiProperty({ required: false, format: 'uuid' }) otherId?: string;
}

class DecisionActorDocument {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ examples: ['therapist'] }) role: string;
}

/** A refusal, or an act in spite of what spoke against it, for the OpenAPI document. */
export class DecisionDocument {
  @ApiProperty({ format: 'uuid', description: 'of an override the id of its event' }) id: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ enum: ['refused', 'overridden'] }) kind: string;
  @ApiProperty({ type: () => DecisionActorDocument }) actor: DecisionActorDocument;
  @ApiProperty({ type: [String], description: 'whom it concerns' }) clientIds: string[];
  @ApiProperty({ type: [String], description: 'every reason, or what was passed over' }) codes: string[];
  @ApiProperty({
    required: false,
    description: 'of a refusal: the command',
    examples: ['/v1/sessions/:id/start'],
  })
  route?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'of a refusal: what it was about' })
  thingId?: string;
  @ApiProperty({ required: false, type: () => [DecisionReasonDocument] }) reasons?: DecisionReasonDocument[];
  @ApiProperty({
    required: false,
    type: () => [JudgedDocument],
    description: 'of a refusal: what it rested on',
  })
  judged?: JudgedDocument[];
  @ApiProperty({ required: false, format: 'uuid' }) requestId?: string;
  @ApiProperty({ required: false, description: 'of an override', examples: ['SessionStarted'] })
  type?: string;
  @ApiProperty({ required: false, description: 'of an override' }) stream?: string;
}
