import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  commandFrom,
  Create,
  Meta,
  OneQuery,
  PathId,
  Query,
  Sees,
  Verb,
  type Principal,
  type Sight,
} from '#libs/http';

import { CandidateReader } from './candidates.reader.js';
import {
  AcceptInquiryBody,
  checkPreferences,
  DeclineInquiryBody,
  MatchTherapistBody,
  OfferInquiryBody,
  ReceiveInquiryBody,
  RecordCheckInBody,
  RedirectUrgentlyBody,
  ReferInquiryBody,
  ScreenInquiryBody,
  WaitlistInquiryBody,
  WithdrawInquiryBody,
} from './inquiry.bodies.js';
import { AdvanceInquiry } from './inquiry.handler.js';
import { inquiry } from './inquiry.js';
import { shown } from './shown.js';
import { openPart } from './situation.js';
import { suggestions } from './suggestions.js';

@ApiTags('intake')
@Controller('v1/inquiries')
export class InquiryController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(CandidateReader) private readonly reader: CandidateReader,
  ) {}

  @Create({ summary: 'Receive a request for therapy', access: 'inquiry:receive' })
  receive(@Meta() meta: CommandMeta, @Body() body: ReceiveInquiryBody) {
    checkPreferences(body.preferences);
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('ReceiveInquiry', body)));
  }

  @Verb('screen', {
    summary: 'Judge risk and fit; again for a review by a clinician',
    access: 'inquiry:screen',
    ifMatch: 'version',
  })
  screen(@Meta() meta: CommandMeta, @Body() body: ScreenInquiryBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('ScreenInquiry', body)));
  }

  @Verb('redirect-urgently', {
    summary: 'Send on at once, because waiting is not safe',
    access: 'inquiry:screen',
  })
  redirectUrgently(@Meta() meta: CommandMeta, @Body() body: RedirectUrgentlyBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('RedirectInquiryUrgently', body)));
  }

  @Verb('waitlist', { summary: 'Wait for a place, and be asked again', access: 'inquiry:decide' })
  waitlist(@Meta() meta: CommandMeta, @Body() body: WaitlistInquiryBody) {
    if (body.preferences) checkPreferences(body.preferences);
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('WaitlistInquiry', body)));
  }

  @Verb('check-in', {
    summary: 'Record whether they still wait',
    access: 'inquiry:match',
  })
  checkIn(@Meta() meta: CommandMeta, @Body() body: RecordCheckInBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('RecordCheckIn', body)));
  }

  @Verb('match', {
    summary: 'Propose a therapist; a refusal lists every conflict',
    access: 'inquiry:match',
  })
  match(@Meta() meta: CommandMeta, @Body() body: MatchTherapistBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('MatchTherapist', body)));
  }

  @Verb('offer', { summary: 'Offer the matched therapist', access: 'inquiry:decide' })
  offer(@Meta() meta: CommandMeta, @Body() body: OfferInquiryBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('OfferInquiry', body)));
  }

  @Verb('accept', { summary: 'The client takes the offer', access: 'inquiry:decide' })
  accept(@Meta() meta: CommandMeta, @Body() body: AcceptInquiryBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('AcceptInquiry', body)));
  }

  @Verb('decline', { summary: 'End it with a no, and say what comes next', access: 'inquiry:decide' })
  decline(@Meta() meta: CommandMeta, @Body() body: DeclineInquiryBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('DeclineInquiry', body)));
  }

  @Verb('refer', { summary: 'Send on to somebody else', access: 'inquiry:match' })
  refer(@Meta() meta: CommandMeta, @Body() body: ReferInquiryBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('ReferInquiry', body)));
  }

  @Verb('withdraw', {
    summary: 'Whoever asked takes it back',
    access: 'inquiry:withdraw',
  })
  withdraw(@Meta() meta: CommandMeta, @Body() body: WithdrawInquiryBody) {
    return this.commands.execute(new AdvanceInquiry(meta, commandFrom('WithdrawInquiry', body)));
  }

  /** Clinical text and own words for owner, therapist and supervisor; who was told or named not for auditors. */
  @Query(':id', {
    summary: 'One inquiry; clinical text for owner, therapist and supervisor only',
    access: 'inquiry:read',
  })
  async one(
    @Caller() { practiceId }: Principal,
    @Sees() { identity, clinicalText: clinical }: Sight,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(inquiry, practiceId, id);
    return { id, version, ...shown(state, { identity, clinical }) };
  }

  /** Everybody who is an active therapist, with all that speaks for and against. */
  @Query(':id/suggestions', {
    summary: 'Therapists by how well they fit, with reasons and every conflict',
    access: 'inquiry:suggest',
  })
  async suggestions(
    @Caller() { practiceId }: Principal,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state } = await this.store.load(inquiry, practiceId, id);
    const { preferences, received } = openPart(state)!;
    const { clientId, conflictsWith } = received;
    const candidates = await this.reader.candidates(
      practiceId,
      await this.reader.therapistIds(practiceId),
      { preferences, clientId, conflictsWith },
      {
        events: (streams) => this.store.reader.streams(practiceId, streams),
        noneSince: () => undefined,
      },
    );
    return { id, preferences, suggestions: suggestions(preferences, candidates) };
  }
}
