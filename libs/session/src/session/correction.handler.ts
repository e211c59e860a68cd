import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { session } from './session.js';
import { withdrawalsSinceStart } from './withdrawals.reader.js';

/** Says that a session was entered in error. */
export class MarkSessionInError extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    /** of whoever marks it */
    readonly roles: readonly string[],
  ) {
    super();
  }
}

/** Looks for withdrawals that came in through the consent itself while the session ran: they are not to be hidden. */
@CommandHandler(MarkSessionInError)
export class MarkSessionInErrorHandler implements ICommandHandler<MarkSessionInError, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, roles }: MarkSessionInError): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const state = await tx.read(session, meta.id);
      const withdrawn = await withdrawalsSinceStart(tx, meta.id);
      const withdrawnInIt = withdrawn.some(
        ({ occurredAt }) =>
          'startedAt' in state &&
          occurredAt >= state.startedAt &&
          !('endedAt' in state && occurredAt > state.endedAt),
      );
      await tx.decide(session, meta.id, { type: 'MarkSessionInError', roles, withdrawnInIt });
    });
  }
}
