import {
  addHours,
  addMonths,
  deriveId,
  END_OF_TIME,
  localDate,
  missing,
  refuse,
  unreachable,
  type CommandContext,
  type Decider,
  type Instant,
  type LocalDate,
  type Recorded,
} from '#libs/kernel';
import type { Element, Purpose } from '../rule-pack/elements.js';
import type { Judging } from './conditions.js';
import { give, renew } from './giving.js';
import type { AuthorityOnRecord } from './guardians.js';
import {
  acknowledgeStance,
  answerQuestion,
  disclose,
  offer,
  raiseQuestion,
  recordAssent,
  recordComprehension,
  recordVoluntariness,
} from './offering.js';
import { sayingIn, saysTheSame } from './saying.js';
import { entryOf, situationOf, type ConsentEntry, type Situation } from './situation.js';
import { markInError, withdraw } from './withdrawing.js';

/** One consent per relationship, person and purpose. */
export const consentIdOf = (
  practiceId: string,
  relationshipId: string,
  clientId: string,
  purpose: Purpose,
): string => deriveId('consent', practiceId, relationshipId, clientId, purpose);

// events

export const SIGNATURE_METHODS = ['drawn', 'typed', 'click', 'verbal_witnessed', 'paper_scanned'] as const;
export const CHANNELS = ['in_person', 'phone', 'video', 'email', 'letter', 'message', 'portal'] as const;
export const HOW_DISCLOSED = ['spoken', 'read_aloud', 'written', 'video', 'interpreter'] as const;
export const COMPREHENSION_METHODS = [
  'teach_back',
  'questions_and_answers',
  'read_aloud',
  'interpreter',
] as const;
export const PRESSURES = ['mandate', 'family', 'employer', 'financial', 'other'] as const;
export const EMERGENCY_BASES = ['imminent_harm', 'medical_emergency', 'court_emergency_order'] as const;
export type EmergencyBasis = (typeof EMERGENCY_BASES)[number];

export type Signature = {
  method: (typeof SIGNATURE_METHODS)[number];
  signedName: string;
  witnessedBy?: string;
  image?: string;
};
/** Who consents for the client: somebody on record by their id; a name and what was shown may stand beside it. */
export type Authority = {
  kind: 'guardian' | 'legal_representative';
  guardianId?: string;
  name?: string;
  reference?: string;
};
/** The signature of a guardian who decides together with the one that `authority` names. */
export type Cosignature = { guardianId: string; signature: Signature };
/** A version of a document as it was offered; `material` when it differed materially from the version before it. */
export type SignedDocument = {
  documentId: string;
  versionNo: number;
  contentHash: string;
  material: boolean;
  elements: Element[];
};
export type WithdrawalScope =
  | { kind: 'all' }
  | { kind: 'purpose' }
  | { kind: 'element'; element: Element }
  | { kind: 'recipient'; recipient: string };

/** What a consent rested on when it was given: everything that can change later is written down here. */
export type Given = {
  by: 'self' | 'substitute';
  validFrom: Instant;
  expiresOn: LocalDate | null;
  reviewOn: LocalDate | null;
  stance: { stanceId: string; versionNo: number; contentHash: string };
  documents: SignedDocument[];
  therapistId: string;
  format: string;
  rulePack: { id: string; validFrom: LocalDate };
  /** when a guardian consents for a minor: the day that ends it */
  majorityOn: LocalDate | null;
  /** whose permission it rests on, if their authority is on record */
  guardians?: { guardianId: string; jointRule: AuthorityOnRecord['jointRule'] }[];
  /** where the client was, if it was known */
  jurisdiction?: string;
};
/** `recipients`: who may be told, by name, where the consent is about telling somebody */
type Signed = {
  signature: Signature;
  authority?: Authority;
  cosigned?: Cosignature[];
  recipients?: string[];
};

/** Every event says which relationship, person and purpose it is about. */
type About = { relationshipId: string; clientId: string; purpose: Purpose };
type Event<T extends string, D = object> = { type: T; data: About & D };

