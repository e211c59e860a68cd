import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, type Observable } from 'rxjs';
import { judgedFor } from '#libs/event-store';
import type { SignedIn } from '#libs/http';
import { DomainError, isUuid } from '#libs/kernel';
import { ConcernedReader } from '../care/concerned.reader.js';
import { idsIn } from '../concerns/ids.js';
import { DecisionLog } from './decision-log.service.js';
import { REFUSALS, SAFETY_COMMANDS, type Refusal } from './decision.js';

type Asked = FastifyRequest & SignedIn;

/** Hands every refusal of a command that matters for safety to the decision log, and lets it pass as it is. */
@Injectable()
export class RefusalsAreKept implements NestInterceptor {
  constructor(
    @Inject(ConcernedReader) private readonly concerned: ConcernedReader,
    @Inject(DecisionLog) private readonly log: DecisionLog,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Asked>();
    if (request.method !== 'POST' || !SAFETY_COMMANDS.has(routeOf(request))) return next.handle();
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        if (error instanceof DomainError && REFUSALS.has(error.kind)) await this.keep(request, error);
        throw error;
      }),
    );
  }

  private async keep(request: Asked, error: DomainError): Promise<void> {
    const { practiceId, staffId, roles } = request.principal;
    const { id } = { ...(request.body as object), ...(request.params as object) } as { id?: string };
    const refusal: Refusal = {
      actor: { id: staffId, role: roles[0] ?? 'none' },
      route: routeOf(request),
      ...(id && isUuid(id) ? { thingId: id } : {}),
      code: error.code,
      reasons: error.reasons.map(({ detail: _, ...reason }) => reason),
      judged: judgedFor.get(error) ?? [],
      // a refusal is kept even when it cannot be told whom it concerns: the thing is named
      clientIds: await this.concerned.by(practiceId, idsIn([request.params, request.body])).catch(() => []),
      requestId: request.id,
    };
    await this.log.note(practiceId, refusal);
  }
}

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? '';
