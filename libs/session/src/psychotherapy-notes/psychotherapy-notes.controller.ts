import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { psychotherapyNotes } from './psychotherapy-notes.projection.js';

class PsychotherapyNotesQuery extends ListQuery {
  @Id({ optional: true })
  sessionId?: string;

  @Id({ optional: true })
  relationshipId?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  sessionId: '"sessionId"',
  relationshipId: '"relationshipId"',
  authorId: '"authorId"',
} as const;

@ApiTags('notes')
@Controller('v1/psychotherapy-notes')
export class PsychotherapyNotesController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'Your own psychotherapy notes, without their words',
    access: 'psychotherapy_note:read',
  })
  list(@Caller() { practiceId, staffId }: Principal, @QueryString() query: PsychotherapyNotesQuery) {
    const own = Object.assign(query, { authorId: staffId });
    return this.lists.page(psychotherapyNotes, practiceId, own, FILTERS);
  }
}