export type ConsentEvent =
  | Event<'ConsentOffered', { documents: SignedDocument[]; language: string; channel: string }>
  | Event<'ElementDisclosed', { element: Element; how: string }>
  | Event<'QuestionRaised', { questionId: string; question: string }>
  | Event<'QuestionAnswered', { questionId: string; answer: string }>
  | Event<
      'ComprehensionRecorded',
      {
        method: string;
        understood: boolean;
        capacity: { attested: boolean; basis?: string };
        /** the same outside of what is sealed: where consent stands can be told without a key */
        capacityAttested?: boolean;
        interpreter?: string;
      }
    >
  | Event<
      'VoluntarinessRecorded',
      { voluntary: boolean; mandated: boolean; pressures: string[]; words?: string }
    >
  | Event<'AssentRecorded', { words?: string }>
  | Event<'DissentRecorded', { words?: string }>
  | Event<'StanceAcknowledged', { stanceId: string; versionNo: number; contentHash: string }>
  | Event<'ConsentGiven', Given & Signed>
  | Event<'ConsentRenewed', Given & Signed>
  | Event<'ConsentDeclined', { by: 'self' | 'substitute'; words?: string }>
  /** who the recipient is stands beside the scope: it is somebody's name */
  | Event<
      'ConsentWithdrawn',
      {
        by: 'self' | 'substitute';
        channel: string;
        scope: Exclude<WithdrawalScope, { kind: 'recipient' }> | { kind: 'recipient'; recipient?: string };
        recipient?: string;
      }
    >
  | Event<'ConsentReviewed', { reviewOn: LocalDate }>
  | Event<'ConsentDeferredForEmergency', { basis: EmergencyBasis; followUpBy: Instant; sessionId?: string }>
  | Event<'EmergencyFollowUpDone', { outcome: string }>
  | Event<
      'ReceiptIssued',
      { kind: 'given' | 'renewed' | 'withdrawn'; locale: string; text: string; contentHash: string }
    >
  | Event<'ConsentEntryMarkedInError', { correctsEventId: string; requestedBy: 'client' | 'clinician' }>;

// state

/** `said`: hashes of what was recorded in words or particulars, so that the same again is known and other words are kept. */
export type ConsentState = { about: About | null; entries: ConsentEntry[]; said: readonly string[] };

function evolve(state: ConsentState, event: Recorded<ConsentEvent>): ConsentState {
  const { relationshipId, clientId, purpose } = event.data;
  const entry = entryOf(event);
  return {
    about: { relationshipId, clientId, purpose },
    entries: entry ? [...state.entries, entry] : state.entries,
    said: [...state.said, ...sayingIn(event)],
  };
}

// commands

/** What a handler fetches for giving and renewing. */
export interface GivingFacts extends Judging {
  therapistId: string;
  format: string;
  rulePack: { id: string; validFrom: LocalDate };
  majorityOn: LocalDate | null;
  reviewIntervalMonths: number;
  zone: string;
  relationshipOpen: boolean;
  jurisdiction?: string;
  /** position of the newest event of the relationship or the client */
  lastChange?: number;
}
export type Giving = Signed & {
  by: 'self' | 'substitute';
  validFrom?: Instant;
  expiresOn?: LocalDate;
  reviewOn?: LocalDate;
  facts: GivingFacts;
};

export type ConsentCommand =
  | ({
      type: 'OfferConsent';
      documents: SignedDocument[];
      language: string;
      channel: string;
      relationshipOpen: boolean;
    } & About)
  | { type: 'DiscloseElements'; elements: Element[]; how: string }
  | { type: 'RaiseQuestion'; question: string }
  | { type: 'AnswerQuestion'; questionId: string; answer: string }
  | {
      type: 'RecordComprehension';
      method: string;
      understood: boolean;
      capacity: { attested: boolean; basis?: string };
      interpreter?: string;
    }
  | {
      type: 'RecordVoluntariness';
      voluntary: boolean;
      mandated: boolean;
      pressures: string[];
      words?: string;
    }
  | { type: 'RecordAssent'; words?: string }
  | { type: 'RecordDissent'; words?: string }
  | {
      type: 'AcknowledgeStance';
      stanceVersionNo: number;
      contentHash: string;
      stance: { stanceId: string; versionNo: number; contentHash: string } | null;
    }
  | ({ type: 'GiveConsent' } & Giving)
  | ({ type: 'RenewConsent' } & Giving)
  | { type: 'DeclineConsent'; by: 'self' | 'substitute'; words?: string }
  | { type: 'WithdrawConsent'; by: 'self' | 'substitute'; channel: string; scope?: WithdrawalScope }
  | { type: 'ReviewConsent'; reviewOn?: LocalDate; reviewIntervalMonths: number; zone: string }
  /** `began`: when the emergency did, and the deadline is counted from; when the command happens unless told */
  | {
      type: 'DeferForEmergency';
      basis: EmergencyBasis;
      followUpHours: number;
      began?: Instant;
      sessionId?: string;
      about?: About;
    }
  | { type: 'CompleteEmergencyFollowUp'; outcome: string }
  /** `treatedBy`: everybody who ever was its therapist, or was to stand in */
  | {
      type: 'MarkEntryInError';
      correctsEventId: string;
      requestedBy: 'client' | 'clinician';
      treatedBy: readonly string[];
    };

export type CommandOf<T extends ConsentCommand['type']> = Extract<ConsentCommand, { type: T }>;

// decide

