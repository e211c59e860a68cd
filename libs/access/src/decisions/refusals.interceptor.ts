import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, type Observable } from 'rxjs';
import type { SignedIn } from '#libs/http';
import { DomainError } from '#libs/kernel';
import { Refusals } from './refusals.service.js';

/** Has every refusal by a command kept, and lets it pass as it is. */
@Injectable()
export class RefusalsAreKept implements NestInterceptor {
  constructor(@Inject(Refusals) private readonly refusals: Refusals) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest & SignedIn>();
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        if (error instanceof DomainError && request.principal) await this.refusals.keep(request, error);
        throw error;
      }),
    );
  }
}
