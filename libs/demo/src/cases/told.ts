import type { UnitKind } from '#libs/client';
import type { Format } from '#libs/practice';
import type { DaysAgo } from '../calendar.js';
import type { Case } from '../case.js';
import type { TherapistKey } from '../practices.js';
import { agreesOn } from '../stories/boundaries.js';
import { isAskedFor, isOffered, isTalkedThrough, type Talk } from '../stories/consent.js';
import type { Asking } from '../stories/intake.js';
import { meetForSomeTime, nextIsPlanned } from '../stories/sessions.js';

/** How one case went. `inquiry` is the day of the first call. */
export interface Told {
  readonly who: string | readonly string[];
  /** of several; a couple unless told */
  readonly together?: UnitKind;
  readonly with: TherapistKey;
  readonly inquiry: DaysAgo;
  readonly asking: Asking;
  readonly format?: Format;
  readonly story: (one: Case, inquiry: DaysAgo) => void;
}

// What many stories begin with.

/** Asked for consent by mail after the opening, talked through at the first visit, with something agreed. */
export function begins(one: Case, inquiry: DaysAgo, talk: Talk = {}): void {
  one.story.later(30);
  for (const member of one.members) isOffered(one, member);
  one.visit(inquiry - 9);
  isTalkedThrough(one, talk);
  if (one.unitKind === 'couple' || one.unitKind === 'family') isAskedFor(one, 'joint_work_confidentiality');
  agreesOn(one, one.number % 2 === 0 ? 'between_session_contact' : 'social_media_and_search');
  if (one.number % 3 !== 0) agreesOn(one, one.number % 3 === 1 ? 'gifts' : 'chance_encounters');
}

/** Begins, and meets for some time. The first session comes a week or more after the first visit. */
export const goesOn =
  (until: DaysAgo, times: number, talk: Talk = {}) =>
  (one: Case, inquiry: DaysAgo): void => {
    begins(one, inquiry, talk);
    meetForSomeTime(one, { from: inquiry - 22, until, times });
  };

/** Goes on until today, with the next appointment made. */
export const goesOnUntilNow =
  (times: number, talk: Talk = {}, until: DaysAgo = 1) =>
  (one: Case, inquiry: DaysAgo): void => {
    goesOn(until, times, talk)(one, inquiry);
    nextIsPlanned(one);
  };
