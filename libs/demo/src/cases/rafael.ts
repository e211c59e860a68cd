import { isLookedAt, lookIsOver, lookWasRight } from '../stories/access.js';
import { meetsEveryWeek, seriesBegins } from '../stories/appointments.js';
import { agreesOn } from '../stories/boundaries.js';
import {
  asks,
  emergencyIsFollowedUp,
  isAskedFor,
  isOffered,
  isReviewed,
  isTalkedThrough,
  isTold,
  saysNo,
} from '../stories/consent.js';
import { crosses, isAssessed, isEscalated, isTalkedAbout } from '../stories/crossings.js';
import { movesHouse } from '../stories/intake.js';
import { changesFormat, hearsFromElsewhere, relationshipEnds } from '../stories/relationship.js';
import { beginsInAnEmergency, goesOnForSafety, meetForSomeTime, nextIsPlanned } from '../stories/sessions.js';
import { begins, goesOn, goesOnUntilNow, type Told } from './told.js';

/** Rafael. */
export const RAFAEL_CASES: readonly Told[] = [
  {
    who: 'zoe',
    with: 'rafael',
    inquiry: 542,
    asking: {
      concern: 'Counts everything, and cannot stop.',
      wish: { dimension: 'challenge', value: 'direct' },
    },
    // never reviewed since
    story: (one, inquiry) => {
      const { calendar } = one.world;
      goesOn(88, 6)(one, inquiry);
      one.story.on(calendar.workday(76), '12:10');
      const voucher = crosses(one, 'gifts', 'I gave her a voucher for a bookshop after the examination.');
      one.story.on(calendar.workday(68), '10:00');
      isAssessed(one, voucher, 'harmful', 'She has counted since then what she owes him.');
      meetForSomeTime(one, { from: 60, until: 1, times: 4 });
      nextIsPlanned(one);
    },
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
    story: (one, inquiry) => {
      goesOn(150, 4)(one, inquiry);
      meetForSomeTime(one, { from: 146, until: Math.max(seriesBegins(one) + 8, 2), times: 3 });
      meetsEveryWeek(one);
    },
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
      one.story.on(one.world.calendar.workday(46), '11:20');
      const look = isLookedAt(
        one,
        'mirela',
        { reasonCode: 'medical_emergency', minutes: 30 },
        'She fainted in the waiting room, Rafael is away, and the ambulance asks whom to call.',
      );
      one.story.later(10);
      lookIsOver(one, look);
      one.story.later(200);
      lookWasRight(one, look);
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
      // nobody has asked her about it since
      one.story.on(one.world.calendar.workday(14), '18:50');
      isLookedAt(
        one,
        'ines',
        { reasonCode: 'colleague_unavailable', minutes: 45 },
        'He rang the practice in a rage while Rafael was on a train. I looked up what helps him.',
      );
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
    story: (one, inquiry) => {
      const { calendar } = one.world;
      goesOn(40, 3)(one, inquiry);
      one.story.on(calendar.workday(36), '13:30');
      const search = crosses(
        one,
        'social_media_and_search',
        'I looked him up, and followed what he writes under a name that is not mine.',
      );
      one.story.on(calendar.workday(33), '10:00');
      isAssessed(one, search, 'violation', 'Against what was agreed, and hidden.');
      isEscalated(one, search, 'The owner decides whether Rafael goes on with this client.');
      one.visit(29);
      isTalkedAbout(one, search, 'Told him everything, with the supervisor in the room.');
      meetForSomeTime(one, { from: 22, until: 1, times: 2 });
      nextIsPlanned(one);
    },
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
];
