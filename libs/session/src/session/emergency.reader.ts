import { consent, consentIdOf, type EmergencyBasis, type RelationshipStatus } from '#libs/consent';
import type { Transaction } from '#libs/event-store';
import type { Instant } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import type { Plan } from './plan.js';

/**
 * Puts off the treatment consent of everyone in a session who has not given it. `status`: where consent stood when it
 * began; the deadline of the follow-up is counted from `began`.
 */
export async function deferConsent(
  tx: Transaction,
  { relationshipId, clientIds }: Pick<Plan, 'relationshipId' | 'clientIds'>,
  basis: EmergencyBasis,
  status: RelationshipStatus | undefined,
  began: Instant = tx.occurredAt,
): Promise<void> {
  const { practiceId, id: sessionId } = tx.meta;
  const { emergencyFollowUpHours: followUpHours } = (await practiceIn(tx)).policy;
  for (const clientId of clientIds) {
    if (isGiven(status, clientId, began)) continue;
    const about = { relationshipId, clientId, purpose: 'treatment' as const };
    await tx.decide(consent, consentIdOf(practiceId, relationshipId, clientId, 'treatment'), {
      type: 'DeferForEmergency',
      basis,
      followUpHours,
      began,
      sessionId,
      about,
    });
  }
}

/** Given, and nothing about it stood in the way by then. */
function isGiven(status: RelationshipStatus | undefined, member: string, at: Instant): boolean {
  const found = status?.consents.find(
    ({ clientId, purpose }) => clientId === member && purpose === 'treatment',
  );
  if (found?.status !== 'given' && found?.status !== 'stale') return false;
  return found.reasons.every(({ blocksFrom }) => blocksFrom === null || blocksFrom > at);
}
