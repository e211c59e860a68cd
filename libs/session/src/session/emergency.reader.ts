import { consent, consentIdOf, type EmergencyBasis, type GateDecision } from '#libs/consent';
import type { Transaction } from '#libs/event-store';
import type { Instant } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import type { Plan } from './plan.js';

/**
 * Puts off the treatment consent of everyone in a session about whom the gate found something in the way, of all of them
 * where it concerns nobody in particular: no emergency is without a follow-up. Its deadline is counted from `began`.
 */
export async function deferConsent(
  tx: Transaction,
  { relationshipId, clientIds }: Pick<Plan, 'relationshipId' | 'clientIds'>,
  basis: EmergencyBasis,
  gate: GateDecision,
  began: Instant = tx.occurredAt,
): Promise<void> {
  const { practiceId, id: sessionId } = tx.meta;
  const { emergencyFollowUpHours: followUpHours } = (await practiceIn(tx)).policy;
  for (const clientId of concerned(clientIds, gate)) {
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

function concerned(clientIds: readonly string[], { reasons }: GateDecision): readonly string[] {
  const blocking = reasons.filter(({ effect }) => effect === 'block');
  const named = clientIds.filter((id) => blocking.some(({ clientId }) => clientId === id));
  return named.length > 0 && blocking.every(({ clientId }) => clientId !== undefined) ? named : clientIds;
}
