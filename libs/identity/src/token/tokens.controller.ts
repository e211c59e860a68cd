import { Body, Controller, Inject, Query as QueryString, Req } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { EventStore } from '#libs/event-store';
import {
  Procedure,
  Caller,
  Choices,
  Day,
  OneQuery,
  PathId,
  Query,
  SCOPES,
  Text,
  type Principal,
  type Scope,
} from '#libs/http';
import { endOfLocalDay, ROLES, type Role } from '#libs/kernel';
import { originOf } from '../log/sign-in-log.js';
import { DoneDocument } from '../session/documents.js';
import { Tokens } from './tokens.js';

class IssueTokenBody {
  @Text({ max: 100, description: 'what it is for', example: 'Calendar on the tablet in the hall' })
  label: string;

  @Choices(SCOPES, { description: 'read: to ask · write: to change anything' })
  scopes: Scope[];

  @Choices(ROLES, {
    optional: true,
    description: 'only these of one’s own roles; all that one has now unless told',
  })
  roles?: Role[];

  @Day({ description: 'the last day it is good for, at most a year from now' })
  expiresOn: string;
}

class WithdrawTokenBody {
  @Text({
    optional: true,
    max: 500,
    description: 'kept in the log of sign-ins',
    example: 'The tablet is lost.',
  })
  reason?: string;
}

class IssuedTokenDocument {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ description: 'for Authorization: Bearer; it cannot be read again' }) token: string;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
}

class TokenDocument {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ format: 'uuid' }) staffId: string;
  @ApiProperty() label: string;
  @ApiProperty({ type: [String] }) scopes: string[];
  @ApiProperty({
    type: 'array',
    items: { type: 'string' },
    description:
      'only these, as far as the person has them; empty: all that the person has, of tokens of the first start or the command line',
  })
  roles: string[];
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
  @ApiProperty({ format: 'date-time', required: false }) withdrawnAt?: string;
}

class TokensDocument {
  @ApiProperty({ type: () => [TokenDocument], description: 'newest first' }) data: TokenDocument[];
}

@ApiTags('signing in')
@Controller('v1/tokens')
export class TokensController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Tokens) private readonly tokens: Tokens,
  ) {}

  @Procedure('', {
    summary: 'A token for a program, good for what oneself may do or for less',
    access: 'account:issue_token',
    answer: IssuedTokenDocument,
  })
  async issue(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Body() { expiresOn, ...wish }: IssueTokenBody,
  ) {
    const expiresAt = endOfLocalDay(expiresOn, await this.zone(caller.practiceId));
    return this.tokens.issueFor(caller, { ...wish, expiresAt }, originOf(request));
  }

  @Procedure(':id/withdraw', {
    summary:
      'A token, and what was made with it, is good for nothing any more; owners may withdraw anybody’s',
    access: 'account:keep',
    answer: DoneDocument,
  })
  async withdraw(
    @Caller() caller: Principal,
    @PathId() id: string,
    @Req() request: FastifyRequest,
    @Body() { reason }: WithdrawTokenBody,
  ): Promise<DoneDocument> {
    await this.tokens.withdraw(caller, id, caller.roles.includes('owner'), originOf(request), reason);
    return { done: true };
  }

  @Query('', {
    summary: 'One’s own tokens; owners see those of everybody',
    access: 'account:keep',
    answer: TokensDocument,
  })
  async list(
    @Caller() { practiceId, staffId, roles }: Principal,
    @QueryString() _query: OneQuery,
  ): Promise<TokensDocument> {
    const found = await this.tokens.of(practiceId, roles.includes('owner') ? undefined : staffId);
    return {
      data: found.map(({ withdrawnAt, ...token }) => ({
        ...token,
        roles: token.roles ?? [],
        ...(withdrawnAt ? { withdrawnAt } : {}),
      })),
    };
  }

  private async zone(practiceId: string): Promise<string> {
    const [registered] = await this.store.reader.streams(practiceId, [`practice-${practiceId}`]);
    return (registered!.data as { zone: string }).zone;
  }
}
