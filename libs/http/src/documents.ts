import { ApiProperty } from '@nestjs/swagger';

/** The shapes that every route shares, for the OpenAPI document. */
class ReceiptEventDocument {
  @ApiProperty({ format: 'uuid' }) eventId: string;
  @ApiProperty({ examples: ['ConsentGiven'] }) type: string;
  @ApiProperty({ type: 'integer', description: 'of its stream' }) version: number;
  @ApiProperty({ type: 'integer', description: 'in the log of the practice' }) position: number;
  @ApiProperty({ description: 'SHA-256 of the canonical envelope, lower-case hex' }) leafHash: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'uuid' },
    description: 'the ids in its data; also of what it begins, which the next command may have to name',
    examples: [{ questionId: '018f3c5e-7a10-7c00-8000-0000000000bb' }],
  })
  ids: Record<string, string>;
}

export class ReceiptDocument {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ type: 'integer', description: 'what If-Match should say next' }) version: number;
  @ApiProperty({ type: 'integer', description: 'what minPosition may say next' }) position: number;
  @ApiProperty({
    type: () => [ReceiptEventDocument],
    description: 'empty when the command had already had its effect',
  })
  events: ReceiptEventDocument[];
}

class FieldErrorDocument {
  @ApiProperty({
    description: 'RFC 6901 pointer into the body, or ?name for a query parameter',
    examples: ['/contacts/0/value'],
  })
  pointer: string;
  @ApiProperty({ description: 'stable, snake_case', examples: ['not_a_uuid'] }) code: string;
  @ApiProperty({ description: 'what to send instead' }) detail: string;
}

class ReasonDocument {
  @ApiProperty({ description: 'stable, snake_case', examples: ['stance_changed'] }) code: string;
  @ApiProperty({ description: 'what to do next' }) detail: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'the event that made it so' })
  eventId?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'the other thing that stands in the way' })
  otherId?: string;
}

/** RFC 9457. */
export class ProblemDocument {
  @ApiProperty({ description: 'a reference that names the code', examples: ['/problems/not_found'] })
  type: string;
  @ApiProperty({ examples: ['Not found'] }) title: string;
  @ApiProperty({ type: 'integer', examples: [404] }) status: number;
  @ApiProperty({ description: 'stable, snake_case', examples: ['not_found'] }) code: string;
  @ApiProperty({ description: 'what to do next' }) detail: string;
  @ApiProperty({ description: 'the path that was asked for' }) instance: string;
  @ApiProperty({ required: false, type: () => [FieldErrorDocument] }) errors?: FieldErrorDocument[];
  @ApiProperty({ required: false, type: () => [ReasonDocument] }) reasons?: ReasonDocument[];
}

class PageLinks {
  @ApiProperty({ required: false, description: 'cursor of the next page' }) next?: string;
  @ApiProperty({ type: 'integer' }) limit: number;
}

class PageMeta {
  @ApiProperty({ type: 'integer', description: 'the position of the log that was read' }) position: number;
}

export class Page {
  @ApiProperty({ type: 'array', items: {} }) data: unknown[];
  @ApiProperty({ type: () => PageLinks }) page: PageLinks;
  @ApiProperty({ type: () => PageMeta }) meta: PageMeta;
}
