import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { ROLES } from '#libs/kernel';
import {
  ADVOCACIES,
  CHALLENGE_WILLINGNESSES,
  PARTIALITIES,
  PERSPECTIVE_VIEWS,
} from '../stance/dimensions.js';
import { stanceDirectory } from './directory.projection.js';

class DirectoryQuery extends ListQuery {
  @Choice(PARTIALITIES, { optional: true })
  partiality?: string;

  @Choice(PERSPECTIVE_VIEWS, { optional: true })
  perspective?: string;

  @Choice(CHALLENGE_WILLINGNESSES, { optional: true })
  challenge?: string;

  @Choice(ADVOCACIES, { optional: true })
  advocacy?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  partiality: "row->'dimensions'->>'partiality'",
  perspective: "row->'dimensions'->'perspective'->>'view'",
  challenge: "row->'dimensions'->'challenge'->>'willingness'",
  advocacy: "row->'dimensions'->'advocacy'->>'for'",
} as const;

@ApiTags('stances')
@Controller('v1/stances')
export class DirectoryController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'Who works how',
    allow: ROLES,
  })
  list(@Caller() { practiceId }: Principal, @QueryString() query: DirectoryQuery) {
    return this.lists.page(stanceDirectory, practiceId, query, FILTERS);
  }
}
