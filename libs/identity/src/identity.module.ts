import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Hashing } from './account/hashing.js';
import { InvitationsController } from './account/invitations.controller.js';
import { Invitations } from './account/invitations.js';
import { Authentication } from './authentication.js';
import { Authorization } from './authorization.js';
import { Limits } from './limits.js';
import { SignInsController } from './log/sign-ins.controller.js';
import { OidcController } from './oidc/oidc.controller.js';
import { Oidc, OIDC } from './oidc/oidc.js';
import { OPERATOR_TOKEN, PUBLIC_URL, REQUESTS_PER_MINUTE, type SignInOptions } from './options.js';
import { Secrets } from './secrets/secrets.js';
import { MeController } from './session/me.controller.js';
import { Sessions } from './session/sessions.js';
import { SignInController } from './session/sign-in.controller.js';
import { SignIn } from './session/sign-in.js';
import { Throttle } from './session/throttle.js';
import { TokensController } from './token/tokens.controller.js';
import { Tokens } from './token/tokens.js';

@Module({})
export class IdentityModule {
  static forRoot({
    secret,
    publicUrl,
    operatorToken,
    oidc,
    requestsPerMinute,
  }: SignInOptions): DynamicModule {
    return {
      module: IdentityModule,
      imports: [DiscoveryModule],
      controllers: [
        InvitationsController,
        SignInController,
        MeController,
        TokensController,
        SignInsController,
        ...(oidc ? [OidcController] : []),
      ],
      providers: [
        Authentication,
        Authorization,
        Hashing,
        Invitations,
        Limits,
        Sessions,
        SignIn,
        Throttle,
        Tokens,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: Secrets, useValue: new Secrets(secret) },
        { provide: PUBLIC_URL, useValue: publicUrl },
        { provide: OPERATOR_TOKEN, useValue: operatorToken },
        { provide: REQUESTS_PER_MINUTE, useValue: requestsPerMinute },
        ...(oidc ? [Oidc, { provide: OIDC, useValue: oidc }] : []),
      ],
      exports: [Tokens],
    };
  }
}
