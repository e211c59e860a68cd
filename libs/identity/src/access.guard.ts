import {
  Inject,
  Injectable,
  type CanActivate,
  type ExecutionContext,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ACCESS, type Access, type Principal, type SignedIn } from '#libs/http';
import { DomainError, FRESH, type Act } from '#libs/kernel';
import { Authentication } from './authentication.js';
import { Authorization, forbidden } from './authorization.js';
import { Limits } from './limits.js';
import { REFUSED, type Refused } from './refused.js';
import { refuseOtherSites } from './session/cookies.js';

/** Deny by default: every route names who may use it, or the service does not start. */
@Injectable()
export class AccessGuard implements CanActivate, OnApplicationBootstrap {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Authentication) private readonly authentication: Authentication,
    @Inject(Limits) private readonly limits: Limits,
    @Inject(Authorization) private readonly authorization: Authorization,
    @Inject(REFUSED) private readonly refused: Refused,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.discovery.getControllers().flatMap(({ metatype }) => {
      if (!metatype) return [];
      const prototype = (metatype as { prototype: Record<string, object> }).prototype;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter(
          (name) =>
            Reflect.hasMetadata('path', prototype[name]!) && !Reflect.hasMetadata(ACCESS, prototype[name]!),
        )
        .map((name) => `${metatype.name}.${name}`);
    });
    if (open.length > 0)
      throw new Error(`These routes name nobody who may use them: ${open.join(', ')}. Say their access.`);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access>(ACCESS, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest & SignedIn>();
    if (access === 'anyone') {
      refuseOtherSites(request, false);
      return true;
    }
    request.principal = await this.authentication.of(request);
    await this.limits.check(request, request.principal);
    try {
      await this.judge(access, request);
    } catch (error) {
      if (error instanceof DomainError) await this.refused.keep(request, error);
      throw error;
    }
    return true;
  }

  private async judge(access: Exclude<Access, 'anyone'>, request: FastifyRequest & SignedIn): Promise<void> {
    refuseBeyondScopes(request, request.principal);
    if (access !== 'operator') {
      await this.authorization.judge(access, request);
      refuseUnlessFresh(access, request.principal);
    } else if (!request.principal.roles.includes('operator')) throw forbidden(access);
  }
}

function refuseBeyondScopes({ method }: FastifyRequest, { scopes }: Principal): void {
  const needed = method === 'GET' || method === 'HEAD' ? 'read' : 'write';
  if (!scopes.includes(needed))
    throw new DomainError(
      'forbidden',
      'scope_missing',
      `This token may not ${needed}. Use one with the scope ${needed}.`,
    );
}

/** Programs have nobody who could type a code: what they may do is in their token, which somebody made who had just signed in. */
function refuseUnlessFresh(act: Act, { via, isFresh }: Principal): void {
  if (via === 'session' && FRESH.has(act) && !isFresh)
    throw new DomainError(
      'unauthenticated',
      'sign_in_again',
      'For this it must be you and not a browser that was left open: sign in again, with a code, and do it within 15 minutes.',
    );
}
