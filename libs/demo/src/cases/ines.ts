import { comesToday, confirms } from '../stories/appointments.js';
import { amends, leavesOpen } from '../stories/boundaries.js';
import { asks, isAskedFor, isOffered, isTold, renews, withdraws } from '../stories/consent.js';
import { crosses, isAssessed, plansToCross } from '../stories/crossings.js';
import { movesHouse } from '../stories/intake.js';
import { guardianNamed, guardiansAreRecorded } from '../stories/people.js';
import { isHandedOver, relationshipEnds } from '../stories/relationship.js';
import { meet, meetForSomeTime, nextIsPlanned } from '../stories/sessions.js';
import { begins, goesOn, goesOnUntilNow, type Told } from './told.js';

/** Ines, with one at a time. */
export const INES_CASES: readonly Told[] = [
  {
    who: 'nuri',
    with: 'ines',
    inquiry: 102,
    asking: { concern: 'Does not go to school and does not say why.' },
    // decides alone in less than a month
    story: (one, inquiry) => {
      guardiansAreRecorded(one, one.first, [guardianNamed('Selma Eichenlaub')], {
        jointRule: 'sole',
        document: 'Birth certificate and order of the invented family court, seen by the practice',
        relations: ['mother'],
        since: 2900,
      });
      goesOnUntilNow(5)(one, inquiry);
    },
  },
  {
    who: 'odile',
    with: 'ines',
    inquiry: 222,
    asking: { concern: 'Her parents part, and she carries their messages.' },
    // came of age two weeks ago
    story: (one, inquiry) => {
      guardiansAreRecorded(one, one.first, [guardianNamed('Bertrand Farnhagen')], {
        jointRule: 'sole',
        document: 'Birth certificate and order of the invented family court, seen by the practice',
        relations: ['father'],
        since: 1400,
      });
      goesOn(22, 6)(one, inquiry);
    },
  },
  {
    who: 'marit',
    with: 'ines',
    inquiry: 362,
    asking: { concern: 'Became a mother and feels nothing she is supposed to feel.' },
    story: (one, inquiry) => {
      goesOn(160, 5)(one, inquiry);
      one.story.on(one.world.calendar.workday(150), '10:00');
      isHandedOver(one, 'mirela');
      one.visit(145);
      renews(one);
      meetForSomeTime(one, { from: 136, until: 6, times: 4 });
      one.story.later(20);
      plansToCross(one, 'client_events', {
        rationale: 'Her daughter is named on Sunday, and she has nobody of her own who comes.',
        expectedBenefit: 'That somebody has seen it.',
        risks: 'That others ask who I am. We agreed on what she says.',
      });
      nextIsPlanned(one);
    },
  },
  {
    who: 'pelle',
    with: 'ines',
    inquiry: 322,
    asking: { concern: 'Cannot forgive his brother and would like to.' },
    story: (one, inquiry) => {
      goesOn(90, 5)(one, inquiry);
      const { calendar } = one.world;
      const last = calendar.next(one.slot.weekday, 88);
      const said = calendar.at(last + 3, '19:00');
      meet(one, last);
      // the letter lay in the box while the session above was held
      one.story.on(calendar.workday(last - 3), '09:00');
      withdraws(one, one.first, {
        channel: 'letter',
        enteredBy: 'coordinator',
        saidAt: said,
        lateBecause: 'The letter is dated days before it reached us.',
      });
    },
  },
  {
    who: 'ronja',
    with: 'ines',
    inquiry: 264,
    asking: { concern: 'Eats in secret.' },
    story: (one, inquiry) => {
      goesOn(150, 6)(one, inquiry);
      one.story.on(one.world.calendar.workday(141), '18:00');
      relationshipEnds(one, 'therapist', 'referred_to_specialist');
    },
  },
  {
    who: 'stelian',
    with: 'ines',
    inquiry: 217,
    asking: { concern: 'Translates for the whole family, and is tired.' },
    story: (one, inquiry) => {
      const { calendar } = one.world;
      goesOn(45, 5)(one, inquiry);
      one.story.on(calendar.workday(40), '18:20');
      const favour = crosses(
        one,
        'multiple_relationships',
        'I asked him to translate a contract for my brother, and paid him for it.',
      );
      one.story.on(calendar.workday(20), '10:00');
      isAssessed(one, favour, 'violation', 'He could not have said no to her.');
      meetForSomeTime(one, { from: 17, until: 2, times: 1 });
      confirms(one, comesToday(one, '12:30'));
    },
  },
  {
    who: 'tove',
    with: 'ines',
    inquiry: 177,
    asking: { concern: 'Her best friend does not speak to her any more.' },
    story: (one, inquiry) => {
      goesOn(40, 5)(one, inquiry);
      amends(one, one.number % 2 === 0 ? 'between_session_contact' : 'social_media_and_search', {
        rule: 'within_limits',
        limits: 'a voice message of one minute',
        words: 'You may send a voice message of a minute when writing is too much.',
      });
      meetForSomeTime(one, { from: 33, until: 1, times: 2 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'ursel',
    with: 'ines',
    inquiry: 137,
    asking: { concern: 'Fears that she forgets, and that the children notice.' },
    story: (one, inquiry) => {
      goesOn(30, 5)(one, inquiry);
      one.story.on(one.world.calendar.workday(24), '10:50');
      withdraws(one, one.first, {
        channel: 'in_person',
        enteredBy: 'ines',
        scope: { kind: 'element', element: 'third_party_payer' },
      });
      meetForSomeTime(one, { from: 20, until: 1, times: 2 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'viggo',
    with: 'ines',
    inquiry: 107,
    format: 'video',
    asking: { concern: 'Is at sea half of the year.' },
    story: (one, inquiry) => {
      begins(one, inquiry);
      isAskedFor(one, 'telehealth');
      meetForSomeTime(one, { from: inquiry - 22, until: 66, times: 2 });
      one.visit(62);
      renews(one);
      renews(one, { purpose: 'telehealth' });
      meetForSomeTime(one, { from: 54, until: 1, times: 4 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'wilma',
    with: 'ines',
    inquiry: 67,
    asking: { concern: 'Left a strict community and misses it.' },
    story: (one, inquiry) => {
      goesOn(30, 3)(one, inquiry);
      one.story.on(one.world.calendar.workday(26), '18:40');
      crosses(one, 'chance_encounters', 'Met her at the market and greeted her first, before her friends.');
      meetForSomeTime(one, { from: 20, until: 1, times: 2 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'yara',
    with: 'ines',
    inquiry: 43,
    asking: { concern: 'Was laughed at once, on a stage, and hears it still.' },
    story: (one, inquiry) => {
      goesOn(1, 3)(one, inquiry);
      movesHouse(one, one.first, 'Yari');
      leavesOpen(one, 'touch');
      nextIsPlanned(one);
    },
  },
  {
    who: 'zeno',
    with: 'ines',
    inquiry: 33,
    asking: { concern: 'His company failed and took the savings of friends.' },
    story: goesOnUntilNow(2),
  },
  {
    who: 'ada',
    with: 'ines',
    inquiry: 23,
    asking: { concern: 'Thinks about changing everything, studies, town, name.' },
    story: (one, inquiry) => {
      one.story.later(30);
      isOffered(one, one.first);
      one.visit(inquiry - 9);
      isTold(one, one.first);
      asks(one, one.first, ['What happens to the notes if I change my name?']);
    },
  },
  {
    who: 'bruno',
    with: 'ines',
    inquiry: 8,
    asking: { concern: 'His daughter asked him to come.' },
    story: () => undefined,
  },
];
