import {
  consentFacts,
  type ConsentEvent,
  type DocumentEvent,
  type RelationshipStatus,
  type RulePackEvent,
  type TwoClocks,
} from '#libs/consent';
import { parseStream, type Instant, type Recorded } from '#libs/kernel';
import type { PracticeEvent } from '#libs/practice';
import type { RelationshipEvent } from '#libs/relationship';
import { session, type Session, type SessionEvent } from '#libs/session';
import type { StanceEvent } from '#libs/stance';
import type { Proof } from './finding.js';

/** Where consent stands, by the one function that says so. `parts` are what consent status is computed from. */
export type StatusOf = (
  parts: Parts,
  relationshipId: string,
  clocks: TwoClocks,
) => RelationshipStatus | undefined;
export type Parts = ReadonlyMap<string, ReturnType<typeof consentFacts.evolve>>;

type SharedEvent = PracticeEvent | RulePackEvent | StanceEvent | DocumentEvent;
/** What every relationship of a practice is judged by: policies, rule packs, stances and documents. */
export interface Shared {
  events: readonly Recorded[];
  parts: Parts;
}

type Begun = Extract<Session, { startedAt: Instant }>;
/** A session that was held, or that runs. `events` are all of its stream, `began` the one that made it count. */
export interface HeldSession {
  sessionId: string;
  began: Recorded<SessionEvent>;
  state: Begun;
  events: readonly Recorded<SessionEvent>[];
}

/** One relationship as it was known by a moment: everything that findings are made of. */
export interface Case {
  relationshipId: string;
  knownAt: Instant;
  /** the practice's */
  zone: string;
  /** of the relationship, its consents, boundaries and sessions, its unit and its clients, in the order of the log */
  events: readonly Recorded[];
  /** without those marked in error: they count for nothing */
  sessions: readonly HeldSession[];
  /** those that were held by what was entered, and marked in error, with the mark */
  setAside: readonly (HeldSession & { marked: Recorded<SessionEvent> })[];
  /** ids of sessions marked in error */
  inError: ReadonlySet<string>;
  /** the events that consent status rests on, in the order of the log */
  bases: readonly Recorded[];
  /** where consent stood at a moment, as it was known by another one; by `knownAt` unless told */
  status(at: Instant, knownAt?: Instant): RelationshipStatus | undefined;
}

/** @param knownAt what was recorded later is left out, whatever it says about earlier days */
export function caseOf(
  relationshipId: string,
  all: readonly Recorded[],
  shared: Shared,
  knownAt: Instant,
  statusOf: StatusOf,
): Case {
  const events = all.filter(({ recordedAt }) => recordedAt <= knownAt);
  const parts = partsOf(events, shared.parts);
  const statuses = new Map<string, RelationshipStatus | undefined>();
  const status = (at: Instant, by: Instant = knownAt) => {
    const key = `${at}/${by}`;
    if (!statuses.has(key)) statuses.set(key, statusOf(parts, relationshipId, { at, knownAt: by }));
    return statuses.get(key);
  };
  const folded = [...streamsOf(events, session.category)].map(([stream, of]) =>
    heldIn(parseStream(stream).id, of as Recorded<SessionEvent>[]),
  );
  return {
    relationshipId,
    knownAt,
    zone: zoneOf(shared),
    events,
    sessions: folded.flatMap(({ held, marked }) => (held && !marked ? held : [])),
    setAside: folded.flatMap(({ held, marked }) => (held && marked ? { ...held, marked } : [])),
    inError: new Set(folded.flatMap(({ sessionId, marked }) => (marked ? sessionId : []))),
    bases: [...events.filter(decides), ...sharedBases(events, shared, knownAt)],
    status,
  };
}

function zoneOf({ events }: Shared): string {
  const [registered] = (events as readonly Recorded<PracticeEvent>[]).filter(
    ({ type }) => type === 'PracticeRegistered',
  );
  return registered?.type === 'PracticeRegistered' ? registered.data.zone : 'UTC';
}

