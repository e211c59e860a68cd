import { Controller, Inject, Param, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import { AsOfQuery, Caller, malformed, OneQuery, Query, WholeInQuery, type Principal } from '#libs/http';
import {
  conflict,
  isUuid,
  missing,
  parseStream,
  type AnyDecider,
  type Instant,
  type Recorded,
} from '#libs/kernel';
import { History } from '../history/history.sql.js';
import { notAhead } from '../history/timeline.controller.js';
import { changesBetween } from './changes.js';
import { personalIn, withoutPersonal } from './redaction.js';

const MOST_VERSIONS = 2_147_483_647;

class StateQuery extends AsOfQuery {
  @WholeInQuery(1, MOST_VERSIONS, {
    optional: true,
    description: 'the newest unless told; not together with at or knownAt',
  })
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
    summary: 'What a stream amounted to at a version, or by both clocks, without personal fields',
    access: 'history:read',
    problems: [409],
  })
  async state(
    @Caller() { practiceId }: Principal,
    @Param('stream') stream: string,
    @QueryString() { version, at, knownAt }: StateQuery,
  ) {
    const asOf = at !== undefined || knownAt !== undefined;
    if (asOf && version !== undefined) throw twoWays();
    const now = this.store.clock.now();
    const clocks = { at: at ?? now, knownAt: notAhead(knownAt, now) };
    const { decider, events: all } = await this.read(practiceId, stream, version);
    const events = asOf ? all.filter((event) => isHeld(event, clocks)) : all;
    const last = events.at(-1) ?? missing('stream at that time');
    const state = (at === undefined ? folded : foldedByThen)(decider, events);
    const { value, withheld } = withoutPersonal(state, personalIn(decider, events));
    return {
      stream,
      ...(asOf ? clocks : {}),
      version: last.version,
      position: last.position,
      state: value,
      withheld,
      eventIds: events.map((event) => event.eventId),
    };
  }

  @Query(':stream/diff', {
    summary: 'What changed between two versions of a stream',
    access: 'history:read',
  })
  async diff(
    @Caller() { practiceId }: Principal,
    @Param('stream') stream: string,
    @QueryString() { from, to }: ChangesQuery,
  ) {
    const { decider, events } = await this.read(practiceId, stream, Math.max(from, to));
    const [before, after] = [from, to].map((version) => folded(decider, events.slice(0, version)));
    return { stream, from, to, changes: changesBetween(before, after, personalIn(decider, events)) };
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

/** Both clocks are inclusive. */
const isHeld = (event: Recorded, { at, knownAt }: { at: Instant; knownAt: Instant }): boolean =>
  event.occurredAt <= at && event.recordedAt <= knownAt;

const twoWays = () =>
  malformed([
    {
      pointer: '?version',
      code: 'two_ways_to_say_when',
      detail: 'Send a version, or at and knownAt. A version says already what was known.',
    },
  ]);

/** The state as plain JSON. */
const folded = (decider: AnyDecider, events: readonly Recorded[]): unknown =>
  JSON.parse(JSON.stringify(events.reduce((state, event) => decider.evolve(state, event), decider.initial)));

/** @throws DomainError `conflict` when an entry for an earlier day rests on one for a later day, and is left alone */
function foldedByThen(decider: AnyDecider, events: readonly Recorded[]): unknown {
  try {
    return folded(decider, events);
  } catch {
    return conflict(
      'no_state_at_that_time',
      'What had happened by then rests on something entered for a later time. Ask by knownAt alone, or by version.',
    );
  }
}
