import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Cursors, Id, ListQuery, Moment, Query, type PageOf, type Principal } from '#libs/http';
import { BoardReader } from '../board/board.reader.js';
import { WorklistRowDocument } from '../status/status.documents.js';
import { clocksOf, StatusReader } from '../status/status.reader.js';
import { byUrgency, placeOf, worklistRows, type WorklistRow } from './worklist.js';

class WorklistQuery extends ListQuery {
  @Id({ optional: true })
  therapistId?: string;

  @Moment({ optional: true, description: 'what will have to be done by then, if nothing else happens' })
  at?: string;

  @Moment({ optional: true, description: 'what was known then; may not lie ahead' })
  knownAt?: string;
}

@ApiTags('consent status')
@Controller('v1/reconsent-worklist')
export class WorklistController {
  constructor(
    @Inject(StatusReader) private readonly reader: StatusReader,
    @Inject(BoardReader) private readonly board: BoardReader,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query('', {
    summary: 'Who must be asked again, why, and by when; most urgent first',
    access: 'consent:read',
    answer: [WorklistRowDocument],
  })
  async list(
    @Caller() { practiceId }: Principal,
    @QueryString() { limit = 50, cursor, minPosition: _, at, knownAt, therapistId }: WorklistQuery,
  ): Promise<PageOf<WorklistRow>> {
    const clocks = clocksOf({ at, knownAt }, await this.reader.now(practiceId));
    const position = await this.board.position(practiceId);
    const binding = ['reconsent-worklist', practiceId, therapistId ?? null, at ?? null, knownAt ?? null];
    const after = cursor ? String(this.cursors.read(cursor, binding)) : '';
    const found: WorklistRow[] = [];
    for await (const status of this.board.statuses(practiceId, clocks))
      if (!therapistId || status.therapistId === therapistId) found.push(...worklistRows(status));
    const rows = found
      .filter((row) => placeOf(row) > after)
      .sort(byUrgency)
      .slice(0, limit + 1);
    return this.cursors.page(rows, limit, position, binding, placeOf);
  }
}
