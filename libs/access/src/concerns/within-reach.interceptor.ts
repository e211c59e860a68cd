import {
  Inject,
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { catchError, from, lastValueFrom, type Observable } from 'rxjs';
import { EventStore } from '#libs/event-store';
import type { SignedIn } from '#libs/http';
import { notYours, OWNERSHIP, within, type Concern, type Ownership } from '#libs/identity';
import { DomainError, type Reason } from '#libs/kernel';
import { aboutIn } from './about.js';
import { filled, type Page } from './filled.js';

type Asked = FastifyRequest & Partial<SignedIn>;

/**
 * The second wall behind the guard, for what a request does not name: lists hold only what is within the caller's reach, a
 * single answer about somebody else is refused, and a refusal does not say which thing of a colleague's stands in the way.
 */
@Injectable()
export class WithinReach implements NestInterceptor {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Asked>();
    if (!request.reaches || request.reaches.has('all')) return next.handle();
    if (request.method === 'GET') return from(this.answer(request, () => lastValueFrom(next.handle())));
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        throw error instanceof DomainError ? await this.withoutOthers(request, error) : error;
      }),
    );
  }

  private async answer(request: Asked, handle: () => Promise<unknown>): Promise<unknown> {
    const answer = await handle();
    if (answer instanceof StreamableFile) {
      if ((await this.concerned(request, [])).judged) return answer;
      throw new Error('a stream is for those who reach all that can be in it, or about one client');
    }
    if (!isList(answer)) {
      if ((await this.within(request, [answer])).length === 0) throw notYours(true);
      return answer;
    }
    const keep = (rows: readonly unknown[]) => this.within(request, rows);
    if (isPage(answer)) return filled(answer, further(request, handle), keep);
    return { ...answer, data: (await keep(answer.data)).map((index) => answer.data[index]) };
  }

  /** The indexes of those items that are within the caller's reach. */
  private async within(request: Asked, items: readonly unknown[]): Promise<number[]> {
    const about = items.map((item) => aboutIn(item));
    const { known, judged } = await this.concerned(request, about.flat(2));
    return about.flatMap((groups, index) => {
      const closest = groups.map(known).find((found) => found.length > 0);
      return (closest ? closest.every((concern) => within(concern, request.reaches!)) : judged)
        ? [index]
        : [];
    });
  }

  /** `judged`: what names nobody itself goes with what the request names, and of that the guard has judged. */
  private async concerned(request: Asked, ids: readonly string[]) {
    const { practiceId, staffId } = request.principal!;
    const asking = { practiceId, staffId, at: this.store.clock.now() };
    const inAddress = this.ownership.idsIn([request.params, request.query]);
    const concerns = await this.ownership.concerns(asking, new Set([...inAddress, ...ids]));
    const known = (some: Iterable<string>): Concern[] =>
      [...some].flatMap((id) => concerns.get(id) ?? []).filter(({ clients }) => clients.length > 0);
    return { known, judged: known(inAddress).length > 0 };
  }

  /** Whoever may not read what stands in the way is told that something does, and when, and not what. */
  private async withoutOthers(request: Asked, error: DomainError): Promise<DomainError> {
    const others = [...new Set(error.reasons.flatMap(({ otherId }) => otherId ?? []))];
    if (others.length === 0) return error;
    const { practiceId, staffId } = request.principal!;
    const asking = { practiceId, staffId, at: this.store.clock.now() };
    const concerns = await this.ownership.concerns(asking, others).catch(() => undefined);
    const isHidden = (id: string): boolean => {
      const concern = concerns?.get(id);
      return concerns === undefined || (concern !== undefined && !within(concern, request.reaches!));
    };
    const hidden = others.filter(isHidden);
    const unnamed = (text: string): string =>
      hidden.reduce((rest, id) => rest.replaceAll(` ${id}`, ''), text);
    const reasons = error.reasons.map(({ otherId, ...reason }): Reason => ({
      ...reason,
      detail: unnamed(reason.detail),
      ...(otherId === undefined || hidden.includes(otherId) ? {} : { otherId }),
    }));
    return new DomainError(error.kind, error.code, unnamed(error.message), reasons, error.extra);
  }
}

/** Asks the handler again, for another page of the same list. */
const further =
  (request: Asked, handle: () => Promise<unknown>) =>
  async (cursor: string, limit: number): Promise<Page> => {
    const asked = request.query as object;
    request.query = { ...asked, cursor, limit: String(limit) };
    try {
      return (await handle()) as Page;
    } finally {
      request.query = asked;
    }
  };

const isList = (answer: unknown): answer is { data: readonly unknown[] } =>
  typeof answer === 'object' && answer !== null && 'data' in answer && Array.isArray(answer.data);
const isPage = (answer: { data: readonly unknown[] }): answer is Page =>
  'page' in answer && typeof (answer.page as Page['page']).limit === 'number';
