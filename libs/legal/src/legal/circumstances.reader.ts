import { Inject, Injectable } from '@nestjs/common';
import { agreement } from '#libs/boundary';
import { client, unit } from '#libs/client';
import { consent } from '#libs/consent';
import { EventStore, foldInto, type Transaction } from '#libs/event-store';
import { localDate } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { inquiry } from '#libs/intake';
import { relationship } from '#libs/relationship';
import { session } from '#libs/session';
import { legalMatters, type MatterRow } from '../matters/matters.projection.js';
import { keyIdsOf, PersonReader, type Person } from '../person/person.reader.js';
import { retentionOf, type Retention } from '../retention/retention.js';
import { RETENTION_RULES } from '../retention/rules.js';
import { legal } from './legal.js';
import type { Circumstances } from './obstacles.js';

/** Whatever happens in these while an erasure is judged, it is judged anew. */
const JUDGED_BY = [legal, client, unit, inquiry, relationship, session, consent, agreement];

/** Fetches everything that may stand against an erasure, and guards it. */
@Injectable()
export class CircumstancesReader {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(PersonReader) private readonly persons: PersonReader,
  ) {}

  /** Stands guard before anything is read: call it first. */
  async guard(tx: Transaction): Promise<void> {
    const position = await this.store.reader.position(tx.meta.practiceId);
    for (const { category } of JUDGED_BY) tx.noneSince(category, position);
  }

  async of(tx: Transaction, person: Person): Promise<Circumstances> {
    const { practiceId } = tx.meta;
    const { zone } = await practiceIn(tx);
    const retention = (of: Person): Retention => retentionOf(of.treatment, RETENTION_RULES, zone);
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
        retention: retention(await this.persons.of(practiceId, sharer.clientId)),
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
    foldInto(legalMatters, rows, await this.store.reader.categories(practiceId, [legal.category]));
    return [...rows.values()].filter(({ clientId }) => keyIdsOf(person).includes(clientId));
  }
}
