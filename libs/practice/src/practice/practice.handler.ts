import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { deriveId } from '#libs/kernel';
import { staff } from '../staff/staff.js';
import { practice, type PracticeDetails } from './practice.js';

/** Derived, so that whoever registers a practice can give its first owner a way to sign in without a search. */
export const firstOwnerIdOf = (practiceId: string): string => deriveId('first owner', practiceId);

/** A practice and its first owner, together or not at all. `meta` names the new practice twice: as practice and as id. */
export class RegisterPractice extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: PracticeDetails & { owner: { name: string } },
  ) {
    super();
  }
}

@CommandHandler(RegisterPractice)
export class RegisterPracticeHandler implements ICommandHandler<RegisterPractice, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { owner, ...details } }: RegisterPractice): Promise<Receipt> {
    return this.store.transact(practice, meta, async (tx) => {
      await tx.decide(practice, meta.id, { type: 'RegisterPractice', ...details });
      await tx.decide(staff, firstOwnerIdOf(meta.id), {
        type: 'RegisterStaff',
        name: owner.name,
        roles: ['owner'],
      });
    });
  }
}
