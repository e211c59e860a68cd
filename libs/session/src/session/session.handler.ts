import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { StatusReader } from '#libs/consent';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { agreedFeeIn } from './fee.reader.js';
import type { Observation } from './observations.js';
import type { Cancellation } from './cancellation.js';
import { recordingJudgedIn } from './recording.reader.js';
import { session } from './session.js';
import { firstOf, stopReasons, stopsSinceStart, withdrawalsSinceStart } from './withdrawals.reader.js';

/** What depends on whether consent was withdrawn while the session runs. */
export class ContinueSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body:
      | { type: 'ObserveInSession'; observation: Observation }
      | { type: 'ResumeSession' }
      | { type: 'CheckIn'; clientId?: string }
      | { type: 'EndSession' },
  ) {
    super();
  }
}

/**
 * Looks for withdrawals that came in through the consent itself: by phone, by letter, while the session runs; and for what
 * else blocks at once.
 */
@CommandHandler(ContinueSession)
export class ContinueSessionHandler implements ICommandHandler<ContinueSession, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(StatusReader) private readonly statusReader: StatusReader,
  ) {}

  execute({ meta, body }: ContinueSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const withdrawals = await withdrawalsSinceStart(tx, meta.id);
      const stops = await stopsSinceStart(tx, this.statusReader, meta.id);
      const command =
        body.type === 'EndSession'
          ? {
              ...body,
              consentWithdrawnAt: firstOf(withdrawals.map(({ occurredAt }) => occurredAt)),
              stoppedSince: firstOf(stops.map(({ since }) => since)),
            }
          : {
              ...body,
              ...(await this.recording(tx, body)),
              consentWithdrawn: withdrawals.length > 0,
              stoppedBy: stopReasons(stops),
            };
      await tx.decide(session, meta.id, command);
    });
  }

  private async recording(tx: Transaction, body: ContinueSession['body']) {
    if (body.type !== 'ObserveInSession' || body.observation.kind !== 'RecordingStarted') return {};
    const state = await tx.read(session, tx.meta.id);
    if (state.situation === 'none') return {};
    return { recordingJudged: await recordingJudgedIn(tx, this.statusReader, state) };
  }
}

/** What the practice's policy has a say in. */
export class MissSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body:
      | { type: 'CancelSession'; by: Cancellation['by']; reasonCode?: string; chargeFee?: boolean }
      | { type: 'RecordNoShow'; clientId?: string },
  ) {
    super();
  }
}

/** Fetches the policy: how much notice is late, how long one waits; and what was agreed about a late cancellation. */
@CommandHandler(MissSession)
export class MissSessionHandler implements ICommandHandler<MissSession, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(StatusReader) private readonly statusReader: StatusReader,
  ) {}

  execute({ meta, body }: MissSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const { lateCancelHours, noShowGraceMinutes } = (await practiceIn(tx)).policy;
      const state = await tx.read(session, meta.id);
      if (state.situation === 'none') missing('session');
      if (body.type === 'CancelSession') {
        const agreed = body.chargeFee ? await agreedFeeIn(tx, state.plan.relationshipId) : undefined;
        await tx.decide(session, meta.id, { ...body, lateCancelHours, ...(agreed ? { agreed } : {}) });
        return;
      }
      const consentWithdrawn = (await withdrawalsSinceStart(tx, meta.id)).length > 0;
      const stoppedBy = stopReasons(await stopsSinceStart(tx, this.statusReader, meta.id));
      const found = { graceMinutes: noShowGraceMinutes, consentWithdrawn, stoppedBy };
      await tx.decide(session, meta.id, { ...body, ...found });
    });
  }
}
