import { Inject, Injectable } from '@nestjs/common';
import { EventStore, tables } from '#libs/event-store';
import { DomainError, streamOf } from '#libs/kernel';
import type { TwoClocks } from '../consent/situation.js';
import { FEE_SCHEDULES, type Part } from '../status/facts.js';
import { partsPointedTo } from '../status/parts.js';
import type { RelationshipStatus } from '../status/status.js';
import { consentFacts } from '../status/status.projection.js';
import { KNOWN, StatusReader } from '../status/status.reader.js';

/** Parts that every row may need; a practice has few of them. */
const SHARED = ['practice-', 'staff-', 'stance-', 'document-', 'rulepack-', FEE_SCHEDULES.slice(0, -1)];

/** Judges every relationship of a practice when it is read, so no job has to run for a consent to expire. */
@Injectable()
export class BoardReader {
  constructor(
    @Inject(StatusReader) private readonly reader: StatusReader,
    @Inject(EventStore) private readonly store: EventStore,
  ) {}

  /** Where the lists stand. @throws DomainError `unavailable`: rather no list than one that misleads */
  async position(practiceId: string): Promise<number> {
    const checkpoint = await tables.checkpoint(this.store.of(practiceId), consentFacts, practiceId);
    if (checkpoint?.haltedAt)
      throw new DomainError(
        'unavailable',
        'consent_unknown',
        `Consent is unknown: its read model stopped at position ${checkpoint.haltedAt}. Ask whoever runs Candor to look at /v1/projections.`,
      );
    return checkpoint?.position ?? 0;
  }

  /** In the order of their ids. @param after id of a relationship to begin after */
  async *statuses(practiceId: string, clocks: TwoClocks, after = ''): AsyncGenerator<RelationshipStatus> {
    const shared = new Map<string, Part>();
    for (const prefix of SHARED)
      for await (const batch of this.reader.view.scan(practiceId, prefix))
        for (const [key, part] of batch) shared.set(key, part);
    for await (const batch of this.reader.view.scan(
      practiceId,
      'relationship-',
      after && streamOf('relationship', after),
    )) {
      const parts = new Map<string, Part>([...shared, ...batch]);
      for (const known of await this.pointedTo(practiceId, parts)) parts.set(...known);
      for (const [key] of batch) {
        const status = this.reader.status(parts, practiceId, key.slice('relationship-'.length), clocks);
        if (status) yield status;
      }
    }
  }

  /**
   * Units and clients of a batch of relationships: whoever joined a unit later is known by its unit only, and a record
   * merged with theirs by theirs, or by the one that both were merged into.
   */
  private async pointedTo(practiceId: string, parts: ReadonlyMap<string, Part>): Promise<Map<string, Part>> {
    const found = new Map<string, Part>();
    for (let round = 0; round < 4; round++) {
      const keys = partsPointedTo(new Map([...parts, ...found]), practiceId, KNOWN);
      for (const row of await this.store.rows.of(this.store.of(practiceId), consentFacts, practiceId, keys))
        found.set(...row);
    }
    return found;
  }
}
