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
  Id,
  malformed,
  Meta,
  OneQuery,
  Part,
  PathId,
  Query,
  Text,
  Verb,
  Whole,
  type Principal,
} from '#libs/http';
import { seesClinicalText } from '#libs/practice';
import { SettleBoundary } from './agreement.handler.js';
import {
  agreement,
  AGREEMENT_FORMS,
  boundaryIdOf,
  END_REASONS,
  type AgreementForm,
  type EndReason,
} from './agreement.js';
import { shownAgreement } from './summary.js';
import { BOUNDARY_RULES, type Party, type Terms } from './terms.js';
import { BOUNDARY_TOPICS, type BoundaryTopic } from './topics.js';

const CLINICIANS = ['therapist', 'supervisor', 'owner'] as const;

class TermsPart {
  @Choice(BOUNDARY_RULES)
  rule: Terms['rule'];

  @Text({ optional: true, max: 2000, description: 'goes with within_limits' })
  limits?: string;

  @Text({ max: 4000, description: 'as it is put to the client' })
  words: string;
}

class PartyPart {
  @Id({ optional: true })
  clientId?: string;

  @Id({ optional: true })
  staffId?: string;
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
  @Create({ summary: 'Propose what to agree on about a topic', allow: CLINICIANS })
  propose(@Meta() meta: CommandMeta, @Body() body: ProposeBoundaryBody) {
    const id = boundaryIdOf(meta.practiceId, body.relationshipId, body.topic);
    const command = {
      ...commandFrom('ProposeBoundary', body),
      proposedBy: proposerOf(body.proposedBy, meta),
    };
    return this.commands.execute(new SettleBoundary({ ...meta, id, expected: 'any' }, command));
  }

  @Verb('discuss', { summary: 'Record that a version was talked about', allow: CLINICIANS })
  discuss(@Meta() meta: CommandMeta, @Body() body: DiscussBoundaryBody) {
    return this.commands.execute(commandFor(agreement, meta, commandFrom('DiscussBoundary', body)));
  }

  @Verb('agree', { summary: 'Record that one party agrees; in force once all have', allow: CLINICIANS })
  agree(@Meta() meta: CommandMeta, @Body() body: AgreeBoundaryBody) {
    const command = { ...commandFrom('AgreeBoundary', body), party: partyOf(body.party, '/party') };
    return this.commands.execute(new SettleBoundary(meta, command));
  }

  @Verb('amend', {
    summary: 'Propose other terms; what is in force holds until all have agreed',
    allow: CLINICIANS,
    ifMatch: 'version',
  })
  amend(@Meta() meta: CommandMeta, @Body() body: AmendBoundaryBody) {
    const command = { ...commandFrom('AmendBoundary', body), proposedBy: proposerOf(body.proposedBy, meta) };
    return this.commands.execute(new SettleBoundary(meta, command));
  }

  @Verb('end', { summary: 'End the agreement; its versions stay readable', allow: CLINICIANS })
  end(@Meta() meta: CommandMeta, @Body() body: EndBoundaryBody) {
    return this.commands.execute(commandFor(agreement, meta, commandFrom('EndBoundary', body)));
  }

  @Query(':id', {
    summary: 'One agreement; its words only for therapist, supervisor, owner',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  async one(
    @Caller() { practiceId, roles }: Principal,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(agreement, practiceId, id);
    return { id, version, ...shownAgreement(state, seesClinicalText(roles)) };
  }
}

const proposerOf = (part: PartyPart | undefined, { actor }: CommandMeta): Party =>
  part ? partyOf(part, '/proposedBy') : { staffId: actor.id };

function partyOf({ clientId, staffId }: PartyPart, pointer: string): Party {
  if (clientId !== undefined && staffId === undefined) return { clientId };
  if (staffId !== undefined && clientId === undefined) return { staffId };
  throw malformed([{ pointer, code: 'not_one_party', detail: 'Send either clientId or staffId.' }]);
}
