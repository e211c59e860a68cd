import type { Instant, Recorded } from '#libs/kernel';
import { isLateEntry, type PolicyEntry, type PracticeEvent } from '#libs/practice';

/**
 * A policy change and its place in the log: what was entered afterwards cannot make an earlier entry late.
 */
export type KnownPolicy = PolicyEntry & { position: number };

export const policiesOf = (events: readonly Recorded<PracticeEvent>[]): KnownPolicy[] =>
  events.flatMap((event) =>
    event.type === 'PracticePolicySet'
      ? [{ from: event.occurredAt, policy: event.data.policy, position: event.position }]
      : [],
  );

/** Whether an event was entered late, by the policy known when it was entered. */
export function isLate(
  event: { occurredAt: Instant; recordedAt: Instant; position: number },
  policies: readonly KnownPolicy[],
): boolean {
  const known = policies.filter((policy) => policy.position < event.position);
  return isLateEntry(event, known);
}
