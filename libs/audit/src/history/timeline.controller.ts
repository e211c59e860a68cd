import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import {
  Caller,
  Cursors,
  ListQuery,
  malformed,
  Moment,
  PathId,
  Query,
  Sees,
  type Principal,
  type Sight,
} from '#libs/http';
import { missing, streamOf, type Instant } from '#libs/kernel';
import { EventDocument } from './events.documents.js';
import { History } from './history.sql.js';
import { Shows } from './shows.service.js';

class TimelineQuery extends ListQuery {
  @Moment({ optional: true, description: 'what had happened by then; may lie ahead' })
  at?: string;

  @Moment({ optional: true, description: 'what was known by then; may not lie ahead' })
  knownAt?: string;
}

/** Where a page ended. The clocks travel along, so that every page is of the same two moments. */
type Place = [at: Instant, knownAt: Instant, occurredAt: Instant, position: number];

@ApiTags('history')
@Controller('v1/clients')
export class TimelineController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(History) private readonly history: History,
    @Inject(Shows) private readonly shows: Shows,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query(':id/timeline', {
    summary: 'Everything that concerns a client, in the order in which it happened',
    access: 'timeline:read',
    answer: [EventDocument],
  })
  async timeline(
    @Caller() caller: Principal,
    @Sees() sees: Sight,
    @PathId() clientId: string,
    @QueryString() query: TimelineQuery,
  ) {
    const { practiceId } = caller;
    const { limit = 50, cursor } = query;
    const now = this.store.clock.now();
    notAhead(query.knownAt, now);
    if (!(await this.history.exists(practiceId, streamOf('client', clientId)))) missing('client');

    const binding = ['timeline', practiceId, clientId, query.at, query.knownAt];
    const place = cursor ? (JSON.parse(String(this.cursors.read(cursor, binding))) as Place) : undefined;
    const [at, knownAt] = place ?? [query.at ?? now, query.knownAt ?? now];
    const after = place && { occurredAt: place[2], position: place[3] };
    const standing = await this.history.standing(practiceId);
    const show = await this.shows.as(caller, sees, standing, knownAt);
    const found = await this.history.timeline(
      practiceId,
      { clientId, at, knownAt, after, limit: limit + 1 },
      standing,
    );
    const data = await show(found.slice(0, limit));
    const last = data.at(-1);
    const next =
      found.length > limit && last
        ? {
            next: this.cursors.make(
              JSON.stringify([at, knownAt, last.occurredAt, last.position] satisfies Place),
              binding,
            ),
          }
        : {};
    return { clientId, at, knownAt, data, page: { limit, ...next }, meta: { position: standing.position } };
  }
}

/** What was known by then; now unless told. @throws DomainError `malformed` when it lies ahead */
export function notAhead(knownAt: Instant | undefined, now: Instant): Instant {
  if (knownAt === undefined || knownAt <= now) return knownAt ?? now;
  throw malformed([
    {
      pointer: '?knownAt',
      code: 'known_at_ahead',
      detail: `Nobody knows yet what will be known. Send a moment up to now, ${now}.`,
    },
  ]);
}
