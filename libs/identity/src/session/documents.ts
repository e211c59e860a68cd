import { ApiProperty } from '@nestjs/swagger';

export class DoneDocument {
  @ApiProperty() done: boolean;
}

export class SignedInDocument {
  @ApiProperty({ format: 'uuid' }) practiceId: string;
  @ApiProperty({ format: 'uuid' }) staffId: string;
  @ApiProperty({ format: 'uuid' }) sessionId: string;
  @ApiProperty({ format: 'date-time', description: 'then in any case; before, when unused for 15 minutes' })
  endsAt: string;
}

export class SessionDocument {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ description: 'the one that this request belongs to' }) current: boolean;
  @ApiProperty({ description: 'what the browser called itself' }) agent: string;
  @ApiProperty({ format: 'date-time' }) begunAt: string;
  @ApiProperty({ format: 'date-time', description: 'it ends then unless it is used before' })
  idleUntil: string;
  @ApiProperty({ format: 'date-time', description: 'it ends then in any case' }) endsAt: string;
}

export class SessionsDocument {
  @ApiProperty({ type: () => [SessionDocument], description: 'newest first' }) data: SessionDocument[];
}

export class MeDocument {
  @ApiProperty({ format: 'uuid' }) staffId: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'uuid' }) practiceId: string;
  @ApiProperty() practice: string;
  @ApiProperty({ type: [String] }) roles: readonly string[];
  @ApiProperty({ enum: ['token', 'session'] }) via: string;
  @ApiProperty({ type: [String], description: 'read, write' }) scopes: readonly string[];
  @ApiProperty({ format: 'date-time', description: 'the token or session ends then in any case' })
  endsAt: string;
  @ApiProperty({ type: () => SessionDocument, required: false, description: 'when via is session' })
  session?: SessionDocument;
}
