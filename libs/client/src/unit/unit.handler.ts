import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { missing, streamOf } from '#libs/kernel';
import { client } from '../client/client.js';
import { unit, type UnitCommand } from './unit.js';

/** Puts clients together who are treated together. */
export class FormUnit extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: UnitCommand,
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
      const streams = body.members.map((member) => streamOf(client.category, member));
      const found = new Set((await tx.events(streams)).map((event) => event.stream));
      if (!streams.every((stream) => found.has(stream))) missing('client');
      await tx.decide(unit, meta.id, body);
    });
  }
}
