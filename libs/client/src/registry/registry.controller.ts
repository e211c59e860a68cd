import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, ListQuery, Lists, Query, Text, type Principal } from '#libs/http';
import { DomainError, ROLES } from '#libs/kernel';
import { seesIdentity } from '#libs/practice';
import { registry, searchable } from './registry.projection.js';

class RegistryQuery extends ListQuery {
  @Text({
    optional: true,
    description:
      'part of a legal or used name or of a contact; case, accents and how a number is spaced do not matter',
  })
  q?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  q: (part: string) => `strpos(row->>'search', ${part}) > 0`,
} as const;

@ApiTags('clients')
@Controller('v1/clients')
export class RegistryController {
  constructor(@Inject(Lists) private readonly lists: Lists) {}

  /** Auditors get no names and birth dates, and cannot find them out by searching. */
  @Query('', {
    summary: 'Who is a client; for auditors without identity',
    allow: ROLES,
  })
  async list(@Caller() { practiceId, roles }: Principal, @QueryString() query: RegistryQuery) {
    const identity = seesIdentity(roles);
    if (query.q !== undefined && !identity)
      throw new DomainError(
        'forbidden',
        'forbidden',
        'Auditors see no names, so they cannot search them. Leave q out.',
      );
    const asked = query.q === undefined ? query : { ...query, q: searchable(query.q) };
    const { data, ...rest } = await this.lists.page(registry, practiceId, asked, FILTERS);
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
