import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { unit, type UnitKind } from '#libs/client';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { inquiry } from '#libs/intake';
import { missing } from '#libs/kernel';
import { practiceIn, staff } from '#libs/practice';
import { currentVersion, settingOfUnit, stance, stanceIdOf, suits } from '#libs/stance';
import type { Cover } from './cover.js';
import type { InquiryFacts, RelationshipOpening, StanceFacts, TherapistFacts } from './opening.js';
import { relationship } from './relationship.js';

/** Without a rule pack the practice's own is taken. */
export class OpenRelationship extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Omit<RelationshipOpening, 'unitKind' | 'members' | 'rulePack'> & { rulePack?: string },
  ) {
    super();
  }
}

/** Fetches unit, therapist, stance and inquiry; the decider judges them. */
@CommandHandler(OpenRelationship)
export class OpenRelationshipHandler implements ICommandHandler<OpenRelationship, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: OpenRelationship): Promise<Receipt> {
    return this.store.transact(relationship, meta, async (tx) => {
      const treated = await tx.read(unit, body.unitId);
      if (treated.situation === 'none') missing('unit');
      const { kind: unitKind, members } = treated;
      await tx.decide(relationship, meta.id, {
        type: 'OpenRelationship',
        ...body,
        unitKind,
        members: [...members],
        rulePack: body.rulePack ?? (await practiceIn(tx)).rulePack,
        ...(await therapistFacts(tx, body.therapistId, unitKind)),
        ...(body.inquiryId ? { inquiry: await inquiryFacts(tx, body.inquiryId) } : {}),
      });
    });
  }
}

/** `to` is the therapist who takes over. */
export class ReassignTherapist extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { to: string },
  ) {
    super();
  }
}

/** Fetches the therapist who takes over, and their stance. */
@CommandHandler(ReassignTherapist)
export class ReassignTherapistHandler implements ICommandHandler<ReassignTherapist, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { to } }: ReassignTherapist): Promise<Receipt> {
    return this.store.transact(relationship, meta, async (tx) => {
      const state = await tx.read(relationship, meta.id);
      if (state.situation === 'none') missing('relationship');
      const facts = await therapistFacts(tx, to, state.opening.unitKind);
      await tx.decide(relationship, meta.id, { type: 'ReassignTherapist', to, ...facts });
    });
  }
}

/** `therapistId` stands in for a while; the relationship stays with its therapist. */
export class ArrangeCover extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Cover,
    /** of whoever arranges it */
    readonly roles: readonly string[],
  ) {
    super();
  }
}

/** Fetches who stands in, and the zone the dates are meant in. */
@CommandHandler(ArrangeCover)
export class ArrangeCoverHandler implements ICommandHandler<ArrangeCover, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body, roles }: ArrangeCover): Promise<Receipt> {
    return this.store.transact(relationship, meta, async (tx) => {
      const therapist = await staffFacts(tx, body.therapistId);
      const { zone } = await practiceIn(tx);
      await tx.decide(relationship, meta.id, { type: 'ArrangeCover', ...body, therapist, zone, roles });
    });
  }
}

async function therapistFacts(
  tx: Transaction,
  therapistId: string,
  unitKind: UnitKind,
): Promise<{ therapist: TherapistFacts; stance: StanceFacts }> {
  const therapist = await staffFacts(tx, therapistId);
  const stated = await tx.read(stance, stanceIdOf(tx.meta.practiceId, therapistId, settingOfUnit(unitKind)));
  const current = stated.situation === 'published' ? currentVersion(stated) : undefined;
  return {
    therapist,
    stance: {
      published: current !== undefined,
      suits: current !== undefined && suits(current.dimensions, unitKind),
    },
  };
}

async function staffFacts(tx: Transaction, therapistId: string): Promise<TherapistFacts> {
  const person = await tx.read(staff, therapistId);
  if (person.situation === 'none') missing('therapist');
  return { isTherapist: person.roles.includes('therapist'), active: person.situation === 'active' };
}

async function inquiryFacts(tx: Transaction, inquiryId: string): Promise<InquiryFacts> {
  const state = await tx.read(inquiry, inquiryId);
  if (state.situation === 'none') missing('inquiry');
  return state.situation === 'accepted' ? { accepted: true, ...state.accepted } : { accepted: false };
}
