import { membersAt, unit } from '#libs/client';
import type { Transaction } from '#libs/event-store';
import { missing } from '#libs/kernel';
import { practiceIn, staff } from '#libs/practice';
import { relationship } from '#libs/relationship';
import { currentVersion, settingOfUnit, stance, stanceIdOf } from '#libs/stance';
import type { RelationshipFacts, Surroundings } from './surroundings.js';
import type { Party } from './version.js';

/** Whether a client is a member is judged by the decider; a staff member only has to exist. */
export async function mustBeKnown(tx: Transaction, party: Party): Promise<void> {
  if ('staffId' in party && (await tx.read(staff, party.staffId)).situation === 'none')
    missing('staff member');
}

/** Who belongs to a relationship when the command happens, those who joined the unit later included. */
export async function relationshipFacts(tx: Transaction, relationshipId: string): Promise<RelationshipFacts> {
  const { opening, therapistId, situation } = await begun(tx, relationshipId);
  const members = membersAt(await tx.read(unit, opening.unitId), tx.occurredAt);
  return {
    // before the unit was formed there were those with whom the relationship opened
    members: members.length > 0 ? members : opening.members,
    therapistId,
    open: situation === 'open',
  };
}

/** The relationship, the stance in force and the practice's review interval. */
export async function surroundings(tx: Transaction, relationshipId: string): Promise<Surroundings> {
  const { opening, therapistId } = await begun(tx, relationshipId);
  const { practiceId } = tx.meta;
  const stanceId = stanceIdOf(practiceId, therapistId, settingOfUnit(opening.unitKind));
  const inForce = currentVersion(await tx.read(stance, stanceId));
  const { zone, policy } = await practiceIn(tx);
  const { selfDisclosure, advocacy } = inForce?.dimensions ?? {};
  return {
    relationship: await relationshipFacts(tx, relationshipId),
    ...(selfDisclosure && advocacy ? { stance: { selfDisclosure, advocacy } } : {}),
    review: { zone, everyMonths: policy.reviewIntervalMonths },
  };
}

async function begun(tx: Transaction, relationshipId: string) {
  const found = await tx.read(relationship, relationshipId);
  return found.situation === 'none' ? missing('relationship') : found;
}
