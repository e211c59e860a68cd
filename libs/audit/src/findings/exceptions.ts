import type { Instant, Recorded } from '#libs/kernel';
import type { ConsentEvent } from '#libs/consent';
import { markedInError, streamsOf, type Case } from './case.js';
import { finding, type Finding } from './finding.js';

/** Sessions that went on for safety without valid consent: allowed, and always shown. */
export const continuedForSafety = (known: Case): Finding[] =>
  known.sessions.flatMap(({ sessionId, state, began }) =>
    state.started.gate.result === 'continue_for_safety'
      ? finding({
          kind: 'session_continued_for_safety',
          code: 'continue_for_safety',
          detail: `The session went on for safety although the gate had reasons against it: ${blocking(state.started.gate.reasons)}. See its reason, and whether consent was renewed since.`,
          relationshipId: known.relationshipId,
          therapistId: state.plan.therapistId,
          clientIds: state.plan.clientIds,
          sessionId,
          occurredAt: state.startedAt,
          provedBy: [began],
        })
      : [],
  );

const blocking = (reasons: readonly { code: string; effect: string }[]): string =>
  [
    ...new Set(
      reasons.filter(({ effect }) => effect === 'block').map(({ code }) => code.replaceAll('_', ' ')),
    ),
  ].join(', ');

/**
 * Emergencies whose follow-up was not done by its deadline, or was done late. An emergency that began while another one
 * still waited for its follow-up has the deadline of that one.
 */
export const emergencyFollowUps = (known: Case): Finding[] => {
  const errors = markedInError(known.events);
  return [...streamsOf(known.events, 'consent').values()].flatMap((stream) => {
    const entries = (stream as Recorded<ConsentEvent>[])
      .filter(({ eventId }) => !errors.has(eventId))
      .sort((a, b) =>
        a.occurredAt === b.occurredAt ? a.position - b.position : a.occurredAt < b.occurredAt ? -1 : 1,
      );
    let waiting: { deferral: Recorded<ConsentEvent>; followUpBy: Instant; sessionId?: string } | undefined;
    const found: Finding[] = [];
    const close = (done?: Recorded<ConsentEvent>) => {
      if (!waiting || (done?.occurredAt ?? known.knownAt) <= waiting.followUpBy) return;
      const { deferral, followUpBy, sessionId } = waiting;
      const { clientId } = deferral.data;
      found.push(
        finding({
          kind: 'emergency_without_follow_up',
          code: done ? 'follow_up_late' : 'follow_up_missing',
          detail: done
            ? `A session began in an emergency. The follow-up was due by ${followUpBy} and was done at ${done.occurredAt}.`
            : `A session began in an emergency. The follow-up was due by ${followUpBy}. Do it and record it.`,
          relationshipId: known.relationshipId,
          therapistId: known.status(deferral.occurredAt)?.therapistId ?? deferral.actor.id,
          clientIds: [clientId],
          ...(sessionId ? { sessionId } : {}),
          occurredAt: deferral.occurredAt,
          passed: followUpBy,
          provedBy: [deferral, ...(done ? [done] : [])],
        }),
      );
    };
    for (const event of entries) {
      if (event.type === 'ConsentDeferredForEmergency' && !waiting) {
        const { followUpBy, sessionId } = event.data;
        if (sessionId && known.inError.has(sessionId)) continue;
        waiting = { deferral: event, followUpBy, ...(sessionId ? { sessionId } : {}) };
      }
      if (event.type === 'EmergencyFollowUpDone') {
        close(event);
        waiting = undefined;
      }
    }
    close();
    return found;
  });
};
