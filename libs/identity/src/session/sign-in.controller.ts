import { Body, Controller, Inject, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Procedure, Flag, Text } from '#libs/http';
import { originOf } from '../log/sign-in-log.js';
import { giveSession, sessionIn, takeSession } from './cookies.js';
import { DoneDocument, SignedInDocument } from './documents.js';
import { Sessions } from './sessions.js';
import { SignIn, type Credentials } from './sign-in.js';

class SignInBody implements Credentials {
  @Text({ max: 254, example: 'noor@example.org' })
  email: string;

  @Text({ max: 200 })
  password: string;

  @Text({ max: 40, description: 'of the authenticator app, or a recovery code', example: '492039' })
  code: string;
}

class SignOutBody {
  @Flag({ optional: true, description: 'end every session, on every device' })
  everywhere?: boolean;
}

@ApiTags('signing in')
@Controller('v1')
export class SignInController {
  constructor(
    @Inject(SignIn) private readonly signIn: SignIn,
    @Inject(Sessions) private readonly sessions: Sessions,
  ) {}

  @Procedure('sign-in', {
    summary: 'Begin a session; its secret is in the cookie __Host-candor and nowhere else',
    access: 'anyone',
    answer: SignedInDocument,
  })
  async begin(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() body: SignInBody,
  ): Promise<SignedInDocument> {
    const before = sessionIn(request);
    const token = await this.signIn.begin(body, originOf(request));
    giveSession(reply, token);
    const old = before === undefined ? undefined : await this.sessions.principal(before);
    if (old?.credential) await this.sessions.end(old, old.credential, 'signed_out', originOf(request));
    const begun = (await this.sessions.principal(token))!;
    return {
      practiceId: begun.practiceId,
      staffId: begun.staffId,
      sessionId: begun.credential!.id,
      endsAt: begun.credential!.endsAt,
    };
  }

  @Procedure('sign-out', {
    summary: 'End the session of the cookie; harmless without one',
    access: 'anyone',
    answer: DoneDocument,
  })
  async end(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Body() { everywhere = false }: SignOutBody,
  ): Promise<DoneDocument> {
    const token = sessionIn(request);
    const session = token === undefined ? undefined : await this.sessions.principal(token);
    takeSession(reply);
    if (session?.credential)
      await this.sessions.end(
        session,
        everywhere ? 'all' : session.credential,
        'signed_out',
        originOf(request),
      );
    return { done: true };
  }
}
