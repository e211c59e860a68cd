import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { DOCUMENT_KINDS, type DocumentKind } from '../document/document.js';
import { library } from './library.projection.js';

class LibraryQuery extends ListQuery {
  @Choice(DOCUMENT_KINDS, { optional: true })
  kind?: DocumentKind;
}

@ApiTags('documents')
@Controller('v1/documents')
export class LibraryController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  @Query('', { summary: 'The documents of the practice', access: 'document:read' })
  list(@Caller() { practiceId }: Principal, @QueryString() query: LibraryQuery) {
    return this.lists.page(library, practiceId, query, { kind: '"kind"' });
  }
}
