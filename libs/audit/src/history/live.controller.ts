import { Readable } from 'node:stream';
import { Controller, Inject, Query as QueryString, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller, malformed, Query, Sees, type Principal, type Sight, type SignedIn } from '#libs/http';
import { needless, EventsQuery } from './events.controller.js';
import { History } from './history.sql.js';
import { LiveEvents, type Heard } from './live.service.js';
import { frame, GREETING, heartbeat, positionIn } from './sse.js';

const EVENT_STREAM = 'text/event-stream';

@ApiTags('history')
@Controller('v1/events')
export class LiveController {
  constructor(
    @Inject(LiveEvents) private readonly live: LiveEvents,
    @Inject(History) private readonly history: History,
  ) {}

  /** Ends by itself after a while; who comes again with Last-Event-ID loses nothing and gets nothing twice. */
  @Query('stream', {
    summary: 'The history of the practice, and whatever is added to it, as server-sent events',
    access: 'history:read',
    only: EVENT_STREAM,
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'the position that was last seen; before `after`, and from the beginning without either',
    schema: { type: 'string', examples: ['412'] },
  })
  async stream(
    @Caller() caller: Principal,
    @Sees() sees: Sight,
    @QueryString() { limit, cursor, minPosition: _, after = 0, ...filter }: EventsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    needless({ limit, cursor }, 'not_with_a_stream');
    const { position } = await this.history.standing(caller.practiceId);
    const lastEventId = reply.request.headers['last-event-id']?.toString();
    const seen = lastEventId === undefined ? after : positionIn(lastEventId);
    if (seen === undefined || seen > position)
      throw malformed([
        {
          pointer: lastEventId === undefined ? '?after' : 'Last-Event-ID',
          code: 'not_a_position',
          detail: `Send a position of the log, 0 to ${position}, or leave it out and begin at the beginning.`,
        },
      ]);
    // a stream goes on when a grant has ended: words that somebody sees by break-glass only are for pages
    const { underGlass } = reply.request as FastifyRequest & SignedIn;
    const sight = underGlass.length > 0 ? { ...sees, clinicalText: false } : sees;
    const { heard, end } = this.live.open(caller, sight, filter, seen);
    // somebody who hangs up while nothing happens would otherwise be noticed at the next heartbeat
    reply.raw.once('close', end);
    if (reply.raw.destroyed) end();
    void reply.header('Cache-Control', 'no-store').header('X-Accel-Buffering', 'no');
    return new StreamableFile(Readable.from(lines(heard), { objectMode: false, highWaterMark: 1 }), {
      type: `${EVENT_STREAM}; charset=utf-8`,
    });
  }
}

async function* lines(heard: AsyncGenerator<Heard>): AsyncGenerator<string> {
  yield GREETING;
  for await (const one of heard)
    yield 'events' in one ? one.events.map(frame).join('') : heartbeat(one.quietUpTo);
}
