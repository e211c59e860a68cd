import type { EventStore, Transaction } from '#libs/event-store';
import { missing, type Instant } from '#libs/kernel';
import { policyAt, type Policy, type PolicyEntry } from './policy.js';
import { practice, type PracticeDetails, type PracticeState } from './practice.js';

/** A practice with the policy of one moment, and with every change of policy in the order they were recorded. */
export type PracticeThen = PracticeDetails & { policy: Policy; policies: readonly PolicyEntry[] };

/** The practice of a command, with the policy of when it happened. Stands guard like all that a command reads. @throws DomainError `missing` */
export const practiceIn = async (tx: Transaction): Promise<PracticeThen> =>
  then(await tx.read(practice, tx.meta.practiceId), tx.occurredAt);

/** The practice as it is now. @throws DomainError `missing` */
export const practiceNow = async (store: EventStore, practiceId: string): Promise<PracticeThen> =>
  then((await store.load(practice, practiceId, practiceId)).state, store.clock.now());

const then = (state: PracticeState, at: Instant): PracticeThen =>
  state.situation === 'none'
    ? missing('practice')
    : { ...state.details, policies: state.policies, policy: policyAt(state.policies, at) };
