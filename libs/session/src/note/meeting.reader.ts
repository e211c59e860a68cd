import type { Transaction } from '#libs/event-store';
import { addHours, localDate, missing } from '#libs/kernel';
import { isTraineeOn, practiceIn, staff } from '#libs/practice';
import { coverOn, relationship } from '#libs/relationship';
import { session, type Session } from '../session/session.js';
import type { Meeting } from './meeting.js';

/** The session, and whether the caller has anything to do with it. All of it stands guard. @throws DomainError `missing` */
export async function meetingIn(tx: Transaction, sessionId: string): Promise<Meeting> {
  const state = await tx.read(session, sessionId);
  if (state.situation === 'none') return missing('session');
  const { relationshipId, clientIds, therapistId, start } = state.plan;
  const { zone, policy } = await practiceIn(tx);
  const { startedAt, endedAt } = timesOf(state);
  const inCharge = await inChargeOf(tx, relationshipId, localDate(startedAt ?? start, zone));
  return {
    sessionId,
    relationshipId,
    clientIds,
    held: endedAt ? 'over' : startedAt ? 'running' : 'not',
    ...(startedAt ? { startedAt } : {}),
    ...(endedAt ? { endedAt, lateAfter: addHours(endedAt, policy.lateEntryHours) } : {}),
    byCaller: [therapistId, ...inCharge].includes(tx.meta.actor.id),
  };
}

/** Whose clients they are now, and who stood in on a local date. */
export async function inChargeOf(tx: Transaction, relationshipId: string, date: string): Promise<string[]> {
  const found = await tx.read(relationship, relationshipId);
  if (found.situation === 'none') return missing('relationship');
  const cover = coverOn(found.covers, date);
  return [found.therapistId, ...(cover ? [cover.therapistId] : [])];
}

/** Whether a staff member was a trainee when something happened or on the day of the session. */
export async function wasTrainee(tx: Transaction, staffId: string, sessionId: string): Promise<boolean> {
  const member = await tx.read(staff, staffId);
  if (member.situation === 'none') return false;
  const { zone } = await practiceIn(tx);
  const { startedAt } = timesOf(await tx.read(session, sessionId));
  return [tx.occurredAt, startedAt ?? tx.occurredAt].some((at) =>
    isTraineeOn(member.recordedCredentials, localDate(at, zone)),
  );
}

const timesOf = (state: Session): { startedAt?: string; endedAt?: string } => ({
  ...('startedAt' in state ? { startedAt: state.startedAt } : {}),
  ...('endedAt' in state ? { endedAt: state.endedAt } : {}),
});
