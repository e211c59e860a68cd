import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { localDate, missing, streamOf, type LocalDate } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import type { PlanWish } from '../session/planning.handler.js';
import { isMovable } from '../session/planning.js';
import { PlanningReader } from '../session/planning.reader.js';
import { session } from '../session/session.js';
import { changed, type Ahead, type Scope, type Wish } from './change.js';
import { occurrencesOf, startOn } from './recurrence.js';
import { series, sessionIdOf, type Canceller, type SeriesPlan } from './series.js';

/** Plans sessions that recur. */
export class ScheduleSeries extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Omit<PlanWish, 'start'> & { firstStart: string; rrule: string },
  ) {
    super();
  }
}

/** The series and its sessions are made together, or none of them. */
@CommandHandler(ScheduleSeries)
export class ScheduleSeriesHandler implements ICommandHandler<ScheduleSeries, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PlanningReader) private readonly planning: PlanningReader,
  ) {}

  execute({ meta, body }: ScheduleSeries): Promise<Receipt> {
    const { participants, override = false, ...wish } = body;
    return this.store.transact(series, meta, async (tx) => {
      const people = await this.planning.people(tx, wish.relationshipId);
      const { members, therapistId } = people;
      const plan = {
        ...wish,
        clientIds: participants ?? [...members],
        therapistId,
        zone: (await practiceIn(tx)).zone,
      };
      const { dates: occurrences, problems } = occurrencesOf(plan);
      const sessions = problems.length > 0 ? [] : occurrences.map((date) => sessionOn(meta.id, date, plan));
      await readAll(tx, sessions);
      const around = await this.planning.around(
        tx,
        people,
        sessions.map((one) => one.plan),
      );
      const plannings = sessions.map((one, index) => ({ ...one, around: around[index]! }));
      const decided = await tx.decide(series, meta.id, {
        type: 'ScheduleSeries',
        plan,
        occurrences,
        problems,
        plannings,
        override,
      });
      if (decided.length === 0) return;
      for (const { sessionId, ...planned } of plannings)
        await tx.decide(session, sessionId, {
          type: 'ScheduleSession',
          ...planned.plan,
          around: planned.around,
          override,
        });
    });
  }
}

function sessionOn(seriesId: string, occurrence: LocalDate, series: SeriesPlan): Ahead {
  const { firstStart, zone, rrule: _, ...plan } = series;
  return {
    occurrence,
    sessionId: sessionIdOf(seriesId, occurrence),
    plan: { ...plan, start: startOn(occurrence, { firstStart, zone }), seriesId, occurrence },
  };
}

/** Moves sessions of a series that lie ahead. */
export class ChangeSeries extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { scope: Scope; occurrence: LocalDate; override?: boolean } & Wish,
  ) {
    super();
  }
}

@CommandHandler(ChangeSeries)
export class ChangeSeriesHandler implements ICommandHandler<ChangeSeries, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PlanningReader) private readonly planning: PlanningReader,
  ) {}

  execute({ meta, body }: ChangeSeries): Promise<Receipt> {
    const { scope, occurrence, override = false, ...wish } = body;
    return this.store.transact(series, meta, async (tx) => {
      const { ahead, plan } = await lyingAhead(tx);
      const people = await this.planning.people(tx, plan.relationshipId);
      const { therapistId: therapistNow } = people;
      const { zone } = await practiceIn(tx);
      const moved = changed(ahead, { scope, occurrence, wish }, therapistNow, zone);
      // they move at once: each is judged by where the others will be
      const around = await this.planning.around(
        tx,
        { ...people, members: plan.clientIds },
        moved.map((one) => one.plan),
        moved.map((one) => ({ sessionId: one.sessionId, ...one.plan })),
      );
      const plannings = moved.map((one, index) => ({ ...one, around: around[index]! }));
      const decided = await tx.decide(series, meta.id, {
        type: 'ChangeSeries',
        scope,
        occurrence,
        wish,
        isAhead: ahead.some((one) => one.occurrence === occurrence),
        moved: moved.map((one) => one.occurrence),
        plannings,
        override,
      });
      if (decided.length === 0) return;
      for (const { sessionId, plan: to, around: surroundings } of plannings)
        await tx.decide(session, sessionId, {
          type: 'RescheduleSession',
          therapistNow,
          move: moveTo(to),
          around: surroundings,
          override,
        });
    });
  }
}

const moveTo = ({ start, durationMinutes, place, roomId }: Ahead['plan']) => ({
  start,
  durationMinutes,
  ...(place === undefined ? {} : { place }),
  ...(roomId === undefined ? {} : { roomId }),
});

/** Cancels the sessions of a series from a day on that lie ahead. */
export class EndSeries extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { from: LocalDate; by: Canceller },
  ) {
    super();
  }
}

@CommandHandler(EndSeries)
export class EndSeriesHandler implements ICommandHandler<EndSeries, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { from, by } }: EndSeries): Promise<Receipt> {
    return this.store.transact(series, meta, async (tx) => {
      const { ahead } = await lyingAhead(tx);
      const { zone, policy } = await practiceIn(tx);
      const over = ahead.filter(({ plan }) => localDate(plan.start, zone) >= from);
      await tx.decide(series, meta.id, {
        type: 'EndSeries',
        from,
        by,
        cancelled: over.map(({ occurrence }) => occurrence),
      });
      for (const { sessionId } of over)
        await tx.decide(session, sessionId, {
          type: 'CancelSession',
          by,
          reasonCode: 'series_ended',
          lateCancelHours: policy.lateCancelHours,
        });
    });
  }
}

/** The sessions of a series that have yet to come, planned or confirmed. @throws DomainError `missing` */
async function lyingAhead(tx: Transaction): Promise<{ ahead: Ahead[]; plan: SeriesPlan }> {
  const { id } = tx.meta;
  const state = await tx.read(series, id);
  if (state.situation === 'none') return missing('series');
  const all = state.occurrences.map((occurrence) => ({ occurrence, sessionId: sessionIdOf(id, occurrence) }));
  await readAll(tx, all);
  const ahead: Ahead[] = [];
  for (const { occurrence, sessionId } of all) {
    const planned = await tx.read(session, sessionId);
    if (planned.situation === 'none' || !isMovable(planned.situation)) continue;
    if (planned.plan.start > tx.now) ahead.push({ occurrence, sessionId, plan: planned.plan });
  }
  return { ahead, plan: state.plan };
}

/** One question instead of one for each. */
const readAll = (tx: Transaction, sessions: readonly { sessionId: string }[]) =>
  tx.events(sessions.map(({ sessionId }) => streamOf(session.category, sessionId)));
