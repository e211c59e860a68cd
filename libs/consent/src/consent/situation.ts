import type { Instant, LocalDate, Recorded } from '#libs/kernel';
import type { Element } from '../rule-pack/elements.js';
import type { ConsentEvent, Given, SignedDocument } from './consent.js';
import { recipientId, recipientIds } from './recipients.js';

/** A consent event with both clocks and without anybody's words: what is kept to judge by. */
export type ConsentEntry = {
  eventId: string;
  position: number;
  occurredAt: Instant;
  recordedAt: Instant;
  actorId: string;
} & ConsentFact;

/** What each event says that a judgement can rest on. */
export type ConsentFact =
  | { type: 'ConsentOffered'; documents: SignedDocument[]; language: string }
  | { type: 'ElementDisclosed'; element: Element }
  | { type: 'QuestionRaised' | 'QuestionAnswered'; questionId: string }
  | { type: 'ComprehensionRecorded'; understood: boolean; capacityAttested: boolean }
  | { type: 'VoluntarinessRecorded'; voluntary: boolean; mandated: boolean }
  | { type: 'AssentRecorded' | 'DissentRecorded' | 'ConsentDeclined' | 'EmergencyFollowUpDone' }
  | { type: 'StanceAcknowledged'; stanceId: string; versionNo: number; contentHash: string; by: string }
  | ({ type: 'ConsentGiven' | 'ConsentRenewed'; recipientIds?: string[] } & Given)
  | { type: 'ConsentWithdrawn'; partly?: { element: Element } | { recipient: string } }
  | { type: 'ConsentReviewed'; reviewOn: LocalDate }
  | { type: 'ConsentDeferredForEmergency'; basis: string; followUpBy: Instant }
  | { type: 'ConsentEntryMarkedInError'; correctsEventId: string };

/** Keeps what matters of an event; `undefined` for those no judgement rests on. */
export function entryOf(event: Recorded<ConsentEvent>): ConsentEntry | undefined {
  const fact = factOf(event);
  const { eventId, position, occurredAt, recordedAt, actor } = event;
  return fact && ({ eventId, position, occurredAt, recordedAt, actorId: actor.id, ...fact } as ConsentEntry);
}

function factOf({ type, data }: ConsentEvent): ConsentFact | undefined {
  switch (type) {
    case 'ConsentOffered':
      return { type, documents: data.documents, language: data.language };
    case 'ElementDisclosed':
      return { type, element: data.element };
    case 'QuestionRaised':
    case 'QuestionAnswered':
      return { type, questionId: data.questionId };
    case 'ComprehensionRecorded':
      return {
        type,
        understood: data.understood,
        // What is sealed is missing once the person is erased, or without a key.
        capacityAttested: data.capacityAttested ?? data.capacity?.attested ?? false,
      };
    case 'VoluntarinessRecorded':
      return { type, voluntary: data.voluntary, mandated: data.mandated };
    case 'AssentRecorded':
    case 'DissentRecorded':
    case 'ConsentDeclined':
    case 'EmergencyFollowUpDone':
      return { type };
    case 'StanceAcknowledged':
      return {
        type,
        stanceId: data.stanceId,
        versionNo: data.versionNo,
        contentHash: data.contentHash,
        by: data.clientId,
      };
    case 'ConsentGiven':
    case 'ConsentRenewed': {
      const {
        relationshipId: _relationshipId,
        clientId: _clientId,
        purpose: _purpose,
        signature: _signature,
        authority: _authority,
        cosigned: _cosigned,
        recipients,
        ...given
      } = data;
      return { type, ...given, ...(recipients ? { recipientIds: recipientIds(data, recipients) } : {}) };
    }
    case 'ConsentWithdrawn': {
      const { scope, recipient } = data;
      if (scope.kind === 'element') return { type, partly: { element: scope.element } };
      return scope.kind === 'recipient'
        ? { type, partly: { recipient: recipientId(data, recipient ?? scope.recipient ?? '') } }
        : { type };
    }
    case 'ConsentReviewed':
      return { type, reviewOn: data.reviewOn };
    case 'ConsentDeferredForEmergency':
      return { type, basis: data.basis, followUpBy: data.followUpBy };
    case 'ConsentEntryMarkedInError':
      return { type, correctsEventId: data.correctsEventId };
    case 'ReceiptIssued':
      return undefined;
  }
}

type Of<T extends ConsentFact['type']> = Extract<ConsentEntry, { type: T }>;

/** Where one consent stands: the last of each kind that counts. */
export interface Situation {
  /** every entry that counts, oldest first */
  entries: ConsentEntry[];
  offer?: Of<'ConsentOffered'>;
  /** what has been disclosed since the texts it rests on were first offered */
  disclosed: Map<Element, ConsentEntry>;
  openQuestions: string[];
  comprehension?: Of<'ComprehensionRecorded'>;
  voluntariness?: Of<'VoluntarinessRecorded'>;
  assent?: ConsentEntry;
  stance?: Of<'StanceAcknowledged'>;
  given?: Of<'ConsentGiven' | 'ConsentRenewed'>;
  declined?: ConsentEntry;
  /** the whole consent was withdrawn, and not given since */
  withdrawn?: ConsentEntry;
  /** parts withdrawn since it was last given */
  partlyWithdrawn: Of<'ConsentWithdrawn'>[];
  deferral?: Of<'ConsentDeferredForEmergency'>;
  followedUp: boolean;
  reviewOn?: LocalDate;
}

