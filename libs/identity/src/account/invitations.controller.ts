import { Body, Controller, Inject, Req } from '@nestjs/common';
import { ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { EventStore } from '#libs/event-store';
import { Procedure, Caller, PathId, Text, type Principal } from '#libs/http';
import { originOf } from '../log/sign-in-log.js';
import { PUBLIC_URL } from '../options.js';
import { invite, linkOf } from './invite.js';
import { Invitations, type Acceptance } from './invitations.js';

class InviteBody {
  @Text({ optional: true, max: 500, description: 'kept in the log of sign-ins', example: 'Lost her phone.' })
  reason?: string;
}

class OpenInvitationBody {
  @Text({ description: 'what follows the # of the link' })
  invitation: string;
}

class AcceptInvitationBody extends OpenInvitationBody implements Acceptance {
  @Text({
    max: 254,
    description: 'to sign in with; kept as a keyed hash only, so nobody can write to it',
    example: 'noor@example.org',
  })
  email: string;

  @Text({ max: 200, description: 'at least 12 characters, not among what is tried first' })
  password: string;

  @Text({ max: 10, description: 'what the authenticator app shows now', example: '492039' })
  code: string;
}

class InvitationDocument {
  @ApiProperty({ description: 'give it to the person, and nobody else; it cannot be read again' })
  link: string;
  @ApiProperty({ description: 'what follows the # of the link' }) invitation: string;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
}

class AuthenticatorDocument {
  @ApiProperty({ description: 'base32, to type into the app' }) key: string;
  @ApiProperty({ description: 'otpauth://, to show as a QR code' }) uri: string;
}

class OpenedInvitationDocument {
  @ApiProperty() name: string;
  @ApiProperty() practice: string;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
  @ApiProperty({ type: () => AuthenticatorDocument }) authenticator: AuthenticatorDocument;
}

class RecoveryCodesDocument {
  @ApiProperty({
    type: [String],
    description: 'each works once in place of a code of the app; they cannot be read again',
  })
  recoveryCodes: string[];
}

@ApiTags('signing in')
@Controller('v1')
export class InvitationsController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Invitations) private readonly invitations: Invitations,
    @Inject(PUBLIC_URL) private readonly publicUrl: string,
  ) {}

  @Procedure('staff/:id/invite', {
    summary:
      'A new way to sign in for a staff member; their account, sessions and tokens of before end at once',
    access: 'staff:give_access',
    answer: InvitationDocument,
  })
  async invite(
    @Caller() { practiceId, staffId: by }: Principal,
    @PathId() staffId: string,
    @Req() request: FastifyRequest,
    @Body() { reason }: InviteBody,
  ) {
    const made = await invite(
      this.store,
      { practiceId, staffId },
      { by, origin: originOf(request), ...(reason ? { reason } : {}) },
    );
    return { link: linkOf(this.publicUrl, made.invitation), ...made };
  }

  @Procedure('invitations/open', {
    summary: 'Who is invited, and what goes into their authenticator app',
    access: 'anyone',
    answer: OpenedInvitationDocument,
  })
  open(@Body() { invitation }: OpenInvitationBody) {
    return this.invitations.open(invitation);
  }

  @Procedure('invitations/accept', {
    summary: 'Choose e-mail and password and prove that the authenticator app works',
    access: 'anyone',
    answer: RecoveryCodesDocument,
  })
  async accept(@Req() request: FastifyRequest, @Body() body: AcceptInvitationBody) {
    return { recoveryCodes: await this.invitations.accept(body, originOf(request)) };
  }
}
