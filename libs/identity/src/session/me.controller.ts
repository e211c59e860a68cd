import { Body, Controller, Inject, Query as QueryString, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { EventStore } from '#libs/event-store';
import { Procedure, Caller, OneQuery, PathId, Query, Text, type Principal } from '#libs/http';
import { ROLES } from '#libs/kernel';
import { namesOf } from '../account/invitations.js';
import { originOf } from '../log/sign-in-log.js';
import { DoneDocument, MeDocument, SessionsDocument } from './documents.js';
import { Sessions } from './sessions.js';

class EndSessionBody {
  @Text({ optional: true, max: 500, description: 'kept in the log of sign-ins' })
  reason?: string;
}

@ApiTags('signing in')
@Controller('v1/me')
export class MeController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Sessions) private readonly sessions: Sessions,
  ) {}

  @Query('', { summary: 'Who is asking, and for how long', access: 'account:keep', answer: MeDocument })
  async me(@Caller() caller: Principal, @QueryString() _query: OneQuery): Promise<MeDocument> {
    const { staffId, practiceId, roles, via, scopes } = caller;
    const session = (await this.of(caller)).find(({ current }) => current);
    return {
      staffId,
      practiceId,
      ...(await namesOf(this.store, caller)),
      roles: ROLES.filter((role) => roles.includes(role)),
      via,
      scopes,
      endsAt: caller.credential!.endsAt,
      ...(session ? { session } : {}),
    };
  }

  @Query('sessions', {
    summary: 'One’s own sessions that last',
    access: 'account:keep',
    answer: SessionsDocument,
  })
  async list(@Caller() caller: Principal, @QueryString() _query: OneQuery): Promise<SessionsDocument> {
    return { data: await this.of(caller) };
  }

  @Procedure('sessions/:id/end', {
    summary: 'End one of one’s own sessions',
    access: 'account:keep',
    answer: DoneDocument,
  })
  async end(
    @Caller() caller: Principal,
    @PathId() id: string,
    @Req() request: FastifyRequest,
    @Body() { reason }: EndSessionBody,
  ): Promise<DoneDocument> {
    await this.sessions.end(caller, { id }, 'session_ended', originOf(request), reason);
    return { done: true };
  }

  private async of(caller: Principal) {
    const sessions = await this.sessions.of(caller);
    return sessions.map((session) => ({ ...session, current: session.id === caller.credential?.id }));
  }
}
