import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { deriveId, type LocalDate } from '#libs/kernel';
import { staff } from '../staff/staff.js';
import { practice, type PracticeDetails } from './practice.js';

/** Which rule packs there are. Consent has them, which is built on practices: it answers when asked. */
export abstract class RulePacks {
  /** Ids of those Candor ships and of the practice's own, each once. */
  abstract ids(practiceId: string): Promise<string[]>;
  /** Ids of those with an edition in force on a local date. */
  abstract inForce(practiceId: string, day: LocalDate): Promise<string[]>;
}

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
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(RulePacks) private readonly rulePacks: RulePacks,
  ) {}

  execute({ meta, body: { owner, ...details } }: RegisterPractice): Promise<Receipt> {
    return this.store.transact(practice, meta, async (tx) => {
      const rulePacks = await this.rulePacks.ids(meta.practiceId);
      await tx.decide(practice, meta.id, { type: 'RegisterPractice', ...details, rulePacks });
      await tx.decide(staff, firstOwnerIdOf(meta.id), {
        type: 'RegisterStaff',
        name: owner.name,
        roles: ['owner'],
      });
    });
  }
}
