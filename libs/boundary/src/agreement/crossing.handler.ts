import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing, refuse, type Role } from '#libs/kernel';
import { staff } from '#libs/practice';
import { agreement, type About, type Agreement } from './agreement.js';
import type { EscalatedTo } from './crossing.js';
import type { CrossingCommand } from './crossing-rules.js';
import { mustBeKnown, relationshipFacts } from './surroundings.reader.js';

type Asked<C> = C extends { relationship: unknown } ? Omit<C, 'relationship' | keyof About> : never;

/** Plans or records a crossing. `about` names the boundary where nothing may have been proposed on the topic yet. */
export class EnterCrossing extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Asked<CrossingCommand>,
    readonly about?: About,
  ) {
    super();
  }
}

/** Fetches who belongs to the relationship. */
@CommandHandler(EnterCrossing)
export class EnterCrossingHandler implements ICommandHandler<EnterCrossing, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body, about }: EnterCrossing): Promise<Receipt> {
    return this.store.transact(agreement, meta, async (tx) => {
      const { relationshipId, topic } = about ?? aboutOf(await tx.read(agreement, meta.id));
      if (body.crossedBy) await mustBeKnown(tx, body.crossedBy);
      const relationship = await relationshipFacts(tx, relationshipId);
      await tx.decide(agreement, meta.id, { ...body, relationshipId, topic, relationship });
    });
  }
}

/** Hands a crossing on to somebody who can act. */
export class EscalateCrossing extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Extract<CrossingCommand, { type: 'EscalateCrossing' }>,
  ) {
    super();
  }
}

/** Makes sure that whoever it goes to exists, and that it goes to somebody of the practice who may see it and act. */
@CommandHandler(EscalateCrossing)
export class EscalateCrossingHandler implements ICommandHandler<EscalateCrossing, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: EscalateCrossing): Promise<Receipt> {
    return this.store.transact(agreement, meta, async (tx: Transaction) => {
      if (body.staffId) await mustBeKnown(tx, { staffId: body.staffId });
      const escalated = await tx.decide(agreement, meta.id, body);
      if (escalated.length > 0) await mustBeAbleToAct(tx, body);
    });
  }
}

/** Whom it goes to within the practice, by the role they must have. */
const ROLE_OF: Partial<Record<EscalatedTo, Role>> = { supervisor: 'supervisor', practice_owner: 'owner' };

/** A violation counts as escalated once it was: handed to the front desk it would be closed and nobody could see it. */
async function mustBeAbleToAct(tx: Transaction, { to, staffId }: EscalateCrossing['body']): Promise<void> {
  const role = ROLE_OF[to];
  if (!role || staffId === undefined) return;
  const person = await tx.read(staff, staffId);
  if (person.situation !== 'active' || !person.roles.includes(role))
    refuse('recipient_cannot_act', `Whoever is named is no active ${role} here. Name one.`);
}

/** What a boundary is about, also when nothing but a crossing was ever entered. */
function aboutOf(state: Agreement): About {
  if (state.situation !== 'none') return state;
  const [crossing] = Object.values(state.crossings);
  if (!crossing) return missing('boundary');
  return crossing.situation === 'planned' ? crossing.plan.data : crossing.record.data;
}
