import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { compareText } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { newestRows } from '../registry/newest.reader.js';
import { registry } from '../registry/registry.projection.js';
import { client, type Alike, type ClientRequest } from './client.js';
import { folded, likenessOf, type ClientDetails } from './details.js';

type RequestOf<Type extends ClientRequest['type']> = Extract<ClientRequest, { type: Type }>;

/** Somebody becomes a client. */
export class RegisterClient extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: RequestOf<'RegisterClient'>,
  ) {
    super();
  }
}

/** Fetches the zone of the practice, which decides whether a birth date lies ahead, and who may be the same person. */
@CommandHandler(RegisterClient)
export class RegisterClientHandler implements ICommandHandler<RegisterClient, Receipt> {
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: RegisterClient): Promise<Receipt> {
    return this.inTurn(meta.practiceId, () =>
      this.store.transact(client, meta, async (tx) => {
        const alike = await this.alike(tx, body);
        await tx.decide(client, meta.id, { ...body, zone: (await practiceIn(tx)).zone, alike });
      }),
    );
  }

  /**
   * The registrations of a practice one after another, as far as this process goes: side by side each would send all the
   * others back to look again.
   */
  private inTurn<T>(practiceId: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.turns.get(practiceId) ?? Promise.resolve()).then(work);
    const over = mine.then(
      () => undefined,
      () => undefined,
    );
    this.turns.set(practiceId, over);
    return mine;
  }

  /**
   * Each person once, under the record that is kept. Of two who register one person at the same time, the later looks again
   * and finds the earlier.
   */
  private async alike(tx: Transaction, details: ClientDetails): Promise<Alike[]> {
    const { practiceId, id } = tx.meta;
    const ofThatName = '"foldedName" = $2';
    const { rows, position } = await newestRows(
      this.store,
      registry,
      [client.category],
      practiceId,
      ofThatName,
      [await this.store.rows.blind(practiceId, registry, 'foldedName', folded(details.legalName))],
    );
    tx.noneSince(client.category, position);
    const alike = [...rows.values()].flatMap((row): Alike[] => {
      const because = row.clientId === id ? undefined : likenessOf(details, row);
      return because ? [{ clientId: row.mergedInto ?? row.clientId, because }] : [];
    });
    return alike
      .filter(
        ({ clientId, because }, index) =>
          alike.findIndex((other) => other.clientId === clientId && other.because === because) === index,
      )
      .sort((one, other) => compareText(one.clientId, other.clientId));
  }
}

/** Details of a client become others. */
export class ChangeClientDetails extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: RequestOf<'ChangeClientDetails'>,
  ) {
    super();
  }
}

/** Fetches the zone of the practice. */
@CommandHandler(ChangeClientDetails)
export class ChangeClientDetailsHandler implements ICommandHandler<ChangeClientDetails, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: ChangeClientDetails): Promise<Receipt> {
    return this.store.transact(client, meta, async (tx) => {
      await tx.decide(client, meta.id, { ...body, zone: (await practiceIn(tx)).zone });
    });
  }
}
