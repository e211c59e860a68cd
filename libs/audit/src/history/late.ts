import type { Instant, Recorded } from '#libs/kernel';
import { policyAt, type PolicyEntry, type PracticeEvent } from '#libs/practice';

/**
 * A policy change and its place in the log: what was entered afterwards cannot make an earlier entry late.
 */
export type KnownPolicy = PolicyEntry & { position: number };

const HOUR_MS = 3_600_000;

export const policiesOf = (events: readonly Recorded<PracticeEvent>[]): KnownPolicy[] =>
  events.flatMap((event) =>
    event.type === 'PracticePolicySet'
      ? [{ from: event.occurredAt, policy: event.data.policy, position: event.position }]
      : [],
  );

/**
 * Whether an event was entered late: longer after it happened than the policy of that time allowed, which
 * is when a reason was asked for (domain.md §2). Within the first hour nothing is late.
 */
export function isLate(
  event: { occurredAt: Instant; recordedAt: Instant; position: number },
  policies: readonly KnownPolicy[],
): boolean {
  const age = Date.parse(event.recordedAt) - Date.parse(event.occurredAt);
  if (age <= HOUR_MS) return false;
  const known = policies.filter((policy) => policy.position < event.position);
  return age > policyAt(known, event.recordedAt).lateEntryHours * HOUR_MS;
}
