import { judgeAt, type GateReason } from '#libs/consent';
import type { Instant } from '#libs/kernel';
import { provenBy, type Case, type HeldSession } from './case.js';
import { finding, type Finding } from './finding.js';

/**
 * Sessions that would not have begun, had been known then what is known now. The same gate judges them again, by the
 * moment of the start; an emergency, or going on for safety, is claimed as it was then. What the gate knew and let pass
 * then is not found a second time.
 */
export const consentAtStart = (known: Case): Finding[] =>
  known.sessions.flatMap((held) =>
    newReasons(known, held, known.knownAt).map((reason) => {
      const holds = (knownAt: Instant) => newReasons(known, held, knownAt).some(sameAs(reason));
      const { began, sessionId, state } = held;
      const afterwards = began.type === 'SessionRecordedAfterwards';
      return finding({
        kind: afterwards ? 'session_entered_afterwards_without_consent' : 'session_without_valid_consent',
        code: reason.code,
        detail: `${
          afterwards
            ? 'The session was held and entered afterwards; the gate would have refused it.'
            : 'As is known by now, the gate would have refused this session.'
        } ${reason.detail}`,
        relationshipId: known.relationshipId,
        therapistId: state.plan.therapistId,
        clientIds: reason.clientId ? [reason.clientId] : state.plan.clientIds,
        sessionId,
        occurredAt: state.startedAt,
        provedBy: [
          began,
          ...known.bases.filter(({ eventId }) => eventId === reason.eventId),
          ...provenBy(known, began, holds),
        ],
      });
    }),
  );

function newReasons(known: Case, { began, state }: HeldSession, knownAt: Instant): GateReason[] {
  const { started, startedAt, plan, absent } = state;
  const clientIds = plan.clientIds.filter((clientId) => !absent.includes(clientId));
  const { modality: format, emergencyBasis, continueForSafety } = started;
  const then = { at: startedAt, status: known.status(startedAt, knownAt) };
  const { result, reasons } = judgeAt([then], { format, clientIds, emergencyBasis, continueForSafety }, []);
  if (result !== 'refuse') return [];
  const blocking = reasons.filter(({ effect }) => effect === 'block');
  if (began.type === 'SessionRecordedAfterwards') return blocking;
  const letPass = started.gate.reasons.filter(({ effect }) => effect === 'block');
  return blocking.filter((reason) => !letPass.some(sameAs(reason)));
}

/** The same thing about the same person, however much else became known of it. */
export const sameAs =
  (one: GateReason) =>
  (other: GateReason): boolean =>
    one.code === other.code && one.clientId === other.clientId && one.eventId === other.eventId;
