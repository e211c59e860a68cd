import { consent, type Element, type Purpose } from '#libs/consent';
import { commandFor } from '#libs/event-store';
import { deriveId, type Instant, type LocalDate } from '#libs/kernel';
import {
  AcknowledgeStance,
  GiveConsent,
  MarkEntryInError,
  OfferConsent,
  ReviewConsent,
  WithdrawConsent,
} from '../commands.js';
import type { Case, Treated } from '../case.js';
import type { DocumentKey } from '../documents.js';
import type { StaffKey } from '../practices.js';
import { eventOf } from '../script.js';

type Channel = 'in_person' | 'phone' | 'video' | 'email' | 'letter' | 'message' | 'portal';

/** The texts that go with a purpose. */
function textsFor(one: Case, member: Treated, purpose: Purpose): DocumentKey[] {
  if (purpose === 'telehealth') return ['video', 'privacy'];
  if (purpose === 'group_participation') return ['group', 'privacy'];
  if (purpose === 'joint_work_confidentiality') return ['together'];
  if (purpose === 'disclosure_authorization') return ['privacy'];
  return [
    'working',
    'form',
    'fees',
    'privacy',
    ...(one.remote ? (['video'] as const) : []),
    ...(one.unitKind === 'couple' || one.unitKind === 'family' ? (['together'] as const) : []),
    ...(one.isMinor(member) ? (['young'] as const) : []),
  ];
}

export function isOffered(
  one: Case,
  member: Treated,
  purpose: Purpose = 'treatment',
  channel: Channel = 'email',
): void {
  const { world, story, relationshipId } = one;
  const documents = world.documentsAt(textsFor(one, member, purpose), story.moment);
  const by = channel === 'email' ? one.by('coordinator') : one.byTherapist;
  one.offered.set(one.consentId(member, purpose), JSON.stringify(documents));
  story.enter(
    { what: `consent to ${purpose} is offered`, id: one.consentId(member, purpose), by },
    (meta) =>
      new OfferConsent(meta, {
        relationshipId,
        clientId: member.id,
        purpose,
        documents,
        language: languageOf(member),
        channel,
      }),
  );
}

/** A text has a new version since it was sent: the new one goes on the table. */
function isOfferedWhatIsNew(one: Case, member: Treated, purpose: Purpose): void {
  const current = JSON.stringify(one.world.documentsAt(textsFor(one, member, purpose), one.story.moment));
  if (one.offered.get(one.consentId(member, purpose)) !== current)
    isOffered(one, member, purpose, 'in_person');
}

/** Everything the rule pack in force asks for; `half` leaves the rest for another day. */
export function isTold(
  one: Case,
  member: Treated,
  purpose: Purpose = 'treatment',
  how = 'spoken',
  half = false,
): void {
  isOfferedWhatIsNew(one, member, purpose);
  const { world, story } = one;
  const all = world.elementsFor(
    purpose,
    one.unitKind,
    { minor: one.isMinor(member), remote: one.remote, mandated: one.mandated },
    story.moment,
  );
  const elements: Element[] = half ? all.slice(0, Math.ceil(all.length / 2)) : all;
  story.enter(
    { what: `${purpose} is explained`, id: one.consentId(member, purpose), by: one.byTherapist },
    (meta) => commandFor(consent, meta, { type: 'DiscloseElements', elements, how }),
  );
}

export function asks(
  one: Case,
  member: Treated,
  [question, answer]: readonly [string, string?],
  purpose: Purpose = 'treatment',
): void {
  const id = one.consentId(member, purpose);
  one.story.enter({ what: 'asks a question', id, by: one.byTherapist }, (meta) =>
    commandFor(consent, meta, { type: 'RaiseQuestion', question }),
  );
  if (answer === undefined) return;
  // as the consent itself names its questions
  const questionId = deriveId('question', id, question);
  one.story.enter({ what: 'is answered', id, by: one.byTherapist }, (meta) =>
    commandFor(consent, meta, { type: 'AnswerQuestion', questionId, answer }),
  );
}

