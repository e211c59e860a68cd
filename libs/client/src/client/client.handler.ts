import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  EventStore,
  foldInto,
  View,
  type CommandMeta,
  type Receipt,
  type Transaction,
} from '#libs/event-store';
import { missing } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { registry, type RegistryRow } from '../registry/registry.projection.js';
import { client, type ClientRequest } from './client.js';
import { likenessOf, type ClientDetails } from './details.js';
import type { MergeCommand } from './merging.js';

/** Registers a client or changes details. */
export class HandleClient extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: ClientRequest,
  ) {
    super();
  }
}

/**
 * Fetches the zone of the practice, because what day it is there decides whether a birth date lies ahead, and who may be
 * the same person.
 */
@CommandHandler(HandleClient)
export class ClientHandler implements ICommandHandler<HandleClient, Receipt> {
  private readonly view: View<RegistryRow>;
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(@Inject(EventStore) private readonly store: EventStore) {
    this.view = new View(store, registry);
  }

  execute({ meta, body }: HandleClient): Promise<Receipt> {
    if (body.type === 'RegisterClient')
      return this.inTurn(meta.practiceId, () =>
        this.store.transact(client, meta, async (tx) => {
          const alike = await this.alike(tx, body);
          await tx.decide(client, meta.id, { ...body, zone: (await practiceIn(tx)).zone, alike });
        }),
      );
    return this.store.transact(client, meta, async (tx) => {
      await tx.decide(client, meta.id, { ...body, zone: (await practiceIn(tx)).zone });
    });
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

  /** Of two who register one person at the same time, the later looks again and finds the earlier. */
  private async alike(tx: Transaction, details: ClientDetails): Promise<string[]> {
    const likeness = likenessOf(details);
    const { practiceId, id } = tx.meta;
    const { rows, position } =
      (await this.view.matching(practiceId, `row->>'likeness' = $2`, [likeness])) ??
      (await this.everybody(practiceId));
    tx.noneSince(client.category, position);
    const same = [...rows.values()].filter((row) => row.likeness === likeness && row.clientId !== id);
    return [...new Set(same.map(({ clientId, mergedInto }) => mergedInto ?? clientId))].sort();
  }

  /** For when the read model cannot say: all records from the log. */
  private async everybody(practiceId: string): Promise<{ rows: Map<string, RegistryRow>; position: number }> {
    const position = await this.store.reader.position(practiceId);
    const rows = new Map<string, RegistryRow>();
    foldInto(registry, rows, await this.store.reader.categories(practiceId, [client.category]));
    return { rows, position };
  }
}

/** Merges two records or parts them: asks, confirms, or takes the question back. */
export class HandleMerge extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: {
      type: Exclude<MergeCommand['type'], 'NoteMerged' | 'NoteUnmerged'>;
      otherClientId: string;
    },
  ) {
    super();
  }
}

/** Fetches the other record; once it is confirmed, both streams tell of it. */
@CommandHandler(HandleMerge)
export class MergeHandler implements ICommandHandler<HandleMerge, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { type, otherClientId } }: HandleMerge): Promise<Receipt> {
    return this.store.transact(client, meta, async (tx) => {
      const other = await tx.read(client, otherClientId);
      if (other.situation === 'none') missing('client');
      const { mergedInto: otherMergedInto } = other.merging;
      const happened = await tx.decide(client, meta.id, { type, otherClientId, otherMergedInto });
      for (const { type: what } of happened) {
        if (what === 'ClientsMerged')
          await tx.decide(client, otherClientId, { type: 'NoteMerged', otherClientId: meta.id });
        if (what === 'ClientsUnmerged')
          await tx.decide(client, otherClientId, { type: 'NoteUnmerged', otherClientId: meta.id });
      }
    });
  }
}
