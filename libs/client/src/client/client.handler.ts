import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { practice } from '#libs/practice';
import { client, type ClientRequest } from './client.js';

/** Registers a client or changes details. */
export class HandleClient extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: ClientRequest,
  ) {
    super();
  }
}

/** Fetches the zone of the practice: what day it is there decides whether a birth date lies ahead. */
@CommandHandler(HandleClient)
export class ClientHandler implements ICommandHandler<HandleClient, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: HandleClient): Promise<Receipt> {
    return this.store.transact(client, meta, async (tx) => {
      const here = await tx.read(practice, meta.practiceId);
      if (here.situation === 'none') missing('practice');
      await tx.decide(client, meta.id, { ...body, zone: here.details.zone });
    });
  }
}