export function understands(one: Case, member: Treated, purpose: Purpose = 'treatment'): void {
  const method = one.number % 3 === 0 ? 'questions_and_answers' : 'teach_back';
  const capacity =
    one.isDecidedFor(member) && !one.isMinor(member)
      ? { attested: false, basis: 'Nods to everything; who decides for him was there and understood.' }
      : { attested: true, basis: 'Said in own words what was agreed and what it is for.' };
  one.story.enter(
    { what: `${purpose} is understood`, id: one.consentId(member, purpose), by: one.byTherapist },
    (meta) => commandFor(consent, meta, { type: 'RecordComprehension', method, understood: true, capacity }),
  );
}

export function decidesFreely(
  one: Case,
  member: Treated,
  purpose: Purpose = 'treatment',
  pressures: readonly string[] = [],
  words?: string,
): void {
  one.story.enter(
    { what: `${purpose} is decided freely`, id: one.consentId(member, purpose), by: one.byTherapist },
    (meta) =>
      commandFor(consent, meta, {
        type: 'RecordVoluntariness',
        voluntary: true,
        mandated: one.mandated,
        pressures: [...pressures],
        ...(words ? { words } : {}),
      }),
  );
}

/** Reads how the therapist stands towards them, in the version of that day. */
export function readsTheStance(one: Case, member: Treated, purpose: Purpose = 'treatment'): void {
  const { world, story } = one;
  const shown = world.stanceAt(one.therapist, one.unitKind, story.moment);
  story.enter(
    { what: `reads the stance of ${one.therapist}`, id: one.consentId(member, purpose), by: one.byTherapist },
    (meta) => new AcknowledgeStance(meta, shown),
  );
}

export interface Giving {
  readonly purpose?: Purpose;
  readonly expiresOn?: LocalDate;
  readonly reviewOn?: LocalDate;
  /** signed on paper some days before it is entered */
  readonly signedAt?: Instant;
  readonly lateBecause?: string;
  /** who may be told */
  readonly recipients?: readonly string[];
}

/** Signs, or a guardian does for somebody who is not of age; the young person is asked as well. */
export function saysYes(
  one: Case,
  member: Treated,
  giving: Giving = {},
  type: 'GiveConsent' | 'RenewConsent' = 'GiveConsent',
): void {
  const { purpose = 'treatment', expiresOn, reviewOn, signedAt, lateBecause, recipients } = giving;
  const id = one.consentId(member, purpose);
  const minor = one.isMinor(member);
  const substitute = one.isDecidedFor(member);
  if (minor)
    one.story.enter({ what: 'young person agrees too', id, by: one.byTherapist }, (meta) =>
      commandFor(consent, meta, {
        type: 'RecordAssent',
        words: 'I want to try it. I do not want my school to know.',
      }),
    );
  const [guardian, ...others] = one.guardians.get(member) ?? [];
  const signedName = substitute && guardian ? guardian.name : member.legalName;
  const signature = signedAt
    ? ({ method: 'paper_scanned', signedName, image: `demo-scan/${member.key}` } as const)
    : ({ method: one.number % 2 === 0 ? 'typed' : 'click', signedName } as const);
  const by = substitute ? 'substitute' : 'self';
  const kind = minor ? 'guardian' : 'legal_representative';
  const authority = guardian && ({ kind, guardianId: guardian.id } as const);
  const cosigned = others.map(({ id: guardianId, name }) => ({
    guardianId,
    signature: { method: 'click', signedName: name } as const,
  }));
  const decided = substitute
    ? { ...(authority ? { authority } : {}), ...(cosigned.length > 0 ? { cosigned } : {}) }
    : {};
  const dates = { ...(expiresOn ? { expiresOn } : {}), ...(reviewOn ? { reviewOn } : {}) };
  const what = type === 'GiveConsent' ? `gives consent to ${purpose}` : `renews consent to ${purpose}`;
  const late = signedAt ? { occurredAt: signedAt, ...(lateBecause ? { reason: lateBecause } : {}) } : {};
  one.story.enter(
    { what, id, by: signedAt ? one.by('coordinator') : one.byTherapist, ...late },
    (meta) =>
      new GiveConsent(meta, {
        type,
        by,
        ...decided,
        signature,
        ...dates,
        ...(recipients ? { recipients: [...recipients] } : {}),
      }),
  );
}

