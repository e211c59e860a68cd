import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { NOTE_STATUSES } from '../note/summary.js';
import { notes } from './notes.projection.js';

class NotesQuery extends ListQuery {
  @Id({ optional: true })
  sessionId?: string;

  @Id({ optional: true })
  relationshipId?: string;

  @Id({ optional: true })
  authorId?: string;

  @Choice(NOTE_STATUSES, { optional: true })
  status?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  sessionId: '"sessionId"',
  relationshipId: '"relationshipId"',
  authorId: '"authorId"',
  status: '"status"',
} as const;

@ApiTags('notes')
@Controller('v1/notes')
export class NotesController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'Where notes stand, without their words',
    access: 'note:read',
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: NotesQuery) {
    return this.lists.page(notes, practiceId, query, FILTERS);
  }
}
