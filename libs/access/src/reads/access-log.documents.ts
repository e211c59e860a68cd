import { ApiProperty } from '@nestjs/swagger';
import { PURPOSES_OF_READING } from '#libs/http';

/** One read, for the OpenAPI document. */
export class AccessEntryDocument {
  @ApiProperty({ type: 'integer', description: 'in the access log of the practice' }) position: number;
  @ApiProperty({ format: 'uuid' }) accessId: string;
  @ApiProperty({ format: 'date-time', description: 'when it was read' }) at: string;
  @ApiProperty({ format: 'uuid' }) staffId: string;
  @ApiProperty({ required: false, description: 'missing for the operator, who is not one of the staff' })
  name?: string;
  @ApiProperty({ examples: ['therapist'], description: 'in which role' }) role: string;
  @ApiProperty({ examples: ['token'], description: 'how they were signed in' }) via: string;
  @ApiProperty({ examples: ['/v1/clients/:id/consent-status'], description: 'what was read' }) route: string;
  @ApiProperty({ enum: PURPOSES_OF_READING, description: 'what for: as they said, or by their role' })
  purpose: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'only because of this break-glass grant' })
  grantId?: string;
  @ApiProperty({ format: 'uuid', description: 'the same for every part of one streamed answer' })
  requestId: string;
  @ApiProperty({
    type: [String],
    description: 'whom the answer concerned; the one asked for, when one was asked for',
  })
  clientIds: string[];
  @ApiProperty({ type: 'integer', description: 'how many more the answer concerned' }) others: number;
}
