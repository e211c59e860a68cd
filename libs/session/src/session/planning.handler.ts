import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { missing } from '#libs/kernel';
import type { Plan } from './plan.js';
import { movedTo, type Move } from './planning.js';
import { PlanningReader } from './planning.reader.js';
import { session } from './session.js';

/** What is asked for; the therapist is that of the relationship, and everyone of the unit takes part unless told. */
export type PlanWish = Omit<Plan, 'clientIds' | 'therapistId' | 'seriesId' | 'occurrence'> & {
  participants?: string[];
  override?: boolean;
};

/** Plans a session of a relationship. */
export class ScheduleSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: PlanWish,
  ) {
    super();
  }
}

/** Of two that take the same time of a therapist, a room or a client at once, one is refused. */
@CommandHandler(ScheduleSession)
export class ScheduleSessionHandler implements ICommandHandler<ScheduleSession, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PlanningReader) private readonly planning: PlanningReader,
  ) {}

  execute({ meta, body: { participants, override, ...wish } }: ScheduleSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const people = await this.planning.people(tx, wish.relationshipId);
      const { members, therapistId } = people;
      const plan = { ...wish, clientIds: participants ?? [...members], therapistId };
      const [around] = await this.planning.around(tx, people, [plan]);
      await tx.decide(session, meta.id, { type: 'ScheduleSession', ...plan, around: around!, override });
    });
  }
}

/** Moves a session to another time or place. */
export class RescheduleSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Move & { override?: boolean },
  ) {
    super();
  }
}

@CommandHandler(RescheduleSession)
export class RescheduleSessionHandler implements ICommandHandler<RescheduleSession, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PlanningReader) private readonly planning: PlanningReader,
  ) {}

  execute({ meta, body: { override, ...move } }: RescheduleSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const state = await tx.read(session, meta.id);
      if (state.situation === 'none') return missing('session');
      const people = await this.planning.people(tx, state.plan.relationshipId);
      const { therapistId: therapistNow } = people;
      const plan = movedTo(state.plan, therapistNow, move);
      // who takes part is settled; only who is planned anew has to be a member
      const [around] = await this.planning.around(tx, { ...people, members: plan.clientIds }, [plan]);
      const command = { type: 'RescheduleSession' as const, therapistNow, move, around: around!, override };
      return tx.decide(session, meta.id, command);
    });
  }
}
