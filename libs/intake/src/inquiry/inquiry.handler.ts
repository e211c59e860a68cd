import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { client } from '#libs/client';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { missing, unreachable } from '#libs/kernel';
import { staff, type Role } from '#libs/practice';
import { currentVersion, settingOfUnit, stance, stanceIdOf } from '#libs/stance';
import { inquiry, type InquiryCommand, type InquiryRequest, type Preferences } from './inquiry.js';
import { stanceConflicts } from './wishes.js';

/** Any step of an inquiry. */
export class HandleInquiry extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: InquiryRequest,
  ) {
    super();
  }
}

/** Fetches what the step is judged by; everybody and everything named must exist in this practice. */
@CommandHandler(HandleInquiry)
export class InquiryHandler implements ICommandHandler<HandleInquiry, Receipt> {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  execute({ meta, body }: HandleInquiry): Promise<Receipt> {
    return this.store.transact(inquiry, meta, async (tx) =>
      tx.decide(inquiry, meta.id, await withFacts(tx, body)),
    );
  }
}

async function withFacts(tx: Transaction, request: InquiryRequest): Promise<InquiryCommand> {
  switch (request.type) {
    case 'ReceiveInquiry': {
      const { clientId, linkedInquiryId, preferences } = request;
      if (clientId) await clientExists(tx, clientId);
      if (linkedInquiryId && (await tx.read(inquiry, linkedInquiryId)).situation === 'none')
        missing('inquiry');
      for (const therapistId of preferences.excludedTherapistIds ?? [])
        await member(tx, therapistId, 'therapist');
      return request;
    }
    case 'ScreenInquiry': {
      const { reviewedByClinician } = request;
      if (!reviewedByClinician) return request;
      const reviewer = await member(tx, reviewedByClinician, 'clinician');
      return {
        ...request,
        reviewerIsClinician: isActive(reviewer, 'therapist') || isActive(reviewer, 'supervisor'),
      };
    }
    case 'MatchTherapist': {
      const therapist = await member(tx, request.therapistId, 'therapist');
      const current = await tx.read(inquiry, tx.meta.id);
      const preferences: Preferences = current.situation === 'none' ? {} : current.received.preferences;
      const setting = settingOfUnit(preferences.unitKind ?? 'individual');
      const stated = await tx.read(stance, stanceIdOf(tx.meta.practiceId, request.therapistId, setting));
      const version = stated.situation === 'published' ? currentVersion(stated) : undefined;
      return {
        ...request,
        isActiveTherapist: isActive(therapist, 'therapist'),
        stanceConflicts: stanceConflicts(preferences, version?.dimensions),
        // nothing records yet what else stands between a client and a therapist
        knownConflicts: [],
      };
    }
    case 'OfferInquiry':
      await member(tx, request.therapistId, 'therapist');
      return request;
    case 'AcceptInquiry':
      await clientExists(tx, request.clientId);
      await member(tx, request.therapistId, 'therapist');
      return request;
    case 'DeclineInquiry':
      return request;
    default:
      return unreachable(request);
  }
}

async function clientExists(tx: Transaction, id: string): Promise<void> {
  if ((await tx.read(client, id)).situation === 'none') missing('client');
}

async function member(tx: Transaction, id: string, what: string) {
  const state = await tx.read(staff, id);
  return state.situation === 'none' ? missing(what) : state;
}

const isActive = ({ situation, roles }: Awaited<ReturnType<typeof member>>, role: Role): boolean =>
  situation === 'active' && roles.includes(role);
