import {
  minutesBetween,
  type CommandContext,
  type Instant,
  type Reason,
  reasonIf,
  refuseIfAny,
} from '#libs/kernel';
import type { Plan } from './plan.js';
import type { CommandOf, Existing, SessionEvent } from './session.js';
import { awaited } from './situation.js';

export const CANCELLED_BY = ['client', 'therapist', 'practice'] as const;
type Canceller = { by: (typeof CANCELLED_BY)[number]; reasonCode?: string };

/** What a late cancellation costs by the version of `fees_and_cancellation` that was agreed; minor units, ISO 4217. */
export type LateFee = { amountMinor: number; currency: string; agreedVersionNo: number };

/**
 * The agreement on `fees_and_cancellation` that was in force when the session was cancelled: with less notice than
 * `noticeHours` its fee is due, if it names one.
 */
export type AgreedFee = { noticeHours: number; fee?: LateFee };

/** `lateCancelHours` is the practice's policy. A fee is taken only where it is asked for with `chargeFee`. */
export type CancelWish = Canceller & { lateCancelHours: number; chargeFee?: boolean; agreed?: AgreedFee };

/** `noticeHours`: whole, rounded down; 0 once the session should have begun. `fee`: only where one was asked for */
export type Cancellation = Canceller & { noticeHours: number; late: boolean; fee?: LateFee };

/** Calls a session off, until it starts. */
export function cancel(
  state: Existing,
  command: CommandOf<'CancelSession'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const { plan } = state;
  const { by, reasonCode, chargeFee = false, agreed } = command;
  if (state.situation === 'cancelled') {
    const { cancellation: known } = state;
    const sameFee = (known.fee !== undefined) === chargeFee;
    if (known.by === by && known.reasonCode === reasonCode && sameFee) return [];
  }
  awaited(state);
  const notice = noticeOf(plan, command.lateCancelHours, occurredAt);
  if (chargeFee) refuseIfAny(feeReasons(by, notice, agreed));
  const fee = chargeFee && agreed?.fee ? { fee: agreed.fee } : {};
  const data = { by, ...notice, ...fee, ...(reasonCode === undefined ? {} : { reasonCode }) };
  return [{ type: 'SessionCancelled', data: { relationshipId: plan.relationshipId, ...data } }];
}

/** Late is about time alone; whether it costs anything depends on who cancelled and on what was agreed. */
function noticeOf({ start }: Plan, lateCancelHours: number, occurredAt: Instant) {
  const hours = Math.floor(minutesBetween(occurredAt, start) / 60);
  return { noticeHours: Math.max(0, hours), late: hours < lateCancelHours };
}

/** No late-cancel fee without an agreed `fees_and_cancellation`. */
const feeReasons = (
  by: Cancellation['by'],
  { noticeHours, late }: Pick<Cancellation, 'noticeHours' | 'late'>,
  agreed: AgreedFee | undefined,
): Reason[] => [
  ...reasonIf(by !== 'client', 'not_cancelled_by_client', 'Only what the client cancels can cost a fee.'),
  ...reasonIf(
    !late || (agreed !== undefined && noticeHours >= agreed.noticeHours),
    'not_late',
    'By policy or agreement this is cancelled in time and costs nothing. Cancel it without a fee.',
  ),
  ...reasonIf(
    agreed === undefined,
    'fee_not_agreed',
    'No agreement on fees_and_cancellation was in force then. Cancel without a fee, and agree on one for the next time.',
  ),
  ...reasonIf(
    agreed !== undefined && agreed.fee === undefined,
    'fee_not_named',
    'The agreement on fees_and_cancellation names no late-cancel fee. Cancel without one, or amend the agreement for the next time.',
  ),
];
