import {
  addHours,
  addMonths,
  conflict,
  deriveId,
  localDate,
  missing,
  refuse,
  refuseIfAny,
  unreachable,
  type CommandContext,
  type Decider,
  type Instant,
  type LocalDate,
  type Recorded,
} from '#libs/kernel';
import type { Element, Purpose } from '../rule-pack/elements.js';
import { unmetConditions, type Judging } from './conditions.js';
import { receiptText } from './receipt.js';
import { entryOf, situationOf, type ConsentEntry, type Situation } from './situation.js';

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

export type Signature = {
  method: (typeof SIGNATURE_METHODS)[number];
  signedName: string;
  witnessedBy?: string;
  image?: string;
};
export type Authority = { kind: 'guardian' | 'legal_representative'; name: string; reference: string };
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
  | Event<'ConsentGiven', Given & { signature: Signature; authority?: Authority }>
  | Event<'ConsentRenewed', Given & { signature: Signature; authority?: Authority }>
  | Event<'ConsentDeclined', { by: 'self' | 'substitute'; words?: string }>
  | Event<'ConsentWithdrawn', { by: 'self' | 'substitute'; channel: string; scope: WithdrawalScope }>
  | Event<'ConsentReviewed', { reviewOn: LocalDate }>
  | Event<
      'ConsentDeferredForEmergency',
      { basis: (typeof EMERGENCY_BASES)[number]; followUpBy: Instant; sessionId?: string }
    >
  | Event<'EmergencyFollowUpDone', { outcome: string }>
  | Event<
      'ReceiptIssued',
      { kind: 'given' | 'renewed' | 'withdrawn'; locale: string; text: string; contentHash: string }
    >
  | Event<'ConsentEntryMarkedInError', { correctsEventId: string; requestedBy: 'client' | 'clinician' }>;

// state

export type ConsentState = { about: About | null; entries: ConsentEntry[] };

