import { agreement, boundaryIdOf } from '#libs/boundary';
import type { StatusReader } from '#libs/consent';
import type { Transaction } from '#libs/event-store';
import { reasonIf } from '#libs/kernel';
import type { RecordingJudged } from './recording.js';
import type { Existing } from './session.js';

/**
 * Looks for what stands in the way of recording: a consent to `recording` that does not hold, of anybody present, and an
 * agreement on `recording` that says never. What was read stays guarded until the command is appended.
 */
export async function recordingJudgedIn(
  tx: Transaction,
  statusReader: StatusReader,
  { plan, absent }: Existing,
): Promise<RecordingJudged> {
  const present = plan.clientIds.filter((clientId) => !absent.includes(clientId));
  const gaps = await statusReader.gapsIn(tx, plan.relationshipId, present, 'recording');
  const boundaryId = boundaryIdOf(tx.meta.practiceId, plan.relationshipId, 'recording');
  const agreed = await tx.read(agreement, boundaryId);
  const never = 'inForce' in agreed && agreed.inForce.terms.rule === 'never';
  return {
    reasons: [
      ...gaps.map(({ code, detail, eventId }) => ({ code, detail, ...(eventId ? { eventId } : {}) })),
      ...reasonIf(
        never,
        'recording_agreed_never',
        'It is agreed that nothing is recorded. Amend the agreement on recording first.',
      ),
    ],
  };
}
