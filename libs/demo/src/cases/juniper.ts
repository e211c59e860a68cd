import { isAskedFor, isOffered, isReviewed, isTold } from '../stories/consent.js';
import { meetForSomeTime, nextIsPlanned } from '../stories/sessions.js';
import { begins, goesOn, goesOnUntilNow, type Told } from './told.js';

/** Hannah, in the other practice. */
export const JUNIPER_CASES: readonly Told[] = [
  {
    who: 'ruth',
    with: 'hannah',
    inquiry: 392,
    asking: { concern: 'Came home from deployment and cannot sit with her back to a door.' },
    story: (one, inquiry) => {
      goesOn(40, 7)(one, inquiry);
      one.visit(30);
      isReviewed(one);
      nextIsPlanned(one);
    },
  },
  {
    who: 'silas',
    with: 'hannah',
    inquiry: 205,
    asking: { concern: 'A ranch to give up, and nobody to leave it to.' },
    story: goesOnUntilNow(6, {}, 3),
  },
  {
    who: 'thuy',
    with: 'hannah',
    inquiry: 28,
    asking: { concern: 'Does not want to be the strong one any more.' },
    story: (one, inquiry) => {
      one.story.later(30);
      isOffered(one, one.first);
      one.visit(inquiry - 9);
      isTold(one, one.first, 'treatment', 'read_aloud', true);
    },
  },
  {
    who: 'walt',
    with: 'hannah',
    inquiry: 95,
    format: 'video',
    asking: { concern: 'Snowed in all winter, and not only by snow.' },
    story: (one, inquiry) => {
      begins(one, inquiry);
      isAskedFor(one, 'telehealth');
      meetForSomeTime(one, { from: inquiry - 22, until: 3, times: 5 });
      nextIsPlanned(one);
    },
  },
];
