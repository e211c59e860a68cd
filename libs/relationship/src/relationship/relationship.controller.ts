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
  CreateBody,
  Id,
  Meta,
  OneQuery,
  PathId,
  Query,
  Text,
  Verb,
  type Principal,
} from '#libs/http';
import { missing } from '#libs/kernel';
import { seesClinicalText } from '#libs/practice';
import { OpenRelationship, ReassignTherapist } from './relationship.handler.js';
import {
  ENDED_BY,
  FORMATS,
  OTHER_SOURCES,
  relationship,
  relationshipIdOf,
  type Format,
  type InformationSource,
} from './relationship.js';

class OpenRelationshipBody extends CreateBody {
  @Id()
  unitId: string;

  @Id()
  therapistId: string;

  @Choice(FORMATS)
  format: Format;

  @Id({ optional: true, description: 'the accepted inquiry it comes from; it gives the relationship its id' })
  inquiryId?: string;

  @Text({ optional: true, max: 100, description: "the practice's unless told", example: 'generic' })
  rulePack?: string;
}

class ReassignTherapistBody extends CommandBody {
  @Id({ description: 'the therapist who takes over' })
  to: string;
}

class ChangeFormatBody extends CommandBody {
  @Choice(FORMATS)
  to: Format;
}

class AddInformationSourceBody extends CommandBody {
  @Choice(OTHER_SOURCES)
  source: InformationSource['source'];

  @Text({
    optional: true,
    max: 2000,
    description: 'who or what; shown to owner, therapist and supervisor only',
  })
  description?: string;
}

class EndRelationshipBody extends CommandBody {
  @Choice(ENDED_BY)
  by: (typeof ENDED_BY)[number];

  @Text({ max: 100, example: 'goals_reached' })
  reasonCode: string;
}

@ApiTags('relationships')
@Controller('v1/relationships')
export class RelationshipController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({
    summary: 'Open a relationship: one unit, one therapist, one format',
    allow: ['owner', 'coordinator'],
  })
  open(@Meta() meta: CommandMeta, @Body() body: OpenRelationshipBody) {
    const { type: _, ...opening } = commandFrom('OpenRelationship', body);
    // a caller's own id is kept, so that one that does not belong to the inquiry is refused by name
    const id = body.inquiryId && !body.id ? relationshipIdOf(meta.practiceId, body.inquiryId) : meta.id;
    return this.commands.execute(new OpenRelationship({ ...meta, id }, opening));
  }

  @Verb('reassign', { summary: 'Another therapist takes over', allow: ['owner', 'coordinator'] })
  reassign(@Meta() meta: CommandMeta, @Body() { to }: ReassignTherapistBody) {
    return this.commands.execute(new ReassignTherapist(meta, { to }));
  }

  @Verb('change-format', { summary: 'Meet in another format', allow: ['owner', 'coordinator', 'therapist'] })
  changeFormat(@Meta() meta: CommandMeta, @Body() body: ChangeFormatBody) {
    return this.commands.execute(commandFor(relationship, meta, commandFrom('ChangeFormat', body)));
  }

  @Verb('add-information-source', {
    summary: 'The client is no longer the only source',
    allow: ['owner', 'coordinator', 'therapist'],
  })
  addInformationSource(@Meta() meta: CommandMeta, @Body() body: AddInformationSourceBody) {
    return this.commands.execute(commandFor(relationship, meta, commandFrom('AddInformationSource', body)));
  }

  @Verb('end', {
    summary: 'End the relationship; it stays readable',
    allow: ['owner', 'coordinator', 'therapist'],
  })
  end(@Meta() meta: CommandMeta, @Body() body: EndRelationshipBody) {
    return this.commands.execute(commandFor(relationship, meta, commandFrom('EndRelationship', body)));
  }

  /** Front desk and auditors see that there are other sources, not who or what they are. */
  @Query(':id', {
    summary: 'One relationship',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
  })
  async one(
    @Caller() { practiceId, roles }: Principal,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(relationship, practiceId, id);
    if (state.situation === 'none') missing('relationship');
    const { situation: status, opening, therapistId, format, sources } = state;
    const clinical = seesClinicalText(roles);
    return {
      id,
      version,
      status,
      ...opening,
      therapistId,
      format,
      informationSources: sources.map(({ source, description }) =>
        clinical ? { source, description } : { source },
      ),
      ending: state.situation === 'ended' ? state.ending : null,
    };
  }
}
