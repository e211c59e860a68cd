import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { client, unit } from '#libs/client';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { relationship } from '#libs/relationship';
import { StatusReader } from '../status/status.reader.js';
import { authorizationIn } from './authorization.reader.js';
import { disclosure, type Authorization, type Made, type Request } from './disclosure.js';

export class RequestDisclosure extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Request,
  ) {
    super();
  }
}

/** Fetches whether client and relationship belong together. */
@CommandHandler(RequestDisclosure)
export class RequestDisclosureHandler implements ICommandHandler<RequestDisclosure, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: RequestDisclosure): Promise<Receipt> {
    return this.store.transact(disclosure, meta, async (tx) => {
      if ((await tx.read(client, body.clientId)).situation === 'none') missing('client');
      const isMember = await isMemberOf(tx, body);
      await tx.decide(disclosure, meta.id, { type: 'RequestDisclosure', ...body, isMember });
    });
  }
}

async function isMemberOf(tx: Transaction, { clientId, relationshipId }: Request): Promise<boolean> {
  if (relationshipId === undefined) return false;
  const found = await tx.read(relationship, relationshipId);
  if (found.situation === 'none') return missing('relationship');
  // Also who has left: what is asked about may be from their time.
  const treated = await tx.read(unit, found.opening.unitId);
  return treated.situation !== 'none' && treated.stays.some((stay) => stay.clientId === clientId);
}

export class MakeDisclosure extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Pick<Made, 'what' | 'channel'>,
  ) {
    super();
  }
}

/** Asks for the client's authorization where it rests on one; one withdrawn meanwhile is judged anew. */
@CommandHandler(MakeDisclosure)
export class MakeDisclosureHandler implements ICommandHandler<MakeDisclosure, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(StatusReader) private readonly statusReader: StatusReader,
  ) {}

  execute({ meta, body }: MakeDisclosure): Promise<Receipt> {
    return this.store.transact(disclosure, meta, async (tx) => {
      const state = await tx.read(disclosure, meta.id);
      if (state.situation === 'none') missing('disclosure');
      const authorization = await this.authorization(tx, state.request);
      const command = { type: 'MakeDisclosure' as const, ...body, ...(authorization && { authorization }) };
      await tx.decide(disclosure, meta.id, command);
    });
  }

  private async authorization(tx: Transaction, request: Request): Promise<Authorization | undefined> {
    const { basis, relationshipId, clientId, recipient } = request;
    if (basis !== 'authorization' || relationshipId === undefined) return undefined;
    const asked = { relationshipId, clientId, purpose: 'disclosure_authorization' as const, recipient };
    return authorizationIn(tx, this.statusReader, asked);
  }
}
