import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing, refuse, refuseIfAny, streamOf, type Reason } from '#libs/kernel';
import { client } from '../client/client.js';
import { unit, type UnitCommand } from './unit.js';

/** Puts clients together who are treated together. */
export class FormUnit extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Extract<UnitCommand, { type: 'FormUnit' }>,
  ) {
    super();
  }
}

/** Makes sure that every member is a client of this practice. */
@CommandHandler(FormUnit)
export class FormUnitHandler implements ICommandHandler<FormUnit, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: FormUnit): Promise<Receipt> {
    return this.store.transact(unit, meta, async (tx) => {
      await mustBeClients(tx, body.members);
      await tx.decide(unit, meta.id, body);
    });
  }
}

/** One more who is treated together with the others. */
export class AddUnitMember extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Extract<UnitCommand, { type: 'AddUnitMember' }>,
  ) {
    super();
  }
}

/** Makes sure that the new member is a client of this practice. */
@CommandHandler(AddUnitMember)
export class AddUnitMemberHandler implements ICommandHandler<AddUnitMember, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: AddUnitMember): Promise<Receipt> {
    return this.store.transact(unit, meta, async (tx) => {
      await mustBeClients(tx, [body.clientId]);
      await mustNotBeThereAlready(tx, body.clientId);
      await tx.decide(unit, meta.id, body);
    });
  }
}

/** Registered, and each under the record that is kept: else one person could be a member twice. */
async function mustBeClients(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.events(ids.map((id) => streamOf(client.category, id))); // all at once
  const away: Reason[] = [];
  for (const id of new Set(ids)) {
    const state = await tx.read(client, id);
    if (state.situation === 'none') return missing('client');
    const { mergedInto } = state.merging;
    if (mergedInto !== undefined)
      away.push({
        code: 'member_merged_away',
        detail: `Client ${id} was merged into ${mergedInto}. Name that record.`,
      });
  }
  refuseIfAny(away);
}

/** Nobody is a member twice, not under another record of theirs either. */
async function mustNotBeThereAlready(tx: Transaction, clientId: string): Promise<void> {
  const [joining, treated] = [await tx.read(client, clientId), await tx.read(unit, tx.meta.id)];
  if (joining.situation === 'none' || treated.situation === 'none') return;
  const under = joining.merging.mergedHere.find((id) => treated.members.includes(id));
  if (under !== undefined)
    refuse(
      'member_twice',
      `Client ${clientId} is a member under record ${under}, which was merged into theirs. Record that ${under} left, then add them.`,
    );
}
