import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  Caller,
  Choice,
  Cursors,
  Id,
  ListQuery,
  Moment,
  Query,
  type PageOf,
  type Principal,
} from '#libs/http';
import { STALE_REASONS } from '#libs/practice';
import { STATUSES, type Status } from '../status/consent-answer.js';
import { LOST_CONDITIONS } from '../status/stale.js';
import { BoardRowDocument } from '../status/status.documents.js';
import { clocksOf, StatusReader } from '../status/status.reader.js';
import { boardRows, type BoardRow } from './board.js';
import { BoardReader } from './board.reader.js';

/** Every reason a consent can show. */
const BOARD_REASONS = [
  ...STALE_REASONS,
  ...LOST_CONDITIONS,
  'partly_withdrawn',
  'dissent_recorded',
  'emergency_follow_up_overdue',
] as const;

class BoardQuery extends ListQuery {
  @Choice(STATUSES, { optional: true })
  status?: Status;

  @Choice(BOARD_REASONS, { optional: true })
  reason?: string;

  @Id({ optional: true })
  therapistId?: string;

  @Moment({ optional: true, description: 'what held then; may lie ahead' })
  at?: string;

  @Moment({ optional: true, description: 'what was known then; may not lie ahead' })
  knownAt?: string;
}

@ApiTags('consent status')
@Controller('v1/consent-statuses')
export class BoardController {
  constructor(
    @Inject(StatusReader) private readonly reader: StatusReader,
    @Inject(BoardReader) private readonly board: BoardReader,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query('', {
    summary: 'The consent board: every consent of the practice, and where it stands',
    access: 'consent:read',
    answer: [BoardRowDocument],
  })
  async list(
    @Caller() { practiceId }: Principal,
    @QueryString() { limit = 50, cursor, minPosition: _, at, knownAt, ...filter }: BoardQuery,
  ): Promise<PageOf<BoardRow>> {
    const clocks = clocksOf({ at, knownAt }, await this.reader.now(practiceId));
    const position = await this.board.position(practiceId);
    const binding = ['consent-statuses', practiceId, filter, at ?? null, knownAt ?? null];
    const after = cursor ? String(this.cursors.read(cursor, binding)) : '';

    const found: BoardRow[] = [];
    // Rows of one relationship may be on two pages: the scan begins just before it.
    const from = after.slice(0, 35);
    for await (const status of this.board.statuses(practiceId, clocks, from)) {
      found.push(...boardRows(status, filter).filter(({ key }) => key > after));
      if (found.length > limit) break;
    }
    return this.cursors.page(found, limit, position, binding, ({ key }) => key);
  }
}
