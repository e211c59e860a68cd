import {
  Inject,
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { EventStore } from '#libs/event-store';
import type { SignedIn } from '#libs/http';
import { notYours, OWNERSHIP, within, type Concern, type Ownership } from '#libs/identity';
import { aboutIn } from './about.js';

type Asked = FastifyRequest & Partial<SignedIn>;

/**
 * The second wall behind the guard, for what a request does not name: lists hold only what is within the caller's reach, so
 * a page may be shorter than its limit, and a single answer about somebody else is refused.
 */
@Injectable()
export class WithinReach implements NestInterceptor {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Asked>();
    if (request.method !== 'GET' || !request.reaches || request.reaches.has('all')) return next.handle();
    return next.handle().pipe(mergeMap((answer: unknown) => this.keep(request, answer)));
  }

  private async keep(request: Asked, answer: unknown): Promise<unknown> {
    const { practiceId, staffId } = request.principal!;
    const asking = { practiceId, staffId, at: this.store.clock.now() };
    const items = isPage(answer) ? answer.data : answer instanceof StreamableFile ? [] : [answer];
    const about = items.map((item) => aboutIn(item));
    const inAddress = this.ownership.idsIn([request.params, request.query]);
    const concerns = await this.ownership.concerns(asking, new Set([...inAddress, ...about.flat(2)]));
    const known = (ids: Iterable<string>): Concern[] =>
      [...ids].flatMap((id) => concerns.get(id) ?? []).filter(({ clients }) => clients.length > 0);
    // what names nobody itself goes with what the request names, and of that the guard has judged
    const judged = known(inAddress).length > 0;
    if (answer instanceof StreamableFile) {
      if (judged) return answer;
      throw new Error('a stream is for those who reach all that can be in it, or about one client');
    }
    const kept = about.map((groups) => {
      const closest = groups.map(known).find((found) => found.length > 0);
      return closest ? closest.every((concern) => within(concern, request.reaches!)) : judged;
    });
    if (isPage(answer)) return { ...answer, data: answer.data.filter((_, index) => kept[index]) };
    if (!kept[0]) throw notYours(true);
    return answer;
  }
}

const isPage = (answer: unknown): answer is { data: readonly unknown[] } =>
  typeof answer === 'object' && answer !== null && 'data' in answer && Array.isArray(answer.data);
