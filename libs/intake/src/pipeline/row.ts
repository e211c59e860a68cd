import { daysBetween, type Instant, type LocalDate, localDate } from '#libs/kernel';
import type { Screening } from '../inquiry/screening.js';
import type { Received } from '../inquiry/situation.js';

export const STATUSES = [
  'received',
  'screened',
  'redirected_urgent',
  'waitlisted',
  'matched',
  'offered',
  'accepted',
  'declined',
  'referred',
  'withdrawn',
] as const;

/** Who waits, since when, and for what: one row per inquiry. No clinical text and nobody's own words. */
export interface PipelineRow {
  inquiryId: string;
  status: (typeof STATUSES)[number];
  receivedAt: Instant;
  /** when this status was reached */
  since: Instant;
  channel: Received['channel'];
  clientId: string | null;
  therapistId: string | null;
  risk: Screening['risk'] | null;
  /** what a clinician has still to review */
  openRisk: 'raised' | 'urgent' | null;
  suitable: boolean | null;
  format: string | null;
  unitKind: string | null;
  languages: readonly string[];
  firstSlot: Instant | null;
  /** the day of the next check-in, or on which to look again after an urgent redirection */
  dueOn: LocalDate | null;
  /** while on the waiting list, as last heard */
  stillWaiting: boolean | null;
  /** the reason code of a decline or referral */
  closedBecause: string | null;
  linkedInquiryId: string | null;
  relationshipId: string | null;
}

/** What the practice does next; null when nothing is left to do. */
export type NextStep =
  | 'screen'
  | 'follow_up_redirection'
  | 'review_risk'
  | 'decline_or_refer'
  | 'match_or_waitlist'
  | 'check_in'
  | 'close'
  | 'offer'
  | 'hear_answer'
  | 'open_relationship';

type Facts = Pick<PipelineRow, 'status' | 'openRisk' | 'suitable' | 'stillWaiting' | 'relationshipId'>;

/** A risk that is not reviewed comes before everything but the screening itself. */
function nextStepOf({ status, openRisk, suitable, stillWaiting, relationshipId }: Facts): NextStep | null {
  if (status === 'accepted') return relationshipId ? null : 'open_relationship';
  if (status === 'received') return 'screen';
  if (status === 'redirected_urgent') return 'follow_up_redirection';
  if (status === 'declined' || status === 'referred' || status === 'withdrawn') return null;
  if (openRisk) return 'review_risk';
  if (suitable === false) return 'decline_or_refer';
  if (status === 'waitlisted') return stillWaiting ? 'check_in' : 'close';
  if (status === 'matched') return 'offer';
  return status === 'offered' ? 'hear_answer' : 'match_or_waitlist';
}

/** How a row reads now: how many days somebody has been waiting for an answer, what comes next, and what is overdue. */
export function asOf<Row extends PipelineRow>(row: Row, now: Instant, zone: string) {
  const today: LocalDate = localDate(now, zone);
  const nextStep = nextStepOf(row);
  return {
    ...row,
    nextStep,
    waitingDays: nextStep === null ? null : daysBetween(localDate(row.receivedAt, zone), today),
    overdue: row.dueOn !== null && row.dueOn < today,
  };
}
