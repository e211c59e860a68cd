import { Inject, Injectable } from '@nestjs/common';
import { EventStore, foldInto, type Transaction } from '#libs/event-store';
import { localDate } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { legalMatters, type MatterRow } from '../matters/matters.projection.js';
import { keyIdsOf, PersonReader, type Person } from '../person/person.reader.js';
import { retentionOf, type Retention } from '../retention/retention.js';
import { RETENTION_RULES } from '../retention/rules.js';
import { legal } from './legal.js';
import type { Circumstances } from './obstacles.js';

/** Fetches everything that may stand against an erasure, and guards it. */
@Injectable()
export class CircumstancesReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PersonReader) private readonly persons: PersonReader,
  ) {}

  /**
   * Stands guard before anything is read: call it first. Whatever happens in the practice meanwhile, it is judged anew:
   * any event may be about the person, be sealed with a key that is not named yet, or share its text with somebody.
   * @param categories of what is guarded, where less than everything is judged
   */
  async guard(
    tx: Transaction,
    categories = this.store.catalogue.deciders.map(({ category }) => category),
  ): Promise<void> {
    const position = await this.store.reader.position(tx.meta.practiceId);
    for (const category of categories) tx.noneSince(category, position);
  }

  async of(tx: Transaction, person: Person): Promise<Circumstances> {
    const { practiceId } = tx.meta;
    const { zone } = await practiceIn(tx);
    const retention = (of: Pick<Person, 'treatment'>): Retention =>
      retentionOf(of.treatment, RETENTION_RULES, zone);
    const [matters, shared, mergeProposals, openFollowUps, openViolations] = await Promise.all([
      this.mattersOf(practiceId, person),
      this.persons.sharers(practiceId, person),
      this.persons.mergeProposals(practiceId, person),
      this.persons.openFollowUps(practiceId, person),
      this.persons.openViolations(practiceId, person),
    ]);
    const sharers = await Promise.all(
      shared.map(async (sharer) => ({
        ...sharer,
        retention: retention(await this.persons.treated(practiceId, sharer.clientId)),
      })),
    );
    return {
      today: localDate(tx.now, zone),
      retention: retention(person),
      holds: matters.filter(({ status }) => status === 'placed').map(({ id }) => id),
      openInquiries: person.inquiries.filter(({ open }) => open).map(({ id }) => id),
      openRelationships: person.openRelationships,
      plannedSessions: person.plannedSessions,
      sharers,
      mergeProposals,
      openFollowUps,
      openViolations,
      therapists: person.therapists,
    };
  }

  /** Holds and erasures of a person, under any of their records; from the log itself. */
  async mattersOf(practiceId: string, person: Person): Promise<MatterRow[]> {
    const rows = new Map<string, MatterRow>();
    const ids = keyIdsOf(person);
    const streams = await this.persons.streamsConcerning(practiceId, ids, legal.category);
    foldInto(legalMatters, rows, await this.store.reader.streams(practiceId, streams));
    return [...rows.values()].filter(({ clientId }) => ids.includes(clientId));
  }
}
