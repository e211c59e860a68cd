import { addHours, compareText, type Instant } from '#libs/kernel';

/** Why a consent that was given no longer covers what happens now. */
export const STALE_REASONS = [
  'stance_changed',
  'therapist_changed',
  'document_material_change',
  'information_source_changed',
  'confidentiality_changed',
  'format_changed',
  'fee_changed',
  'jurisdiction_changed',
  'majority_reached',
  'guardian_authority_changed',
  'capacity_changed',
  'review_due',
] as const;
export type StaleReason = (typeof STALE_REASONS)[number];

export const STALE_EFFECTS = ['inform', 'block_next_session', 'block_now'] as const;

/** What a stale consent does to sessions, beginning `graceDays` (whole days) after it turned stale. */
export type StaleEffect = { effect: (typeof STALE_EFFECTS)[number]; graceDays: number };

/** What a practice may decide for itself. All numbers are whole. */
export type Policy = {
  /** an entry older than this needs a reason and is shown as late */
  lateEntryHours: number;
  /** how soon consent is sought after an emergency start without it */
  emergencyFollowUpHours: number;
  reviewIntervalMonths: number;
  /** how long after its start a session may be called a no-show */
  noShowGraceMinutes: number;
  /** a cancellation with less notice than this is late */
  lateCancelHours: number;
  /** what a stance means by rare self-disclosure: at most one in so many sessions of a relationship */
  rareSelfDisclosureSessions: number;
  staleEffects: Record<StaleReason, StaleEffect>;
};

/** Only what changes; every stale reason by itself. */
export type PolicyChange = Partial<Omit<Policy, 'staleEffects'>> & {
  staleEffects?: Partial<Record<StaleReason, StaleEffect>>;
};

/** A change and the moment it counts from. */
export type PolicyEntry = { from: Instant; policy: PolicyChange };

/** What still makes sense, smallest and largest: a review every 0 months would never be over. */
export const LIMITS = {
  lateEntryHours: [0, 8760],
  emergencyFollowUpHours: [1, 720],
  reviewIntervalMonths: [1, 120],
  noShowGraceMinutes: [0, 240],
  lateCancelHours: [0, 720],
  rareSelfDisclosureSessions: [1, 100],
  graceDays: [0, 366],
} as const;

const inform: StaleEffect = { effect: 'inform', graceDays: 0 };
const block: StaleEffect = { effect: 'block_next_session', graceDays: 0 };

/**
 * What holds until a practice says otherwise. Never edit a value: it would rewrite what past days
 * answer. A new default is a `PracticePolicySet` for the practices it is meant for.
 */
export const DEFAULT_POLICY: Policy = {
  lateEntryHours: 72,
  emergencyFollowUpHours: 48,
  reviewIntervalMonths: 12,
  noShowGraceMinutes: 15,
  lateCancelHours: 24,
  rareSelfDisclosureSessions: 4,
  staleEffects: {
    stance_changed: block,
    therapist_changed: block,
    document_material_change: { effect: 'block_next_session', graceDays: 14 },
    information_source_changed: block,
    confidentiality_changed: block,
    format_changed: block,
    fee_changed: inform,
    jurisdiction_changed: block,
    majority_reached: block,
    guardian_authority_changed: block,
    capacity_changed: block,
    review_due: inform,
  },
};

/**
 * The policy that held at an instant, that instant included. It looks forward only: a change says nothing about
 * moments before its `from`. Of two changes from the same moment the one recorded later counts.
 * @param entries in the order they were recorded
 */
export function policyAt(entries: readonly PolicyEntry[], instant: Instant): Policy {
  return entries
    .filter((entry) => entry.from <= instant)
    .sort((a, b) => compareText(a.from, b.from))
    .reduce((policy, entry) => changed(policy, entry.policy), DEFAULT_POLICY);
}

/**
 * Whether something was entered late: longer after it happened than the policy of its entry allowed, which is when a reason
 * was asked for. Within the first hour nothing is late.
 */
export function isLateEntry(
  { occurredAt, recordedAt }: { occurredAt: Instant; recordedAt: Instant },
  entries: readonly PolicyEntry[],
): boolean {
  if (recordedAt <= addHours(occurredAt, 1)) return false;
  return recordedAt > addHours(occurredAt, policyAt(entries, recordedAt).lateEntryHours);
}

/** A policy with a change laid over it; what the change leaves out stays. */
export function changed(policy: Policy, change: PolicyChange): Policy {
  const { staleEffects, ...numbers } = change;
  return {
    ...policy,
    ...stated(numbers),
    staleEffects: { ...policy.staleEffects, ...stated(staleEffects ?? {}) },
  };
}

/** A member that is there but `undefined` says nothing; spread as it is, it would wipe what held. */
function stated<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
