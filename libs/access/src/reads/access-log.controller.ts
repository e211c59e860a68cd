import { Readable } from 'node:stream';
import { Controller, Headers, Inject, Query as QueryString, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, View } from '#libs/event-store';
import { Caller, Cursors, Id, ListQuery, malformed, Moment, Query, type Principal } from '#libs/http';
import { missing } from '#libs/kernel';
import { practiceNow, team } from '#libs/practice';
import { ConcernedReader } from '../care/concerned.reader.js';
import { shownGrant } from '../grants/grants.projection.js';
import { GrantsReader } from '../grants/grants.reader.js';
import { AccessEntryDocument } from './access-log.documents.js';
import { AccessEntries, type AccessEntry, type AccessFilter } from './access-log.sql.js';
import { grantLine, line, shownEntry, type Names } from './shown.js';

const TEXT = 'text/plain';

class AccessLogQuery extends ListQuery {
  @Id({
    optional: true,
    description: 'reads of answers that concern this client; therapists see those that concern theirs only',
  })
  clientId?: string;

  @Id({ optional: true, description: 'reads by this staff member' })
  staffId?: string;

  @Moment({ optional: true, description: 'inclusive' })
  from?: string;

  @Moment({ optional: true, description: 'inclusive' })
  to?: string;
}

@ApiTags('access')
@Controller('v1/access-log')
export class AccessLogController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(AccessEntries) private readonly entries: AccessEntries,
    @Inject(ConcernedReader) private readonly concerned: ConcernedReader,
    @Inject(GrantsReader) private readonly grants: GrantsReader,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query('', {
    summary: 'Who looked, at whom, when, why and in which role; the newest first',
    access: 'access_log:read',
    answer: [AccessEntryDocument],
    also: [TEXT],
  })
  async list(
    @Caller() caller: Principal,
    @QueryString() query: AccessLogQuery,
    @Headers('accept') accept = '',
  ) {
    return accept.includes(TEXT) ? this.text(caller, query) : this.page(caller, query);
  }

  private async page({ practiceId }: Principal, query: AccessLogQuery) {
    const { limit = 50, cursor, minPosition: _, ...filter } = query;
    const binding = ['access-log', practiceId, Object.entries(filter).filter(([, value]) => value)];
    const before = cursor ? Number(this.cursors.read(cursor, binding)) : Number.MAX_SAFE_INTEGER;
    const position = await this.entries.position(practiceId);
    const found = await this.entries.before(practiceId, before, filter, limit + 1);
    const names = await this.names(practiceId, readersOf(found));
    const { data, ...rest } = this.cursors.page(found, limit, position, binding, (entry) => entry.position);
    return {
      data: data.map((entry) => shownEntry(entry, names, filter.clientId)),
      ...rest,
      ...(filter.clientId === undefined ? {} : { grants: await this.grantsOf(practiceId, filter.clientId) }),
    };
  }

  /** What a client can be handed: everything that was read about them, without a word about anybody else. */
  private async text({ practiceId }: Principal, query: AccessLogQuery): Promise<StreamableFile> {
    const { limit, cursor, minPosition: _, ...filter } = query;
    if (!filter.clientId || limit !== undefined || cursor !== undefined)
      throw malformed([
        {
          pointer: '?clientId',
          code: 'one_client_as_text',
          detail:
            'As text there is the log of one client, and all of it. Name the client and leave limit and cursor out.',
        },
      ]);
    if ((await this.concerned.by(practiceId, [filter.clientId])).length === 0) missing('client');
    const { name, zone } = await practiceNow(this.store, practiceId);
    return new StreamableFile(
      Readable.from(this.lines(practiceId, filter, filter.clientId, { name, zone }), { objectMode: false }),
      { type: `${TEXT}; charset=utf-8` },
    );
  }

  private async *lines(
    practiceId: string,
    filter: AccessFilter,
    clientId: string,
    { name, zone }: { name: string; zone: string },
  ): AsyncGenerator<string> {
    yield `Who looked at your records at ${name}. Times are those of ${zone}, the newest first.\n\n`;
    const grants = await this.grantsOf(practiceId, clientId);
    const openers = await this.names(
      practiceId,
      grants.map(({ staffId }) => staffId),
    );
    for (const grant of grants) yield `${grantLine(grant, openers, zone)}\n`;
    if (grants.length > 0) yield '\n';
    let count = 0;
    for await (const batch of this.entries.all(practiceId, filter)) {
      const names = await this.names(practiceId, readersOf(batch));
      yield batch.map((entry) => `${line(entry, names, zone)}\n`).join('');
      count += batch.length;
    }
    yield `\n${count === 1 ? 'One read' : `${count} reads`}. This is the end of the list.\n`;
  }

  /** How often the glass was broken before a client, and what became of it: a review that is overdue shows here. */
  private async grantsOf(practiceId: string, clientId: string) {
    const { rows } = await this.grants.of(practiceId, [clientId]);
    return rows.map((row) => shownGrant(row, this.store.clock.now()));
  }

  private async names(practiceId: string, staffIds: readonly string[]): Promise<Names> {
    const found = await new View(this.store, team).current(practiceId, [...new Set(staffIds)]);
    return found?.rows ?? new Map<string, { name: string }>();
  }
}

const readersOf = (entries: readonly AccessEntry[]): string[] => entries.map(({ data }) => data.actor.id);
