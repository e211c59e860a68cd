import { noteIsCosigned, noteIsDrafted, noteIsSigned } from '../stories/notes.js';
import { meet, nextIsPlanned } from '../stories/sessions.js';
import { begins, type Told } from './told.js';

/** Tarek, who is in training. */
export const TAREK_CASES: readonly Told[] = [
  {
    who: 'lotte',
    with: 'tarek',
    inquiry: 90,
    asking: { concern: 'Plays the violin and cannot play before others any more.' },
    story: (one, inquiry) => {
      begins(one, inquiry);
      meet(one, one.world.calendar.next(one.slot.weekday, 60));
      noteIsSigned(one, 'Brought the violin and left it in its case. We listened to a recording.');
      one.story.later(60 * 24 * 3);
      noteIsCosigned(one);
      meet(one, one.world.calendar.next(one.slot.weekday, 25));
      noteIsSigned(one, 'Played four bars with the door open.');
      nextIsPlanned(one);
    },
  },
  {
    who: 'bela',
    with: 'tarek',
    inquiry: 62,
    asking: { concern: 'Sold the company and does not know what to do in the morning.' },
    story: (one, inquiry) => {
      begins(one, inquiry);
      meet(one, one.world.calendar.next(one.slot.weekday, 18));
      noteIsDrafted(one, 'Made a list of what');
      // and for this one there is no note at all
      meet(one, one.world.calendar.next(one.slot.weekday, 8));
      nextIsPlanned(one);
    },
  },
];
