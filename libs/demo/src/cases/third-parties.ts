import { capacityIsAssessed, guardianNamed, guardiansAreRecorded } from '../stories/people.js';
import { isMandated } from '../stories/relationship.js';
import { nextIsPlanned } from '../stories/sessions.js';
import { goesOn, goesOnUntilNow, type Told } from './told.js';

/** One who is sent by a court, and one for whom somebody else decides. */
export const THIRD_PARTY_CASES: readonly Told[] = [
  {
    who: 'kasimir',
    with: 'rafael',
    inquiry: 110,
    asking: { concern: 'A court says that he has to learn what to do with his anger.' },
    story: (one, inquiry) => {
      isMandated(
        one,
        'Court of the invented county',
        'That he comes, once a month, and nothing of what he says.',
        inquiry + 12,
      );
      goesOnUntilNow(5, {
        pressures: ['mandate'],
        words: 'I have to go somewhere. That it is here is my choice.',
      })(one, inquiry);
    },
  },
  {
    who: 'arvid',
    with: 'mirela',
    inquiry: 130,
    asking: { concern: 'After the stroke his daughter looks for somebody who has time for him.' },
    // can decide for himself again, and has not been asked yet
    story: (one, inquiry) => {
      const { first } = one;
      one.story.on(one.world.calendar.workday(inquiry - 6), '15:30');
      capacityIsAssessed(one, first, false, 'Cannot say what the sessions are for, nor that he could stop.');
      guardiansAreRecorded(one, first, [guardianNamed('Friederike Mensching')], {
        jointRule: 'sole',
        document: 'Order of the invented court of guardianship, seen by the practice',
        relations: ['legal_representative'],
        since: inquiry + 40,
      });
      goesOn(30, 5)(one, inquiry);
      one.visit(22);
      capacityIsAssessed(one, first, true, 'Says in his own words what we do here, and that he wants it.');
      nextIsPlanned(one);
    },
  },
];
