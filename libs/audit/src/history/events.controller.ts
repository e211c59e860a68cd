import { Readable } from 'node:stream';
import { Controller, Headers, Inject, Query as QueryString, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Recorded } from '#libs/kernel';
import {
  Caller,
  Cursors,
  Id,
  ListQuery,
  malformed,
  Moment,
  Query,
  Sees,
  Text,
  WholeInQuery,
  type PageOf,
  type Principal,
  type Sight,
} from '#libs/http';
import { EventDocument } from './events.documents.js';
import { History } from './history.sql.js';
import { ndjson } from './ndjson.js';
import type { ShownEvent } from './shown.js';
import { Shows, type Show } from './shows.service.js';

const NDJSON = 'application/x-ndjson';

export class EventsQuery extends ListQuery {
  @Text({ optional: true, description: 'category-id, e.g. consent-018f3c5e-7a10-7c00-8000-000000000001' })
  stream?: string;

  @Id({ optional: true, description: 'events that concern this client' })
  clientId?: string;

  @Id({ optional: true, description: 'events of this relationship and of everything within it' })
  relationshipId?: string;

  @Text({ optional: true, description: 'e.g. ConsentGiven' })
  type?: string;

  @Text({ optional: true, description: 'id of whoever did it' })
  actor?: string;

  @Id({ optional: true })
  correlationId?: string;

  @Moment({ optional: true, description: 'inclusive' })
  occurredFrom?: string;

  @Moment({ optional: true, description: 'inclusive' })
  occurredTo?: string;

  @Moment({ optional: true, description: 'inclusive' })
  recordedFrom?: string;

  @Moment({ optional: true, description: 'inclusive' })
  recordedTo?: string;

  @WholeInQuery(0, Number.MAX_SAFE_INTEGER, {
    optional: true,
    description: 'only events after this position',
  })
  after?: number;
}

@ApiTags('history')
@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(History) private readonly history: History,
    @Inject(Shows) private readonly shows: Shows,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query('', {
    summary: 'The history of the practice, in the order of the log',
    access: 'history:read',
    answer: [EventDocument],
    also: [NDJSON],
  })
  list(
    @Caller() caller: Principal,
    @Sees() sees: Sight,
    @QueryString() query: EventsQuery,
    @Headers('accept') accept?: string,
  ) {
    return accept?.includes(NDJSON) ? this.whole(caller, sees, query) : this.page(caller, sees, query);
  }

  private async page(caller: Principal, sees: Sight, query: EventsQuery): Promise<PageOf<ShownEvent>> {
    const { practiceId } = caller;
    const { limit = 50, cursor, minPosition: _, after = 0, ...filter } = query;
    const binding = [
      'events',
      practiceId,
      after,
      Object.entries(filter).filter(([, value]) => value !== undefined),
    ];
    const start = cursor ? Number(this.cursors.read(cursor, binding)) : after;
    const standing = await this.history.standing(practiceId);
    const show = await this.shows.as(caller, sees, standing);
    const found: Recorded[] = [];
    for await (const batch of this.history.events(practiceId, filter, standing, start, limit + 1)) {
      found.push(...batch);
      if (found.length > limit) break;
    }
    const data = await show(found.slice(0, limit));
    const next = found.length > limit ? { next: this.cursors.make(data.at(-1)!.position, binding) } : {};
    return { data, page: { limit, ...next }, meta: { position: standing.position } };
  }

  /**
   * Everything at once, as it is read. Whoever hangs up ends the reading, whoever reads slowly slows it
   * down.
   */
  private async whole(caller: Principal, sees: Sight, query: EventsQuery): Promise<StreamableFile> {
    const { practiceId } = caller;
    const { limit, cursor, minPosition: _, ...filter } = query;
    needless({ limit, cursor }, 'not_with_ndjson');
    const standing = await this.history.standing(practiceId);
    const show = await this.shows.as(caller, sees, standing);
    const events = this.history.events(practiceId, filter, standing, filter.after);
    const lines = ndjson({ practiceId, filter, position: standing.position }, shownOf(events, show));
    return new StreamableFile(Readable.from(lines, { objectMode: false }), {
      type: `${NDJSON}; charset=utf-8`,
    });
  }
}

async function* shownOf(batches: AsyncIterable<Recorded[]>, show: Show): AsyncGenerator<ShownEvent[]> {
  for await (const batch of batches) yield await show(batch);
}

/** @throws DomainError `malformed` naming every parameter that goes with pages only */
export function needless(ofPages: Record<string, unknown>, code: string): void {
  const given = Object.entries(ofPages).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  throw malformed(
    given.map(([name]) => ({
      pointer: `?${name}`,
      code,
      detail: 'A stream has no pages. Leave it out; after says where to begin.',
    })),
  );
}
