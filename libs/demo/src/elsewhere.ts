import type { TurnedAway } from './stories/intake.js';

/** Those who asked at the Lindenhof and went elsewhere. No client comes of it, and no name is kept. */
export const TURNED_AWAY: readonly TurnedAway[] = [
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
