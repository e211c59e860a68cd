import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { StatusReader } from '#libs/consent';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { practiceIn } from '#libs/practice';
import { CalendarReader } from '../calendar/calendar.reader.js';
import { isOff } from './correction.js';
import { session } from './session.js';
import { stopReasons, stopsSinceStart, withdrawalsSinceStart } from './withdrawals.reader.js';

/** Says that a session was entered in error. */
export class MarkSessionInError extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    /** of whoever marks it */
    readonly roles: readonly string[],
  ) {
    super();
  }
}

/** Looks for withdrawals that came in through the consent itself while the session ran: they are not to be hidden. */
@CommandHandler(MarkSessionInError)
export class MarkSessionInErrorHandler implements ICommandHandler<MarkSessionInError, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, roles }: MarkSessionInError): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const state = await tx.read(session, meta.id);
      const withdrawn = await withdrawalsSinceStart(tx, meta.id);
      const withdrawnInIt = withdrawn.some(
        ({ occurredAt }) =>
          'startedAt' in state &&
          occurredAt >= state.startedAt &&
          !('endedAt' in state && occurredAt > state.endedAt),
      );
      await tx.decide(session, meta.id, { type: 'MarkSessionInError', roles, withdrawnInIt });
    });
  }
}

/** Says that one entry about who comes was wrong. */
export class CorrectEntry extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { correctsEventId: string; override?: boolean },
  ) {
    super();
  }
}

/** Looks at what has taken the time of a session that was off and would be on again. */
@CommandHandler(CorrectEntry)
export class CorrectEntryHandler implements ICommandHandler<CorrectEntry, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(CalendarReader) private readonly calendar: CalendarReader,
    @Inject(StatusReader) private readonly statusReader: StatusReader,
  ) {}

  execute({ meta, body }: CorrectEntry): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const consentWithdrawn = (await withdrawalsSinceStart(tx, meta.id)).length > 0;
      const { zone } = await practiceIn(tx);
      const others = await this.others(tx);
      const stoppedBy = stopReasons(await stopsSinceStart(tx, this.statusReader, meta.id));
      const found = { others, zone, consentWithdrawn, stoppedBy };
      await tx.decide(session, meta.id, { type: 'CorrectEntry', ...body, ...found });
    });
  }

  private async others(tx: Transaction) {
    const state = await tx.read(session, tx.meta.id);
    if (!isOff(state.situation) || state.situation === 'none') return [];
    return this.calendar.takenAround(tx, [state.plan]);
  }
}
