import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { DomainError, missing } from '#libs/kernel';
import { staff, type StaffCommand } from './staff.js';
import type { SupervisorFacts } from './supervision.js';

type Asked<C> = C extends { supervisor: unknown } ? Omit<C, 'supervisor'> : C;

/** Changes what a staff member may do, or under whom. */
export class ChangeStaff extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Asked<Exclude<StaffCommand, { type: 'RegisterStaff' }>>,
  ) {
    super();
  }
}

/**
 * Reads the acting owner too: of two owners who take each other's role at the same moment only one succeeds, so that
 * some owner always remains. A supervisor is read before they are assigned.
 */
@CommandHandler(ChangeStaff)
export class ChangeStaffHandler implements ICommandHandler<ChangeStaff, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: ChangeStaff): Promise<Receipt> {
    return this.store.transact(staff, meta, async (tx) => {
      const actor = await tx.read(staff, meta.actor.id);
      if (actor.situation !== 'active' || !actor.roles.includes('owner'))
        throw new DomainError('forbidden', 'forbidden', 'You are no longer an owner. Ask somebody who is.');
      const command =
        body.type === 'AssignSupervisor'
          ? { ...body, supervisor: await supervisorFacts(tx, body.supervisorId) }
          : body;
      await tx.decide(staff, meta.id, command);
    });
  }
}

async function supervisorFacts(tx: Transaction, supervisorId: string): Promise<SupervisorFacts> {
  const found = await tx.read(staff, supervisorId);
  if (found.situation === 'none') return missing('staff member');
  return { isSupervisor: found.roles.includes('supervisor'), active: found.situation === 'active' };
}
