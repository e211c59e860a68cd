import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { parseStream, streamOf, type Instant, type Recorded } from '#libs/kernel';
import { practice, type PracticeEvent } from '#libs/practice';
import type { Principal, Sight } from '#libs/http';
import { OWNERSHIP, thoseWithin, type Ownership } from '#libs/identity';
import { psychotherapyNote } from '#libs/session';
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
    @Inject(OWNERSHIP) private readonly ownership: Ownership,
  ) {}

  /** @param knownAt corrections that became known later mark nothing */
  async as(
    { practiceId, staffId, roles }: Principal,
    { clinicalText }: Sight,
    standing: Standing,
    knownAt?: Instant,
  ): Promise<Show> {
    const ofPractice = await this.store.reader.streams(
      practiceId,
      [streamOf(practice.category, practiceId)],
      standing.position,
    );
    const policies = policiesOf(ofPractice as Recorded<PracticeEvent>[]);
    const fresh = await this.history.freshCorrections(practiceId, standing);
    const isKnown = ({ recordedAt }: { recordedAt: Instant }) =>
      knownAt === undefined || recordedAt <= knownAt;
    const byEvent = (corrections: readonly Correction[]) =>
      new Map(
        corrections
          .filter(isKnown)
          .map(({ corrected, eventId }) => [corrected, eventId] as const)
          .toReversed(), // of several, the first one counts
      );
    const freshByEvent = byEvent(fresh);
    return async (events) => {
      const ids = events.map((event) => event.eventId);
      const indexed = byEvent(await this.history.indexedCorrections(practiceId, ids, standing));
      const streams = events.map((event) => event.stream);
      const sessions = await this.history.markedInError(practiceId, streams, standing);
      const inError = new Map(
        sessions.filter(isKnown).map(({ stream, eventId }) => [stream, eventId] as const),
      );
      const correctedBy = ({ eventId, stream }: Recorded) => {
        const by = indexed.get(eventId) ?? freshByEvent.get(eventId) ?? inError.get(stream);
        return by === eventId ? undefined : by;
      };
      const asking = { practiceId, staffId, roles, at: this.store.clock.now() };
      const things = events.filter(({ reason }) => reason !== undefined).map(thingOf);
      // a client can be somebody's own in one relationship and not in another
      const readable =
        clinicalText && things.length > 0
          ? await thoseWithin('clinical_text:see', asking, things, this.ownership)
          : new Set<string>();
      return events.map((event) =>
        shown(event, {
          personal: this.store.catalogue.declaration(event.stream, event.type).personal,
          clinical: readable.has(thingOf(event)) && !isAnothersPsychotherapyNote(event, staffId),
          late: isLate(event, policies),
          correctedBy: correctedBy(event),
        }),
      );
    };
  }
}

const thingOf = ({ stream }: Recorded): string => parseStream(stream).id;

/** Readable by its author only, and so is the reason they gave for it. */
const isAnothersPsychotherapyNote = ({ stream, actor }: Recorded, staffId: string): boolean =>
  parseStream(stream).category === psychotherapyNote.category && actor.id !== staffId;
