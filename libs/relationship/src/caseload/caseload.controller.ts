import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { staysOf, treatedDuring, unitsNamed } from '#libs/client';
import { EventStore } from '#libs/event-store';
import { Caller, Choice, Id, ListQuery, Lists, Query, type Principal } from '#libs/http';
import { caseload } from './caseload.projection.js';

class CaseloadQuery extends ListQuery {
  @Id({
    optional: true,
    description: 'who is or was treated in it, under any record of theirs that was merged',
  })
  clientId?: string;

  @Id({ optional: true })
  unitId?: string;

  @Id({ optional: true })
  therapistId?: string;

  @Id({ optional: true, description: 'a therapist who stands in, has or will' })
  coveringTherapistId?: string;

  @Choice(['open', 'ended'], { optional: true })
  status?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  // instants are compared as they are written, whatever the language of the database
  stays: (stays: string) =>
    `exists (select from jsonb_to_recordset(${stays}::jsonb) as stay(unit text, "from" text, "until" text)
      where stay.unit = "unitId"
        and coalesce(stay."from" collate "C" <= "endedAt", true)
        and coalesce("openedAt" < stay."until" collate "C", true))`,
  unitId: '"unitId"',
  therapistId: '"therapistId"',
  coveringTherapistId: (id: string) => `${id} = any("standIns")`,
  status: '"status"',
} as const;

@ApiTags('relationships')
@Controller('v1/relationships')
export class CaseloadController {
  constructor(
    @Inject(Lists) private readonly lists: Lists,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Query('', {
    summary: 'Who works with whom; members are those of now, or of its end',
    access: 'relationship:read',
  })
  async list(@Caller() { practiceId }: Principal, @QueryString() { clientId, ...query }: CaseloadQuery) {
    const filter =
      clientId === undefined
        ? query
        : {
            ...query,
            stays: JSON.stringify(
              (await staysOf(this.store, practiceId, clientId)).map(({ unitId: unit, from, until }) => ({
                unit,
                from,
                until,
              })),
            ),
          };
    const { data, ...rest } = await this.lists.page(caseload, practiceId, filter, FILTERS);
    const units = await unitsNamed(this.store, practiceId, [...new Set(data.map(({ unitId }) => unitId))]);
    return {
      data: data.map((row) => {
        const { stays } = units.get(row.unitId)!;
        return { ...row, ...treatedDuring(stays, row.openedAt, row.endedAt) };
      }),
      ...rest,
    };
  }
}
