import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { EventStore, tables } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import type { SignedIn } from './routes.js';

const LONGEST_WAIT_MS = 2_000;

/** `minPosition=n`: reads nothing older than what the caller has already seen; rather 503 than an old answer. */
@Injectable()
export class MinPositionInterceptor implements NestInterceptor {
  constructor(private readonly store: EventStore) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest & SignedIn>();
    const wanted = Number((request.query as Record<string, string>).minPosition ?? 0);
    if (request.method === 'GET' && request.principal && Number.isSafeInteger(wanted) && wanted > 0)
      await this.wait(request.principal.practiceId, wanted);
    return next.handle();
  }

  private async wait(practiceId: string, wanted: number): Promise<void> {
    for (
      const deadline = Date.now() + LONGEST_WAIT_MS;
      ;
      await new Promise((resolve) => setTimeout(resolve, 20))
    ) {
      const checkpoints = await tables.checkpoints(this.store.of(practiceId), practiceId);
      if (checkpoints.length > 0 && checkpoints.every(({ position }) => position >= wanted)) return;
      if (Date.now() > deadline)
        throw new DomainError(
          'unavailable',
          'read_side_behind',
          `The read side has not seen position ${wanted} yet. Ask again in a moment.`,
        );
    }
  }
}
