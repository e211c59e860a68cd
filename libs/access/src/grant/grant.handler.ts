import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { client } from '#libs/client';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { GrantsReader } from '../grants/grants.reader.js';
import { grant, type GrantCommand } from './grant.js';

type Opening = Extract<GrantCommand, { type: 'OpenBreakGlass' }>;

/** Breaks the glass before one client's records. */
export class OpenBreakGlass extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Omit<Opening, 'alsoOpen'>,
  ) {
    super();
  }
}

/** Fetches what the same person has open for this client, and guards it: two at once do not both get in. */
@CommandHandler(OpenBreakGlass)
export class OpenBreakGlassHandler implements ICommandHandler<OpenBreakGlass, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(GrantsReader) private readonly grants: GrantsReader,
  ) {}

  execute({ meta, body }: OpenBreakGlass): Promise<Receipt> {
    return this.store.transact(grant, meta, async (tx) => {
      if ((await tx.read(client, body.clientId)).situation === 'none') missing('client');
      const { rows, position } = await this.grants.of(meta.practiceId, [body.clientId]);
      tx.noneSince(grant.category, position);
      const alsoOpen = rows
        .filter(({ staffId, grantId }) => staffId === meta.actor.id && grantId !== meta.id)
        .filter(({ endsAt }) => endsAt > tx.occurredAt)
        .map(({ grantId }) => grantId);
      await tx.decide(grant, meta.id, { ...body, alsoOpen });
    });
  }
}
