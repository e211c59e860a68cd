import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  Day,
  Free,
  Id,
  Meta,
  OneQuery,
  Part,
  PathId,
  Query,
  Sees,
  Text,
  Verb,
  Whole,
  type Principal,
  type Sight,
} from '#libs/http';
import { missing } from '#libs/kernel';

import { SettleBoundary } from './agreement.handler.js';
import { agreement, boundaryIdOf, END_REASONS, type EndReason } from './agreement.js';
import { PartyPart, partyOf } from './crossing.bodies.js';
import { particularsSchema } from './particulars.js';
import { shownAgreement, shownCrossings, statusOf } from './summary.js';
import { BOUNDARY_RULES, type Terms } from './terms.js';
import { BOUNDARY_TOPICS, type BoundaryTopic } from './topics.js';
import { AGREEMENT_FORMS, REVIEW_OUTCOMES, type AgreementForm, type Party, type Review } from './version.js';

class TermsPart {
  @Choice(BOUNDARY_RULES)
  rule: Terms['rule'];

  @Text({ optional: true, max: 2000, description: 'goes with within_limits' })
  limits?: string;

  @Text({ max: 4000, description: 'as it is put to the client' })
  words: string;

  @Free(particularsSchema, {
    optional: true,
    description: 'what can be set about the topic: the schema of its name, and nothing else',
  })
  particulars?: Terms['particulars'];

  @Whole(1, 120, { optional: true, description: 'the interval of the practice unless told' })
  reviewEveryMonths?: number;
}

/** Without an id of the caller's choice: it follows from the relationship and the topic. */
class ProposeBoundaryBody extends CommandBody {
  @Id()
  relationshipId: string;

  @Choice(BOUNDARY_TOPICS)
  topic: BoundaryTopic;

  @Part(() => TermsPart)
  terms: TermsPart;

  @Part(() => PartyPart, { optional: true, description: 'clientId or staffId; the caller unless told' })
  proposedBy?: PartyPart;
}

class DiscussBoundaryBody extends CommandBody {
  @Whole(1, 100_000)
  versionNo: number;

  @Text({ optional: true, max: 4000 })
  summary?: string;
}

class AgreeBoundaryBody extends CommandBody {
  @Whole(1, 100_000, { description: 'the version that was read' })
  versionNo: number;

  @Part(() => PartyPart, { description: 'clientId or staffId: each agrees for themself' })
  party: PartyPart;

  @Choice(AGREEMENT_FORMS)
  how: AgreementForm;
}

class AmendBoundaryBody extends CommandBody {
  @Part(() => TermsPart)
  terms: TermsPart;

  @Part(() => PartyPart, { optional: true, description: 'clientId or staffId; the caller unless told' })
  proposedBy?: PartyPart;
}

class ReviewBoundaryBody extends CommandBody {
  @Whole(1, 100_000, { description: 'the version that is in force' })
  versionNo: number;

  @Choice(REVIEW_OUTCOMES)
  outcome: Review['outcome'];

  @Text({ optional: true, max: 4000 })
  summary?: string;

  @Day({ optional: true, description: 'the agreed interval from today unless told' })
  nextReviewOn?: string;
}

class EndBoundaryBody extends CommandBody {
  @Choice(END_REASONS)
  reasonCode: EndReason;
}

@ApiTags('boundaries')
@Controller('v1/boundaries')
export class AgreementController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  /** Accepted at any version: whether it can be proposed anew is up to the decider. */
  @Create({ summary: 'Propose what to agree on about a topic', access: 'boundary:write' })
  propose(@Meta() meta: CommandMeta, @Body() body: ProposeBoundaryBody) {
    const id = boundaryIdOf(meta.practiceId, body.relationshipId, body.topic);
    const command = {
      ...commandFrom('ProposeBoundary', body),
      proposedBy: proposerOf(body.proposedBy, meta),
    };
    return this.commands.execute(new SettleBoundary({ ...meta, id, expected: 'any' }, command));
  }

  @Verb('discuss', { summary: 'Record that a version was talked about', access: 'boundary:write' })
  discuss(@Meta() meta: CommandMeta, @Body() body: DiscussBoundaryBody) {
    return this.commands.execute(commandFor(agreement, meta, commandFrom('DiscussBoundary', body)));
  }

  @Verb('agree', {
    summary: 'Record that one party agrees; in force once all have',
    access: 'boundary:write',
  })
  agree(@Meta() meta: CommandMeta, @Body() body: AgreeBoundaryBody) {
    const command = { ...commandFrom('AgreeBoundary', body), party: partyOf(body.party, '/party') };
    return this.commands.execute(new SettleBoundary(meta, command));
  }

  @Verb('amend', {
    summary: 'Propose other terms; what is in force holds until all have agreed',
    access: 'boundary:write',
    ifMatch: 'version',
  })
  amend(@Meta() meta: CommandMeta, @Body() body: AmendBoundaryBody) {
    const command = { ...commandFrom('AmendBoundary', body), proposedBy: proposerOf(body.proposedBy, meta) };
    return this.commands.execute(new SettleBoundary(meta, command));
  }

  @Verb('review', {
    summary: 'Look again at what is in force, and set the next review',
    access: 'boundary:write',
  })
  review(@Meta() meta: CommandMeta, @Body() body: ReviewBoundaryBody) {
    return this.commands.execute(new SettleBoundary(meta, commandFrom('ReviewBoundary', body)));
  }

  @Verb('end', { summary: 'End the agreement; its versions stay readable', access: 'boundary:write' })
  end(@Meta() meta: CommandMeta, @Body() body: EndBoundaryBody) {
    return this.commands.execute(commandFor(agreement, meta, commandFrom('EndBoundary', body)));
  }

  /** Who may not see crossings is not told how often anything was entered either, nor that there is one. */
  @Query(':id', {
    summary: 'One agreement with all its versions; words and crossings only for therapist, supervisor',
    access: 'boundary:read',
  })
  async one(
    @Caller() { practiceId }: Principal,
    @Sees() { clinicalText: clinical }: Sight,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(agreement, practiceId, id);
    if (clinical)
      return {
        id,
        version,
        status: statusOf(state),
        ...shownAgreement(state, clinical),
        crossings: shownCrossings(state),
      };
    return { id, ...(shownAgreement(state, clinical) ?? missing('boundary')) };
  }
}

const proposerOf = (part: PartyPart | undefined, { actor }: CommandMeta): Party =>
  part ? partyOf(part, '/proposedBy') : { staffId: actor.id };
