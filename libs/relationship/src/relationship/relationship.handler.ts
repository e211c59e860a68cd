import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { client, membersAt, recordsOf, unit, type UnitKind } from '#libs/client';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { inquiry } from '#libs/intake';
import { localDate, missing, streamOf } from '#libs/kernel';
import { practiceIn, RulePacks, staff } from '#libs/practice';
import { currentVersion, settingOfUnit, stance, stanceIdOf, suits } from '#libs/stance';
import type { Cover } from './cover.js';
import type {
  InquiryFacts,
  MergedAway,
  RelationshipOpening,
  StanceFacts,
  TherapistFacts,
} from './opening.js';
import { relationship, type RelationshipCommand } from './relationship.js';

/** Without a rule pack the practice's own is taken. */
export class OpenRelationship extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Omit<RelationshipOpening, 'unitKind' | 'members' | 'rulePack'> & { rulePack?: string },
  ) {
    super();
  }
}

/** Fetches unit and members, therapist, stance, inquiry and the rule packs there are; the decider judges them. */
@CommandHandler(OpenRelationship)
export class OpenRelationshipHandler implements ICommandHandler<OpenRelationship, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(RulePacks) private readonly rulePacks: RulePacks,
  ) {}

  execute({ meta, body }: OpenRelationship): Promise<Receipt> {
    return this.store.transact(relationship, meta, async (tx) => {
      const treated = await tx.read(unit, body.unitId);
      if (treated.situation === 'none') missing('unit');
      const { kind: unitKind } = treated;
      // entered late, it was opened with those who were members then
      const members = membersAt(treated, tx.occurredAt);
      const practice = await practiceIn(tx);
      await tx.decide(relationship, meta.id, {
        type: 'OpenRelationship',
        ...body,
        unitKind,
        members,
        mergedAway: await mergedAway(tx, [...new Set([...members, ...treated.members])]),
        rulePack: body.rulePack ?? practice.rulePack,
        rulePacks: {
          known: await this.rulePacks.ids(meta.practiceId),
          inForce: await this.rulePacks.inForce(meta.practiceId, localDate(tx.occurredAt, practice.zone)),
        },
        ...(await therapistFacts(tx, body.therapistId, unitKind)),
        ...(body.inquiryId ? { inquiry: await inquiryFacts(tx, body.inquiryId) } : {}),
      });
    });
  }
}

/** What needs nothing but to know whom it concerns. */
export class ChangeRelationship extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Extract<
      RelationshipCommand,
      { type: 'ChangeFormat' | 'AddInformationSource' | 'RecordMandate' | 'EndRelationship' }
    >,
  ) {
    super();
  }
}

/** Fetches who is treated together by then. */
@CommandHandler(ChangeRelationship)
export class ChangeRelationshipHandler implements ICommandHandler<ChangeRelationship, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: ChangeRelationship): Promise<Receipt> {
    return this.store.transact(relationship, meta, async (tx) => {
      await tx.decide(relationship, meta.id, { ...body, ...(await together(tx)) });
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
      await tx.decide(relationship, meta.id, {
        type: 'ReassignTherapist',
        to,
        ...facts,
        ...(await together(tx)),
      });
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
      const facts = { therapist, zone, roles, ...(await together(tx)) };
      await tx.decide(relationship, meta.id, { type: 'ArrangeCover', ...body, ...facts });
    });
  }
}

/** Who is treated together when the command happens: whom it concerns, and whose keys seal what is said in it. */
async function together(tx: Transaction): Promise<{ together?: string[] }> {
  const state = await tx.read(relationship, tx.meta.id);
  if (state.situation === 'none') return {};
  const members = membersAt(await tx.read(unit, state.opening.unitId), tx.occurredAt);
  return members.length > 0 ? { together: members } : {};
}

async function mergedAway(tx: Transaction, members: readonly string[]): Promise<MergedAway[]> {
  await tx.events(members.map((id) => streamOf(client.category, id))); // all at once
  const away: MergedAway[] = [];
  for (const clientId of members) {
    const state = await tx.read(client, clientId);
    const into = state.situation === 'none' ? undefined : state.merging.mergedInto;
    if (into !== undefined) away.push({ clientId, into });
  }
  return away;
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

/** Its client under the record that is kept, should theirs have been merged since. */
async function inquiryFacts(tx: Transaction, inquiryId: string): Promise<InquiryFacts> {
  const state = await tx.read(inquiry, inquiryId);
  if (state.situation === 'none') missing('inquiry');
  if (state.situation !== 'accepted') return { accepted: false };
  const { clientId, therapistId } = state.accepted;
  const [kept] = await recordsOf((streams) => tx.events(streams), clientId);
  return { accepted: true, therapistId, clientId: kept ?? clientId };
}
