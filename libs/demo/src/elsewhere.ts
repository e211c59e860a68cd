import { clientIdOf } from './case.js';
import type { DaysAgo } from './calendar.js';
import type { TherapistKey } from './practices.js';
import type { Step } from './script.js';
import { Inquirer, inquiryIdOf } from './stories/asking.js';
import { isErased } from './stories/legal.js';
import type { World } from './world.js';

interface TurnedAway {
  readonly key: string;
  readonly ago: DaysAgo;
  readonly concern: string;
  readonly offered?: TherapistKey;
  readonly by: 'client' | 'practice';
  readonly reasonCode: string;
  readonly nextStep: string;
}

/** No client comes of it, and no name is kept. */
const TURNED_AWAY: readonly TurnedAway[] = [
  {
    key: 'one',
    ago: 500,
    concern: 'Looks for help for a child of nine.',
    by: 'practice',
    reasonCode: 'outside_competence',
    nextStep: 'Gave the number of the child guidance centre; they have places this month.',
  },
  {
    key: 'two',
    ago: 388,
    concern: 'Wants an expert opinion for a court.',
    by: 'practice',
    reasonCode: 'no_evaluations',
    nextStep: 'Named two experts who give opinions; we only give therapy.',
  },
  {
    key: 'three',
    ago: 276,
    concern: 'Sleeps badly.',
    offered: 'mirela',
    by: 'client',
    reasonCode: 'found_elsewhere',
    nextStep: 'Begins nearer to home; may call again.',
  },
  {
    key: 'four',
    ago: 168,
    concern: 'Burnt out, needs somebody in the evening.',
    offered: 'rafael',
    by: 'client',
    reasonCode: 'times_do_not_fit',
    nextStep: 'Wrote down the evening clinic of the county.',
  },
  {
    key: 'five',
    ago: 61,
    concern: 'Needs detoxification first.',
    by: 'practice',
    reasonCode: 'needs_other_care_first',
    nextStep: 'Went with them through the admission of the hospital; asked them to come back afterwards.',
  },
];

function isTurnedAway(
  world: World,
  { key, ago, concern, offered, by, reasonCode, nextStep }: TurnedAway,
  steps: Step[],
): void {
  const inquirer = new Inquirer(world, key, steps)
    .on(ago, '12:10')
    .asks({ channel: 'phone', concern, preferences: {}, dataNoticeGiven: true })
    .on(ago - 1, '12:30')
    .isScreened({ risk: 'none', suitable: by === 'client' });
  if (offered) inquirer.isOffered(world.staffId(offered));
  inquirer.on(ago - 3, '16:40').goesElsewhere({ by, reasonCode, nextStep });
}

/** Asked again for an evening, longer than agreed ago: somebody forgot. */
const waitsTooLong = (world: World, steps: Step[]) =>
  new Inquirer(world, 'six', steps)
    .on(54, '09:40')
    .asks({
      channel: 'web',
      concern: 'Works in shifts and cannot come before the evening.',
      preferences: { format: 'in_person', unitKind: 'individual', languages: ['de'] },
      dataNoticeGiven: true,
    })
    .on(52, '10:20')
    .isScreened({ risk: 'none', suitable: true })
    .waits({ reasonCode: 'no_evening_place', checkInEveryDays: 21 })
    .on(33, '15:15')
    .stillWaits('Would rather wait for us than begin with somebody else.');

const waitsForNow = (world: World, steps: Step[]) =>
  new Inquirer(world, 'seven', steps)
    .on(18, '11:25')
    .asks({
      channel: 'email',
      concern: 'Wants to come with her brother.',
      preferences: { unitKind: 'family', languages: ['en'] },
      dataNoticeGiven: true,
    })
    .on(16, '13:50')
    .isScreened({ risk: 'none', suitable: true })
    .waits({ reasonCode: 'no_place_for_families', checkInEveryDays: 30 });

const cannotWait = (world: World, steps: Step[]) =>
  new Inquirer(world, 'eight', steps)
    .on(6, '08:55')
    .asks({ channel: 'phone', preferences: {}, dataNoticeGiven: true })
    .isSentOnUrgently({
      risk: 'urgent',
      to: 'Crisis team of the invented county',
      told: ['Crisis team of the invented county'],
      nextStep: 'Stayed on the phone until somebody was there. Rafael calls on the day of the follow-up.',
      summary: 'Has not slept for days and has said goodbye to people.',
      followUpOn: world.calendar.dateOf(1),
    });

const needsSomebodyElse = (world: World, steps: Step[]) =>
  new Inquirer(world, 'nine', steps)
    .on(29, '09:05')
    .asks({
      channel: 'referral',
      preferences: { languages: ['de'] },
      dataNoticeGiven: false,
    })
    .on(27, '10:15')
    .isScreened({ risk: 'none', suitable: false, dataNoticeGiven: true })
    .on(26, '11:40')
    .isReferred({
      to: 'Eating disorder clinic of the invented county',
      reasonCode: 'needs_specialists',
      handedOver: ['What was asked for, and how to reach them'],
    });

/** Number three, nine months later; the place nearer to home did not work out. */
const asksAgain = (world: World, steps: Step[]) =>
  new Inquirer(world, 'three again', steps).on(7, '10:05').asks({
    channel: 'phone',
    concern: 'Sleeps worse than before, and has stopped driving.',
    preferences: { format: 'video', unitKind: 'individual', languages: ['en'] },
    dataNoticeGiven: true,
    linkedInquiryId: inquiryIdOf('three'),
  });

/** Wishes and exclusions that no therapist meets all of, and a risk that a clinician has yet to look at. */
const awaitsAClinician = (world: World, steps: Step[]) =>
  new Inquirer(world, 'ten', steps)
    .on(5, '09:15')
    .asks({
      channel: 'web',
      concern: 'Shares a flat with somebody who comes here, and does not want to meet them.',
      preferences: {
        format: 'video',
        unitKind: 'individual',
        languages: ['de'],
        stance: [
          { dimension: 'challenge', value: 'will_challenge' },
          { dimension: 'unconditionality', value: 'empathy' },
          { dimension: 'informationSources', value: 'measures' },
        ],
        excludedStance: [{ dimension: 'selfDisclosure', value: 'none' }],
      },
      conflictsWith: [clientIdOf('kofi')],
      dataNoticeGiven: true,
    })
    .on(4, '12:10')
    .isScreened({
      risk: 'raised',
      suitable: true,
      summary: 'Says that it would be easier not to be here; no plan, lives with somebody.',
    });

/** Everybody who asked at the Lindenhof and has no therapist there. */
export function othersAsk(world: World, steps: Step[]): void {
  for (const asked of TURNED_AWAY) isTurnedAway(world, asked, steps);
  for (const asking of [
    waitsTooLong,
    waitsForNow,
    cannotWait,
    needsSomebodyElse,
    asksAgain,
    awaitsAClinician,
  ])
    asking(world, steps);
  isErased(world, inquiryIdOf('four'), 40, steps);
}
