import type { UnitKind } from '#libs/client';
import type { Format } from '#libs/relationship';
import type { DaysAgo } from './calendar.js';
import { Case, type Slot } from './case.js';
import { personOf } from './people.js';
import type { TherapistKey } from './practices.js';
import type { Step } from './script.js';
import { agreesOn, amends, leavesOpen } from './stories/boundaries.js';
import {
  asks,
  decidesFreely,
  emergencyIsFollowedUp,
  isAskedFor,
  isOffered,
  isReviewed,
  isTalkedThrough,
  isTold,
  readsTheStance,
  renews,
  saysNo,
  saysYes,
  understands,
  withdrawalIsCorrected,
  withdraws,
  type Talk,
} from './stories/consent.js';
import { asksForTherapy, movesHouse, type Asking } from './stories/intake.js';
import { changesFormat, hearsFromElsewhere, isHandedOver, relationshipEnds } from './stories/relationship.js';
import {
  beginsInAnEmergency,
  goesOnForSafety,
  meet,
  meetForSomeTime,
  nextIsPlanned,
  withdrawsInSession,
} from './stories/sessions.js';
import type { World } from './world.js';

/** How one case went. `inquiry` is the day of the first call. */
interface Told {
  readonly who: string | readonly [string, string];
  readonly with: TherapistKey;
  readonly inquiry: DaysAgo;
  readonly asking: Asking;
  readonly format?: Format;
  readonly story: (one: Case, inquiry: DaysAgo) => void;
}

/** The client whose status the README's tour looks at. */
export const TOUR_PERSON = 'amara';

// What many stories begin with.

/** Asked for consent by mail after the opening, talked through at the first visit, with something agreed. */
function begins(one: Case, inquiry: DaysAgo, talk: Talk = {}): void {
  one.story.later(30);
  for (const member of one.members) isOffered(one, member);
  one.visit(inquiry - 9);
  isTalkedThrough(one, talk);
  agreesOn(one, one.number % 2 === 0 ? 'between_session_contact' : 'social_media_and_search');
  if (one.number % 3 !== 0) agreesOn(one, one.number % 3 === 1 ? 'gifts' : 'chance_encounters');
}

/** Begins, and meets for some time. The first session comes a week or more after the first visit. */
const goesOn =
  (until: DaysAgo, times: number, talk: Talk = {}) =>
  (one: Case, inquiry: DaysAgo): void => {
    begins(one, inquiry, talk);
    meetForSomeTime(one, { from: inquiry - 22, until, times });
  };

/** Goes on until today, with the next appointment made. */
const goesOnUntilNow =
  (times: number, talk: Talk = {}, until: DaysAgo = 1) =>
  (one: Case, inquiry: DaysAgo): void => {
    goesOn(until, times, talk)(one, inquiry);
    nextIsPlanned(one);
  };

const THEN_THE_TOUR: DaysAgo = 5;

