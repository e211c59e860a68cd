import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore, foldInto, View } from '#libs/event-store';
import { Caller, Choice, Cursors, Id, ListQuery, OneQuery, PathId, Query, type Principal } from '#libs/http';
import { missing, rolesFor } from '#libs/kernel';
import { legal } from '../legal/legal.js';
import { legalMatters, shownMatter, type MatterRow } from './matters.projection.js';

class HoldsQuery extends ListQuery {
  @Id({ optional: true })
  clientId?: string;

  @Choice(['placed', 'lifted'], { optional: true })
  status?: string;
}

class ErasuresQuery extends ListQuery {
  @Id({ optional: true })
  clientId?: string;

  @Choice(['requested', 'approved', 'refused', 'executed'], { optional: true })
  status?: string;
}

const WHERE = `and "kind" = $4 and coalesce("clientId" = $5, true) and coalesce("status" = $6, true)`;

@ApiTags('legal')
@Controller('v1')
export class MattersController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query('legal-holds', { summary: 'Whose records are held, and since when', access: 'legal_hold:read' })
  holds(@Caller() { practiceId }: Principal, @QueryString() query: HoldsQuery) {
    return this.page(practiceId, 'hold', query);
  }

  @Query('legal-holds/:id', {
    summary: 'One legal hold, with who asked for it',
    access: 'legal_hold:read',
  })
  hold(@Caller() caller: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    return this.one(caller, 'hold', id);
  }

  @Query('erasures', { summary: 'Who asked to be erased, and how far it has come', access: 'erasure:read' })
  erasures(@Caller() { practiceId }: Principal, @QueryString() query: ErasuresQuery) {
    return this.page(practiceId, 'erasure', query);
  }

  @Query('erasures/:id', {
    summary: 'One erasure: who asked, who decided, and of whom keys were destroyed',
    access: 'erasure:read',
  })
  erasure(@Caller() caller: Principal, @PathId() id: string, @QueryString() _query: OneQuery) {
    return this.one(caller, 'erasure', id);
  }

  private async page(practiceId: string, kind: MatterRow['kind'], query: HoldsQuery | ErasuresQuery) {
    const { limit = 50, cursor, clientId = null, status = null } = query;
    const asked = [kind, clientId, status];
    const binding = ['legal-matters', practiceId, asked];
    const { rows, position } = await new View(this.store, legalMatters).list(practiceId, {
      after: cursor ? String(this.cursors.read(cursor, binding)) : '',
      limit: limit + 1,
      where: WHERE,
      values: asked,
    });
    const { data, ...rest } = this.cursors.page(rows, limit, position, binding, ({ key }) => key);
    return { data: data.map(shownMatter), ...rest };
  }

  /** From the log itself, with words; they are missing once the client is erased. */
  private async one({ practiceId, roles }: Principal, kind: MatterRow['kind'], id: string) {
    const { events, version, state } = await this.store.load(legal, practiceId, id);
    if (state.situation === 'none' || state.kind !== kind)
      return missing(kind === 'hold' ? 'legal hold' : 'erasure');
    const rows = new Map<string, MatterRow>();
    foldInto(legalMatters, rows, events);
    // who may decide must know who asks, and why; auditors need not
    const knows = rolesFor('erasure:decide').some((role) => roles.includes(role));
    const words =
      state.kind === 'hold'
        ? { authority: state.placing.authority, reference: state.placing.reference }
        : { asker: state.asking.asker };
    const said = knows ? { ...words, reason: events[0]?.reason } : {};
    return { ...shownMatter(rows.get(id)!), ...said, version };
  }
}