/** The two clocks of a question: what held `at`, as known `knownAt`; both inclusive. */
export interface TwoClocks {
  at: Instant;
  knownAt: Instant;
}

/** What was known of a thing by `knownAt` and had happened by `at`, in the order it happened. */
export function held<E extends { occurredAt: Instant; recordedAt: Instant; position: number }>(
  entries: readonly E[],
  { at, knownAt }: TwoClocks,
): E[] {
  return entries
    .filter((entry) => entry.recordedAt <= knownAt && entry.occurredAt <= at)
    .sort((a, b) =>
      a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : a.position - b.position,
    );
}

/**
 * Folds the entries that count. An entry marked in error counts for nothing from the moment the correction is known,
 * whatever day is asked about.
 */
export function situationOf(all: readonly ConsentEntry[], clocks: TwoClocks): Situation {
  const errors = new Set(
    all.flatMap((entry) =>
      entry.type === 'ConsentEntryMarkedInError' && entry.recordedAt <= clocks.knownAt
        ? [entry.correctsEventId]
        : [],
    ),
  );
  const entries = held(all, clocks).filter((entry) => !errors.has(entry.eventId));
  const situation: Situation = {
    entries,
    disclosed: new Map(),
    openQuestions: [],
    partlyWithdrawn: [],
    followedUp: false,
  };
  for (const entry of entries) take(situation, entry);
  return situation;
}

function take(situation: Situation, entry: ConsentEntry): void {
  switch (entry.type) {
    case 'ConsentOffered':
      forgetWhatChanged(situation, entry.documents);
      situation.offer = entry;
      break;
    case 'ElementDisclosed':
      situation.disclosed.set(entry.element, entry);
      break;
    case 'QuestionRaised':
      situation.openQuestions = [
        ...situation.openQuestions.filter((id) => id !== entry.questionId),
        entry.questionId,
      ];
      break;
    case 'QuestionAnswered':
      situation.openQuestions = situation.openQuestions.filter((id) => id !== entry.questionId);
      break;
    case 'ComprehensionRecorded':
      situation.comprehension = entry;
      break;
    case 'VoluntarinessRecorded':
      situation.voluntariness = entry;
      break;
    case 'AssentRecorded':
    case 'DissentRecorded':
      situation.assent = entry;
      break;
    case 'StanceAcknowledged':
      situation.stance = entry;
      break;
    case 'ConsentGiven':
    case 'ConsentRenewed':
      situation.given = entry;
      situation.reviewOn = entry.reviewOn ?? undefined;
      // A no is answered by a yes to what was offered after it; one that comes to light later was said to this offer.
      if (situation.offer) situation.declined = undefined;
      // A withdrawal that became known after the giving ends it, whatever its date: in doubt the client's no counts.
      if (situation.withdrawn && situation.withdrawn.position < entry.position)
        situation.withdrawn = undefined;
      situation.partlyWithdrawn = situation.partlyWithdrawn.filter(
        ({ position }) => position > entry.position,
      );
      break;
    case 'ConsentDeclined':
      situation.declined = entry;
      talkAnew(situation);
      break;
    case 'ConsentWithdrawn':
      if (entry.partly) situation.partlyWithdrawn = [...situation.partlyWithdrawn, entry];
      else {
        situation.withdrawn = entry;
        talkAnew(situation);
      }
      break;
    case 'ConsentReviewed':
      situation.reviewOn = entry.reviewOn;
      break;
    case 'ConsentDeferredForEmergency':
      // A second emergency does not move the deadline of one that still waits for its follow-up.
      if (situation.deferral && !situation.followedUp) break;
      situation.deferral = entry;
      situation.followedUp = false;
      break;
    case 'EmergencyFollowUpDone':
      situation.followedUp = true;
      break;
    case 'ConsentEntryMarkedInError':
      break;
  }
}

/** After a no, or a withdrawal, everything is offered and talked through anew. That a stance was read stays true. */
function talkAnew(situation: Situation): void {
  situation.offer = situation.comprehension = situation.voluntariness = situation.assent = undefined;
  situation.disclosed = new Map();
  situation.openQuestions = [];
}

/** An offer of other texts voids the disclosure of what the changed texts cover. */
function forgetWhatChanged(situation: Situation, documents: readonly SignedDocument[]): void {
  const before = new Map(situation.offer?.documents.map((document) => [document.documentId, document]));
  for (const document of documents) {
    const earlier = before.get(document.documentId);
    if (earlier && earlier.versionNo !== document.versionNo && document.material)
      for (const element of document.elements) situation.disclosed.delete(element);
  }
}
