import type { EmergencyBasis, GateDecision } from '#libs/consent';
import {
  type CommandContext,
  minutesBetween,
  type Instant,
  type Reason,
  reasonIf,
  refuseIfAny,
} from '#libs/kernel';
import { countMinutes, heldSince, lengthReasons, type Held, type Minutes } from './held.js';
import type { Plan } from './plan.js';
import type { CommandOf, Session, SessionEvent } from './session.js';
import { awaited } from './situation.js';

/**
 * Who took part, from when to when and how, and the gate's whole decision for that time by what is known now.
 * `emergencyBasis`: only where the gate made an exception for it.
 */
export type HeldThen = Omit<Plan, 'durationMinutes'> & {
  end: Instant;
  gate: GateDecision;
  emergencyBasis?: EmergencyBasis;
  clientLocation?: string;
};

/** A session that was held and is entered later. */
export type Afterwards = HeldThen & Minutes;

/** What was never planned is shown as if it had been planned the way it was held. */
export function planOfUnplanned(held: Afterwards): Plan {
  const { relationshipId, clientIds, therapistId, start, end, modality, place } = held;
  const durationMinutes = minutesBetween(start, end);
  const plan = { relationshipId, clientIds, therapistId, start, durationMinutes, modality };
  return { ...plan, ...(place === undefined ? {} : { place }) };
}

export function heldAfterwards(held: HeldThen): Held {
  const { start, end, modality, gate, clientLocation, emergencyBasis } = held;
  const started = {
    modality,
    gate,
    ...(clientLocation === undefined ? {} : { clientLocation }),
    ...(emergencyBasis === undefined ? {} : { emergencyBasis }),
  };
  return { ...heldSince(start, started), stretches: [{ from: start, to: end }], latest: end };
}

/**
 * Enters a session that was held, planned or not. The gate refuses starting; it cannot refuse what has already happened,
 * so its decision is stored whatever it is.
 */
export function recordAfterwards(
  state: Session,
  { held, ...ended }: CommandOf<'RecordAfterwards'>,
  { now, reason }: CommandContext,
): SessionEvent[] {
  const { start, end } = held;
  if (state.situation === 'ended' && state.recordedAfterwards)
    if (state.startedAt === start && state.endedAt === end) return [];
  if (state.situation !== 'none') awaited(state);
  refuseIfAny(afterwardsReasons(start, end, now, reason));
  const counted = countMinutes(heldAfterwards(held), end, ended);
  return [{ type: 'SessionRecordedAfterwards', data: { ...held, ...counted } }];
}

const afterwardsReasons = (
  start: Instant,
  end: Instant,
  now: Instant,
  reason: string | undefined,
): Reason[] => [
  ...reasonIf(!reason?.trim(), 'reason_missing', 'Say in "reason" why it is entered only now.'),
  ...reasonIf(end <= start, 'end_before_start', 'A session ends after it starts. Correct start or end.'),
  ...lengthReasons(minutesBetween(start, end)),
  ...reasonIf(
    end > now,
    'not_over_yet',
    'This session is not over. Start it now, or enter it once it has been held.',
  ),
];
