import type { EmergencyBasis, GateDecision } from '#libs/consent';
import {
  addMinutes,
  same,
  unreachable,
  type CommandContext,
  type Reason,
  reasonIf,
  refuseIfAny,
} from '#libs/kernel';
import type { Format } from '#libs/practice';
import type { Plan } from './plan.js';
import { recordingReasons } from './recording.js';
import type { CommandOf, Existing, SessionEvent } from './session.js';
import { awaited } from './situation.js';

/** What a session starts with: the whole decision of the gate, and what was claimed to be let through. */
export type Start = {
  gate: GateDecision;
  emergencyBasis?: EmergencyBasis;
  continueForSafety?: boolean;
  clientLocation?: string;
  /** the session is recorded from its start */
  recording?: boolean;
};

export type Started = { modality: Format } & Start;

/** Begins a session, if nothing stands in the way. */
export function start(
  state: Existing,
  command: CommandOf<'StartSession'>,
  context: CommandContext,
): SessionEvent[] {
  const { plan } = state;
  const started = startedWith(plan, command);
  if ('startedAt' in state && state.startedAt === context.occurredAt) {
    // the gate may judge otherwise by now; that does not make it another start
    const again = { ...started, gate: state.started.gate };
    if (same(state.started, again)) return [];
  }
  awaited(state);
  refuseIfAny(startReasons(plan, command, context));
  return [{ type: 'SessionStarted', data: { relationshipId: plan.relationshipId, ...started } }];
}

/**
 * An exception is recorded only where the gate made one: a basis claimed without need would count as an
 * emergency.
 */
const startedWith = ({ modality }: Plan, start: Start): Started => ({
  modality,
  gate: start.gate,
  ...(start.gate.result === 'emergency' ? { emergencyBasis: start.emergencyBasis } : {}),
  ...(start.gate.result === 'continue_for_safety' ? { continueForSafety: true } : {}),
  ...(start.clientLocation === undefined ? {} : { clientLocation: start.clientLocation }),
  ...(start.recording ? { recording: true } : {}),
});

/** How long ago a start may be: somebody first helps the client out of their coat. */
const LATEST_MINUTES_AGO = 15;
const EARLIEST_MINUTES_BEFORE = 60;
const LATEST_MINUTES_AFTER = 12 * 60;

/** Everything that keeps a session from starting; [] when nothing does. */
const startReasons = (
  plan: Plan,
  start: CommandOf<'StartSession'>,
  { occurredAt, now, reason }: Pick<CommandContext, 'occurredAt' | 'now' | 'reason'>,
): Reason[] => [
  ...gateReasons(start, reason),
  ...(start.recording ? recordingReasons(start.recordingJudged) : []),
  ...therapistReasons(plan, start.therapistNow),
  ...(start.gate.result === 'emergency' ? [] : goneReasons(start.therapistGone)),
  ...busyReasons(start.alsoRunning),
  ...reasonIf(
    plan.modality !== 'in_person' && !start.clientLocation?.trim(),
    'client_location_missing',
    'Ask where the client is and give it as clientLocation. In an emergency say what is known, even "does not say".',
  ),
  ...reasonIf(
    occurredAt < addMinutes(now, -LATEST_MINUTES_AGO),
    'start_is_past',
    'Starting is for now, at most 15 minutes ago. Enter a session that was held with record-afterwards, with its start and end.',
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

export const therapistReasons = ({ therapistId }: Plan, therapistNow: string): Reason[] =>
  reasonIf(
    therapistId !== therapistNow,
    'therapist_changed_since_planned',
    'Another therapist has taken over since this was planned. Cancel it and schedule it anew.',
  );

export const goneReasons = (therapistGone = false): Reason[] =>
  reasonIf(
    therapistGone,
    'therapist_deactivated',
    'The therapist no longer works here. Reassign the relationship, cancel this session and schedule it anew.',
  );

const busyReasons = (alsoRunning: readonly string[] = []): Reason[] =>
  alsoRunning.map((sessionId) => ({
    code: 'therapist_in_session',
    detail: `The therapist has begun session ${sessionId} and not ended it. End it first.`,
    otherId: sessionId,
  }));

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
