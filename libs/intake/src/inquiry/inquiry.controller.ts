import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { UNIT_KINDS } from '#libs/client';
import { EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  CreateBody,
  Flag,
  Id,
  Ids,
  Meta,
  Moment,
  OneQuery,
  Part,
  Parts,
  PathId,
  Query,
  Text,
  Texts,
  Verb,
  type Principal,
} from '#libs/http';
import { seesClinicalText } from '#libs/practice';
import { DIMENSIONS } from '#libs/stance';
import { HandleInquiry } from './inquiry.handler.js';
import {
  CHANNELS,
  DECLINED_BY,
  FORMATS,
  inquiry,
  RISKS,
  type Preferences,
  type Received,
  type Screening,
} from './inquiry.js';
import { shown } from './shown.js';

class StanceWishPart {
  @Choice(DIMENSIONS)
  dimension: string;

  @Text({ max: 100, example: 'on_invitation' })
  value: string;
}

class PreferencesPart {
  @Choice(FORMATS, { optional: true })
  format?: Preferences['format'];

  @Choice(UNIT_KINDS, { optional: true, description: 'individual unless told' })
  unitKind?: Preferences['unitKind'];

  @Texts({ optional: true, max: 20, length: 35, description: 'BCP 47' })
  languages?: string[];

  @Parts(() => StanceWishPart, {
    optional: true,
    description: 'what the stance should say',
    example: [{ dimension: 'challenge', value: 'on_invitation' }],
  })
  stance?: StanceWishPart[];

  @Ids({ optional: true, description: 'therapists the client does not want' })
  excludedTherapistIds?: string[];
}

class ReceiveInquiryBody extends CreateBody {
  @Id({ optional: true, description: 'once the client is registered' })
  clientId?: string;

  @Choice(CHANNELS)
  channel: Received['channel'];

  @Text({ optional: true, max: 5000, description: 'what brings the client; refused before the data notice' })
  concern?: string;

  @Part(() => PreferencesPart, { example: { unitKind: 'individual', format: 'in_person' } })
  preferences: PreferencesPart;

  @Flag()
  dataNoticeGiven: boolean;

  @Id({ optional: true, description: 'the closed inquiry this one follows' })
  linkedInquiryId?: string;
}

class ScreenInquiryBody extends CommandBody {
  @Choice(RISKS)
  risk: Screening['risk'];

  @Flag()
  suitable: boolean;

  @Text({ optional: true, max: 5000, description: 'clinical detail; refused before the data notice' })
  summary?: string;

  @Id({
    optional: true,
    description: 'the caller, a therapist or supervisor, whose review closes a raised or urgent risk',
  })
  reviewedByClinician?: string;

  @Flag({ optional: true, description: 'true once the data notice is given, if it was not at first contact' })
  dataNoticeGiven?: boolean;
}

class MatchTherapistBody extends CommandBody {
  @Id()
  therapistId: string;

  @Texts({
    min: 0,
    max: 20,
    length: 500,
    description: 'why this therapist, in words',
    example: ['Speaks Polish.'],
  })
  reasons: string[];

  @Text({ optional: true, max: 2000, description: 'how the client set their own exclusion or wish aside' })
  inClientsOwnWords?: string;
}

class OfferInquiryBody extends CommandBody {
  @Id()
  therapistId: string;

  @Moment({ optional: true })
  firstSlot?: string;
}

class AcceptInquiryBody extends CommandBody {
  @Id()
  clientId: string;

  @Id()
  therapistId: string;
}

class DeclineInquiryBody extends CommandBody {
  @Text({ max: 100, example: 'no_capacity' })
  reasonCode: string;

  @Text({
    max: 1000,
    description: 'what the client can do next',
    example: 'Ask at the Rosenhof, 030 1234567.',
  })
  nextStep: string;

  @Choice(DECLINED_BY)
  by: (typeof DECLINED_BY)[number];
}

@ApiTags('intake')
@Controller('v1/inquiries')
export class InquiryController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({ summary: 'Receive a request for therapy', allow: ['owner', 'coordinator'] })
  receive(@Meta() meta: CommandMeta, @Body() body: ReceiveInquiryBody) {
    return this.commands.execute(new HandleInquiry(meta, commandFrom('ReceiveInquiry', body)));
  }

  @Verb('screen', {
    summary: 'Judge risk and fit; again for a review by a clinician',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor'],
    ifMatch: 'version',
  })
  screen(@Meta() meta: CommandMeta, @Body() body: ScreenInquiryBody) {
    return this.commands.execute(new HandleInquiry(meta, commandFrom('ScreenInquiry', body)));
  }

  @Verb('match', {
    summary: 'Propose a therapist; a refusal lists every conflict',
    allow: ['owner', 'coordinator', 'therapist'],
  })
  match(@Meta() meta: CommandMeta, @Body() body: MatchTherapistBody) {
    return this.commands.execute(new HandleInquiry(meta, commandFrom('MatchTherapist', body)));
  }

  @Verb('offer', { summary: 'Offer the matched therapist', allow: ['owner', 'coordinator'] })
  offer(@Meta() meta: CommandMeta, @Body() body: OfferInquiryBody) {
    return this.commands.execute(new HandleInquiry(meta, commandFrom('OfferInquiry', body)));
  }

  @Verb('accept', { summary: 'The client takes the offer', allow: ['owner', 'coordinator'] })
  accept(@Meta() meta: CommandMeta, @Body() body: AcceptInquiryBody) {
    return this.commands.execute(new HandleInquiry(meta, commandFrom('AcceptInquiry', body)));
  }

  @Verb('decline', { summary: 'End it with a no, and say what comes next', allow: ['owner', 'coordinator'] })
  decline(@Meta() meta: CommandMeta, @Body() body: DeclineInquiryBody) {
    return this.commands.execute(new HandleInquiry(meta, commandFrom('DeclineInquiry', body)));
  }

  /** Front desk and auditors get it without concern, summary and the client's own words. */
  @Query(':id', {
    summary: 'One inquiry; clinical text for owner, therapist and supervisor only',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  async one(
    @Caller() { practiceId, roles }: Principal,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(inquiry, practiceId, id);
    return { id, version, ...shown(state, seesClinicalText(roles)) };
  }
}
