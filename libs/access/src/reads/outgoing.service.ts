import { Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EventStore } from '#libs/event-store';
import { malformed, PURPOSES_OF_READING, type PurposeOfReading, type SignedIn } from '#libs/http';
import { ConcernedReader } from '../care/concerned.reader.js';
import { GrantsReader } from '../grants/grants.reader.js';
import { AccessLog } from './access-log.service.js';
import { purposeByRole, type AccessData } from './entry.js';

type Answered = FastifyRequest & Partial<SignedIn>;
/** Who reads, as it will be written down as soon as it is known about whom. */
type Read = { practiceId: string; underGlass: readonly string[]; data: Omit<AccessData, 'clientIds'> };

/**
 * The last thing that happens to an answer: before a byte of it leaves, it is written down whom it concerns and who reads
 * it. What leaves is looked at itself, as it leaves, so no route can be forgotten.
 */
@Injectable()
export class Outgoing implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(AccessLog) private readonly log: AccessLog,
    @Inject(ConcernedReader) private readonly concerned: ConcernedReader,
    @Inject(GrantsReader) private readonly grants: GrantsReader,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter
      ?.getInstance()
      .addHook('onSend', (request, reply, answer) => this.send(request, reply, answer));
  }

  /** @returns what may leave. @throws DomainError `unavailable` when the log cannot be written: then nothing does */
  private async send(request: Answered, { statusCode }: FastifyReply, answer: unknown): Promise<unknown> {
    // A command answers with a receipt, and an event says who gave it. Problems name nobody, but what is out of date is told
    // what happened since.
    const tells = request.method === 'GET' ? statusCode < 400 : statusCode === 412;
    if (!tells || !request.principal) return answer;
    const read = readOf(request, request.principal);
    const asked = idsInText(JSON.stringify([request.params, request.query]));
    if (!(answer instanceof Readable)) {
      await this.write(read, [...asked, ...idsInText(textOf(answer))]);
      return answer;
    }
    const parts = this.partByPart(read, asked, answer);
    // With the first part in hand there still can be an answer that says what went wrong.
    const first = await parts.next();
    return Readable.from(onwards(first, parts), { objectMode: false, highWaterMark: 1 });
  }

  private async *partByPart(read: Read, asked: readonly string[], answer: Readable): AsyncGenerator<unknown> {
    let ids = asked;
    let end = '';
    for await (const part of answer) {
      // an id may be cut in two between parts
      const text = end + textOf(part);
      await this.write(read, [...ids, ...idsInText(text)]);
      yield part;
      ids = [];
      end = text.slice(-35);
    }
  }

  private async write({ practiceId, underGlass, data }: Read, ids: readonly string[]): Promise<void> {
    const clientIds = await this.concerned.by(practiceId, ids);
    if (clientIds.length === 0) return;
    const behind = clientIds.filter((clientId) => underGlass.includes(clientId));
    const asking = { practiceId, staffId: data.actor.id, at: this.store.clock.now() };
    const [grant] = behind.length > 0 ? await this.grants.held(asking, behind) : [];
    await this.log.append(practiceId, { ...data, clientIds, ...(grant ? { grantId: grant.grantId } : {}) });
  }
}

async function* onwards(first: IteratorResult<unknown>, parts: AsyncGenerator<unknown>) {
  if (first.done) return;
  yield first.value;
  yield* parts;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

/** Every id that a text holds, wherever it stands and whatever of. */
const idsInText = (text: string): string[] => text.match(UUID) ?? [];

const textOf = (part: unknown): string =>
  typeof part === 'string' ? part : part instanceof Uint8Array ? Buffer.from(part).toString('latin1') : '';

function readOf(request: Answered, { practiceId, staffId, roles, via }: SignedIn['principal']): Read {
  const role = roles[0] ?? 'none';
  return {
    practiceId,
    underGlass: request.underGlass ?? [],
    data: {
      actor: { id: staffId, role },
      via,
      route: request.routeOptions.url ?? '',
      purpose: purposeOf(request) ?? purposeByRole(role),
      requestId: request.id,
    },
  };
}

function purposeOf(request: FastifyRequest): PurposeOfReading | undefined {
  const said = request.headers['x-purpose'];
  if (said === undefined) return undefined;
  const purpose = PURPOSES_OF_READING.find((one) => one === said);
  if (purpose) return purpose;
  throw malformed([
    {
      pointer: 'X-Purpose',
      code: 'not_a_purpose',
      detail: `Send one of ${PURPOSES_OF_READING.join(', ')}, or leave the header out.`,
    },
  ]);
}
