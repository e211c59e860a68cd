import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { membersAt, unit } from '#libs/client';
import { EventStore, type CommandMeta, type Receipt } from '#libs/event-store';
import { missing, type LocalDate } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { relationship } from '#libs/relationship';
import { PURPOSES, type Element, type Purpose } from '../rule-pack/elements.js';
import {
  consent,
  consentIdOf,
  type Authority,
  type Cosignature,
  type EmergencyBasis,
  type Signature,
  type WithdrawalScope,
} from './consent.js';
import { givingFacts, offered, refuseBeforeOpening, stanceInForce } from './surroundings.reader.js';

/* The commands of a consent that must look at something else first. */

export class OfferConsent extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: {
      relationshipId: string;
      clientId: string;
      purpose: Purpose;
      documents: { documentId: string; versionNo: number }[];
      language: string;
      channel: string;
    },
  ) {
    super();
  }
}

@CommandHandler(OfferConsent)
export class OfferConsentHandler implements ICommandHandler<OfferConsent, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: OfferConsent): Promise<Receipt> {
    const { relationshipId, clientId, purpose, language, channel } = body;
    const id = consentIdOf(meta.practiceId, relationshipId, clientId, purpose);
    // An offer may come again after a no or with newer texts; it overwrites nobody's words.
    return this.store.transact(consent, { ...meta, id, expected: 'any' }, async (tx) => {
      const bond = await tx.read(relationship, relationshipId);
      if (bond.situation === 'none') missing('relationship');
      const { unitId, members: founders } = bond.opening;
      const together = await tx.read(unit, unitId);
      // Whoever had left is offered nothing new; whoever had joined consents for themself.
      const members = membersAt(together, tx.occurredAt);
      if (!(members.length > 0 ? members : founders).includes(clientId))
        missing('client in this relationship');
      await refuseBeforeOpening(tx, relationshipId);
      const documents = await Promise.all(body.documents.map((named) => offered(tx, named)));
      await tx.decide(consent, id, {
        type: 'OfferConsent',
        relationshipId,
        clientId,
        purpose,
        documents,
        language,
        channel,
        relationshipOpen: bond.situation === 'open',
      });
    });
  }
}

export class GiveConsent extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: {
      type: 'GiveConsent' | 'RenewConsent';
      by: 'self' | 'substitute';
      authority?: Authority;
      signature: Signature;
      cosigned?: Cosignature[];
      recipients?: string[];
      validFrom?: string;
      expiresOn?: LocalDate;
      reviewOn?: LocalDate;
    },
  ) {
    super();
  }
}

@CommandHandler(GiveConsent)
export class GiveConsentHandler implements ICommandHandler<GiveConsent, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: GiveConsent): Promise<Receipt> {
    return this.store.transact(consent, meta, async (tx) => {
      const facts = await givingFacts(tx, await tx.read(consent, meta.id));
      await tx.decide(consent, meta.id, { ...body, facts });
    });
  }
}

export class AcknowledgeStance extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { stanceVersionNo: number; contentHash: string },
  ) {
    super();
  }
}

@CommandHandler(AcknowledgeStance)
export class AcknowledgeStanceHandler implements ICommandHandler<AcknowledgeStance, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: AcknowledgeStance): Promise<Receipt> {
    return this.store.transact(consent, meta, async (tx) => {
      const { about } = await tx.read(consent, meta.id);
      const bond = await tx.read(relationship, about?.relationshipId ?? missing('consent'));
      if (bond.situation === 'none') missing('relationship');
      const inForce = await stanceInForce(tx, bond.therapistId, bond.opening.unitKind);
      await tx.decide(consent, meta.id, { type: 'AcknowledgeStance', ...body, stance: inForce });
    });
  }
}

export class WithdrawConsent extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: {
      by: 'self' | 'substitute';
      channel: string;
      scope?: { kind: WithdrawalScope['kind']; element?: Element; recipient?: string };
    },
  ) {
    super();
  }
}

/** Accepted at any version, and never refused; with scope `all`, every consent of this person in the relationship ends. */
@CommandHandler(WithdrawConsent)
export class WithdrawConsentHandler implements ICommandHandler<WithdrawConsent, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { by, channel, scope } }: WithdrawConsent): Promise<Receipt> {
    const command = {
      type: 'WithdrawConsent' as const,
      by,
      channel,
      ...(scope ? { scope: scope as WithdrawalScope } : {}),
    };
    return this.store.transact(consent, { ...meta, expected: 'any' }, async (tx) => {
      const { about } = await tx.read(consent, meta.id);
      if (!about) return missing('consent');
      await tx.decide(consent, meta.id, command);
      if (scope?.kind !== 'all') return;
      for (const purpose of PURPOSES.filter((other) => other !== about.purpose)) {
        const id = consentIdOf(meta.practiceId, about.relationshipId, about.clientId, purpose);
        if ((await tx.read(consent, id)).about) await tx.decide(consent, id, command);
      }
    });
  }
}

export class ReviewConsent extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { reviewOn?: LocalDate },
  ) {
    super();
  }
}

@CommandHandler(ReviewConsent)
export class ReviewConsentHandler implements ICommandHandler<ReviewConsent, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: ReviewConsent): Promise<Receipt> {
    return this.store.transact(consent, meta, async (tx) => {
      const { zone, policy } = await practiceIn(tx);
      await tx.decide(consent, meta.id, {
        type: 'ReviewConsent',
        ...body,
        zone,
        reviewIntervalMonths: policy.reviewIntervalMonths,
      });
    });
  }
}

export class MarkEntryInError extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { correctsEventId: string; requestedBy: 'client' | 'clinician' },
  ) {
    super();
  }
}

/** Fetches who treats or ever treated the client: they do not decide that a client's no does not count. */
@CommandHandler(MarkEntryInError)
export class MarkEntryInErrorHandler implements ICommandHandler<MarkEntryInError, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: MarkEntryInError): Promise<Receipt> {
    return this.store.transact(consent, meta, async (tx) => {
      const { about } = await tx.read(consent, meta.id);
      const bond = await tx.read(relationship, about?.relationshipId ?? missing('consent'));
      if (bond.situation === 'none') missing('relationship');
      await tx.decide(consent, meta.id, { type: 'MarkEntryInError', ...body, treatedBy: bond.treatedBy });
    });
  }
}

export class DeferForEmergency extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { basis: EmergencyBasis },
  ) {
    super();
  }
}

@CommandHandler(DeferForEmergency)
export class DeferForEmergencyHandler implements ICommandHandler<DeferForEmergency, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: DeferForEmergency): Promise<Receipt> {
    return this.store.transact(consent, meta, async (tx) => {
      const { policy } = await practiceIn(tx);
      await tx.decide(consent, meta.id, {
        type: 'DeferForEmergency',
        ...body,
        followUpHours: policy.emergencyFollowUpHours,
      });
    });
  }
}