/** The parts with more events folded in; those there already are kept as they are. */
export function partsOf(events: readonly Recorded[], before: Parts = new Map()): Parts {
  const parts = new Map(before);
  for (const event of events)
    for (const key of consentFacts.keys(event))
      parts.set(key, consentFacts.evolve(parts.get(key), event, key));
  return parts;
}

/** Boundaries are shown beside consent and decide nothing about it, nor does a receipt. */
const decides = (event: Recorded): boolean =>
  event.type !== 'ReceiptIssued' &&
  parseStream(event.stream).category !== 'boundary' &&
  consentFacts.keys(event).length > 0;

/** Of what is shared: policies, rule packs, the stances of whoever was the therapist, and the texts that were offered. */
function sharedBases(events: readonly Recorded[], shared: Shared, knownAt: Instant): Recorded[] {
  const named = new Set<unknown>();
  for (const { type, data } of events as readonly Recorded<RelationshipEvent | ConsentEvent>[]) {
    if (type === 'RelationshipOpened') named.add(data.therapistId);
    if (type === 'TherapistReassigned') named.add(data.to);
    if (type === 'ConsentOffered') for (const { documentId } of data.documents) named.add(documentId);
  }
  const concerns = ({ type, stream, data }: Recorded<SharedEvent>) =>
    type === 'PracticePolicySet' ||
    type === 'RulePackPublished' ||
    type === 'StanceRetired' ||
    (type === 'StancePublished' && named.has(data.therapistId)) ||
    (['DocumentPublished', 'DocumentWithdrawn'].includes(type) && named.has(parseStream(stream).id));
  return shared.events.filter(
    (event) => event.recordedAt <= knownAt && concerns(event as Recorded<SharedEvent>),
  );
}

function heldIn(
  sessionId: string,
  all: readonly Recorded<SessionEvent>[],
): { sessionId: string; held?: HeldSession; marked?: Recorded<SessionEvent> } {
  const marked = all.find(({ type }) => type === 'SessionMarkedInError');
  const events = all.filter((event) => event !== marked);
  const state = events.reduce<Session>((before, event) => session.evolve(before, event), session.initial);
  const began = events.find(({ type }) => type === 'SessionStarted' || type === 'SessionRecordedAfterwards');
  return {
    sessionId,
    ...(began && 'startedAt' in state ? { held: { sessionId, began, state, events } } : {}),
    ...(marked ? { marked } : {}),
  };
}

/** The events of each stream of a category. */
export function streamsOf(events: readonly Recorded[], category: string): Map<string, Recorded[]> {
  const streams = new Map<string, Recorded[]>();
  for (const event of events) {
    if (parseStream(event.stream).category !== category) continue;
    const known = streams.get(event.stream);
    if (known) known.push(event);
    else streams.set(event.stream, [event]);
  }
  return streams;
}

/** Entries that consent takes back, as far as that is known. */
export const markedInError = (events: readonly Recorded[]): ReadonlySet<string> =>
  new Set(
    events.flatMap(({ type, data }) =>
      type === 'ConsentEntryMarkedInError' ? [(data as { correctsEventId: string }).correctsEventId] : [],
    ),
  );

/**
 * Since when something could be known that holds now: the facts after `act` are taken away, the newest first, until it
 * holds no more. @returns the facts that made it hold; none when it held by what was known at the act itself
 */
export function provenBy(
  { bases }: Case,
  act: Proof,
  holds: (knownAt: Instant) => boolean,
): readonly Recorded[] {
  const later = bases.filter(({ recordedAt }) => recordedAt > act.recordedAt);
  const moments = [...new Set(later.map(({ recordedAt }) => recordedAt))].sort();
  for (let index = moments.length - 1; index >= 0; index--)
    if (!holds(moments[index - 1] ?? act.recordedAt))
      return later.filter(({ recordedAt }) => recordedAt === moments[index]);
  return [];
}
