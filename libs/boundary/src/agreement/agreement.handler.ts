import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { staff } from '#libs/practice';
import { relationship } from '#libs/relationship';
import { currentVersion, settingOfUnit, stance, stanceIdOf } from '#libs/stance';
import { agreement, type AgreementCommand } from './agreement.js';
import type { Party, Surroundings } from './terms.js';

type Asked<C> = C extends { relationship: unknown } ? Omit<C, keyof Surroundings> : never;

/** Proposes, agrees or amends: what must be judged by the relationship and the therapist's stance. */
export class SettleBoundary extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Asked<AgreementCommand>,
  ) {
    super();
  }
}

/** Fetches who has to agree and the stance in force. */
@CommandHandler(SettleBoundary)
export class SettleBoundaryHandler implements ICommandHandler<SettleBoundary, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: SettleBoundary): Promise<Receipt> {
    return this.store.transact(agreement, meta, async (tx) => {
      if ('proposedBy' in body) await mustBeKnown(tx, body.proposedBy);
      const relationshipId =
        body.type === 'ProposeBoundary' ? body.relationshipId : await relationshipOf(tx, meta.id);
      await tx.decide(agreement, meta.id, { ...body, ...(await surroundings(tx, relationshipId)) });
    });
  }
}

/** Whether a client is a member is judged by the decider; a staff member only has to exist. */
async function mustBeKnown(tx: Transaction, party: Party): Promise<void> {
  if ('staffId' in party && (await tx.read(staff, party.staffId)).situation === 'none')
    missing('staff member');
}

async function relationshipOf(tx: Transaction, boundaryId: string): Promise<string> {
  const state = await tx.read(agreement, boundaryId);
  return state.situation === 'none' ? missing('boundary agreement') : state.relationshipId;
}

async function surroundings(tx: Transaction, relationshipId: string): Promise<Surroundings> {
  const found = await tx.read(relationship, relationshipId);
  if (found.situation === 'none') return missing('relationship');
  const { opening, therapistId, situation } = found;
  const stanceId = stanceIdOf(tx.meta.practiceId, therapistId, settingOfUnit(opening.unitKind));
  const inForce = currentVersion(await tx.read(stance, stanceId));
  return {
    relationship: { members: opening.members, therapistId, open: situation === 'open' },
    ...(inForce ? { stance: { selfDisclosure: inForce.dimensions.selfDisclosure } } : {}),
  };
}
