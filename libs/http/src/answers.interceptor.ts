import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { Receipt } from '#libs/event-store';
import { COMMAND } from './routes.js';

/** Turns the receipt of a command into its answer: ETag, X-Position, Location, Idempotency-Replayed. */
@Injectable()
export class AnswersInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = Reflect.getMetadata(COMMAND, context.getHandler()) as { creates: boolean } | undefined;
    if (!route) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map(({ replayed, ...receipt }: Receipt) => {
        void reply.header('ETag', `"${receipt.version}"`).header('X-Position', String(receipt.position));
        if (route.creates)
          void reply.header('Location', `${request.url.split('?')[0]!.replace(/\/$/, '')}/${receipt.id}`);
        if (replayed) void reply.header('Idempotency-Replayed', 'true');
        return receipt;
      }),
    );
  }
}
