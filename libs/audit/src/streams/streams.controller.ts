import { Controller, Inject, Param, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import { Caller, OneQuery, Query, WholeInQuery, type Principal } from '#libs/http';
import { isUuid, missing, parseStream, type AnyDecider, type Recorded } from '#libs/kernel';
import { History } from '../history/history.sql.js';
import { changesBetween } from './changes.js';
import { personalNames, withoutPersonal } from './redaction.js';

const MOST_VERSIONS = 2_147_483_647;

class StateQuery extends OneQuery {
  @WholeInQuery(1, MOST_VERSIONS, { optional: true, description: 'the newest unless told' })
  version?: number;
}

class ChangesQuery extends OneQuery {
  @WholeInQuery(1, MOST_VERSIONS)
  from: number;

  @WholeInQuery(1, MOST_VERSIONS)
  to: number;
}

/** What the log makes of a stream, computed anew from its events each time. */
@ApiTags('history')
@Controller('v1/streams')
export class StreamsController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(History) private readonly history: History,
  ) {}

  @Query(':stream/state', {
    summary: 'What a stream amounted to at a version, without personal fields',
    allow: ['owner', 'auditor'],
  })
  async state(
    @Caller() { practiceId }: Principal,
    @Param('stream') stream: string,
    @QueryString() { version }: StateQuery,
  ) {
    const { decider, events } = await this.read(practiceId, stream, version);
    const last = events.at(-1)!;
    const { value, withheld } = withoutPersonal(folded(decider, events), personalNames(decider));
    return {
      stream,
      version: last.version,
      position: last.position,
      state: value,
      withheld,
      eventIds: events.map((event) => event.eventId),
    };
  }

  @Query(':stream/diff', {
    summary: 'What changed between two versions of a stream',
    allow: ['owner', 'auditor'],
  })
  async diff(
    @Caller() { practiceId }: Principal,
    @Param('stream') stream: string,
    @QueryString() { from, to }: ChangesQuery,
  ) {
    const { decider, events } = await this.read(practiceId, stream, Math.max(from, to));
    const [before, after] = [from, to].map((version) => folded(decider, events.slice(0, version)));
    return { stream, from, to, changes: changesBetween(before, after, personalNames(decider)) };
  }

  private async read(
    practiceId: string,
    stream: string,
    version?: number,
  ): Promise<{ decider: AnyDecider; events: Recorded[] }> {
    const { category, id } = parseStream(stream);
    const decider = this.store.catalogue.decider(category);
    if (!decider || !isUuid(id)) return missing('stream');
    const events: Recorded[] = [];
    for await (const batch of this.history.events(
      practiceId,
      { stream },
      await this.history.standing(practiceId),
    ))
      events.push(...batch);
    if (events.length === 0) missing('stream');
    if (version !== undefined && version > events.length) missing('version of this stream');
    return { decider, events: events.slice(0, version) };
  }
}

/** The state as plain JSON. */
const folded = (decider: AnyDecider, events: readonly Recorded[]): unknown =>
  JSON.parse(JSON.stringify(events.reduce((state, event) => decider.evolve(state, event), decider.initial)));
