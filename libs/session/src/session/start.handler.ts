import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { StatusReader, type GateDecision } from '#libs/consent';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { staff } from '#libs/practice';
import { relationship } from '#libs/relationship';
import { CalendarReader } from '../calendar/calendar.reader.js';
import { deferConsent } from './emergency.reader.js';
import { recordingJudgedIn } from './recording.reader.js';
import { session } from './session.js';
import type { Start } from './start.js';

/** Begins a session, if the gate lets it. */
export class StartSession extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Omit<Start, 'gate'>,
  ) {
    super();
  }
}

/**
 * Asks the gate, and lets what it judged stand guard: a consent withdrawn before this is appended makes it ask again. An
 * emergency puts off, in the same step, the consent of everyone who has not given it, with a deadline.
 */
@CommandHandler(StartSession)
export class StartSessionHandler implements ICommandHandler<StartSession, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(StatusReader) private readonly statusReader: StatusReader,
    @Inject(CalendarReader) private readonly calendar: CalendarReader,
  ) {}

  execute({ meta, body }: StartSession): Promise<Receipt> {
    return this.store.transact(session, meta, async (tx) => {
      const state = await tx.read(session, meta.id);
      if (state.situation === 'none') missing('session');
      const { plan } = state;
      const { emergencyBasis, continueForSafety } = body;
      const { decision: gate } = await this.statusReader.judgeIn(tx, plan.relationshipId, {
        format: plan.modality,
        clientIds: plan.clientIds,
        emergencyBasis,
        continueForSafety,
      });
      const treated = await tx.read(relationship, plan.relationshipId);
      if (treated.situation === 'none') missing('relationship');
      const { therapistId: therapistNow } = treated;
      const command = {
        type: 'StartSession' as const,
        ...body,
        gate,
        therapistNow,
        therapistGone: (await tx.read(staff, plan.therapistId)).situation === 'deactivated',
        alsoRunning: await this.alsoRunning(tx, therapistNow, gate),
        ...(body.recording ? { recordingJudged: await recordingJudgedIn(tx, this.statusReader, state) } : {}),
      };
      const started = await tx.decide(session, meta.id, command);
      if (started.length === 0) return;
      if (gate.result === 'emergency') await deferConsent(tx, plan, emergencyBasis!, gate);
    });
  }

  /** A session that somebody forgot to end keeps no emergency from starting. */
  private async alsoRunning(tx: Transaction, therapistId: string, gate: GateDecision): Promise<string[]> {
    if (gate.result === 'emergency') return [];
    const running = await this.calendar.runningOf(tx, therapistId);
    return running.filter((id) => id !== tx.meta.id);
  }
}
