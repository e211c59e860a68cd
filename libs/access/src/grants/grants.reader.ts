import { Inject, Injectable } from '@nestjs/common';
import { EventStore, foldInto, View } from '#libs/event-store';
import type { Asking } from '#libs/identity';
import type { Instant } from '#libs/kernel';
import type { Grants } from '../care/ownership.service.js';
import { grants, isOpenAt, type GrantRow } from './grants.projection.js';

/** Looks up break-glass grants as they are at this moment, never behind the log. */
@Injectable()
export class GrantsReader implements Grants {
  private readonly view: View<GrantRow>;

  constructor(@Inject(EventStore) private readonly store: EventStore) {
    this.view = new View(store, grants);
  }

  /** @returns those of the clients whom an open grant lets this staff member see at this moment */
  async holds(asking: Asking, clientIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set((await this.held(asking, clientIds)).map(({ clientId }) => clientId));
  }

  /** Somebody's grants that are open at a moment, of those for some clients. */
  async held({ practiceId, staffId, at }: Asking, clientIds: readonly string[]): Promise<GrantRow[]> {
    const { rows } = await this.of(practiceId, clientIds);
    return rows.filter((row) => row.staffId === staffId && isOpenAt(row, at));
  }

  /**
   * Every grant there ever was for some clients, the earliest first, and the position of the log at which this holds. Read
   * from the log itself while the read model cannot say: nobody in an emergency waits for a projection.
   */
  async of(
    practiceId: string,
    clientIds: readonly string[],
  ): Promise<{ rows: GrantRow[]; position: number }> {
    const found = await this.view.matching(practiceId, '"clientId" = any($2::text[])', [clientIds]);
    const { rows, position } = found ?? (await this.folded(practiceId));
    return {
      rows: [...rows.values()]
        .filter((row) => clientIds.includes(row.clientId))
        .sort((a, b) => (a.openedAt < b.openedAt ? -1 : 1)),
      position,
    };
  }

  /** What has ended and nobody has reviewed, what is due first at the beginning; as it is now, never behind the log. */
  async waiting(practiceId: string, now: Instant): Promise<{ rows: GrantRow[]; position: number }> {
    const where = `"endsAt" <= $2 and "reviewed" = 'false'`;
    const found = await this.view.matching(practiceId, where, [now]);
    const { rows, position } = found ?? (await this.folded(practiceId));
    return {
      rows: [...rows.values()]
        .filter(({ endsAt, review }) => endsAt <= now && review === undefined)
        .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)),
      position,
    };
  }

  private async folded(practiceId: string): Promise<{ rows: Map<string, GrantRow>; position: number }> {
    const position = await this.store.reader.position(practiceId);
    const rows = new Map<string, GrantRow>();
    foldInto(grants, rows, await this.store.reader.categories(practiceId, ['grant']));
    return { rows, position };
  }
}

/** Where a grant stands among those that wait for their review. */
export const placeOf = ({ reviewBy, grantId }: GrantRow): string => `${reviewBy}/${grantId}`;
