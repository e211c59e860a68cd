import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import { Caller, Choice, Id, ListQuery, Lists, Query, Sees, type Principal, type Sight } from '#libs/http';
import { localDate, type LocalDate } from '#libs/kernel';
import { practiceNow } from '#libs/practice';
import { shownPlace } from '../session/place.reader.js';
import { seriesList, type SeriesRow } from './series-list.projection.js';

class SeriesListQuery extends ListQuery {
  @Id({ optional: true, description: 'with whom it was planned' })
  therapistId?: string;

  @Id({ optional: true })
  relationshipId?: string;

  @Choice(['true', 'false'], {
    optional: true,
    description: "whether a day of its rule is today or ahead, in the practice's zone",
  })
  running?: 'true' | 'false';
}

/** How a filter finds its value in a row. */
const FILTERS = {
  therapistId: '"therapistId"',
  relationshipId: '"relationshipId"',
  runningOn: (day: string) => `"lastOn" >= ${day}`,
  notRunningOn: (day: string) => `coalesce("lastOn" < ${day}, true)`,
} as const;

@ApiTags('sessions')
@Controller('v1/session-series')
export class SeriesListController {
  constructor(
    @Inject(Lists) private readonly lists: Lists,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Query('', {
    summary: 'Sessions that recur; where each of them stands is read with the series',
    access: 'session:read',
  })
  async list(
    @Caller() { practiceId }: Principal,
    @Sees() sees: Sight,
    @QueryString() query: SeriesListQuery,
  ) {
    const { zone } = await practiceNow(this.store, practiceId);
    const today = localDate(this.store.clock.now(), zone);
    const { running, ...asked } = query;
    const filter = {
      ...asked,
      ...(running === undefined ? {} : { [running === 'true' ? 'runningOn' : 'notRunningOn']: today }),
    };
    const { data, ...rest } = await this.lists.page(seriesList, practiceId, filter, FILTERS);
    return { data: data.map((row) => shownRow(shownPlace(row, sees), today)), ...rest };
  }
}

const shownRow = ({ key: _, ...row }: SeriesRow & { key: string }, today: LocalDate) => {
  const { occurrences, ...shown } = row;
  return { ...shown, sessions: occurrences.length, running: row.lastOn !== null && row.lastOn >= today };
};
