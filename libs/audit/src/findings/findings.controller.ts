import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { StatusReader } from '#libs/consent';
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
import type { Instant } from '#libs/kernel';
import { History } from '../history/history.sql.js';
import { notAhead } from '../history/timeline.controller.js';
import { FindingDocument } from './findings.documents.js';
import { FINDING_KINDS, type Finding } from './finding.js';
import { FindingsReader, type Place } from './findings.reader.js';

class FindingsQuery extends ListQuery {
  @Choice(FINDING_KINDS, { optional: true })
  kind?: string;

  @Id({ optional: true })
  clientId?: string;

  @Id({ optional: true })
  relationshipId?: string;

  @Id({ optional: true, description: 'whose relationship it was then' })
  therapistId?: string;

  @Moment({ optional: true, description: 'happened then or later' })
  from?: string;

  @Moment({ optional: true, description: 'happened then or earlier' })
  to?: string;

  @Moment({ optional: true, description: 'by what was known then; may not lie ahead' })
  knownAt?: string;
}

/** Every page of one list is of one moment and of one length of the log. */
type Standstill = [knownAt: Instant, position: number, ...Place];

@ApiTags('history')
@Controller('v1/findings')
export class FindingsController {
  constructor(
    @Inject(FindingsReader) private readonly reader: FindingsReader,
    @Inject(History) private readonly history: History,
    @Inject(StatusReader) private readonly status: StatusReader,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  /** Not for supervisors: findings are of the whole practice. They see the crossings and timelines of their own. */
  @Query('', {
    summary: 'What turned out later: sessions without valid consent, practice against stance, open crossings',
    access: 'finding:read',
    answer: [FindingDocument],
  })
  async list(
    @Caller() { practiceId }: Principal,
    @QueryString() { limit = 50, cursor, minPosition: _, knownAt, ...filter }: FindingsQuery,
  ): Promise<PageOf<Finding> & { knownAt: Instant }> {
    const given = Object.entries(filter).filter(([, value]) => value !== undefined);
    const binding = ['findings', practiceId, knownAt ?? null, given];
    const place = cursor ? (JSON.parse(String(this.cursors.read(cursor, binding))) as Standstill) : undefined;
    const by = place?.[0] ?? notAhead(knownAt, await this.status.now(practiceId));
    const standing = await this.history.standing(practiceId);
    const position = place?.[1] ?? standing.position;
    const { data, next } = await this.reader.page(
      practiceId,
      {
        ...filter,
        knownAt: by,
        limit,
        ...(place ? { after: [place[2], place[3], place[4]] } : {}),
      },
      { ...standing, position },
    );
    const more =
      next && this.cursors.make(JSON.stringify([by, position, ...next] satisfies Standstill), binding);
    return { knownAt: by, data, page: { limit, ...(more ? { next: more } : {}) }, meta: { position } };
  }
}
