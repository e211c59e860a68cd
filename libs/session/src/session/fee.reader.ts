import { agreement, boundaryIdOf, inForceAt, particularsOf } from '#libs/boundary';
import type { Transaction } from '#libs/event-store';
import type { AgreedFee } from './cancellation.js';

/** What was agreed on `fees_and_cancellation` and in force when the command happens; later agreements do not count. */
export async function agreedFeeIn(tx: Transaction, relationshipId: string): Promise<AgreedFee | undefined> {
  const id = boundaryIdOf(tx.meta.practiceId, relationshipId, 'fees_and_cancellation');
  const version = inForceAt(await tx.read(agreement, id), tx.occurredAt);
  if (!version) return undefined;
  const particulars = particularsOf('fees_and_cancellation', version.terms);
  const noticeHours = particulars?.cancellationNoticeHours ?? 0;
  if (!particulars?.lateCancelFee) return { noticeHours };
  return { noticeHours, fee: { ...particulars.lateCancelFee, agreedVersionNo: version.no } };
}
