import { createHash, timingSafeEqual } from 'node:crypto';
import {
  Inject,
  Injectable,
  Optional,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ALLOW, type Permission, type SignedIn } from '#libs/http';
import { DomainError } from '#libs/kernel';
import { Tokens } from './tokens.js';

export const OPERATOR_TOKEN = Symbol('operator token');
/** The practice id of somebody who runs the platform and belongs to no practice. */
const NO_PRACTICE = '00000000-0000-8000-8000-000000000000';

/** Deny by default: every route names who may use it, or the service does not start. */
@Injectable()
export class AccessGuard implements CanActivate, OnApplicationBootstrap {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(Tokens) private readonly tokens: Tokens,
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(MetadataScanner) private readonly scanner: MetadataScanner,
    @Optional() @Inject(OPERATOR_TOKEN) private readonly operatorToken?: string,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.discovery.getControllers().flatMap(({ metatype }) => {
      if (!metatype) return [];
      const prototype = (metatype as { prototype: Record<string, object> }).prototype;
      return this.scanner
        .getAllMethodNames(prototype)
        .filter(
          (name) =>
            Reflect.hasMetadata('path', prototype[name]!) && !Reflect.hasMetadata(ALLOW, prototype[name]!),
        )
        .map((name) => `${metatype.name}.${name}`);
    });
    if (open.length > 0)
      throw new Error(`These routes name nobody who may use them: ${open.join(', ')}. Add @Allow.`);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permissions =
      this.reflector.get<readonly Permission[] | undefined>(ALLOW, context.getHandler()) ?? [];
    if (permissions.includes('anyone')) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & SignedIn>();
    const token = /^Bearer ([\x21-\x7e]{1,500})$/.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new UnauthorizedException();
    if (this.isOperator(token)) {
      if (!permissions.includes('operator')) throw forbidden(permissions);
      request.principal = { practiceId: NO_PRACTICE, staffId: NO_PRACTICE, roles: ['operator'] };
      return true;
    }
    const principal = await this.tokens.principal(token);
    if (!principal) throw new UnauthorizedException();
    // The role that allows it goes first: it is the one the event names.
    const acting = principal.roles.filter((role) => permissions.includes(role as Permission));
    if (acting.length === 0) throw forbidden(permissions);
    request.principal = {
      ...principal,
      roles: [...acting, ...principal.roles.filter((role) => !acting.includes(role))],
    };
    return true;
  }

  private isOperator(token: string): boolean {
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return this.operatorToken !== undefined && timingSafeEqual(digest(token), digest(this.operatorToken));
  }
}

const forbidden = (permissions: readonly Permission[]) =>
  new DomainError(
    'forbidden',
    'forbidden',
    `This is for ${permissions.join(', ')}. Ask somebody with that role.`,
  );
