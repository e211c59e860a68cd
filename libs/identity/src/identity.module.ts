import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { AccessGuard, OPERATOR_TOKEN } from './access.guard.js';
import { Tokens } from './tokens.js';

@Module({})
export class IdentityModule {
  /** @param operatorToken of whoever runs the platform; without one, practices are made at the first start only */
  static forRoot(operatorToken: string | undefined): DynamicModule {
    return {
      module: IdentityModule,
      imports: [DiscoveryModule],
      providers: [
        Tokens,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: OPERATOR_TOKEN, useValue: operatorToken },
      ],
      exports: [Tokens],
    };
  }
}
