import type { Transaction } from '#libs/event-store';
import { localDate } from '#libs/kernel';
import { practiceIn } from '#libs/practice';
import { relationship } from '#libs/relationship';
import type { Purpose } from '../rule-pack/elements.js';
import { packInForce, sessionConsents, USUAL_CONSENTS } from '../rule-pack/pack.js';
import { SHIPPED_PACKS } from '../rule-pack/packs.js';
import { rulePack, rulePackIdOf } from '../rule-pack/rule-pack.js';
import { purposesFor } from './gate.js';

/**
 * The consents that bear on a session inside a command of it: by its format and unit, and by the pack in force when the
 * command happens. What was read stays guarded until the command is appended.
 */
export async function purposesIn(
  tx: Transaction,
  relationshipId: string,
  format: string,
): Promise<Purpose[]> {
  const bond = await tx.read(relationship, relationshipId);
  if (bond.situation === 'none') return purposesFor('individual', format);
  const { unitKind, rulePack: packId } = bond.opening;
  const { zone } = await practiceIn(tx);
  const { editions } = await tx.read(rulePack, rulePackIdOf(tx.meta.practiceId, packId));
  const pack = packInForce([...SHIPPED_PACKS, ...editions], packId, localDate(tx.occurredAt, zone));
  const remote = format !== 'in_person';
  const asked = sessionConsents(pack?.consents ?? USUAL_CONSENTS, { unitKind, remote });
  return [...new Set([...purposesFor(unitKind, format), ...asked.map(({ purpose }) => purpose)])];
}