function evolve(state: ConsentState, event: Recorded<ConsentEvent>): ConsentState {
  const { relationshipId, clientId, purpose } = event.data;
  const entry = entryOf(event);
  return {
    about: { relationshipId, clientId, purpose },
    entries: entry ? [...state.entries, entry] : state.entries,
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
}
type Giving = {
  by: 'self' | 'substitute';
  authority?: Authority;
  signature: Signature;
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
  | {
      type: 'DeferForEmergency';
      basis: (typeof EMERGENCY_BASES)[number];
      followUpHours: number;
      sessionId?: string;
      about?: About;
    }
  | { type: 'CompleteEmergencyFollowUp'; outcome: string }
  | { type: 'MarkEntryInError'; correctsEventId: string; requestedBy: 'client' | 'clinician' };

// decide

function decide(state: ConsentState, command: ConsentCommand, context: CommandContext): ConsentEvent[] {
  if (command.type === 'OfferConsent') return offer(state, command, context);
  if (command.type === 'DeferForEmergency') return deferForEmergency(state, command, context);
  const { about } = state;
  if (!about) return missing('consent');
  // A command is judged by what had happened when it happened, and by all that is known of it now.
  const situation = situationOf(state.entries, { at: context.occurredAt, knownAt: END_OF_TIME });
  const one = <T extends ConsentEvent['type']>(type: T, data: object): ConsentEvent[] => [
    { type, data: { ...about, ...data } } as ConsentEvent,
  ];

  switch (command.type) {
    case 'DiscloseElements': {
      const offered = openOffer(situation);
      if (command.elements.includes('therapist_stance'))
        refuse(
          'stance_is_acknowledged',
          'The stance is not disclosed in passing: show its current version and record that the client acknowledges it.',
        );
      const fresh = command.elements.filter((element) => !situation.disclosed.has(element));
      return offered
        ? fresh.flatMap((element) => one('ElementDisclosed', { element, how: command.how }))
        : [];
    }
    case 'RaiseQuestion': {
      const questionId = deriveId('question', context.id, command.question);
      return asked(state, questionId)
        ? []
        : one('QuestionRaised', { questionId, question: command.question });
    }
    case 'AnswerQuestion':
      if (!asked(state, command.questionId)) missing('question');
      return situation.openQuestions.includes(command.questionId)
        ? one('QuestionAnswered', { questionId: command.questionId, answer: command.answer })
        : [];
    case 'RecordComprehension': {
      openOffer(situation);
      const { understood, capacityAttested } = situation.comprehension ?? {};
      if (
        isLast(situation, situation.comprehension) &&
        understood === command.understood &&
        capacityAttested === command.capacity.attested
      )
        return [];
      const { type: _, ...data } = command;
      return one('ComprehensionRecorded', data);
    }
    case 'RecordVoluntariness': {
      openOffer(situation);
      const { voluntary, mandated } = situation.voluntariness ?? {};
      if (
        isLast(situation, situation.voluntariness) &&
        voluntary === command.voluntary &&
        mandated === command.mandated
      )
        return [];
      const { type: _, ...data } = command;
      return one('VoluntarinessRecorded', data);
    }
    case 'RecordAssent':
    case 'RecordDissent': {
      openOffer(situation);
      const type = command.type === 'RecordAssent' ? 'AssentRecorded' : 'DissentRecorded';
      return situation.assent?.type === type
        ? []
        : one(type, command.words === undefined ? {} : { words: command.words });
    }
    case 'AcknowledgeStance':
      return acknowledgeStance(situation, command, one);
    case 'GiveConsent':
      return give(state, situation, command, context);
    case 'RenewConsent':
      return renew(state, situation, command, context);
    case 'DeclineConsent': {
      if (situation.declined) return [];
      if (!situation.offer)
        refuse('not_offered', 'There is nothing to decline yet. Offer the consent first.');
      if (situation.given && !situation.withdrawn)
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
    case 'CompleteEmergencyFollowUp':
      if (!situation.deferral) refuse('no_emergency', 'No emergency start awaits a follow-up here.');
      return situation.followedUp ? [] : one('EmergencyFollowUpDone', { outcome: command.outcome });
    case 'MarkEntryInError':
      return markInError(state, command, context, one);
    default:
      return unreachable(command);
  }
}

const END_OF_TIME = '9999-12-31T23:59:59.999Z';

type One = (type: ConsentEvent['type'], data: object) => ConsentEvent[];

const asked = (state: ConsentState, questionId: string) =>
  state.entries.some((entry) => entry.type === 'QuestionRaised' && entry.questionId === questionId);

/** Nothing but talk has come since: saying the same again adds nothing. After a decision it does. */
const isLast = ({ given, offer }: Situation, entry: ConsentEntry | undefined): boolean =>
  entry !== undefined &&
  (!given || entry.occurredAt > given.occurredAt) &&
  (!offer || entry.occurredAt >= offer.occurredAt);

function openOffer({ offer }: Situation): ConsentEntry {
  return offer ?? refuse('not_offered', 'Offer the consent with its documents first.');
}

function offer(
  state: ConsentState,
  command: Extract<ConsentCommand, { type: 'OfferConsent' }>,
  context: CommandContext,
): ConsentEvent[] {
  if (!command.relationshipOpen)
    refuse('relationship_ended', 'The relationship has ended or does not exist. Open one first.');
  const { type: _, relationshipOpen: _open, ...data } = command;
  const { offer: last } = situationOf(state.entries, { at: context.occurredAt, knownAt: END_OF_TIME });
  const texts = (documents: readonly SignedDocument[]) =>
    documents
      .map(({ documentId, versionNo }) => `${documentId}@${versionNo}`)
      .sort()
      .join();
  const decidedSince =
    last && state.entries.some((entry) => entry.position > last.position && DECISIONS.has(entry.type));
  if (
    last &&
    !decidedSince &&
    texts(last.documents) === texts(data.documents) &&
    last.language === data.language
  )
    return [];
  return [{ type: 'ConsentOffered', data }];
}
const DECISIONS = new Set<string>(['ConsentGiven', 'ConsentRenewed', 'ConsentDeclined', 'ConsentWithdrawn']);

function deferForEmergency(
  state: ConsentState,
  { basis, followUpHours, sessionId, about: named }: Extract<ConsentCommand, { type: 'DeferForEmergency' }>,
  context: CommandContext,
): ConsentEvent[] {
  const about = state.about ?? named ?? missing('consent');
  const { deferral } = situationOf(state.entries, { at: context.occurredAt, knownAt: END_OF_TIME });
  if (deferral?.occurredAt === context.occurredAt && deferral.basis === basis) return [];
  const data = {
    ...about,
    basis,
    followUpBy: addHours(context.occurredAt, followUpHours),
    ...(sessionId ? { sessionId } : {}),
  };
  return [{ type: 'ConsentDeferredForEmergency', data }];
}

function acknowledgeStance(
  { stance: last }: Situation,
  { stanceVersionNo, contentHash, stance }: Extract<ConsentCommand, { type: 'AcknowledgeStance' }>,
  one: One,
): ConsentEvent[] {
  if (!stance)
    refuse(
      'stance_not_published',
      'The therapist has no published stance for this kind of unit. Publish it first.',
    );
  if (stanceVersionNo !== stance.versionNo)
    refuse(
      'stance_version_outdated',
      `The stance in force is version ${stance.versionNo}. Show the client that one.`,
    );
  if (contentHash !== stance.contentHash)
    refuse(
      'stance_text_differs',
      'The contentHash is not that of this version: the client must have read another text. Show the current one.',
    );
  return last?.stanceId === stance.stanceId && last.versionNo === stanceVersionNo
    ? []
    : one('StanceAcknowledged', { ...stance });
}

function givenData(
  state: ConsentState,
  command: Giving,
  { occurredAt }: CommandContext,
  situation: Situation,
) {
  const { by, authority, signature, facts } = command;
  const validFrom = command.validFrom ?? occurredAt;
  const day = localDate(validFrom, facts.zone);
  return {
    ...state.about!,
    by,
    signature,
    ...(authority ? { authority } : {}),
    validFrom,
    expiresOn: command.expiresOn ?? null,
    reviewOn: command.reviewOn ?? addMonths(day, facts.reviewIntervalMonths),
    stance: facts.stance!,
    documents: situation.offer!.documents,
    therapistId: facts.therapistId,
    format: facts.format,
    rulePack: facts.rulePack,
    majorityOn: by === 'substitute' && facts.minor ? facts.majorityOn : null,
  };
}

function judge(situation: Situation, command: Giving, { occurredAt }: CommandContext): void {
  const reasons = unmetConditions(situation, command.facts, command);
  if (!command.facts.relationshipOpen)
    reasons.push({ code: 'relationship_ended', detail: 'The relationship has ended.' });
  const day = localDate(occurredAt, command.facts.zone);
  if (command.expiresOn !== undefined && command.expiresOn < day)
    reasons.push({ code: 'expires_in_the_past', detail: 'expiresOn lies before the day it is given.' });
  if (command.reviewOn !== undefined && command.reviewOn <= day)
    reasons.push({ code: 'review_not_ahead', detail: 'reviewOn must lie after the day it is given.' });
  if (command.validFrom !== undefined && command.validFrom < occurredAt)
    reasons.push({
      code: 'valid_before_given',
      detail: 'A consent looks forward: validFrom cannot lie before it is given.',
    });
  refuseIfAny(reasons);
}

function give(
  state: ConsentState,
  situation: Situation,
  command: Extract<ConsentCommand, { type: 'GiveConsent' }>,
  context: CommandContext,
): ConsentEvent[] {
  const { given, withdrawn, declined, offer: lastOffer } = situation;
  if (given && !withdrawn && !declined && (!lastOffer || lastOffer.occurredAt <= given.occurredAt)) {
    if (restsOn(given, command.facts)) return [];
    conflict('already_given', 'This consent was given. Renew it.');
  }
  judge(situation, command, context);
  return withReceipt(
    'given',
    { type: 'ConsentGiven', data: givenData(state, command, context, situation) },
    situation,
  );
}

function renew(
  state: ConsentState,
  situation: Situation,
  command: Extract<ConsentCommand, { type: 'RenewConsent' }>,
  context: CommandContext,
): ConsentEvent[] {
  const { given, withdrawn } = situation;
  if (!given) refuse('not_given', 'Only a consent that was given can be renewed. Give it first.');
  if (withdrawn)
    refuse('withdrawn', 'The client withdrew. Offer the consent again; it can then be given anew.');
  const sameDay =
    localDate(given.occurredAt, command.facts.zone) === localDate(context.occurredAt, command.facts.zone);
  if (
    given.type === 'ConsentRenewed' &&
    situation.entries.at(-1) === given &&
    sameDay &&
    restsOn(given, command.facts)
  )
    return [];
  judge(situation, command, context);
  return withReceipt(
    'renewed',
    { type: 'ConsentRenewed', data: givenData(state, command, context, situation) },
    situation,
  );
}

/** The very things a consent was given on are those in force. */
const restsOn = (given: Given, facts: GivingFacts): boolean =>
  given.stance.versionNo === facts.stance?.versionNo &&
  given.stance.stanceId === facts.stance.stanceId &&
  given.therapistId === facts.therapistId &&
  given.format === facts.format;

function withdraw(
  state: ConsentState,
  situation: Situation,
  command: Extract<ConsentCommand, { type: 'WithdrawConsent' }>,
  one: One,
): ConsentEvent[] {
  const { by, channel, scope = { kind: 'purpose' } } = command;
  if ((scope.kind === 'element' && !scope.element) || (scope.kind === 'recipient' && !scope.recipient))
    refuse('scope_incomplete', `Name the ${scope.kind} that is withdrawn.`);
  if (situation.withdrawn) return [];
  const already = situation.partlyWithdrawn.some(
    ({ partly }) =>
      partly && scope.kind === 'element' && 'element' in partly && partly.element === scope.element,
  );
  if (already) return [];
  const [withdrawn] = one('ConsentWithdrawn', { by, channel, scope });
  return withReceipt('withdrawn', withdrawn!, situation, state.about!.purpose);
}

/** After every give and withdraw the client gets a receipt, in the language the consent was offered in. */
function withReceipt(
  kind: 'given' | 'renewed' | 'withdrawn',
  event: ConsentEvent,
  { offer: lastOffer, given }: Situation,
  purpose = event.data.purpose,
): ConsentEvent[] {
  const { relationshipId, clientId } = event.data;
  const locale = lastOffer?.language ?? 'en';
  const rests = event.type === 'ConsentGiven' || event.type === 'ConsentRenewed' ? event.data : given;
  const receipt = receiptText({
    kind,
    purpose,
    locale,
    stanceVersionNo: rests?.stance.versionNo,
    documents: rests?.documents ?? [],
    expiresOn: rests?.expiresOn ?? null,
  });
  return [event, { type: 'ReceiptIssued', data: { relationshipId, clientId, purpose, kind, ...receipt } }];
}

const CLIENTS_NO = new Set<string>(['ConsentWithdrawn', 'ConsentDeclined', 'DissentRecorded']);

function markInError(
  state: ConsentState,
  command: Extract<ConsentCommand, { type: 'MarkEntryInError' }>,
  { actor, reason }: CommandContext,
  one: One,
): ConsentEvent[] {
  const { correctsEventId, requestedBy } = command;
  const entry =
    state.entries.find(({ eventId }) => eventId === correctsEventId) ?? missing('entry of this consent');
  if (entry.type === 'ConsentEntryMarkedInError')
    refuse('correction_cannot_be_corrected', 'A correction stands. Record what is true as a new entry.');
  if (
    state.entries.some(
      (other) => other.type === 'ConsentEntryMarkedInError' && other.correctsEventId === correctsEventId,
    )
  )
    return [];
  const reasons = [];
  if (!reason?.trim())
    reasons.push({ code: 'reason_missing', detail: 'Say in "reason" why the entry is wrong.' });
  // Clients cannot sign in yet, so that "the client asked" is somebody's word: a second clinician answers for it.
  if (CLIENTS_NO.has(entry.type)) {
    if (entry.actorId === actor.id)
      reasons.push({
        code: 'second_clinician_needed',
        detail: "Only a second clinician with a reason can mark a client's no as entered in error.",
      });
    if (actor.role !== 'therapist' && actor.role !== 'supervisor')
      reasons.push({
        code: 'clinician_needed',
        detail: "Only a clinician can mark a client's no as entered in error.",
      });
  }
  refuseIfAny(reasons);
  return one('ConsentEntryMarkedInError', { correctsEventId, requestedBy });
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
    ConsentGiven: { schema: 1, personal: ['signature', 'authority'] },
    ConsentRenewed: { schema: 1, personal: ['signature', 'authority'] },
    ConsentDeclined: { schema: 1, personal: ['words'] },
    ConsentWithdrawn: { schema: 1, personal: [] },
    ConsentReviewed: { schema: 1, personal: [] },
    ConsentDeferredForEmergency: { schema: 1, personal: [] },
    EmergencyFollowUpDone: { schema: 1, personal: ['outcome'] },
    ReceiptIssued: { schema: 1, personal: ['text'] },
    ConsentEntryMarkedInError: { schema: 1, personal: [] },
  },
  initial: { about: null, entries: [] },
  evolve,
  decide,
  subjects: ({ about }) => (about ? [about.clientId] : []),
};