export interface Talk extends Giving {
  readonly question?: readonly [string, string];
  readonly pressures?: readonly string[];
  readonly words?: string;
}

/** The whole conversation in one visit, for everybody who comes: told, asked, understood, free, read, signed. */
export function isTalkedThrough(one: Case, talk: Talk = {}): void {
  for (const member of one.members) isTalkedThroughWith(one, member, talk);
}

/** The same with one of them. */
export function isTalkedThroughWith(one: Case, member: Treated, talk: Talk = {}): void {
  const { purpose = 'treatment', question, pressures, words } = talk;
  isTold(one, member, purpose);
  if (question) asks(one, member, question, purpose);
  understands(one, member, purpose);
  decidesFreely(one, member, purpose, pressures, words);
  readsTheStance(one, member, purpose);
  saysYes(one, member, talk);
}

/** A further purpose, offered and talked through in one go. */
export function isAskedFor(one: Case, purpose: Purpose, recipients?: readonly string[]): void {
  isTalkedThrough(one, { purpose, ...(recipients ? { recipients } : {}) });
}

/** Talks everything through again on what is in force now. */
export function renews(one: Case, giving: Giving = {}): void {
  const { purpose = 'treatment' } = giving;
  for (const member of one.members) {
    isOffered(one, member, purpose, 'in_person');
    isTold(one, member, purpose);
    understands(one, member, purpose);
    decidesFreely(one, member, purpose);
    readsTheStance(one, member, purpose);
    saysYes(one, member, giving, 'RenewConsent');
  }
}

export function isReviewed(one: Case, member: Treated = one.first): void {
  one.story.enter(
    { what: 'consent is reviewed', id: one.consentId(member, 'treatment'), by: one.byTherapist },
    (meta) => new ReviewConsent(meta, {}),
  );
}

export function saysNo(one: Case, member: Treated, words: string): void {
  one.story.enter({ what: 'declines', id: one.consentId(member, 'treatment'), by: one.byTherapist }, (meta) =>
    commandFor(consent, meta, { type: 'DeclineConsent', by: 'self', words }),
  );
}

export interface Withdrawing {
  readonly channel: Channel;
  readonly enteredBy: StaffKey;
  readonly scope?: { kind: 'all' | 'purpose' } | { kind: 'element'; element: Element };
  /** it reached the practice later than it was said */
  readonly saidAt?: Instant;
  readonly lateBecause?: string;
}

/** @returns the step, for whoever has to correct it */
export function withdraws(
  one: Case,
  member: Treated,
  { channel, enteredBy, scope, saidAt, lateBecause }: Withdrawing,
): string {
  const late = saidAt ? { occurredAt: saidAt, ...(lateBecause ? { reason: lateBecause } : {}) } : {};
  return one.story.enter(
    { what: 'withdraws', id: one.consentId(member, 'treatment'), by: one.by(enteredBy), ...late },
    (meta) => new WithdrawConsent(meta, { by: 'self', channel, ...(scope ? { scope } : {}) }),
  );
}

/** A second clinician finds that a withdrawal was entered for the wrong person. */
export function withdrawalIsCorrected(
  one: Case,
  member: Treated,
  step: string,
  second: StaffKey,
  reason: string,
): void {
  one.story.enterKnowing(
    {
      what: 'withdrawal is marked in error',
      id: one.consentId(member, 'treatment'),
      by: one.by(second),
      reason,
    },
    (meta, done) =>
      new MarkEntryInError(meta, {
        correctsEventId: eventOf(done, step, 'ConsentWithdrawn'),
        requestedBy: 'clinician',
      }),
  );
}

export function emergencyIsFollowedUp(one: Case, member: Treated, outcome: string): void {
  one.story.enter(
    { what: 'emergency is followed up', id: one.consentId(member, 'treatment'), by: one.byTherapist },
    (meta) => commandFor(consent, meta, { type: 'CompleteEmergencyFollowUp', outcome }),
  );
}

const languageOf = ({ languages }: Treated): string => (languages[0] === 'de' ? 'de' : 'en');
