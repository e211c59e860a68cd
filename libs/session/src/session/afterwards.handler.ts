import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { StatusReader, type EmergencyBasis, type RelationshipStatus } from '#libs/consent';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing, refuse, type Instant } from '#libs/kernel';
import type { Format } from '#libs/practice';
import { relationship } from '#libs/relationship';
import type { HeldThen } from './afterwards.js';
import { deferConsent } from './emergency.reader.js';
import type { Plan } from './plan.js';
import { session, type Session } from './session.js';
import { firstOf, stopsOf, withdrawalsOf } from './withdrawals.reader.js';

/** `relationshipId` and `modality` are needed where the session was never planned; otherwise they are those of the plan. */
export type AfterwardsWish = {
  start: Instant;
  end: Instant;
  relationshipId?: string;
  modality?: Format;
  place?: string;
  clientLocation?: string;
  emergencyBasis?: EmergencyBasis;
};

/** Enters a session that was held, planned or not. It counts as having happened when it ended, unless the caller says otherwise. */
export class RecordAfterwards extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: AfterwardsWish,
  ) {
    super();
  }
}

/**
 * Asks the gate what it would have said then, by everything known now, and whether consent was withdrawn meanwhile. A
 * consent that an emergency put off is to be sought counted from the start of the session.
 */
@CommandHandler(RecordAfterwards)
export class RecordAfterwardsHandler implements ICommandHandler<RecordAfterwards, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(StatusReader) private readonly statusReader: StatusReader,
  ) {}

  execute({ meta, body }: RecordAfterwards): Promise<Receipt> {
    const { start, end, place, clientLocation, emergencyBasis } = body;
    const now = this.store.clock.now();
    const occurredAt = meta.occurredAt ?? (end < now ? end : now);
    return this.store.transact(session, { ...meta, occurredAt }, async (tx) => {
      const state = await tx.read(session, meta.id);
      const { relationshipId, modality, planned, today } = await takingPart(tx, state, body);
      const question = {
        format: modality,
        at: start,
        ...(planned && { clientIds: planned.clientIds }),
        emergencyBasis,
      };
      const { decision: gate, status } = await this.statusReader.judgeIn(tx, relationshipId, question);
      const where = place ?? planned?.place;
      const held: HeldThen = {
        relationshipId,
        ...peopleOf(planned ?? (status ? peopleThen(status) : today)),
        start,
        end,
        modality,
        gate,
        ...(where === undefined ? {} : { place: where }),
        ...(clientLocation === undefined ? {} : { clientLocation }),
        ...(gate.result === 'emergency' ? { emergencyBasis } : {}),
      };
      const meanwhile = (moments: Instant[]) => firstOf(moments.filter((at) => at >= start && at <= end));
      const withdrawals = await withdrawalsOf(tx, held);
      const stops = await stopsOf(tx, this.statusReader, held);
      const entered = await tx.decide(session, meta.id, {
        type: 'RecordAfterwards',
        held,
        consentWithdrawnAt: meanwhile(withdrawals.map((one) => one.occurredAt)),
        stoppedSince: meanwhile(stops.map(({ since }) => since)),
      });
      if (entered.length > 0 && held.emergencyBasis)
        await deferConsent(tx, held, held.emergencyBasis, gate, start);
    });
  }
}

type People = Pick<Plan, 'clientIds' | 'therapistId'>;

const peopleOf = ({ clientIds, therapistId }: People): People => ({ clientIds, therapistId });
const peopleThen = ({ members, therapistId }: RelationshipStatus): People => ({
  clientIds: members.map(({ clientId }) => clientId),
  therapistId,
});

/** `planned`: whoever was planned for it and not absent; `today`: who belongs to the relationship by now. */
async function takingPart(
  tx: Transaction,
  state: Session,
  wish: AfterwardsWish,
): Promise<{
  relationshipId: string;
  modality: Format;
  planned?: People & Pick<Plan, 'place'>;
  today: People;
}> {
  if (state.situation !== 'none') {
    const { plan, absent } = state;
    const { relationshipId, therapistId, modality } = plan;
    if (wish.relationshipId !== undefined && wish.relationshipId !== relationshipId)
      refuse(
        'other_relationship',
        'This session was planned in another relationship. Leave relationshipId out.',
      );
    const clientIds = plan.clientIds.filter((clientId) => !absent.includes(clientId));
    const planned = { clientIds, therapistId, place: plan.place };
    return { relationshipId, modality: wish.modality ?? modality, planned, today: planned };
  }
  const { relationshipId } = wish;
  if (relationshipId === undefined) return missing('session');
  const found = await tx.read(relationship, relationshipId);
  if (found.situation === 'none') return missing('relationship');
  const { opening, therapistId, format } = found;
  const today = { clientIds: opening.members, therapistId };
  return { relationshipId, modality: wish.modality ?? format, today };
}
