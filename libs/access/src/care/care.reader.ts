import { Inject, Injectable } from '@nestjs/common';
import { EventStore, View } from '#libs/event-store';
import type { Asking, Concern } from '#libs/identity';
import { DomainError } from '#libs/kernel';
import { care } from './care.projection.js';
import { concernOf, ledTo, type CareRow } from './care.js';

/** Whom things concern and who takes care of them, as it is known at this moment: never behind the log. */
@Injectable()
export class CareReader {
  private readonly view: View<CareRow>;

  constructor(@Inject(EventStore) store: EventStore) {
    this.view = new View(store, care);
  }

  /**
   * @returns per id what connects somebody with it; ids that are unknown, or of nothing that anybody takes care of, are left out
   * @throws DomainError `unavailable` when the read model cannot say: rather nobody gets near than somebody who may not
   */
  async concerns(asking: Asking, ids: Iterable<string>): Promise<ReadonlyMap<string, Concern>> {
    const { practiceId, staffId } = asking;
    const found = await this.view.current(practiceId, [...ids, practiceId, staffId], ledTo);
    if (!found)
      throw new DomainError(
        'unavailable',
        'care_unknown',
        'Candor cannot say right now whose client this is. Try again; if it stays so, ask whoever runs Candor to look at /v1/projections.',
      );
    return new Map(
      [...ids].flatMap((id) => {
        const concern = id === practiceId ? undefined : concernOf(id, found.rows, asking);
        return concern ? [[id, concern] as const] : [];
      }),
    );
  }
}