function decide(state: ConsentState, command: ConsentCommand, context: CommandContext): ConsentEvent[] {
  // A command is judged by what had happened when it happened, and by all that is known of it now.
  const situation = situationOf(state.entries, { at: context.occurredAt, knownAt: END_OF_TIME });
  if (command.type === 'OfferConsent') return offer(state, situation, command);
  if (command.type === 'DeferForEmergency') return deferForEmergency(state, situation, command, context);
  const { about } = state;
  if (!about) return missing('consent');
  const one: One = (type, data) => [{ type, data: { ...about, ...data } } as ConsentEvent];

  switch (command.type) {
    case 'DiscloseElements':
      return disclose(situation, command, one);
    case 'RaiseQuestion':
      return raiseQuestion(state, command, context, one);
    case 'AnswerQuestion':
      return answerQuestion(state, situation, command, one);
    case 'RecordComprehension':
      return recordComprehension(state, situation, command, one);
    case 'RecordVoluntariness':
      return recordVoluntariness(state, situation, command, one);
    case 'RecordAssent':
    case 'RecordDissent':
      return recordAssent(state, situation, command, one);
    case 'AcknowledgeStance':
      return acknowledgeStance(situation, command, one);
    case 'GiveConsent':
      return give(state, situation, command, context);
    case 'RenewConsent':
      return renew(state, situation, command, context);
    case 'DeclineConsent': {
      const { offer: last, given, withdrawn, declined } = situation;
      if (declined && !last) return [];
      if (!last) refuse('not_offered', 'There is nothing to decline yet. Offer the consent first.');
      // asked again, for a new text or a new stance, somebody may say no to what they once agreed to
      if (given && !withdrawn && last.occurredAt <= given.occurredAt)
        refuse('already_given', 'This consent was given. Record a withdrawal if the client ends it.');
      const { type: _, ...data } = command;
      return one('ConsentDeclined', data);
    }
    case 'WithdrawConsent':
      return withdraw(state, situation, command, one);
    case 'ReviewConsent': {
      if (!situation.given || situation.withdrawn)
        refuse('not_given', 'Only a consent that was given is reviewed.');
      const today = localDate(context.occurredAt, command.zone);
      const reviewOn = command.reviewOn ?? addMonths(today, command.reviewIntervalMonths);
      if (reviewOn <= today) refuse('review_not_ahead', 'The next review lies ahead. Send a later reviewOn.');
      return situation.reviewOn === reviewOn ? [] : one('ConsentReviewed', { reviewOn });
    }
    case 'CompleteEmergencyFollowUp': {
      if (!situation.deferral) refuse('no_emergency', 'No emergency start awaits a follow-up here.');
      const done = one('EmergencyFollowUpDone', { outcome: command.outcome });
      const last = situation.entries.findLast(({ type }) => type === 'EmergencyFollowUpDone');
      return situation.followedUp && saysTheSame(state, last, done) ? [] : done;
    }
    case 'MarkEntryInError':
      return markInError(state, command, context, one);
    default:
      return unreachable(command);
  }
}

/** Makes an event about this consent. */
export type One = (type: ConsentEvent['type'], data: object) => ConsentEvent[];

function deferForEmergency(
  state: ConsentState,
  { deferral }: Situation,
  { basis, followUpHours, began, sessionId, about: named }: CommandOf<'DeferForEmergency'>,
  context: CommandContext,
): ConsentEvent[] {
  const about = state.about ?? named ?? missing('consent');
  if (deferral?.occurredAt === context.occurredAt && deferral.basis === basis) return [];
  const data = {
    ...about,
    basis,
    followUpBy: addHours(began ?? context.occurredAt, followUpHours),
    ...(sessionId ? { sessionId } : {}),
  };
  return [{ type: 'ConsentDeferredForEmergency', data }];
}

/** What one person agreed to, for one purpose, within one relationship. */
export const consent: Decider<ConsentState, ConsentEvent, ConsentCommand> = {
  category: 'consent',
  events: {
    ConsentOffered: { schema: 1, personal: [] },
    ElementDisclosed: { schema: 1, personal: [] },
    QuestionRaised: { schema: 1, personal: ['question'] },
    QuestionAnswered: { schema: 1, personal: ['answer'] },
    ComprehensionRecorded: { schema: 1, personal: ['interpreter', 'capacity'] },
    VoluntarinessRecorded: { schema: 1, personal: ['pressures', 'words'] },
    AssentRecorded: { schema: 1, personal: ['words'] },
    DissentRecorded: { schema: 1, personal: ['words'] },
    StanceAcknowledged: { schema: 1, personal: [] },
    ConsentGiven: { schema: 1, personal: ['signature', 'authority', 'cosigned', 'recipients'] },
    ConsentRenewed: { schema: 1, personal: ['signature', 'authority', 'cosigned', 'recipients'] },
    ConsentDeclined: { schema: 1, personal: ['words'] },
    ConsentWithdrawn: { schema: 1, personal: ['recipient'] },
    ConsentReviewed: { schema: 1, personal: [] },
    ConsentDeferredForEmergency: { schema: 1, personal: [] },
    EmergencyFollowUpDone: { schema: 1, personal: ['outcome'] },
    ReceiptIssued: { schema: 1, personal: ['text'] },
    ConsentEntryMarkedInError: { schema: 1, personal: [] },
  },
  initial: { about: null, entries: [], said: [] },
  evolve,
  decide,
  subjects: ({ about }) => (about ? [about.clientId] : []),
};
