import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { streamOf, type Instant, type Recorded } from '#libs/kernel';
import { practice, seesClinicalText, type PracticeEvent } from '#libs/practice';
import type { Principal } from '#libs/http';
import { History, type Correction, type Standing } from './history.sql.js';
import { isLate, policiesOf } from './late.js';
import { shown, type ShownEvent } from './shown.js';

/** Turns events of the log into what auditors see, marks included. */
export type Show = (events: readonly Recorded[]) => Promise<ShownEvent[]>;

/** Fetches what the marks need: the practice's policies and the corrections. */
@Injectable()
export class Shows {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(History) private readonly history: History,
  ) {}

  /** @param knownAt corrections that became known later mark nothing */
  async as({ practiceId, roles }: Principal, standing: Standing, knownAt?: Instant): Promise<Show> {
    const clinical = seesClinicalText(roles);
    const ofPractice = await this.store.reader.streams(
      practiceId,
      [streamOf(practice.category, practiceId)],
      standing.position,
    );
    const policies = policiesOf(ofPractice as Recorded<PracticeEvent>[]);
    const fresh = await this.history.freshCorrections(practiceId, standing);
    const byEvent = (corrections: readonly Correction[]) =>
      new Map(
        corrections
          .filter(({ recordedAt }) => knownAt === undefined || recordedAt <= knownAt)
          .map(({ corrected, eventId }) => [corrected, eventId] as const)
          .toReversed(), // of several, the first one counts
      );
    const freshByEvent = byEvent(fresh);
    return async (events) => {
      const ids = events.map((event) => event.eventId);
      const indexed = byEvent(await this.history.indexedCorrections(practiceId, ids, standing));
      return events.map((event) =>
        shown(event, {
          personal: this.store.catalogue.declaration(event.stream, event.type).personal,
          clinical,
          late: isLate(event, policies),
          correctedBy: indexed.get(event.eventId) ?? freshByEvent.get(event.eventId),
        }),
      );
    };
  }
}
