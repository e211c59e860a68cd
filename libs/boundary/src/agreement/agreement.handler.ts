import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { malformed } from '#libs/http';
import { missing, type Reason } from '#libs/kernel';
import { agreement, type About, type AgreementCommand } from './agreement.js';
import { particularsProblems } from './particulars.js';
import type { Surroundings } from './surroundings.js';
import { mustBeKnown, surroundings } from './surroundings.reader.js';

type Asked<C> = C extends Surroundings ? Omit<C, keyof Surroundings | 'recordingGaps'> : never;

/** Tells how consents stand; consents are built on this context, so the application says who tells it. */
export abstract class Consents {
  /** Why consent to a purpose cannot be relied on inside a command; [] when everyone's holds. */
  abstract gapsIn(
    tx: Transaction,
    relationshipId: string,
    clientIds: readonly string[],
    purpose: 'recording',
  ): Promise<Reason[]>;
}

/** Proposes, agrees, amends or reviews: what must be judged by the relationship and the therapist's stance. */
export class SettleBoundary extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: Asked<AgreementCommand>,
  ) {
    super();
  }
}

/** Fetches who has to agree, the stance in force and the review interval; about recording, how the consents to it stand. */
@CommandHandler(SettleBoundary)
export class SettleBoundaryHandler implements ICommandHandler<SettleBoundary, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Consents) private readonly consents: Consents,
  ) {}

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
      const around = await surroundings(tx, relationshipId);
      if (body.type !== 'AgreeBoundary' || topic !== 'recording') {
        await tx.decide(agreement, meta.id, { ...body, ...around });
        return;
      }
      const { members } = around.relationship;
      const gaps = await this.consents.gapsIn(tx, relationshipId, members, 'recording');
      const recordingGaps = gaps.map(({ code, detail }) => ({ code, detail }));
      await tx.decide(agreement, meta.id, { ...body, ...around, recordingGaps });
    });
  }
}

async function aboutWhat(tx: Transaction, boundaryId: string): Promise<About> {
  const state = await tx.read(agreement, boundaryId);
  return state.situation === 'none' ? missing('boundary agreement') : state;
}
