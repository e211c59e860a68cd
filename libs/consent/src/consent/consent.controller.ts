import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import { Caller, commandFrom, Create, Meta, OneQuery, PathId, Query, Verb, type Principal } from '#libs/http';
import type { Recorded } from '#libs/kernel';
import * as bodies from './consent.bodies.js';
import { consent, type ConsentEvent } from './consent.js';
import {
  AcknowledgeStance,
  DeferForEmergency,
  GiveConsent,
  MarkEntryInError,
  OfferConsent,
  ReviewConsent,
  WithdrawConsent,
} from './consent.handler.js';

@ApiTags('consents')
@Controller('v1/consents')
export class ConsentController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Offer a consent with its documents', access: 'consent:seek' })
  offer(@Meta() meta: CommandMeta, @Body() body: bodies.OfferBody) {
    const { type: _, ...offer } = commandFrom('', body);
    return this.commands.execute(new OfferConsent(meta, offer));
  }

  @Verb('disclose', { summary: 'Record that elements were disclosed, one by one', access: 'consent:seek' })
  disclose(@Meta() meta: CommandMeta, @Body() body: bodies.DiscloseBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('DiscloseElements', body)));
  }

  @Verb('raise-question', { summary: "Record the client's question", access: 'consent:seek' })
  raiseQuestion(@Meta() meta: CommandMeta, @Body() body: bodies.RaiseQuestionBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('RaiseQuestion', body)));
  }

  @Verb('answer-question', { summary: 'Record the answer', access: 'consent:seek' })
  answerQuestion(@Meta() meta: CommandMeta, @Body() body: bodies.AnswerQuestionBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('AnswerQuestion', body)));
  }

  @Verb('record-comprehension', {
    summary: 'Record how it was made sure that it was understood, and that the person can decide',
    access: 'consent:assess',
  })
  recordComprehension(@Meta() meta: CommandMeta, @Body() body: bodies.ComprehensionBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('RecordComprehension', body)));
  }

  @Verb('record-voluntariness', {
    summary: 'Record that the person decides freely, with any pressures',
    access: 'consent:assess',
  })
  recordVoluntariness(@Meta() meta: CommandMeta, @Body() body: bodies.VoluntarinessBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('RecordVoluntariness', body)));
  }

  @Verb('record-assent', { summary: "Record a minor's assent", access: 'consent:assess' })
  recordAssent(@Meta() meta: CommandMeta, @Body() body: bodies.WordsBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('RecordAssent', body)));
  }

  @Verb('record-dissent', {
    summary: "Record a minor's dissent; it is shown, never overwritten",
    access: 'consent:assess',
  })
  recordDissent(@Meta() meta: CommandMeta, @Body() body: bodies.WordsBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('RecordDissent', body)));
  }

  @Verb('acknowledge-stance', {
    summary: "Record that the client acknowledges the therapist's stance in its current version",
    access: 'consent:seek',
  })
  acknowledgeStance(@Meta() meta: CommandMeta, @Body() body: bodies.AcknowledgeStanceBody) {
    const { type: _, ...acknowledged } = commandFrom('', body);
    return this.commands.execute(new AcknowledgeStance(meta, acknowledged));
  }

  @Verb('give', {
    summary: 'Record that consent is given; refused with everything that is missing',
    access: 'consent:seek',
  })
  give(@Meta() meta: CommandMeta, @Body() body: bodies.GiveBody) {
    return this.commands.execute(new GiveConsent(meta, commandFrom('GiveConsent', body)));
  }

  @Verb('renew', { summary: 'Renew a consent on what is in force now', access: 'consent:seek' })
  renew(@Meta() meta: CommandMeta, @Body() body: bodies.GiveBody) {
    return this.commands.execute(new GiveConsent(meta, commandFrom('RenewConsent', body)));
  }

  @Verb('decline', { summary: 'Record that the person says no', access: 'consent:seek' })
  decline(@Meta() meta: CommandMeta, @Body() body: bodies.DeclineBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('DeclineConsent', body)));
  }

  @Verb('withdraw', {
    summary: 'Record a withdrawal; accepted at any version, never refused',
    access: 'consent:withdraw',
    ifMatch: 'none',
  })
  withdraw(@Meta() meta: CommandMeta, @Body() body: bodies.WithdrawBody) {
    const { type: _, ...withdrawal } = commandFrom('', body);
    return this.commands.execute(new WithdrawConsent(meta, withdrawal));
  }

  @Verb('review', { summary: 'Record that the consent was talked about again', access: 'consent:assess' })
  review(@Meta() meta: CommandMeta, @Body() body: bodies.ReviewBody) {
    const { type: _, ...review } = commandFrom('', body);
    return this.commands.execute(new ReviewConsent(meta, review));
  }

  @Verb('defer-for-emergency', {
    summary: 'Put the conversation off for an emergency, with a deadline to follow up',
    access: 'consent:assess',
  })
  deferForEmergency(@Meta() meta: CommandMeta, @Body() body: bodies.DeferBody) {
    return this.commands.execute(new DeferForEmergency(meta, { basis: body.basis }));
  }

  @Verb('complete-emergency-follow-up', {
    summary: 'Record the conversation after an emergency',
    access: 'consent:assess',
  })
  completeEmergencyFollowUp(@Meta() meta: CommandMeta, @Body() body: bodies.FollowUpBody) {
    return this.commands.execute(commandFor(consent, meta, commandFrom('CompleteEmergencyFollowUp', body)));
  }

  @Verb('mark-in-error', {
    summary: 'Mark an entry as entered in error; nothing is deleted',
    access: 'consent:mark_in_error',
    ifMatch: 'version',
  })
  markInError(@Meta() meta: CommandMeta, @Body() body: bodies.MarkInErrorBody) {
    const { type: _, ...correction } = commandFrom('', body);
    return this.commands.execute(new MarkEntryInError(meta, correction));
  }

  @Query(':id', {
    summary: 'One consent with its entries, without anybody’s words',
    access: 'consent:read',
  })
  async one(@Caller() { practiceId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    const { state, version } = await this.store.load(consent, practiceId, id);
    return { id, version, ...state.about, entries: state.entries };
  }

  @Query(':id/receipts', {
    summary: 'What the client was given in writing after each give and withdraw',
    access: 'consent:read_receipt',
  })
  async receipts(@Caller() { practiceId }: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    const { events } = await this.store.load(consent, practiceId, id);
    const receipts = events.filter(
      (event): event is Extract<Recorded<ConsentEvent>, { type: 'ReceiptIssued' }> =>
        event.type === 'ReceiptIssued',
    );
    return {
      data: receipts.map(
        ({ eventId, occurredAt, recordedAt, data: { kind, locale, text, contentHash } }) => ({
          eventId,
          occurredAt,
          recordedAt,
          kind,
          locale,
          text,
          contentHash,
        }),
      ),
    };
  }
}
