import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { consent, consentIdOf, PURPOSES, type Purpose } from '#libs/consent';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { missing, streamOf } from '#libs/kernel';
import { session } from './session.js';

/** A client ends their consent while the session runs. */
export class WithdrawInSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { clientId: string; channel: string; scope: 'all' | Purpose },
  ) {
    super();
  }
}

/** The session and every consent withdrawn change together. A consent that was never sought has nothing to withdraw. */
@CommandHandler(WithdrawInSession)
export class WithdrawInSessionHandler implements ICommandHandler<WithdrawInSession, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { clientId, channel, scope } }: WithdrawInSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const state = await tx.read(session, meta.id);
      if (state.situation === 'none') missing('session');
      const { relationshipId } = state.plan;
      await tx.decide(session, meta.id, { type: 'WithdrawConsentInSession', clientId, scope });
      const purposes = scope === 'all' ? PURPOSES : [scope];
      const ids = purposes.map((purpose) => consentIdOf(meta.practiceId, relationshipId, clientId, purpose));
      await tx.events(ids.map((id) => streamOf(consent.category, id)));
      const kind = scope === 'all' ? 'all' : 'purpose';
      for (const id of ids)
        if ((await tx.read(consent, id)).about)
          await tx.decide(consent, id, { type: 'WithdrawConsent', by: 'self', channel, scope: { kind } });
    });
  }
}
