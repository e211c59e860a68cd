import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { RulePacks } from '#libs/relationship';
import type { RulePack } from './pack.js';
import { SHIPPED_PACKS } from './packs.js';
import type { RulePackEvent } from './rule-pack.js';
import type { Weaker } from './weaker.js';

/** Tells which rule packs there are: those Candor ships, then the practice's own in the order they were published. */
@Injectable()
export class RulePackReader extends RulePacks {
  constructor(@Inject(EventStore) private readonly store: EventStore) {
    super();
  }

  /** With what an edition of the practice no longer asks for, and why, where it asks for less than the one shipped. */
  async editions(practiceId: string): Promise<(RulePack & { weaker?: Weaker; reason?: string })[]> {
    const published = await this.store.reader.categories(practiceId, ['rulepack']);
    const own = (published as Recorded<RulePackEvent>[]).map(({ data: { edition, weaker }, reason }) => ({
      ...edition,
      ...(weaker ? { weaker, ...(reason ? { reason } : {}) } : {}),
    }));
    return [...SHIPPED_PACKS, ...own];
  }

  async ids(practiceId: string): Promise<string[]> {
    return [...new Set((await this.editions(practiceId)).map(({ id }) => id))];
  }
}
