import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller, Choice, Cursors, Id, ListQuery, Moment, Query, Text, type Principal } from '#libs/http';
import { DecisionDocument } from './decisions.documents.js';
import { Decisions, type DecisionRow } from './decisions.sql.js';

class DecisionsQuery extends ListQuery {
  @Id({ optional: true })
  clientId?: string;

  @Id({ optional: true, description: 'who was refused, or acted in spite of it' })
  staffId?: string;

  @Text({ optional: true, description: 'one of the reasons, e.g. stance_changed' })
  code?: string;

  @Choice(['refused', 'overridden'], { optional: true })
  kind?: 'refused' | 'overridden';

  @Moment({ optional: true, description: 'inclusive' })
  from?: string;

  @Moment({ optional: true, description: 'inclusive' })
  to?: string;
}

const AFTER_ALL = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

@ApiTags('access')
@Controller('v1/decisions')
export class DecisionsController {
  constructor(
    @Inject(Decisions) private readonly decisions: Decisions,
    @Inject(Cursors) private readonly cursors: Cursors,
  ) {}

  @Query('', {
    summary: 'Commands that were refused for safety, and acts in spite of what spoke against them',
    access: 'decision:read',
    answer: [DecisionDocument],
  })
  async list(@Caller() { practiceId }: Principal, @QueryString() query: DecisionsQuery) {
    const { limit = 50, cursor, minPosition: _, ...filter } = query;
    const binding = ['decisions', practiceId, Object.entries(filter).filter(([, value]) => value)];
    const before = cursor ? String(this.cursors.read(cursor, binding)) : AFTER_ALL;
    const { rows, position } = await this.decisions.before(practiceId, before, filter, limit + 1);
    const { data, ...rest } = this.cursors.page(rows, limit, position, binding, ({ id }) => id);
    return { data: data.map(shown), ...rest };
  }
}

function shown(row: DecisionRow) {
  const { id, at, kind } = row;
  if (row.kind === 'overridden') return { id, kind, ...row.data, at };
  const { code, ...refusal } = row.data;
  const codes = refusal.reasons.length > 0 ? refusal.reasons.map((reason) => reason.code) : [code];
  return { id, kind, at, ...refusal, codes };
}
