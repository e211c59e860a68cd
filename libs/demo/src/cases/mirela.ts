import { comesToday, isPlannedByMistake, wasHeld, isSaidToBeAnError } from '../stories/appointments.js';
import { agreesOn, amendsAndWaits } from '../stories/boundaries.js';
import {
  decidesFreely,
  isAskedFor,
  isOffered,
  isTold,
  readsTheStance,
  renews,
  saysYes,
  understands,
  withdrawalIsCorrected,
  withdraws,
} from '../stories/consent.js';
import { clientTells, crosses, isAssessed, isRepaired, isTalkedAbout } from '../stories/crossings.js';
import { isRegisteredTwice } from '../stories/people.js';
import { isHeld } from '../stories/legal.js';
import { changesFormat, isHandedOver, relationshipEnds } from '../stories/relationship.js';
import { meet, meetForSomeTime, nextIsPlanned, withdrawsInSession } from '../stories/sessions.js';
import { goesOn, type Told } from './told.js';

/** Mirela, who changed her stance two hundred days ago. */
export const MIRELA_CASES: readonly Told[] = [
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
      one.story.on(one.world.calendar.workday(44), '11:05');
      isHeld(
        one,
        { authority: 'Court of the invented county', reference: 'Invented case 12/4' },
        'She sues a former employer, and the court has asked us to keep everything.',
      );
    },
  },
  {
    who: 'oskar',
    with: 'mirela',
    inquiry: 332,
    asking: { concern: 'Retired and restless.' },
    story: (one, inquiry) => {
      goesOn(204, 6)(one, inquiry);
      // wants to come again, and has not read what changed since
      one.story.on(one.world.calendar.workday(9), '10:40');
      comesToday(one, '12:30');
    },
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
    story: (one, inquiry) => {
      goesOn(80, 4)(one, inquiry);
      meet(one, one.world.calendar.next(one.slot.weekday, 70), {
        kind: 'SelfDisclosureMade',
        topic: 'family',
        purpose: 'It slipped out; it did nothing for him.',
      });
      one.story.later(60);
      const scarf = crosses(
        one,
        'gifts',
        'He brought a scarf worth a month of rent, and I said nothing and took it.',
      );
      one.story.on(one.world.calendar.workday(58), '10:00');
      isAssessed(one, scarf, 'harmful', 'He came to pay for being listened to. Nobody spoke about it.');
      one.visit(54);
      clientTells(one, scarf, 'I thought that she would drop me if I came with empty hands.');
      isTalkedAbout(one, scarf, 'What it was like for each of us, and what it should have meant.');
      isRepaired(one, scarf, 'He took the scarf back. We wrote down again what we had agreed, and laughed.');
      meetForSomeTime(one, { from: 46, until: 1, times: 4 });
      comesToday(one, '18:00');
    },
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
      wasHeld(one, one.world.calendar.workday(19), '16:00', 'He called, and it became half an hour.');
      isSaidToBeAnError(one, 'It was a call and not a session.');
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
    story: (one, inquiry) => {
      goesOn(16, 3)(one, inquiry);
      const { calendar } = one.world;
      isPlannedByMistake(one, calendar.workday(12));
      one.story.on(calendar.workday(10), '09:05');
      isRegisteredTwice(one, one.first, '1988-07-14');
      one.story.on(calendar.workday(10), '17:10');
      amendsAndWaits(one, 'between_session_contact', {
        rule: 'within_limits',
        limits: 'one message a day',
        words: 'You can write every day if you want to. I read it in the evening.',
      });
      wasHeld(
        one,
        calendar.workday(7),
        '17:00',
        'The system was down that evening; entered from the paper diary.',
      );
      nextIsPlanned(one);
    },
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
];
