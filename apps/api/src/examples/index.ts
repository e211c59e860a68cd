import { ACCESS } from './access.js';
import { BOUNDARIES } from './boundaries.js';
import { CLIENTS } from './clients.js';
import { CONSENTS } from './consents.js';
import { DISCLOSURES } from './disclosures.js';
import { DOCUMENTS } from './documents.js';
import type { Example } from './example.js';
import { HISTORY, LEDGER, SERVICE } from './history.js';
import { INTAKE } from './intake.js';
import { LEGAL } from './legal.js';
import { NOTES } from './notes.js';
import { PRACTICE_OPENS } from './practice.js';
import { RELATIONSHIPS, RELATIONSHIPS_CHANGE } from './relationships.js';
import { ROOMS } from './rooms.js';
import { SESSIONS, SESSIONS_BREAK_OFF } from './sessions.js';
import { SIGN_IN } from './sign-in.js';
import { STAFF_JOINS } from './staff.js';
import { STANCES } from './stances.js';

export { addressOf, type Example } from './example.js';
export { CODE, EVENT, PRACTICE, STAFF } from './names.js';

/** A tour of the API in the order of a practice's life: every operation of the document, at least once. */
export const EXAMPLES: readonly Example[] = [
  ...PRACTICE_OPENS,
  ...STAFF_JOINS,
  ...SIGN_IN,
  ...ROOMS,
  ...STANCES,
  ...DOCUMENTS,
  ...INTAKE,
  ...CLIENTS,
  ...RELATIONSHIPS,
  ...CONSENTS,
  ...BOUNDARIES,
  ...SESSIONS,
  ...NOTES,
  ...SESSIONS_BREAK_OFF,
  ...DISCLOSURES,
  ...RELATIONSHIPS_CHANGE,
  ...HISTORY,
  ...ACCESS,
  ...LEGAL,
  ...LEDGER,
  ...SERVICE,
];
