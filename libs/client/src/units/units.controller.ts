import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import { Caller, Choice, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { UNIT_KINDS } from '../unit/unit.js';
import { units } from './units.projection.js';
import { staysOf } from './units.reader.js';

class UnitsQuery extends ListQuery {
  @Id({ optional: true, description: 'who is or was a member, under any record of theirs that was merged' })
  clientId?: string;

  @Choice(UNIT_KINDS, { optional: true })
  kind?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  unitIds: (ids: string) => `key = any(${ids}::text[])`,
  kind: '"kind"',
} as const;

@ApiTags('units')
@Controller('v1/units')
export class UnitsController {
  constructor(
    @Inject(Lists) private readonly lists: Lists,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Query('', {
    summary: 'Who is treated together, who was in it when, and in which relationships',
    access: 'unit:read',
  })
  async list(@Caller() { practiceId }: Principal, @QueryString() { clientId, ...query }: UnitsQuery) {
    const theirs = clientId === undefined ? undefined : await staysOf(this.store, practiceId, clientId);
    const filter = theirs ? { ...query, unitIds: theirs.map(({ unitId }) => unitId).sort() } : query;
    const { data, ...rest } = await this.lists.page(units, practiceId, filter, FILTERS);
    return {
      data: data.map(({ unitId, kind, members, stays, relationships }) => ({
        unitId,
        kind,
        members,
        stays,
        relationships,
      })),
      ...rest,
    };
  }
}
