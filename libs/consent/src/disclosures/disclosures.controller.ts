import { Controller, Inject, Query as QueryString } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { EventStore } from '#libs/event-store';
import {
  Caller,
  Choice,
  Id,
  ListQuery,
  Lists,
  Moment,
  Query,
  Sees,
  type Principal,
  type Sight,
} from '#libs/http';
import { OWNERSHIP, thoseWithin, type Ownership } from '#libs/identity';
import { addMonths, localDate, startOfLocalDay } from '#libs/kernel';
import { practiceNow } from '#libs/practice';
import { DISCLOSURE_BASES } from '../disclosure/disclosure.js';
import { disclosures, shownDisclosure } from './disclosures.projection.js';

/** How far an accounting reaches back unless told (45 CFR 164.528(a)(1)). */
const ACCOUNTING_MONTHS = 72;

class DisclosuresQuery extends ListQuery {
  @Id({ optional: true })
  clientId?: string;

  @Choice(['requested', 'made', 'refused'], { optional: true })
  status?: string;

  @Choice(DISCLOSURE_BASES, { optional: true })
  basis?: string;

  @Moment({ optional: true, description: 'what happened since then; the last six years unless told' })
  from?: string;
}

/** How a filter finds its value in a row. */
const FILTERS = {
  clientId: '"clientId"',
  status: '"status"',
  basis: '"basis"',
  from: (from: string) => `"latest" >= ${from}`,
} as const;

@ApiTags('disclosures')
@Controller('v1/disclosures')
export class DisclosuresController {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Lists) private readonly lists: Lists,
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
  ) {}

  @Query('', {
    summary: 'Accounting of disclosures: who asked and who was told; words for therapist, supervisor',
    access: 'disclosure:read',
  })
  async list(
    @Caller() { practiceId, staffId, roles }: Principal,
    @Sees() { clinicalText }: Sight,
    @QueryString() query: DisclosuresQuery,
  ) {
    const from = query.from ?? (await this.sixYearsAgo(practiceId));
    const bounded = Object.assign(query, { from });
    const { data, ...rest } = await this.lists.page(disclosures, practiceId, bounded, FILTERS);
    // a client can be somebody's own in one relationship and not in another
    const asking = { practiceId, staffId, roles, at: this.store.clock.now() };
    const keys = clinicalText ? data.map(({ key }) => key) : [];
    const readable = await thoseWithin('clinical_text:see', asking, keys, this.ownership);
    return { from, data: data.map(({ key, ...row }) => shownDisclosure(row, readable.has(key))), ...rest };
  }

  /** The first moment of the local day, so that every page of a list begins at the same one. */
  private async sixYearsAgo(practiceId: string): Promise<string> {
    const { zone } = await practiceNow(this.store, practiceId);
    const today = localDate(this.store.clock.now(), zone);
    return startOfLocalDay(addMonths(today, -ACCOUNTING_MONTHS), zone);
  }
}
