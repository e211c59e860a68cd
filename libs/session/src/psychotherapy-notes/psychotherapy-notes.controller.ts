import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, CLINICIANS, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { psychotherapyNotes } from './psychotherapy-notes.projection.js';

class PsychotherapyNotesQuery extends ListQuery {
  @Id({ optional: true })
  sessionId?: string;

  @Id({ optional: true })
  relationshipId?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  sessionId: "row->>'sessionId'",
  relationshipId: "row->>'relationshipId'",
  authorId: "row->>'authorId'",
} as const;

@ApiTags('notes')
@Controller('v1/psychotherapy-notes')
export class PsychotherapyNotesController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', { summary: 'Your own psychotherapy notes, without their words', allow: CLINICIANS })
  list(@Caller() { practiceId, staffId }: Principal, @QueryString() query: PsychotherapyNotesQuery) {
    const own = Object.assign(query, { authorId: staffId });
    return this.lists.page(psychotherapyNotes, practiceId, own, FILTERS);
  }
}
