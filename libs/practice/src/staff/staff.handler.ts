import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import { staff, type StaffCommand } from './staff.js';

/** Changes what a staff member may do. */
export class ChangeStaff extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Exclude<StaffCommand, { type: 'RegisterStaff' }>,
  ) {
    super();
  }
}

/**
 * Reads the acting owner too: of two owners who take each other's role at the same moment only one succeeds, so that
 * some owner always remains.
 */
@CommandHandler(ChangeStaff)
export class ChangeStaffHandler implements ICommandHandler<ChangeStaff, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: ChangeStaff): Promise<Receipt> {
    return this.store.transact(staff, meta, async (tx) => {
      const actor = await tx.read(staff, meta.actor.id);
      if (actor.situation !== 'active' || !actor.roles.includes('owner'))
        throw new DomainError('forbidden', 'forbidden', 'You are no longer an owner. Ask somebody who is.');
      await tx.decide(staff, meta.id, body);
    });
  }
}
