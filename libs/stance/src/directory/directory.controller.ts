import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, ListQuery, Lists, Query, type Principal } from '#libs/http';
import {
  ADVOCACIES,
  CHALLENGE_WILLINGNESSES,
  clientIsOnlySource,
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
  partiality: '"partiality"',
  perspective: '"perspective"',
  challenge: '"challenge"',
  advocacy: '"advocacy"',
} as const;

@ApiTags('stances')
@Controller('v1/stances')
export class DirectoryController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', {
    summary: 'Who works how',
    access: 'stance:read',
  })
  async list(@Caller() { practiceId }: Principal, @QueryString() query: DirectoryQuery) {
    const { data, ...rest } = await this.lists.page(stanceDirectory, practiceId, query, FILTERS);
    return {
      data: data.map((row) => ({
        ...row,
        clientIsOnlySource: row.dimensions && clientIsOnlySource(row.dimensions),
      })),
      ...rest,
    };
  }
}