const LINDENHOF_CASES: readonly Told[] = [
  // Jonah, whose stance changed three days ago
  {
    who: 'amara',
    with: 'jonah',
    inquiry: 172,
    asking: {
      concern: 'Has not slept well since moving here and is hard on herself about it.',
      wish: { dimension: 'unconditionality', value: 'compassion' },
    },
    story: (one, inquiry) => {
      goesOn(THEN_THE_TOUR, 8, {
        question: [
          'Will you ever talk to my partner about me?',
          'No. What I know comes from you alone. If that ever changes I tell you first and you decide.',
        ],
      })(one, inquiry);
      nextIsPlanned(one);
    },
  },
  {
    who: 'benno',
    with: 'jonah',
    inquiry: 120,
    asking: { concern: 'Lost his job and the feeling of being needed.' },
    story: goesOnUntilNow(
      6,
      { pressures: ['financial'], words: 'Nobody makes me come, but I worry about the money.' },
      THEN_THE_TOUR,
    ),
  },
  {
    who: 'ciara',
    with: 'jonah',
    inquiry: 95,
    asking: { concern: 'Wants to find words for a grief of long ago.' },
    story: (one, inquiry) => {
      goesOn(THEN_THE_TOUR, 5)(one, inquiry);
      // the first to read the new stance
      one.story.on(2, '17:30');
      renews(one);
      nextIsPlanned(one);
    },
  },
  {
    who: 'dmitri',
    with: 'jonah',
    inquiry: 405,
    asking: {
      concern: 'Panics in trains and lifts.',
      wish: { dimension: 'challenge', value: 'will_challenge' },
    },
    story: (one, inquiry) => {
      goesOn(196, 7)(one, inquiry);
      one.story.on(one.world.calendar.workday(188), '12:00');
      relationshipEnds(one, 'agreement', 'goals_reached');
    },
  },
  {
    who: 'edda',
    with: 'jonah',
    inquiry: 212,
    asking: { concern: 'Cares for her mother and has nobody to be angry with.' },
    story: (one, inquiry) => {
      goesOn(60, 6)(one, inquiry);
      one.story.on(one.world.calendar.workday(40), '10:15');
      withdraws(one, one.first, { channel: 'phone', enteredBy: 'coordinator' });
    },
  },
  {
    who: 'farid',
    with: 'jonah',
    inquiry: 305,
    asking: { concern: 'Studies, and freezes before every exam.' },
    story: (one, inquiry) => {
      goesOn(45, 7, { expiresOn: one.world.calendar.dateOf(30) })(one, inquiry);
      one.story.on(one.world.calendar.workday(33), '13:00');
      amends(one, one.number % 2 === 0 ? 'between_session_contact' : 'social_media_and_search', {
        rule: 'by_arrangement',
        words: 'We agree from time to time what is useful.',
      });
    },
  },
  {
    who: 'greta',
    with: 'jonah',
    inquiry: 66,
    asking: { concern: 'Her husband died in spring; the house is too big.' },
    story: (one, inquiry) => {
      one.story.later(30);
      isOffered(one, one.first);
      one.visit(inquiry - 9);
      isTold(one, one.first, 'treatment', 'spoken', true);
      asks(one, one.first, ['Do I have to talk about him every time?', 'No. You decide what we talk about.']);
      one.visit(inquiry - 20);
      saysNo(one, one.first, 'It is kind here, but I want to try it with my sister first.');
    },
  },
  {
    who: 'hana',
    with: 'jonah',
    inquiry: 27,
    asking: { concern: 'First term at university, cries without knowing why.' },
    story: (one, inquiry) => {
      one.story.later(30);
      isOffered(one, one.first);
      one.visit(inquiry - 9);
      isTold(one, one.first, 'treatment', 'spoken', true);
      asks(one, one.first, ['Does my health insurer learn what I say?']);
    },
  },
  {
    who: 'imre',
    with: 'jonah',
    inquiry: 13,
    asking: { concern: 'Came back from a long illness and does not trust his body.' },
    story: (one) => {
      one.story.later(45);
      isOffered(one, one.first);
    },
  },
  {
    who: 'jamila',
    with: 'jonah',
    inquiry: 9,
    asking: { concern: 'Argues with everyone since the promotion.' },
    story: () => undefined,
  },
  {
    who: 'kofi',
    with: 'jonah',
    inquiry: 232,
    asking: {
      concern: 'Drinks more than he likes, wants to look at it without being told off.',
      wish: { dimension: 'safety', value: 'true' },
    },
    story: goesOnUntilNow(7, {}, THEN_THE_TOUR),
  },
  {
    who: 'linnea',
    with: 'jonah',
    inquiry: 150,
    asking: { concern: 'Something happened at work that she has told nobody.' },
    story: goesOnUntilNow(6, {}, THEN_THE_TOUR),
  },

  // Mirela, who changed her stance two hundred days ago
  {
    who: 'mateus',
    with: 'mirela',
    inquiry: 535,
    asking: { concern: 'The same quarrel with every chief he ever had.' },
    story: (one, inquiry) => {
      goesOn(206, 4)(one, inquiry);
      one.visit(193);
      renews(one);
      meetForSomeTime(one, { from: 180, until: 1, times: 4 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'nadja',
    with: 'mirela',
    inquiry: 505,
    asking: { concern: 'Feels like a guest in her own life.' },
    story: (one, inquiry) => {
      goesOn(270, 7)(one, inquiry);
      one.story.on(one.world.calendar.workday(262), '15:00');
      relationshipEnds(one, 'client', 'moved_away');
    },
  },
  {
    who: 'oskar',
    with: 'mirela',
    inquiry: 332,
    asking: { concern: 'Retired and restless.' },
    story: goesOn(204, 6),
  },
  {
    who: 'priya',
    with: 'mirela',
    inquiry: 250,
    asking: { concern: 'Cannot say no, and then does not sleep.' },
    story: (one, inquiry) => {
      goesOn(206, 3)(one, inquiry);
      one.visit(190);
      renews(one);
      meetForSomeTime(one, { from: 178, until: 1, times: 5 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'quentin',
    with: 'mirela',
    inquiry: 182,
    asking: { concern: 'Lives between two countries and belongs to neither.' },
    story: goesOnUntilNow(7),
  },
  {
    who: 'rosa',
    with: 'mirela',
    inquiry: 152,
    asking: { concern: 'Wants to understand why she always leaves first.' },
    story: (one, inquiry) => {
      goesOn(55, 5)(one, inquiry);
      one.story.on(one.world.calendar.workday(45), '11:30');
      isHandedOver(one, 'rafael');
    },
  },
  {
    who: 'sami',
    with: 'mirela',
    inquiry: 142,
    asking: { concern: 'Coming out at work, and dreading it.' },
    story: (one, inquiry) => {
      one.story.later(30);
      isOffered(one, one.first);
      const { first } = one;
      one.visit(inquiry - 9);
      isTold(one, first);
      understands(one, first);
      decidesFreely(one, first);
      readsTheStance(one, first);
      const signedAt = one.story.moment;
      // the paper lay in the tray for six days
      one.story.on(one.world.calendar.workday(inquiry - 22), '08:40');
      saysYes(one, first, {
        signedAt,
        lateBecause: 'Signed on paper; the sheet was found in the tray and entered days later.',
      });
      agreesOn(one, 'gifts');
      meetForSomeTime(one, { from: inquiry - 30, until: 1, times: 6 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'talia',
    with: 'mirela',
    inquiry: 112,
    asking: { concern: 'Blushes and hides.' },
    story: (one, inquiry) => {
      goesOn(50, 4)(one, inquiry);
      one.story.on(one.world.calendar.workday(41), '09:10');
      const entry = withdraws(one, one.first, { channel: 'phone', enteredBy: 'mirela' });
      one.story.on(one.world.calendar.workday(38), '16:20');
      withdrawalIsCorrected(
        one,
        one.first,
        entry,
        'supervisor',
        'Another client of the same first name had called. Checked with both.',
      );
      meetForSomeTime(one, { from: 34, until: 1, times: 3 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'ulf',
    with: 'mirela',
    inquiry: 92,
    asking: { concern: 'A stroke, and what it took from him.' },
    story: (one, inquiry) => {
      goesOn(38, 3)(one, inquiry);
      withdrawsInSession(one, one.world.calendar.next(one.slot.weekday, 30), 'all');
    },
  },
  {
    who: 'vera',
    with: 'mirela',
    inquiry: 84,
    asking: { concern: 'Works nights and has lost her friends.' },
    story: (one, inquiry) => {
      goesOn(44, 3)(one, inquiry);
      one.visit(36);
      changesFormat(one, 'video');
      renews(one);
      isAskedFor(one, 'telehealth');
      meetForSomeTime(one, { from: 28, until: 1, times: 4 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'wanja',
    with: 'mirela',
    inquiry: 56,
    asking: { concern: 'Is afraid of becoming like his father.' },
    story: goesOnUntilNow(4),
  },
  {
    who: 'xenia',
    with: 'mirela',
    inquiry: 25,
    asking: { concern: 'Has outlived a marriage and wants to know who is left.' },
    story: (one, inquiry) => {
      one.story.later(30);
      isOffered(one, one.first);
      one.visit(inquiry - 9);
      isTold(one, one.first);
      understands(one, one.first);
      readsTheStance(one, one.first);
    },
  },
  {
    who: 'yusuf',
    with: 'mirela',
    inquiry: 12,
    asking: { concern: 'Dreams the same dream since spring.' },
    story: (one) => {
      one.story.later(20);
      isOffered(one, one.first, 'treatment', 'email');
    },
  },

  // Rafael
  {
    who: 'zoe',
    with: 'rafael',
    inquiry: 542,
    asking: {
      concern: 'Counts everything, and cannot stop.',
      wish: { dimension: 'challenge', value: 'direct' },
    },
    // never reviewed since
    story: goesOnUntilNow(8),
  },
  {
    who: 'aldo',
    with: 'rafael',
    inquiry: 482,
    asking: { concern: 'Pain that no doctor explains.' },
    story: (one, inquiry) => {
      goesOn(140, 6)(one, inquiry);
      one.visit(131);
      movesHouse(one, one.first);
      isReviewed(one);
      meetForSomeTime(one, { from: 120, until: 1, times: 3 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'bimala',
    with: 'rafael',
    inquiry: 424,
    asking: { concern: 'Cannot enter a lecture hall.' },
    story: (one, inquiry) => {
      goesOn(266, 8)(one, inquiry);
      one.story.on(one.world.calendar.workday(258), '17:00');
      relationshipEnds(one, 'agreement', 'goals_reached');
    },
  },
  {
    who: 'cornel',
    with: 'rafael',
    inquiry: 292,
    asking: { concern: 'Gambles online at night.' },
    story: goesOnUntilNow(7),
  },
  {
    who: 'delia',
    with: 'rafael',
    inquiry: 202,
    asking: { concern: 'Checks the stove eleven times.' },
    story: (one, inquiry) => {
      goesOn(58, 6)(one, inquiry);
      one.story.on(one.world.calendar.workday(50), '14:30');
      hearsFromElsewhere(
        one,
        'collateral_person',
        'Her sister called, worried, and told what she sees at home.',
      );
    },
  },
  {
    who: 'emil',
    with: 'rafael',
    inquiry: 192,
    asking: { concern: 'Anger that frightens him.' },
    story: (one, inquiry) => {
      goesOn(28, 6)(one, inquiry);
      one.story.on(one.world.calendar.workday(20), '12:40');
      changesFormat(one, 'video');
    },
  },
  {
    who: 'fumiko',
    with: 'rafael',
    inquiry: 162,
    format: 'video',
    asking: { concern: 'Lives far out, does not drive, and does not want to be found out by the village.' },
    story: (one, inquiry) => {
      begins(one, inquiry);
      isAskedFor(one, 'telehealth');
      // the text on video changed seventy days ago, and nobody has talked it through since
      meetForSomeTime(one, { from: inquiry - 22, until: 58, times: 6 });
      one.story.on(one.world.calendar.workday(53), '08:30');
      goesOnForSafety(
        one,
        one.world.calendar.next(one.slot.weekday, 48),
        'Had not left the house for ten days; waiting for a new conversation about video would have done harm.',
      );
    },
  },
  {
    who: 'gideon',
    with: 'rafael',
    inquiry: 132,
    asking: { concern: 'Came from the hospital ward, does not want to live like this.', risk: 'raised' },
    story: (one, inquiry) => {
      beginsInAnEmergency(one, inquiry - 8, '18:30', 'imminent_harm');
      const seen = inquiry - 9;
      one.story.on(seen, '17:00');
      emergencyIsFollowedUp(
        one,
        one.first,
        'Talked through what happened and why we began without asking. Safe at home.',
      );
      isOffered(one, one.first, 'treatment', 'in_person');
      one.visit(inquiry - 12);
      isTalkedThrough(one);
      agreesOn(one, 'between_session_contact');
      meetForSomeTime(one, { from: inquiry - 26, until: 1, times: 6 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'hedda',
    with: 'rafael',
    inquiry: 15,
    asking: { concern: 'Has written letters to everyone.', risk: 'urgent' },
    story: (one) => beginsInAnEmergency(one, 5, '18:30', 'imminent_harm'),
  },
  {
    who: 'ilias',
    with: 'rafael',
    inquiry: 11,
    asking: { concern: 'Panic so strong that he was taken to hospital twice.', risk: 'raised' },
    story: (one) => beginsInAnEmergency(one, 1, '17:00', 'medical_emergency'),
  },
  {
    who: 'juno',
    with: 'rafael',
    inquiry: 87,
    asking: { concern: 'Puts off everything until it burns.' },
    story: goesOnUntilNow(5),
  },
  {
    who: 'kaya',
    with: 'rafael',
    inquiry: 72,
    asking: { concern: 'Her employer thinks that she should see somebody.' },
    story: (one, inquiry) => {
      one.story.later(30);
      isOffered(one, one.first);
      one.visit(inquiry - 9);
      isTold(one, one.first);
      asks(one, one.first, [
        'Does my employer get a report?',
        'No. There is no mandate, and without your consent nobody learns anything.',
      ]);
      saysNo(one, one.first, 'Then it is my decision, and I decide not to.');
    },
  },
  {
    who: 'laszlo',
    with: 'rafael',
    inquiry: 47,
    asking: { concern: 'Two burglaries, and no night without the light on.' },
    story: goesOnUntilNow(3, {
      pressures: ['employer'],
      words: 'They suggested it. I would have come anyway.',
    }),
  },

  // Ines
  {
    who: 'nuri',
    with: 'ines',
    inquiry: 102,
    asking: { concern: 'Does not go to school and does not say why.' },
    // decides alone in less than a month
    story: goesOnUntilNow(5),
  },
  {
    who: 'odile',
    with: 'ines',
    inquiry: 222,
    asking: { concern: 'Her parents part, and she carries their messages.' },
    // came of age two weeks ago
    story: goesOn(22, 6),
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
      meetForSomeTime(one, { from: 136, until: 1, times: 4 });
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
    story: goesOnUntilNow(7),
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
    story: goesOnUntilNow(4),
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
  {
    who: ['carla', 'henk'],
    with: 'ines',
    inquiry: 165,
    asking: { concern: 'They talk about the children and about nothing else.' },
    story: (one, inquiry) => {
      goesOn(1, 7)(one, inquiry);
      agreesOn(one, 'joint_confidentiality');
      nextIsPlanned(one);
    },
  },
  {
    who: ['mona', 'piet'],
    with: 'ines',
    inquiry: 115,
    asking: { concern: 'An affair, told by the person who had it.' },
    story: (one, inquiry) => {
      goesOn(34, 5)(one, inquiry);
      one.story.on(one.world.calendar.workday(25), '20:10');
      withdraws(one, one.members[1]!, { channel: 'email', enteredBy: 'ines' });
    },
  },
];

const JUNIPER_CASES: readonly Told[] = [
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

/** Tells every case of a practice. Each therapist's cases get slots of their own in the week. */
export function casesOf(world: World, steps: Step[]): Case[] {
  const told = world.house.key === 'lindenhof' ? LINDENHOF_CASES : JUNIPER_CASES;
  const taken = new Map<TherapistKey, number>();
  return told.map(({ who, with: therapist, inquiry, asking, format = 'in_person', story }, number) => {
    const nth = taken.get(therapist) ?? 0;
    taken.set(therapist, nth + 1);
    const people = typeof who === 'string' ? [who] : who;
    const unitKind: UnitKind = people.length === 2 ? 'couple' : 'individual';
    const one = new Case(
      world,
      number,
      unitKind,
      people.map(personOf),
      therapist,
      format,
      slotOf(nth),
      steps,
    );
    asksForTherapy(one, inquiry, asking);
    story(one, inquiry);
    return one;
  });
}

const HOURS = ['09:00', '11:00', '14:00', '16:00'] as const;
const slotOf = (nth: number): Slot => ({
  weekday: 1 + (nth % 5),
  time: HOURS[Math.floor(nth / 5) % HOURS.length]!,
});
