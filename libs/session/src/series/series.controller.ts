import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  Day,
  Flag,
  Id,
  Meta,
  OneQuery,
  PathId,
  Query,
  Sees,
  Text,
  Verb,
  WallTime,
  Whole,
  type Principal,
  type Sight,
} from '#libs/http';
import { missing, streamOf, type Recorded } from '#libs/kernel';
import { CANCELLED_BY } from '../session/cancellation.js';
import { LONGEST_MINUTES } from '../session/plan.js';
import { shownPlace } from '../session/place.reader.js';
import { OVERRIDE, PlanBody } from '../session/session.bodies.js';
import { session, type SessionEvent } from '../session/session.js';
import { SCOPES, type Scope } from './change.js';
import { MOST_OCCURRENCES } from './recurrence.js';
import { ChangeSeries, EndSeries, ScheduleSeries } from './series.handler.js';
import { series, sessionIdOf, type Canceller } from './series.js';

class ScheduleSeriesBody extends PlanBody {
  @WallTime({ description: "of the first session, on the wall clock of the practice's zone" })
  firstStart: string;

  @Text({
    max: 300,
    description: `RFC 5545, with COUNT or UNTIL, at most one a day and ${MOST_OCCURRENCES} in all; sessions keep their time on the wall clock`,
    example: 'FREQ=WEEKLY;COUNT=10',
  })
  rrule: string;
}

class ChangeSeriesBody extends CommandBody {
  @Choice(SCOPES, { description: 'of the sessions that lie ahead; those held stay as they were' })
  scope: Scope;

  @Day({ description: 'the day in the rule that names the session, wherever it was moved to' })
  occurrence: string;

  @WallTime({
    optional: true,
    description:
      'of the session named; the others move by as many days and to the same time on the wall clock',
  })
  start?: string;

  @Whole(1, 10_080, { optional: true, description: `at most ${LONGEST_MINUTES}` })
  durationMinutes?: number;

  @Text({ optional: true, description: 'takes the place of a room' })
  place?: string;

  @Id({ optional: true, description: 'takes the place of a place in words' })
  roomId?: string;

  @Flag({ optional: true, description: OVERRIDE })
  override?: boolean;
}

class EndSeriesBody extends CommandBody {
  @Day({ description: 'no more sessions from this day on' })
  from: string;

  @Choice(CANCELLED_BY, { optional: true, description: 'practice unless told' })
  by?: Canceller;
}

@ApiTags('sessions')
@Controller('v1/session-series')
export class SeriesController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({
    summary: 'Plan sessions that recur; a refusal names every conflict of every one',
    access: 'session:plan',
  })
  schedule(@Meta() meta: CommandMeta, @Body() body: ScheduleSeriesBody) {
    const { type: _, ...wish } = commandFrom('ScheduleSeries', body);
    return this.commands.execute(new ScheduleSeries(meta, wish));
  }

  @Verb('change', {
    summary: 'Move this session, it and those following, or all that lie ahead',
    access: 'session:plan',
  })
  change(@Meta() meta: CommandMeta, @Body() body: ChangeSeriesBody) {
    const { type: _, ...change } = commandFrom('ChangeSeries', body);
    return this.commands.execute(new ChangeSeries(meta, change));
  }

  @Verb('end', { summary: 'Cancel what lies ahead from a day on', access: 'session:plan' })
  end(@Meta() meta: CommandMeta, @Body() { from, by = 'practice' }: EndSeriesBody) {
    return this.commands.execute(new EndSeries(meta, { from, by }));
  }

  @Query(':id', {
    summary: 'A series with its sessions, each as it stands now',
    access: 'session:read',
  })
  async one(
    @Caller() { practiceId }: Principal,
    @Sees() sees: Sight,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(series, practiceId, id);
    if (state.situation === 'none') missing('series');
    const { situation: status, plan, occurrences, ...ending } = state;
    const sessionIds = occurrences.map((occurrence) => sessionIdOf(id, occurrence));
    const streams = sessionIds.map((sessionId) => streamOf(session.category, sessionId));
    const events = (await this.store.reader.streams(practiceId, streams)) as Recorded<SessionEvent>[];
    const sessions = occurrences.flatMap((occurrence, index) => {
      const past = events.filter(({ stream }) => stream === streams[index]);
      const one = past.reduce((folded, event) => session.evolve(folded, event), session.initial);
      if (one.situation === 'none') return [];
      const { start, durationMinutes, place, roomId } = one.plan;
      const sessionId = sessionIds[index];
      return [
        shownPlace(
          { occurrence, sessionId, status: one.situation, start, durationMinutes, place, roomId },
          sees,
        ),
      ];
    });
    return { id, version, status, ...shownPlace(plan, sees), ...ending, sessions };
  }
}
