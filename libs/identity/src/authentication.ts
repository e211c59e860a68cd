import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { malformed, SCOPES, type Principal } from '#libs/http';
import { OPERATOR_TOKEN } from './options.js';
import { digest } from './secrets/secret-text.js';
import { refuseOtherSites, sessionIn } from './session/cookies.js';
import { Sessions } from './session/sessions.js';
import { Tokens } from './token/tokens.js';

/** The practice id of somebody who runs the platform and belongs to no practice. */
const NO_PRACTICE = '00000000-0000-8000-8000-000000000000';
const OPERATOR: Principal = {
  practiceId: NO_PRACTICE,
  staffId: NO_PRACTICE,
  roles: ['operator'],
  via: 'operator',
  scopes: SCOPES,
};

/** Who sends a request: by its bearer token or by the cookie of a session. */
@Injectable()
export class Authentication {
  constructor(
    @Inject(Tokens) private readonly tokens: Tokens,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(OPERATOR_TOKEN) private readonly operatorToken: string | undefined,
  ) {}

  /**
   * @throws UnauthorizedException, or DomainError `forbidden` for a cookie that another site made the browser send,
   * `malformed` for a cookie and a token at once: they can be two people
   */
  async of(request: FastifyRequest): Promise<Principal> {
    const { authorization } = request.headers;
    if (authorization === undefined) return this.bySession(request);
    if (sessionIn(request) !== undefined) throw twoAtOnce();
    const token = /^Bearer ([\x21-\x7e]{1,500})$/.exec(authorization)?.[1];
    if (!token) throw new UnauthorizedException();
    if (this.isOperator(token)) return OPERATOR;
    return (await this.tokens.principal(token)) ?? unknown();
  }

  private async bySession(request: FastifyRequest): Promise<Principal> {
    const token = sessionIn(request);
    const principal = token === undefined ? undefined : await this.sessions.principal(token);
    if (!principal) return unknown();
    refuseOtherSites(request, true);
    return principal;
  }

  private isOperator(token: string): boolean {
    return this.operatorToken !== undefined && timingSafeEqual(digest(token), digest(this.operatorToken));
  }
}

const twoAtOnce = () =>
  malformed([
    {
      pointer: 'Authorization',
      code: 'signed_in_twice',
      detail: 'Send a token or the cookie of a session, not both: sign out, or leave the token out.',
    },
  ]);

const unknown = (): never => {
  throw new UnauthorizedException();
};
