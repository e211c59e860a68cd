import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing, refuse } from '#libs/kernel';
import { policyAt, practice, type Policy } from '#libs/practice';
import { relationship } from '#libs/relationship';
import type { Observation } from './observations.js';
import type { Cancellation, Plan } from './plan.js';
import { session } from './session.js';
import { withdrawalsSinceStart } from './withdrawals.reader.js';

/** Plans a session for everyone of a relationship. */
export class ScheduleSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Omit<Plan, 'clientIds' | 'therapistId'>,
  ) {
    super();
  }
}

/** Fetches who takes part. */
@CommandHandler(ScheduleSession)
export class ScheduleSessionHandler implements ICommandHandler<ScheduleSession, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: ScheduleSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const found = await tx.read(relationship, body.relationshipId);
      if (found.situation === 'none') missing('relationship');
      if (found.situation === 'ended')
        refuse('relationship_ended', 'The relationship has ended. Open a new one first.');
      const { opening, therapistId } = found;
      await tx.decide(session, meta.id, {
        type: 'ScheduleSession',
        ...body,
        clientIds: opening.members,
        therapistId,
      });
    });
  }
}

/** What depends on whether consent was withdrawn while the session runs. */
export class ContinueSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body:
      | { type: 'ObserveInSession'; observation: Observation }
      | { type: 'ResumeSession' }
      | { type: 'EndSession' },
  ) {
    super();
  }
}

/** Looks for withdrawals that came in through the consent itself: by phone, by letter, while the session runs. */
@CommandHandler(ContinueSession)
export class ContinueSessionHandler implements ICommandHandler<ContinueSession, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: ContinueSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const [first] = (await withdrawalsSinceStart(tx, meta.id)).map(({ occurredAt }) => occurredAt).sort();
      const command =
        body.type === 'EndSession'
          ? { ...body, ...(first ? { consentWithdrawnAt: first } : {}) }
          : { ...body, consentWithdrawn: first !== undefined };
      await tx.decide(session, meta.id, command);
    });
  }
}

/** What the practice's policy has a say in. */
export class MissSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body:
      | { type: 'CancelSession'; by: Cancellation['by']; reasonCode?: string }
      | { type: 'RecordNoShow'; clientId?: string },
  ) {
    super();
  }
}

/** Fetches the policy: how much notice is late, how long one waits. */
@CommandHandler(MissSession)
export class MissSessionHandler implements ICommandHandler<MissSession, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: MissSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const { lateCancelHours, noShowGraceMinutes } = await policyOf(tx);
      const command =
        body.type === 'CancelSession'
          ? { ...body, lateCancelHours }
          : { ...body, graceMinutes: noShowGraceMinutes };
      await tx.decide(session, meta.id, command);
    });
  }
}

/** The policy that held when it happened. */
export async function policyOf(tx: Transaction): Promise<Policy> {
  const state = await tx.read(practice, tx.meta.practiceId);
  return policyAt(state.situation === 'none' ? [] : state.policies, tx.occurredAt);
}
