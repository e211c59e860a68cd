import { ApiProperty } from '@nestjs/swagger';
import { FORMATS } from '#libs/practice';
import { AWAITED } from '../session/situation.js';

/* What the answer about a day looks like, for the OpenAPI document. */

class GateReasonDocument {
  @ApiProperty() code: string;
  @ApiProperty({ description: 'what to do next' }) detail: string;
  @ApiProperty({ enum: ['block', 'inform'] }) effect: string;
  @ApiProperty({ format: 'uuid', required: false }) clientId?: string;
  @ApiProperty({ format: 'uuid', required: false }) eventId?: string;
}

class ReadinessDocument {
  @ApiProperty({ format: 'uuid' }) sessionId: string;
  @ApiProperty({ format: 'uuid' }) relationshipId: string;
  @ApiProperty({ type: [String] }) clientIds: string[];
  @ApiProperty({ format: 'uuid' }) therapistId: string;
  @ApiProperty({ format: 'date-time' }) start: string;
  @ApiProperty({ type: 'integer' }) durationMinutes: number;
  @ApiProperty({ enum: FORMATS }) modality: string;
  @ApiProperty({ required: false }) place?: string;
  @ApiProperty({ format: 'uuid', required: false }) roomId?: string;
  @ApiProperty({ enum: AWAITED }) status: string;
  @ApiProperty({ type: [String] }) confirmedBy: string[];
  @ApiProperty({ type: [String] }) arrived: string[];
  @ApiProperty() mayStart: boolean;
  @ApiProperty({ description: 'it can no longer take place as planned; reasons says why' })
  needsAttention: boolean;
  @ApiProperty({ type: () => [GateReasonDocument] }) reasons: GateReasonDocument[];
  @ApiProperty({ type: [String] }) nextSteps: string[];
}

class SummaryDocument {
  @ApiProperty({ type: 'integer' }) sessions: number;
  @ApiProperty({ type: 'integer' }) mayStart: number;
  @ApiProperty({ type: 'integer' }) mayNotStart: number;
  @ApiProperty({ type: 'integer' }) needAttention: number;
}

class LinksDocument {
  @ApiProperty({ required: false, description: 'cursor of the next page' }) next?: string;
  @ApiProperty({ type: 'integer' }) limit: number;
}

class PositionDocument {
  @ApiProperty({ type: 'integer', description: 'the position of the log that was read' }) position: number;
}

export class ReadinessPageDocument {
  @ApiProperty({ format: 'date' }) date: string;
  @ApiProperty({ description: 'in which the day is meant' }) zone: string;
  @ApiProperty({ description: 'of the whole day, as far as it is yours to see' }) summary: SummaryDocument;
  @ApiProperty({ type: () => [ReadinessDocument] }) data: ReadinessDocument[];
  @ApiProperty() page: LinksDocument;
  @ApiProperty() meta: PositionDocument;
}
