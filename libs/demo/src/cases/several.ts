import { addMinutes } from '#libs/kernel';
import { comesToday } from '../stories/appointments.js';
import { agreesOn } from '../stories/boundaries.js';
import { isAskedFor, isTalkedThroughWith, withdraws } from '../stories/consent.js';
import { guardianNamed, guardiansAreRecorded, isElsewhere, joins, leaves } from '../stories/people.js';
import { meet, meetForSomeTime, nextIsPlanned } from '../stories/sessions.js';
import { begins, goesOn, goesOnUntilNow, type Told } from './told.js';

/** Couples, a family and a group: with Ines. */
export const SEVERAL_CASES: readonly Told[] = [
  {
    who: ['carla', 'henk'],
    with: 'ines',
    inquiry: 165,
    asking: { concern: 'They talk about the children and about nothing else.' },
    story: (one, inquiry) => {
      goesOn(10, 7)(one, inquiry);
      agreesOn(one, 'joint_confidentiality');
      one.story.on(one.world.calendar.workday(6), '12:15');
      // what she agreed to still holds; he has to be asked anew
      isElsewhere(one, one.members[1]!, 'NL');
      comesToday(one, '18:00');
    },
  },
  {
    who: ['mona', 'piet'],
    with: 'ines',
    inquiry: 115,
    asking: { concern: 'An affair, told by the person who had it.' },
    story: (one, inquiry) => {
      goesOn(34, 5)(one, inquiry);
      const { calendar } = one.world;
      const last = calendar.next(one.slot.weekday, 26);
      meet(one, last);
      // he had written while they sat down; she read it in the evening
      one.story.on(last, '20:10');
      const saidAt = addMinutes(calendar.at(last, one.slot.time), 10);
      withdraws(one, one.members[1]!, { channel: 'email', enteredBy: 'ines', saidAt });
    },
  },
  {
    who: ['runa', 'jorin', 'elio'],
    together: 'family',
    with: 'ines',
    inquiry: 75,
    asking: { concern: 'The son says that he will move out and not come back.' },
    // he decides for himself in less than a month
    story: (one, inquiry) => {
      const [mother, father, son] = one.members;
      const guardians = [guardianNamed(mother!.legalName), guardianNamed(father!.legalName)];
      guardiansAreRecorded(one, son!, guardians, {
        jointRule: 'both',
        document: 'Birth certificate, seen by the practice',
        relations: ['mother', 'father'],
        since: 6500,
      });
      goesOnUntilNow(3)(one, inquiry);
    },
  },
  {
    who: ['signe', 'marlon', 'tilda'],
    together: 'group',
    with: 'ines',
    inquiry: 125,
    asking: { concern: 'Three who lost somebody, and asked for others who did.' },
    story: (one, inquiry) => {
      begins(one, inquiry);
      isAskedFor(one, 'group_participation');
      meetForSomeTime(one, { from: inquiry - 22, until: 70, times: 2 });
      one.visit(62);
      const newcomer = joins(one, 'okan');
      isTalkedThroughWith(one, newcomer);
      isTalkedThroughWith(one, newcomer, { purpose: 'group_participation' });
      meetForSomeTime(one, { from: 54, until: 40, times: 2 });
      one.story.on(one.world.calendar.workday(33), '10:30');
      leaves(one, one.members[2]!);
      meetForSomeTime(one, { from: 28, until: 1, times: 2 });
      nextIsPlanned(one);
    },
  },
];
