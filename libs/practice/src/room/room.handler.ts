import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, View, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import { rooms } from '../rooms/rooms.projection.js';
import { room } from './room.js';

/** Gives a room its name. */
export class NameRoom extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { type: 'RegisterRoom' | 'RenameRoom'; name: string },
  ) {
    super();
  }
}

/** Looks whether another open room has the name; of two that take it at once one is refused. */
@CommandHandler(NameRoom)
export class NameRoomHandler implements ICommandHandler<NameRoom, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: NameRoom): Promise<Receipt> {
    return this.store.transact(room, meta, async (tx) => {
      const taken = await this.isTaken(tx, body.name);
      await tx.decide(room, meta.id, { ...body, taken });
    });
  }

  private async isTaken(tx: Transaction, name: string): Promise<boolean> {
    const { practiceId, id } = tx.meta;
    const view = new View(this.store, rooms);
    const found = await view.matching(practiceId, '"foldedName" = $2', [name.toLowerCase()]);
    if (!found)
      throw new DomainError('unavailable', 'rooms_unavailable', 'The list of rooms is behind. Try again.');
    tx.noneSince(room.category, found.position);
    return [...found.rows.values()].some(
      (row) => row.open && row.roomId !== id && row.name.toLowerCase() === name.toLowerCase(),
    );
  }
}
