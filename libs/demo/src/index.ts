import { relationshipIdOf } from '#libs/relationship';
import { deriveId } from '#libs/kernel';
import { stanceIdOf } from '#libs/stance';
import { clientIdOf } from './case.js';
import { TOUR_PERSON } from './cases.js';
import { JUNIPER, LINDENHOF, practiceIdOf, staffIdOf } from './practices.js';

export { MovableClock } from './clock.js';
export { loadDemo, type DemoLoad } from './load.js';

export const DEMO_PRACTICE_ID = practiceIdOf(LINDENHOF.key);
/** The small one, in another zone and under other rules. */
export const SECOND_DEMO_PRACTICE_ID = practiceIdOf(JUNIPER.key);

/** Who gets a token. The therapist is the one of the tour. */
export const DEMO_STAFF = {
  owner: staffIdOf(LINDENHOF.key, 'owner'),
  coordinator: staffIdOf(LINDENHOF.key, 'coordinator'),
  therapist: staffIdOf(LINDENHOF.key, 'jonah'),
  supervisor: staffIdOf(LINDENHOF.key, 'supervisor'),
  auditor: staffIdOf(LINDENHOF.key, 'auditor'),
} as const;

/** A client whose status turned stale three days before the load, at ten, because the therapist's stance changed. */
export const DEMO_TOUR = {
  clientId: clientIdOf(TOUR_PERSON),
  relationshipId: relationshipIdOf(DEMO_PRACTICE_ID, deriveId('demo', 'inquiry', TOUR_PERSON)),
  therapistId: DEMO_STAFF.therapist,
  stanceId: stanceIdOf(DEMO_PRACTICE_ID, DEMO_STAFF.therapist, 'individual'),
  /** the version the client acknowledged, and the one in force */
  from: 2,
  to: 3,
} as const;
