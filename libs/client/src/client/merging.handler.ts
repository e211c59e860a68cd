import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing, streamOf } from '#libs/kernel';
import { unitsWith } from '../units/units.reader.js';
import { client } from './client.js';
import type { MergeCommand, SharedUnit } from './merging.js';

/** Merges two records or parts them: asks, confirms, or takes the question back. */
export class SettleMerge extends Command<Receipt> {
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

/** Fetches the other record, and where both are treated together; once it is confirmed, both streams tell of it. */
@CommandHandler(SettleMerge)
export class SettleMergeHandler implements ICommandHandler<SettleMerge, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { type, otherClientId } }: SettleMerge): Promise<Receipt> {
    return this.store.transact(client, meta, async (tx) => {
      const other = await tx.read(client, otherClientId);
      if (other.situation === 'none') missing('client');
      const { mergedInto: otherMergedInto, mergedHere } = other.merging;
      const asksToMerge = type === 'ProposeMerge' || type === 'ConfirmMerge';
      const shared = asksToMerge ? await this.shared(tx, [otherClientId, ...mergedHere]) : [];
      const happened = await tx.decide(client, meta.id, { type, otherClientId, otherMergedInto, shared });
      for (const { type: what } of happened) {
        if (what === 'ClientsMerged')
          await tx.decide(client, otherClientId, { type: 'NoteMerged', otherClientId: meta.id });
        if (what === 'ClientsUnmerged')
          await tx.decide(client, otherClientId, { type: 'NoteUnmerged', otherClientId: meta.id });
      }
    });
  }

  /** Units with an open relationship that both are members of now; the other person may be there under any record. */
  private async shared(tx: Transaction, others: readonly string[]): Promise<SharedUnit[]> {
    const { practiceId, id } = tx.meta;
    const { rows, position } = await unitsWith(this.store, practiceId, [id]);
    for (const category of ['unit', 'relationship']) tx.noneSince(category, position);
    const both = [...rows.values()].filter(
      ({ members }) => members.includes(id) && others.some((other) => members.includes(other)),
    );
    const shared: SharedUnit[] = [];
    for (const { unitId, relationships } of both)
      for (const relationshipId of relationships) {
        const events = await tx.events([streamOf('relationship', relationshipId)]);
        if (!events.some(({ type }) => type === 'RelationshipEnded')) shared.push({ unitId, relationshipId });
      }
    return shared;
  }
}
