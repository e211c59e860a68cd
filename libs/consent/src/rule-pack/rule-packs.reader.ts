import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import type { LocalDate, Recorded } from '#libs/kernel';
import { RulePacks } from '#libs/practice';
import { packInForce, type RulePack } from './pack.js';
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
    return idsOf(await this.editions(practiceId));
  }

  async inForce(practiceId: string, day: LocalDate): Promise<string[]> {
    const editions = await this.editions(practiceId);
    return idsOf(editions).filter((id) => packInForce(editions, id, day));
  }
}

const idsOf = (editions: readonly RulePack[]): string[] => [...new Set(editions.map(({ id }) => id))];
