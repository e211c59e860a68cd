import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { treatedDuring, unit } from '#libs/client';
import { EventStore, type CommandMeta } from '#libs/event-store';
import {
  Caller,
  Choice,
  CommandBody,
  commandFrom,
  Create,
  CreateBody,
  Day,
  Id,
  Meta,
  OneQuery,
  PathId,
  Query,
  Sees,
  Text,
  Verb,
  type Principal,
  type Sight,
} from '#libs/http';
import { missing } from '#libs/kernel';
import { type Format, FORMATS } from '#libs/practice';
import {
  ArrangeCover,
  ChangeRelationship,
  OpenRelationship,
  ReassignTherapist,
} from './relationship.handler.js';
import { coverOf } from './cover.js';
import { relationshipIdOf } from './opening.js';
import { ENDED_BY, OTHER_SOURCES, relationship, type InformationSource } from './relationship.js';

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

class RecordMandateBody extends CommandBody {
  @Text({ max: 500, description: 'who sends the client; shown to owner, therapist and supervisor only' })
  mandator: string;

  @Text({
    optional: true,
    max: 2000,
    description: 'what is reported to them; shown to owner, therapist and supervisor only',
  })
  reports?: string;

  @Day({ optional: true, description: 'the date of the mandate' })
  since?: string;
}

/** Why is the `reason` that every command may carry; shown to owner, therapist and supervisor only. */
class ArrangeCoverBody extends CommandBody {
  @Id({ description: 'the therapist who stands in' })
  therapistId: string;

  @Day({ description: 'the first day' })
  from: string;

  @Day({ description: 'the last day, whole' })
  to: string;
}

class EndRelationshipBody extends CommandBody {
  @Choice(ENDED_BY)
  by: (typeof ENDED_BY)[number];

  @Text({ max: 100, example: 'goals_reached' })
  reasonCode: string;
}

/** Nobody is taken to have acknowledged the stance of somebody who stands in. */
const TELL_ABOUT_COVER =
  'Tell the client who stands in and show them that stance: acknowledging one therapist says nothing about another.';

@ApiTags('relationships')
@Controller('v1/relationships')
export class RelationshipController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({
    summary: 'Open a relationship: one unit, one therapist, one format',
    access: 'relationship:open',
  })
  open(@Meta() meta: CommandMeta, @Body() body: OpenRelationshipBody) {
    const { type: _, ...opening } = commandFrom('OpenRelationship', body);
    // a caller's own id is kept, so that one that does not belong to the inquiry is refused by name
    const id = body.inquiryId && !body.id ? relationshipIdOf(meta.practiceId, body.inquiryId) : meta.id;
    return this.commands.execute(new OpenRelationship({ ...meta, id }, opening));
  }

  @Verb('reassign', { summary: 'Another therapist takes over', access: 'relationship:reassign' })
  reassign(@Meta() meta: CommandMeta, @Body() { to }: ReassignTherapistBody) {
    return this.commands.execute(new ReassignTherapist(meta, { to }));
  }

  @Verb('change-format', { summary: 'Meet in another format', access: 'relationship:change' })
  changeFormat(@Meta() meta: CommandMeta, @Body() body: ChangeFormatBody) {
    return this.commands.execute(new ChangeRelationship(meta, commandFrom('ChangeFormat', body)));
  }

  @Verb('add-information-source', {
    summary: 'The client is no longer the only source',
    access: 'relationship:change',
  })
  addInformationSource(@Meta() meta: CommandMeta, @Body() body: AddInformationSourceBody) {
    return this.commands.execute(new ChangeRelationship(meta, commandFrom('AddInformationSource', body)));
  }

  @Verb('record-mandate', {
    summary: 'Somebody sends the client',
    access: 'relationship:change',
  })
  recordMandate(@Meta() meta: CommandMeta, @Body() body: RecordMandateBody) {
    return this.commands.execute(new ChangeRelationship(meta, commandFrom('RecordMandate', body)));
  }

  @Verb('arrange-cover', {
    summary: 'Another therapist stands in for a while',
    access: 'relationship:change',
  })
  arrangeCover(
    @Meta() meta: CommandMeta,
    @Caller() { roles }: Principal,
    @Body() { therapistId, from, to }: ArrangeCoverBody,
  ) {
    return this.commands.execute(new ArrangeCover(meta, { therapistId, from, to }, roles));
  }

  @Verb('end', {
    summary: 'End the relationship; it stays readable',
    access: 'relationship:change',
  })
  end(@Meta() meta: CommandMeta, @Body() body: EndRelationshipBody) {
    return this.commands.execute(new ChangeRelationship(meta, commandFrom('EndRelationship', body)));
  }

  /** Front desk and auditors see that there are other sources and mandates, not who or what they are. */
  @Query(':id', {
    summary: 'One relationship; members are those of now, or of its end',
    access: 'relationship:read',
  })
  async one(
    @Caller() { practiceId }: Principal,
    @Sees() { clinicalText: clinical }: Sight,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { state, version } = await this.store.load(relationship, practiceId, id);
    if (state.situation === 'none') missing('relationship');
    const { situation: status, opening, therapistId, format, sources, mandates, covers, since } = state;
    const { state: treated } = await this.store.load(unit, practiceId, opening.unitId);
    if (treated.situation === 'none') missing('unit');
    const endedAt = status === 'ended' ? since.last : null; // nothing is entered after the end
    return {
      id,
      version,
      status,
      ...opening,
      ...treatedDuring(treated.stays, since.opening, endedAt),
      therapistId,
      format,
      informationSources: sources.map(({ source, description }) =>
        clinical ? { source, description } : { source },
      ),
      mandates: mandates.map(({ since = null, mandator, reports }) =>
        clinical ? { since, mandator, reports } : { since },
      ),
      covers: covers.map((cover) => ({
        ...(clinical ? cover : coverOf(cover)),
        tellTheClient: TELL_ABOUT_COVER,
      })),
      ending: state.situation === 'ended' ? state.ending : null,
    };
  }
}
