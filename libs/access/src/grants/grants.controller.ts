import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, View } from '#libs/event-store';
import { Caller, Choice, Cursors, Id, ListQuery, Query, type Principal } from '#libs/http';
import { grants, shownGrant } from './grants.projection.js';
import { GrantsReader, placeOf } from './grants.reader.js';

class GrantsQuery extends ListQuery {
  @Choice(['true', 'false'], { optional: true, description: 'whether it lets somebody in now' })
  open?: 'true' | 'false';

  @Choice(['true', 'false'], {
    optional: true,
    description: 'whether it has ended and nobody has reviewed it; true: what is due first at the beginning',
  })
  reviewDue?: 'true' | 'false';

  @Id({ optional: true })
  clientId?: string;

  @Id({ optional: true, description: 'who opened it' })
  staffId?: string;
}

/** Conditions over a row; $4 is now, and what is not asked for is null. */
const WHERE = `and coalesce(("endsAt" > $4) = $5::boolean, true)
  and coalesce(("endsAt" <= $4 and "reviewed" = 'false') = $6::boolean, true)
  and coalesce("clientId" = $7, true) and coalesce("staffId" = $8, true)`;

@ApiTags('access')
@Controller('v1/break-glass-grants')
export class GrantsController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(GrantsReader) private readonly grants: GrantsReader,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query('', {
    summary: 'Who broke the glass before whose records, what is open, and what waits for its review',
    access: 'break_glass:read',
  })
  async list(@Caller() { practiceId }: Principal, @QueryString() query: GrantsQuery) {
    const { limit = 50, cursor, open = null, reviewDue = null, clientId = null, staffId = null } = query;
    const now = this.store.clock.now();
    const asked = [open, reviewDue, clientId, staffId];
    const binding = ['grants', practiceId, asked];
    const after = cursor ? String(this.cursors.read(cursor, binding)) : '';
    if (reviewDue === 'true') {
      const { rows, position } = await this.grants.waiting(practiceId, now);
      const due = rows
        .filter(
          (row) => (clientId ?? row.clientId) === row.clientId && (staffId ?? row.staffId) === row.staffId,
        )
        .filter((row) => open !== 'true' && placeOf(row) > after);
      const { data, ...rest } = this.cursors.page(due, limit, position, binding, placeOf);
      return { data: data.map((row) => shownGrant(row, now)), ...rest };
    }
    const { rows, position } = await new View(this.store, grants).list(practiceId, {
      after,
      limit: limit + 1,
      where: WHERE,
      values: [now, ...asked],
    });
    const { data, ...rest } = this.cursors.page(rows, limit, position, binding, ({ key }) => key);
    return { data: data.map((row) => shownGrant(row, now)), ...rest };
  }
}
