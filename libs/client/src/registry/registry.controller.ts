import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, ListQuery, Lists, Query, Sees, Text, type Principal, type Sight } from '#libs/http';
import { DomainError } from '#libs/kernel';

import { registry, searchable, type RegistryRow } from './registry.projection.js';

class RegistryQuery extends ListQuery {
  @Text({
    optional: true,
    description:
      'part of a legal or used name or of a contact; case, accents and how a number is spaced do not matter',
  })
  q?: string;
}

@ApiTags('clients')
@Controller('v1/clients')
export class RegistryController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  /** Auditors get no names and birth dates, and cannot find them out by searching. */
  @Query('', {
    summary: 'Who is a client; for auditors without identity',
    access: 'client:read',
  })
  async list(
    @Caller() { practiceId }: Principal,
    @Sees() { identity }: Sight,
    @QueryString() query: RegistryQuery,
  ) {
    if (query.q !== undefined && !identity)
      throw new DomainError(
        'forbidden',
        'forbidden',
        'Auditors see no names, so they cannot search them. Leave q out.',
      );
    const part = query.q === undefined ? undefined : searchable(query.q);
    const keep =
      part === undefined
        ? undefined
        : { filter: part, judge: ({ search }: RegistryRow) => search.includes(part) };
    const { data, ...rest } = await this.lists.page(registry, practiceId, query, {}, keep);
    return {
      data: data.map(({ clientId, legalName, usedName, dateOfBirth, languages, mergedInto }) => ({
        clientId,
        ...(identity ? { legalName, usedName, dateOfBirth } : {}),
        languages,
        ...(mergedInto === null ? {} : { mergedInto }),
      })),
      ...rest,
    };
  }
}
