import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { judgedFor } from '#libs/event-store';
import type { SignedIn } from '#libs/http';
import type { Refused } from '#libs/identity';
import { isUuid, type DomainError } from '#libs/kernel';
import { ConcernedReader } from '../care/concerned.reader.js';
import { idsIn } from '../concerns/ids.js';
import { DecisionLog } from './decision-log.service.js';
import { REFUSALS, SAFETY_COMMANDS, type Refusal } from './decision.js';

type Asked = FastifyRequest & SignedIn;

/** Hands refusals of commands that matter for safety to the decision log, whoever refused: the guard or the command. */
@Injectable()
export class Refusals implements Refused {
  constructor(
    @Inject(ConcernedReader) private readonly concerned: ConcernedReader,
    @Inject(DecisionLog) private readonly log: DecisionLog,
  ) {}

  async keep(request: Asked, error: DomainError): Promise<void> {
    if (!isOfSafety(request) || !REFUSALS.has(error.kind) || request.principal.via === 'operator') return;
    const { practiceId, staffId, roles } = request.principal;
    const { id } = { ...(request.body as object), ...(request.params as object) } as { id?: unknown };
    const refusal: Refusal = {
      actor: { id: staffId, role: roles[0] ?? 'none' },
      route: routeOf(request),
      ...(typeof id === 'string' && isUuid(id) ? { thingId: id } : {}),
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

const isOfSafety = (request: FastifyRequest): boolean =>
  request.method === 'POST' && SAFETY_COMMANDS.has(routeOf(request));
