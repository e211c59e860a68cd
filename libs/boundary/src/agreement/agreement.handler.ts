import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { malformed } from '#libs/http';
import { missing } from '#libs/kernel';
import { agreement, type About, type AgreementCommand } from './agreement.js';
import { particularsProblems } from './particulars.js';
import type { Surroundings } from './surroundings.js';
import { mustBeKnown, surroundings } from './surroundings.reader.js';

type Asked<C> = C extends Surroundings ? Omit<C, keyof Surroundings> : never;

/** Proposes, agrees, amends or reviews: what must be judged by the relationship and the therapist's stance. */
export class SettleBoundary extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Asked<AgreementCommand>,
  ) {
    super();
  }
}

/** Fetches who has to agree, the stance in force and the review interval. */
@CommandHandler(SettleBoundary)
export class SettleBoundaryHandler implements ICommandHandler<SettleBoundary, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: SettleBoundary): Promise<Receipt> {
    return this.store.transact(agreement, meta, async (tx) => {
      const { relationshipId, topic } = body.type === 'ProposeBoundary' ? body : await aboutWhat(tx, meta.id);
      if ('terms' in body) {
        await mustBeKnown(tx, body.proposedBy);
        const { particulars } = body.terms;
        // an amendment does not name its topic, so the shape of its terms is judged here
        const problems =
          particulars === undefined ? [] : particularsProblems(topic, particulars, '/terms/particulars');
        if (problems.length > 0) throw malformed(problems);
      }
      await tx.decide(agreement, meta.id, { ...body, ...(await surroundings(tx, relationshipId)) });
    });
  }
}

async function aboutWhat(tx: Transaction, boundaryId: string): Promise<About> {
  const state = await tx.read(agreement, boundaryId);
  return state.situation === 'none' ? missing('boundary agreement') : state;
}
