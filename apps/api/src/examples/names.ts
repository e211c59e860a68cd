import { boundaryIdOf } from '#libs/boundary';
import { consentIdOf } from '#libs/consent';
import { deriveId } from '#libs/kernel';
import { relationshipIdOf } from '#libs/relationship';
import { noteIdOf } from '#libs/session';
import { EXAMPLE_FOR_ONE, stanceIdOf, statementOf, TEMPLATE_VERSION } from '#libs/stance';

/*
 * By which ids the tour calls its people and things. Whoever creates a thing may choose its id; some ids follow from what
 * they are about, beginning with the practice's, which follows from the Idempotency-Key it was registered with. Everybody
 * is invented.
 */

export const PRACTICE_KEY = 'register-willow-lane';
export const PRACTICE = 'f78e10b6-5bfa-8609-a4db-aeda727605d1';

let made = 0;
const id = (): string => `019b8d2b-8c00-7000-8000-${(++made).toString(16).padStart(12, '0')}`;

export const STAFF = {
  owner: 'de186d5a-c2f1-8c7c-bcb5-29bf43315e60', // follows from the practice's
  coordinator: id(),
  therapist: id(),
  trainee: id(),
  supervisor: id(),
  auditor: id(),
  formerTherapist: id(),
  secondOwner: id(),
};

export const ROOM = { garden: id(), attic: id() };

export const STANCE = {
  towardsOne: stanceIdOf(PRACTICE, STAFF.therapist, 'individual'),
  towardsSeveral: stanceIdOf(PRACTICE, STAFF.therapist, 'unit'),
  ofTrainee: stanceIdOf(PRACTICE, STAFF.trainee, 'individual'),
};
/** What a client acknowledges is the text they read. */
export const STATEMENT_HASH = statementOf({
  dimensions: EXAMPLE_FOR_ONE,
  ownWords: {},
  locale: 'en',
  templateVersion: TEMPLATE_VERSION,
}).contentHash;

export const DOCUMENT = { therapyHere: id(), oldFees: id() };

export const CLIENT = {
  mira: id(),
  tomas: id(),
  odile: id(),
  ines: id(),
  jonas: id(),
  lea: id(),
  miraAgain: id(),
  namesake: id(),
  wanja: id(),
};
/** Guardians of Odile. */
export const GUARDIAN = { bertrand: id(), helene: id() };
export const UNIT = { mira: id(), tomas: id(), odile: id(), couple: id(), family: id() };

export const INQUIRY = { mira: id(), ines: id(), urgent: id(), elsewhere: id(), noPlace: id() };

export const RELATIONSHIP = {
  mira: relationshipIdOf(PRACTICE, INQUIRY.mira),
  tomas: id(),
  odile: id(),
};

export const CONSENT = {
  mira: consentIdOf(PRACTICE, RELATIONSHIP.mira, CLIENT.mira, 'treatment'),
  miraResearch: consentIdOf(PRACTICE, RELATIONSHIP.mira, CLIENT.mira, 'research'),
  miraNotes: consentIdOf(PRACTICE, RELATIONSHIP.mira, CLIENT.mira, 'psychotherapy_note_authorization'),
  odile: consentIdOf(PRACTICE, RELATIONSHIP.odile, CLIENT.odile, 'treatment'),
  tomas: consentIdOf(PRACTICE, RELATIONSHIP.tomas, CLIENT.tomas, 'treatment'),
};
/** The id of a question follows from the consent and the question. */
export const QUESTION = 'Who reads what you write down about me?';
export const QUESTION_ID = deriveId('question', CONSENT.mira, QUESTION);
export const EVENT = { mistakenWithdrawal: id(), mistakenConfirmation: id() };

export const BOUNDARY = {
  gifts: boundaryIdOf(PRACTICE, RELATIONSHIP.mira, 'gifts'),
  contact: boundaryIdOf(PRACTICE, RELATIONSHIP.mira, 'between_session_contact'),
};
export const CROSSING = { drawing: id(), nights: id() };

export const SESSION = {
  first: id(),
  broken: id(),
  noShow: id(),
  cancelled: id(),
  moved: id(),
  mistaken: id(),
  afterwards: id(),
  trainee: id(),
  inVain: id(),
};
export const SERIES = id();
export const NOTE = {
  first: noteIdOf(PRACTICE, SESSION.first, STAFF.therapist),
  trainee: noteIdOf(PRACTICE, SESSION.trainee, STAFF.trainee),
};
export const PSYCHOTHERAPY_NOTE = id();

export const DISCLOSURE = { physician: id(), employer: id() };

/** What the service makes itself, as the tour calls it. */
export const MADE = {
  invitation: 'candor_invitation_of-ilka-as-the-tour-calls-it-for-short-0badcafe',
  session: id(),
  token: id(),
};
/** What Ilka's authenticator app shows at the time. */
export const CODE = '492039';

export const GRANT = { bridge: id() };

export const HOLD = { lawsuit: id() };
export const ERASURE = { wanja: id() };
