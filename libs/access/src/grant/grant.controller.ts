import { Body, Controller, Inject, Query as QueryString } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { commandFor, EventStore, foldInto, type CommandMeta } from '#libs/event-store';
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
  Whole,
  type Principal,
} from '#libs/http';
import { rolesFor } from '#libs/kernel';
import { grants, shownGrant, type GrantRow } from '../grants/grants.projection.js';
import { OpenBreakGlass } from './grant.handler.js';
import { grant, GRANT_REASONS, REVIEW_FINDINGS, type Opening, type Review } from './grant.js';

class OpenBreakGlassBody extends CreateBody {
  @Id()
  clientId: string;

  @Choice(GRANT_REASONS)
  reasonCode: Opening['reasonCode'];

  @Whole(1, 1440, { description: 'how long you need to see it; more than 120 is refused' })
  minutes: number;

  @Text({
    max: 500,
    description: 'why it cannot wait, in at least 20 characters; somebody else will judge it',
  })
  declare reason: string;
}

class ReviewBreakGlassBody extends CommandBody {
  @Choice(REVIEW_FINDINGS)
  finding: Review['finding'];

  @Text({
    optional: true,
    max: 2000,
    description: 'what was not right and what follows; required unless justified',
  })
  words?: string;
}

@ApiTags('access')
@Controller('v1/break-glass-grants')
export class GrantController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  @Create({
    summary: 'See one client who is not yours, for a while, because it cannot wait',
    access: 'break_glass:open',
  })
  open(@Meta() meta: CommandMeta, @Body() body: OpenBreakGlassBody) {
    return this.commands.execute(new OpenBreakGlass(meta, commandFrom('OpenBreakGlass', body)));
  }

  @Verb('close', { summary: 'It is no longer needed', access: 'break_glass:close' })
  close(@Meta() meta: CommandMeta, @Body() _body: CommandBody) {
    return this.commands.execute(commandFor(grant, meta, { type: 'CloseBreakGlass' }));
  }

  @Verb('review', { summary: 'Somebody else judges whether it was right', access: 'break_glass:review' })
  review(@Meta() meta: CommandMeta, @Body() body: ReviewBreakGlassBody) {
    return this.commands.execute(commandFor(grant, meta, commandFrom('ReviewBreakGlass', body)));
  }

  @Query(':id', {
    summary: 'One grant; the words for whoever opened it and for those who may review it',
    access: 'break_glass:read',
  })
  async one(
    @Caller() { practiceId, staffId, roles }: Principal,
    @PathId() id: string,
    @QueryString() _query: OneQuery,
  ) {
    const { events, version, state } = await this.store.load(grant, practiceId, id);
    const rows = new Map<string, GrantRow>();
    foldInto(grants, rows, events);
    const row = rows.get(id)!;
    // who may judge it must know why; auditors need not
    const knows =
      row.staffId === staffId || rolesFor('break_glass:review').some((role) => roles.includes(role));
    const reason = events[0]?.reason;
    const words = state.situation === 'reviewed' ? state.review.words : undefined;
    return {
      version,
      ...shownGrant(row, this.store.clock.now()),
      ...(knows && reason ? { reason } : {}),
      ...(knows && words ? { words } : {}),
    };
  }
}
