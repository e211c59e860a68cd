import { Inject, type Type } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { client } from '#libs/client';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { dayOfAge, DomainError, localDate, missing, streamOf, type LocalDate } from '#libs/kernel';
import { policyAt, practice, type Policy } from '#libs/practice';
import { relationship } from '#libs/relationship';
import { settingOfUnit, stance, stanceIdOf } from '#libs/stance';
import { document } from '../document/document.js';
import { PURPOSES, type Element, type Purpose } from '../rule-pack/elements.js';
import { SHIPPED_PACKS } from '../rule-pack/packs.js';
import { packInForce, requirements } from '../rule-pack/rule-pack.js';
import {
  consent,
  consentIdOf,
  type Authority,
  type ConsentState,
  type GivingFacts,
  type Signature,
  type SignedDocument,
  type WithdrawalScope,
} from './consent.js';
import { situationOf } from './situation.js';

/*
 * The commands of a consent that must look at something else first: the relationship, the stance in force, the documents,
 * the practice's policy. Whatever they look at is guarded: it still holds when the command is appended.
 */

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
class OfferConsentHandler implements ICommandHandler<OfferConsent, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: OfferConsent): Promise<Receipt> {
    const { relationshipId, clientId, purpose, language, channel } = body;
    const id = consentIdOf(meta.practiceId, relationshipId, clientId, purpose);
    // An offer may come again after a no or with newer texts; it overwrites nobody's words.
    return this.store.transact(consent, { ...meta, id, expected: 'any' }, async (transaction) => {
      const bond = await transaction.read(relationship, relationshipId);
      if (bond.situation === 'none') missing('relationship');
      if (!bond.opening.members.includes(clientId)) missing('client in this relationship');
      await refuseBeforeOpening(transaction, relationshipId);
      const documents = await Promise.all(body.documents.map((named) => offered(transaction, named)));
      await transaction.decide(consent, id, {
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

/** Nothing of a consent can have happened before its relationship began. */
async function refuseBeforeOpening(transaction: Transaction, relationshipId: string): Promise<void> {
  const [opened] = await transaction.events([streamOf('relationship', relationshipId)]);
  if (opened && transaction.occurredAt < opened.occurredAt)
    refused(
      'before_the_opening',
      `The relationship began at ${opened.occurredAt}. Send an occurredAt that does not lie before.`,
    );
}

/** Only the newest published version can be offered. */
async function offered(
  transaction: Transaction,
  { documentId, versionNo }: { documentId: string; versionNo: number },
): Promise<SignedDocument> {
  const state = await transaction.read(document, documentId);
  const version =
    state.situation === 'none'
      ? undefined
      : state.versions.find((candidate) => candidate.versionNo === versionNo);
  if (!version || state.situation === 'none') return missing('version of this document');
  const newest = state.versions.at(-1)!;
  if (version.publishedAt > transaction.occurredAt)
    refused(
      'document_not_published_yet',
      `“${version.title}” was published at ${version.publishedAt}, after the time given.`,
    );
  if (state.situation === 'withdrawn')
    refused('document_withdrawn', `“${newest.title}” was withdrawn. Offer a current document.`);
  if (
    newest.versionNo !== versionNo &&
    state.versions.some((later) => later.versionNo > versionNo && later.materiality === 'material')
  )
    refused('document_outdated', `“${newest.title}” is now at version ${newest.versionNo}. Offer that one.`);
  return {
    documentId,
    versionNo,
    contentHash: version.contentHash,
    material: version.materiality === 'material',
    elements: version.elements,
  };
}

function refused(code: string, detail: string): never {
  throw new DomainError('refused', code, detail, [{ code, detail }]);
}

export class GiveConsent extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: {
      type: 'GiveConsent' | 'RenewConsent';
      by: 'self' | 'substitute';
      authority?: Authority;
      signature: Signature;
      validFrom?: string;
      expiresOn?: LocalDate;
      reviewOn?: LocalDate;
    },
  ) {
    super();
  }
}

@CommandHandler(GiveConsent)
class GiveConsentHandler implements ICommandHandler<GiveConsent, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: GiveConsent): Promise<Receipt> {
    return this.store.transact(consent, meta, async (transaction) => {
      const facts = await givingFacts(transaction, await transaction.read(consent, meta.id));
      await transaction.decide(consent, meta.id, { ...body, facts });
    });
  }
}

/** Everything giving is judged by, as it is when the command happens. */
async function givingFacts(transaction: Transaction, state: ConsentState): Promise<GivingFacts> {
  const about = state.about ?? missing('consent');
  const { occurredAt } = transaction;
  const { zone, policy } = await policyOf(transaction);
  const bond = await transaction.read(relationship, about.relationshipId);
  if (bond.situation === 'none') return missing('relationship');
  await refuseBeforeOpening(transaction, about.relationshipId);
  const day = localDate(occurredAt, zone);
  const pack =
    packInForce(SHIPPED_PACKS, bond.opening.rulePack, day) ??
    refused('no_rule_pack', `The rule pack ${bond.opening.rulePack} has no edition for ${day}.`);
  const person = await transaction.read(client, about.clientId);
  if (person.situation === 'none') return missing('client');
  const majorityOn = dayOfAge(person.details.dateOfBirth, pack.ageOfConsent, pack.leapDay);
  const minor = day < majorityOn;
  const { offer } = situationOf(state.entries, { at: occurredAt, knownAt: '9999-12-31T23:59:59.999Z' });
  return {
    required: requirements(pack, {
      purpose: about.purpose,
      unitKind: bond.opening.unitKind,
      minor,
      remote: bond.format !== 'in_person',
    }),
    stance: await stanceInForce(transaction, bond.therapistId, bond.opening.unitKind),
    documents: await Promise.all(
      (offer?.documents ?? []).map((signed) => judgeDocument(transaction, signed)),
    ),
    minor,
    majorityOn,
    therapistId: bond.therapistId,
    format: bond.format,
    rulePack: { id: pack.id, validFrom: pack.validFrom },
    reviewIntervalMonths: policy.reviewIntervalMonths,
    zone,
    relationshipOpen: bond.situation === 'open',
  };
}

async function judgeDocument(
  transaction: Transaction,
  { documentId, versionNo }: SignedDocument,
): Promise<GivingFacts['documents'][number]> {
  const state = await transaction.read(document, documentId);
  const versions =
    state.situation === 'none'
      ? []
      : state.versions.filter(({ effectiveFrom }) => effectiveFrom <= transaction.occurredAt);
  return {
    documentId,
    newestVersionNo: versions.at(-1)?.versionNo ?? versionNo,
    outdated: versions.some((version) => version.versionNo > versionNo && version.materiality === 'material'),
    withdrawn: state.situation === 'withdrawn',
  };
}

async function stanceInForce(
  transaction: Transaction,
  therapistId: string,
  unitKind: 'individual' | 'couple' | 'family' | 'group',
) {
  const stanceId = stanceIdOf(transaction.meta.practiceId, therapistId, settingOfUnit(unitKind));
  const state = await transaction.read(stance, stanceId);
  const versions = state.situation === 'published' ? state.versions : [];
  // A late entry is judged by the stance of its day: nobody can have read a later one.
  const current = versions.findLast(({ publishedAt }) => publishedAt <= transaction.occurredAt);
  return current ? { stanceId, versionNo: current.versionNo, contentHash: current.contentHash } : null;
}

async function policyOf(transaction: Transaction): Promise<{ zone: string; policy: Policy }> {
  const state = await transaction.read(practice, transaction.meta.practiceId);
  if (state.situation === 'none') return missing('practice');
  return { zone: state.details.zone, policy: policyAt(state.policies, transaction.occurredAt) };
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
class AcknowledgeStanceHandler implements ICommandHandler<AcknowledgeStance, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: AcknowledgeStance): Promise<Receipt> {
    return this.store.transact(consent, meta, async (transaction) => {
      const { about } = await transaction.read(consent, meta.id);
      const bond = await transaction.read(relationship, about?.relationshipId ?? missing('consent'));
      if (bond.situation === 'none') missing('relationship');
      const inForce = await stanceInForce(transaction, bond.therapistId, bond.opening.unitKind);
      await transaction.decide(consent, meta.id, { type: 'AcknowledgeStance', ...body, stance: inForce });
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
class WithdrawConsentHandler implements ICommandHandler<WithdrawConsent, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body: { by, channel, scope } }: WithdrawConsent): Promise<Receipt> {
    const command = {
      type: 'WithdrawConsent' as const,
      by,
      channel,
      ...(scope ? { scope: scope as WithdrawalScope } : {}),
    };
    return this.store.transact(consent, { ...meta, expected: 'any' }, async (transaction) => {
      const { about } = await transaction.read(consent, meta.id);
      if (!about) return missing('consent');
      await transaction.decide(consent, meta.id, command);
      if (scope?.kind !== 'all') return;
      for (const purpose of PURPOSES.filter((other) => other !== about.purpose)) {
        const id = consentIdOf(meta.practiceId, about.relationshipId, about.clientId, purpose);
        if ((await transaction.read(consent, id)).about) await transaction.decide(consent, id, command);
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
class ReviewConsentHandler implements ICommandHandler<ReviewConsent, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: ReviewConsent): Promise<Receipt> {
    return this.store.transact(consent, meta, async (transaction) => {
      const { zone, policy } = await policyOf(transaction);
      await transaction.decide(consent, meta.id, {
        type: 'ReviewConsent',
        ...body,
        zone,
        reviewIntervalMonths: policy.reviewIntervalMonths,
      });
    });
  }
}

export class DeferForEmergency extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: { basis: 'imminent_harm' | 'medical_emergency' | 'court_emergency_order' },
  ) {
    super();
  }
}

@CommandHandler(DeferForEmergency)
class DeferForEmergencyHandler implements ICommandHandler<DeferForEmergency, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: DeferForEmergency): Promise<Receipt> {
    return this.store.transact(consent, meta, async (transaction) => {
      const { policy } = await policyOf(transaction);
      await transaction.decide(consent, meta.id, {
        type: 'DeferForEmergency',
        ...body,
        followUpHours: policy.emergencyFollowUpHours,
      });
    });
  }
}

export const CONSENT_HANDLERS: Type[] = [
  OfferConsentHandler,
  GiveConsentHandler,
  AcknowledgeStanceHandler,
  WithdrawConsentHandler,
  ReviewConsentHandler,
  DeferForEmergencyHandler,
];
