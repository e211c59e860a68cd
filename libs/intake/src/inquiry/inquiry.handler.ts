import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { client } from '#libs/client';
import { EventStore, type CommandMeta, type Receipt, type Transaction } from '#libs/event-store';
import { CLINICIANS, missing, refuse } from '#libs/kernel';
import { practiceIn, staff } from '#libs/practice';
import { CandidateReader } from './candidates.reader.js';
import { inquiry, type InquiryCommand, type InquiryRequest } from './inquiry.js';
import type { Candidate } from './matching.js';
import type { Preferences } from './preferences.js';
import { openPart, type Received } from './situation.js';

/** Any step of an inquiry. */
export class AdvanceInquiry extends Command<Receipt> {
  constructor(
    readonly meta: CommandMeta,
    readonly body: InquiryRequest,
  ) {
    super();
  }
}

/** Fetches what the step is judged by; everybody and everything named must exist in this practice. */
@CommandHandler(AdvanceInquiry)
export class AdvanceInquiryHandler implements ICommandHandler<AdvanceInquiry, Receipt> {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(CandidateReader) private readonly reader: CandidateReader,
  ) {}

  execute({ meta, body }: AdvanceInquiry): Promise<Receipt> {
    return this.store.transact(inquiry, meta, async (tx) =>
      tx.decide(inquiry, meta.id, await this.withFacts(tx, body)),
    );
  }

  private async withFacts(tx: Transaction, request: InquiryRequest): Promise<InquiryCommand> {
    switch (request.type) {
      case 'ReceiveInquiry':
        return { ...request, ...(await linkedFacts(tx, request)) };
      case 'ScreenInquiry':
        return { ...request, ...(await reviewerFacts(tx, request.reviewedByClinician)) };
      case 'WaitlistInquiry':
        await excludedExist(tx, request.preferences ?? {});
        return { ...request, zone: (await practiceIn(tx)).zone };
      case 'RecordCheckIn':
        return { ...request, zone: (await practiceIn(tx)).zone };
      case 'MatchTherapist':
        return { ...request, candidate: await this.candidate(tx, request.therapistId) };
      case 'OfferInquiry':
        await member(tx, request.therapistId, 'therapist');
        return request;
      case 'AcceptInquiry': {
        const { clientId, therapistId } = request;
        await clientExists(tx, clientId);
        return { ...request, candidate: await this.candidate(tx, therapistId, clientId) };
      }
      default:
        return request;
    }
  }

  /** @param clientId who it is, if the inquiry does not say yet */
  private async candidate(tx: Transaction, therapistId: string, clientId?: string): Promise<Candidate> {
    const part = openPart(await tx.read(inquiry, tx.meta.id));
    const asking = {
      preferences: part?.preferences ?? {},
      clientId: part?.received.clientId ?? clientId,
      conflictsWith: part?.received.conflictsWith,
    };
    const [found] = await this.reader.candidates(tx.meta.practiceId, [therapistId], asking, tx);
    return found ?? missing('therapist');
  }
}

async function linkedFacts(
  tx: Transaction,
  { clientId, conflictsWith = [], linkedInquiryId, preferences }: Received,
): Promise<{ linked?: { closed: boolean } }> {
  for (const id of [...(clientId ? [clientId] : []), ...conflictsWith]) await clientExists(tx, id);
  await excludedExist(tx, preferences);
  if (!linkedInquiryId) return {};
  const linked = await tx.read(inquiry, linkedInquiryId);
  return linked.situation === 'none' ? missing('inquiry') : { linked: { closed: 'before' in linked } };
}

async function reviewerFacts(tx: Transaction, reviewer?: string): Promise<{ reviewerIsClinician?: boolean }> {
  if (!reviewer) return {};
  const { situation, roles } = await member(tx, reviewer, 'clinician');
  return { reviewerIsClinician: situation === 'active' && CLINICIANS.some((role) => roles.includes(role)) };
}

async function excludedExist(tx: Transaction, { excludedTherapistIds = [] }: Preferences): Promise<void> {
  for (const therapistId of excludedTherapistIds) await member(tx, therapistId, 'therapist');
}

/** Under the record that is kept: what begins now goes on there. */
async function clientExists(tx: Transaction, id: string): Promise<void> {
  const state = await tx.read(client, id);
  if (state.situation === 'none') return missing('client');
  const { mergedInto } = state.merging;
  if (mergedInto !== undefined)
    refuse('client_merged_away', `Client ${id} was merged into ${mergedInto}. Name that record.`);
}

async function member(tx: Transaction, id: string, what: string) {
  const state = await tx.read(staff, id);
  return state.situation === 'none' ? missing(what) : state;
}
