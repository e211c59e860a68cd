import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Principal } from '#libs/http';
import { DomainError } from '#libs/kernel';
import { REQUESTS_PER_MINUTE } from './options.js';

type Limit = ReturnType<FastifyInstance['createRateLimit']>;

/** A practice may send so many times what one person may. */
const PEOPLE = 10;

/** How much one person, and one practice, may ask for in a minute: a program gone wild does not slow down the others. */
@Injectable()
export class Limits {
  private made?: readonly Limit[];
  private readonly asking = new WeakMap<FastifyRequest, Principal>();

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(REQUESTS_PER_MINUTE) private readonly perMinute: number | undefined,
  ) {}

  /** @throws DomainError `throttled` */
  async check(request: FastifyRequest, principal: Principal): Promise<void> {
    if (this.perMinute === undefined) return;
    this.asking.set(request, principal);
    for (const limit of (this.made ??= this.make(this.perMinute))) {
      const judged = await limit(request);
      if (!judged.isAllowed && judged.isExceeded)
        throw new DomainError(
          'throttled',
          'too_many_requests',
          `There were too many requests within a minute. Wait ${judged.ttlInSeconds} seconds, then go on more slowly.`,
          [],
          { retryAfterSeconds: judged.ttlInSeconds },
        );
    }
  }

  private make(perMinute: number): Limit[] {
    const { createRateLimit } = this.host.httpAdapter.getInstance<FastifyInstance>();
    const limit = (max: number, keyOf: (principal: Principal) => string): Limit =>
      createRateLimit({
        max,
        timeWindow: 60_000,
        keyGenerator: (request) => keyOf(this.asking.get(request)!),
      });
    return [
      limit(perMinute, ({ practiceId, staffId }) => `person ${practiceId} ${staffId}`),
      limit(perMinute * PEOPLE, ({ practiceId }) => `practice ${practiceId}`),
    ];
  }
}
