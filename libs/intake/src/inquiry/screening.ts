import { type LocalDate, type Reason, reasonIf } from '#libs/kernel';

export const RISKS = ['none', 'raised', 'urgent'] as const;
export type OpenRisk = 'raised' | 'urgent';

export type Screening = {
  risk: (typeof RISKS)[number];
  suitable: boolean;
  /** clinical detail */
  summary?: string;
  /** the staff member whose review closes a raised or urgent risk */
  reviewedByClinician?: string;
  /** the data notice was given by now, if it was not at first contact */
  dataNoticeGiven?: boolean;
};

/** Sent on at once, because waiting is not safe; it stays open until a clinician has screened again or it is closed. */
export type Redirection = {
  risk: OpenRisk;
  /** where, or to whom */
  to: string;
  /** who was told, by us */
  told: string[];
  /** what happens next, and who sees to it */
  nextStep: string;
  /** clinical detail */
  summary?: string;
  followUpOn?: LocalDate;
};

/** What a screening leaves for a clinician to review: screening again as `none` does not close it. */
export function riskLeftOpen(
  { risk, reviewedByClinician }: Screening,
  before?: OpenRisk,
): OpenRisk | undefined {
  if (reviewedByClinician) return undefined;
  return risk === 'none' ? before : risk;
}

/** @param reviewedByCaller whoever enters it is the clinician it names; `redirected`: it was sent on urgently before */
export function screeningReasons(
  screening: Screening,
  {
    reviewedByCaller,
    noticed,
    redirected,
  }: { reviewedByCaller: boolean; noticed: boolean; redirected: boolean },
): Reason[] {
  const { summary, reviewedByClinician } = screening;
  return [
    ...beforeDataNotice('summary', summary, noticed || screening.dataNoticeGiven === true),
    ...reasonIf(
      Boolean(reviewedByClinician) && !reviewedByCaller,
      'reviewer_not_clinician',
      'A review is entered by the therapist or supervisor who made it. Have them screen again, naming themself.',
    ),
    ...reasonIf(
      redirected && !reviewedByClinician,
      'clinician_screens_after_redirection',
      'This inquiry was redirected urgently. Have a clinician review it and screen again themself.',
    ),
  ];
}

export const redirectionReasons = (
  { to, told, nextStep, summary }: Redirection,
  noticed: boolean,
): Reason[] => [
  ...beforeDataNotice('summary', summary, noticed),
  ...reasonIf(!to.trim(), 'redirected_to_missing', 'Say where or to whom the person was sent.'),
  ...reasonIf(told.length === 0, 'told_missing', 'Say who was told, such as the crisis service you called.'),
  ...reasonIf(!nextStep.trim(), 'next_step_missing', 'Say what happens next, and who sees to it.'),
];

export const beforeDataNotice = (what: string, words: string | undefined, noticed: boolean): Reason[] =>
  reasonIf(
    Boolean(words) && !noticed,
    'data_notice_first',
    `The ${what} is clinical detail. Give the data notice first, or leave it out.`,
  );

export const unsuitable = ({ suitable }: Screening): Reason[] =>
  reasonIf(
    !suitable,
    'screened_unsuitable',
    'Screened as not suitable. Decline or refer with a next step, or screen again.',
  );

export const unreviewed = (openRisk: OpenRisk | undefined): Reason[] =>
  reasonIf(
    openRisk !== undefined,
    'risk_not_reviewed',
    `The risk is ${openRisk}. Have a clinician review it and screen again themself.`,
  );
