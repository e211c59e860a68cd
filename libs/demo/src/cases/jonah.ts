import type { DaysAgo } from '../calendar.js';
import { isCancelledForAFee, wasHeld } from '../stories/appointments.js';
import { agreesOn, amends } from '../stories/boundaries.js';
import { asks, isAskedFor, isOffered, isTold, renews, saysNo, withdraws } from '../stories/consent.js';
import { areNotTold, areTold } from '../stories/disclosures.js';
import { noteIsAmended, noteIsSigned, writesForThemself } from '../stories/notes.js';
import { relationshipEnds } from '../stories/relationship.js';
import { meetForSomeTime, nextIsPlanned } from '../stories/sessions.js';
import { goesOn, type Told } from './told.js';

const THEN_THE_TOUR: DaysAgo = 5;

/** Jonah, whose stance changed three days ago. */
export const JONAH_CASES: readonly Told[] = [
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
    story: (one, inquiry) => {
      goesOn(THEN_THE_TOUR, 6, {
        pressures: ['financial'],
        words: 'Nobody makes me come, but I worry about the money.',
      })(one, inquiry);
      nextIsPlanned(one);
    },
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
      wasHeld(
        one,
        one.world.calendar.workday(36),
        '17:30',
        'She came by without an appointment to say goodbye, and we sat down.',
      );
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
    story: (one, inquiry) => {
      const { calendar } = one.world;
      goesOn(100, 4)(one, inquiry);
      noteIsSigned(one, 'Counted the evenings together. Wants to try two without.');
      writesForThemself(one, 'I catch myself counting along. Is that mine?');
      one.story.on(calendar.workday(90), '09:30');
      const doctor = 'Dr. Perpetua Sandmeier (invented), family doctor';
      isAskedFor(one, 'disclosure_authorization', [doctor]);
      areTold(one, {
        recipient: doctor,
        purpose: 'To go on with the treatment together',
        what: 'That he comes since spring, how often, and that he wants to drink less.',
      });
      one.story.on(calendar.workday(80), '10:40');
      areNotTold(
        one,
        {
          recipient: 'Human resources of his employer (invented)',
          purpose: 'To plan his hours',
          what: 'Whether he comes, and for what.',
        },
        'He authorized his doctor, and nobody else for anything at work.',
      );
      meetForSomeTime(one, { from: 74, until: THEN_THE_TOUR, times: 3 });
      nextIsPlanned(one);
    },
  },
  {
    who: 'linnea',
    with: 'jonah',
    inquiry: 150,
    asking: { concern: 'Something happened at work that she has told nobody.' },
    story: (one, inquiry) => {
      goesOn(60, 4)(one, inquiry);
      noteIsSigned(one, 'Told for the first time what happened. Wants it kept short in here.');
      one.story.on(one.world.calendar.workday(52), '16:45');
      noteIsAmended(one, 'She read it and asks to add: it was not her fault, and she knows it now.');
      agreesOn(one, 'fees_and_cancellation');
      isCancelledForAFee(one, one.world.calendar.next(one.slot.weekday, 44));
      meetForSomeTime(one, { from: 34, until: THEN_THE_TOUR, times: 3 });
      nextIsPlanned(one);
    },
  },
];
