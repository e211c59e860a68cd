import type { GateDecision } from '#libs/consent';
import { addMinutes, unreachable, type CommandContext, type Reason, reasonIf } from '#libs/kernel';
import { type Modality, type Plan } from './plan.js';

export const EMERGENCY_BASES = ['imminent_harm', 'medical_emergency', 'court_emergency_order'] as const;
export type EmergencyBasis = (typeof EMERGENCY_BASES)[number];

/** What a session starts with: the whole decision of the gate, and what was claimed to be let through. */
export type Start = {
  gate: GateDecision;
  emergencyBasis?: EmergencyBasis;
  continueForSafety?: boolean;
  clientLocation?: string;
};

export type Started = { modality: Modality } & Start;

/**
 * An exception is recorded only where the gate made one: a basis claimed without need would count as an
 * emergency.
 */
export const startedWith = ({ modality }: Plan, start: Start): Started => ({
  modality,
  gate: start.gate,
  ...(start.gate.result === 'emergency' ? { emergencyBasis: start.emergencyBasis } : {}),
  ...(start.gate.result === 'continue_for_safety' ? { continueForSafety: true } : {}),
  ...(start.clientLocation === undefined ? {} : { clientLocation: start.clientLocation }),
});

/** How long ago a start may be: somebody first helps the client out of their coat. */
const LATEST_MINUTES_AGO = 15;
const EARLIEST_MINUTES_BEFORE = 60;
const LATEST_MINUTES_AFTER = 12 * 60;

/** Everything that keeps a session from starting; [] when nothing does (domain.md §7). */
export const startReasons = (
  plan: Plan,
  start: Start & { therapistNow: string },
  { occurredAt, now, reason }: Pick<CommandContext, 'occurredAt' | 'now' | 'reason'>,
): Reason[] => [
  ...gateReasons(start, reason),
  ...reasonIf(
    plan.therapistId !== start.therapistNow,
    'therapist_changed_since_planned',
    'Another therapist has taken over since this was planned. Cancel it and schedule it anew.',
  ),
  ...reasonIf(
    plan.modality !== 'in_person' && !start.clientLocation?.trim(),
    'client_location_missing',
    'Ask where the client is and give it as clientLocation. In an emergency say what is known, even "does not say".',
  ),
  ...reasonIf(
    occurredAt < addMinutes(now, -LATEST_MINUTES_AGO),
    'start_is_past',
    'Starting is for now, at most 15 minutes ago. A session that was held is entered afterwards, which is not possible yet.',
  ),
  ...reasonIf(
    occurredAt < addMinutes(plan.start, -EARLIEST_MINUTES_BEFORE),
    'too_early',
    `Start at most ${EARLIEST_MINUTES_BEFORE} minutes before the planned time, or schedule a session for now.`,
  ),
  ...reasonIf(
    occurredAt > addMinutes(plan.start, LATEST_MINUTES_AFTER),
    'too_late',
    `More than ${LATEST_MINUTES_AFTER / 60} hours have passed since the planned time. Schedule a session for now.`,
  ),
];

/** Fails closed: a result without what entitles to it, or a refusal without reasons, lets nobody through. */
function gateReasons(
  { gate, emergencyBasis, continueForSafety }: Start,
  reason: string | undefined,
): Reason[] {
  switch (gate.result) {
    case 'allow':
      return [];
    case 'emergency':
      return reasonIf(!emergencyBasis, 'emergency_basis_missing', 'Name the basis of the emergency.');
    case 'continue_for_safety':
      return [
        ...reasonIf(
          !continueForSafety,
          'continue_for_safety_missing',
          'Say with continueForSafety that the session goes on for safety, or obtain consent first.',
        ),
        ...reasonIf(!reason?.trim(), 'reason_missing', 'Give the reason why the session goes on for safety.'),
      ];
    case 'refuse': {
      const blocking = gate.reasons.filter(({ effect }) => effect === 'block');
      if (blocking.length === 0)
        return [
          { code: 'gate_refused', detail: gate.nextSteps.join(' ') || 'Ask the gate what is missing.' },
        ];
      return blocking.map(({ code, detail, eventId }) => ({ code, detail, ...(eventId ? { eventId } : {}) }));
    }
    default:
      return unreachable(gate.result);
  }
}
