import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, tables } from '#libs/event-store';
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
import { DomainError, streamOf } from '#libs/kernel';
import { STALE_REASONS } from '#libs/practice';
import { LIBRARY, type Part } from '../status/facts.js';
import { STATUSES, type Status } from '../status/status.js';
import { BoardRowDocument } from '../status/status.documents.js';
import { consentFacts } from '../status/status.projection.js';
import { clocksOf, StatusReader } from '../status/status.reader.js';
import { boardRows, type BoardRow } from './board.js';

class BoardQuery extends ListQuery {
  @Choice(STATUSES, { optional: true })
  status?: Status;

  @Choice([...STALE_REASONS, 'partly_withdrawn', 'emergency_follow_up_overdue'], { optional: true })
  reason?: string;

  @Id({ optional: true })
  therapistId?: string;

  @Moment({ optional: true, description: 'what held then; may lie ahead' })
  at?: string;

  @Moment({ optional: true, description: 'what was known then; may not lie ahead' })
  knownAt?: string;
}

/** Parts that every row may need; a practice has few of them. */
const SHARED = ['practice-', 'staff-', 'stance-', 'document-', LIBRARY.slice(0, -1)];

@ApiTags('consent status')
@Controller('v1/consent-statuses')
export class BoardController {
  constructor(
    @Inject(StatusReader) private readonly reader: StatusReader,
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  /** Rows are judged when read, so no job has to run for a consent to expire. */
  @Query('', {
    summary: 'The consent board: every consent of the practice, and where it stands',
    allow: ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'],
    answer: [BoardRowDocument],
  })
  async list(
    @Caller() { practiceId }: Principal,
    @QueryString() { limit = 50, cursor, minPosition: _, at, knownAt, ...filter }: BoardQuery,
  ): Promise<PageOf<BoardRow>> {
    const clocks = clocksOf({ at, knownAt }, await this.reader.now(practiceId));
    const checkpoint = (await tables.checkpoints(this.store.pool, practiceId)).find(
      ({ projection, version }) => projection === consentFacts.name && version === consentFacts.version,
    );
    if (checkpoint?.haltedAt)
      throw new DomainError(
        'unavailable',
        'consent_unknown',
        `Consent is unknown: its read model stopped at position ${checkpoint.haltedAt}. Ask whoever runs Candor to look at /v1/projections.`,
      );
    const binding = ['consent-statuses', practiceId, filter, at ?? null, knownAt ?? null];
    const after = cursor ? String(this.cursors.read(cursor, binding)) : '';

    const shared = new Map<string, Part>();
    for (const prefix of SHARED)
      for await (const batch of this.reader.view.scan(practiceId, prefix))
        for (const [key, part] of batch) shared.set(key, part);
    const found: BoardRow[] = [];
    scan: for await (const batch of this.reader.view.scan(
      practiceId,
      'relationship-',
      after && streamOf('relationship', after.slice(0, 35)),
    )) {
      for (const [key, part] of batch) {
        const status = this.reader.status(
          new Map(shared).set(key, part),
          practiceId,
          key.slice('relationship-'.length),
          clocks,
        );
        for (const row of status ? boardRows(status, filter) : []) if (row.key > after) found.push(row);
        if (found.length > limit) break scan;
      }
    }
    return this.cursors.page(found, limit, checkpoint?.position ?? 0, binding, ({ key }) => key);
  }
}
