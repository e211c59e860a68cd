import type { AgreementEvent, BoundaryTopic } from '#libs/boundary';
import type { Instant, Recorded } from '#libs/kernel';
import { streamsOf, type Case } from './case.js';
import { finding, type Finding } from './finding.js';

/** Nobody has to agree that there is never sexual contact: the rule holds without. */
const HOLDS_BY_ITSELF: BoundaryTopic = 'sexual_contact';

/** Topics that sessions touched on while there was no agreement about them in force. */
export const touchedWithoutAgreement = (known: Case): Finding[] =>
  known.sessions.flatMap(({ sessionId, state: { plan }, events }) =>
    events.flatMap((event) =>
      event.type === 'BoundaryTouchedOn' && isOpen(known, event.data.topic, event.occurredAt)
        ? finding({
            kind: 'boundary_touched_without_agreement',
            code: event.data.topic,
            detail: `The session touched on ${inWords(event.data.topic)}, and there was no agreement about it in force. Propose one and talk it through.`,
            relationshipId: known.relationshipId,
            therapistId: plan.therapistId,
            clientIds: plan.clientIds,
            sessionId,
            occurredAt: event.occurredAt,
            provedBy: [event, ...lastWords(known, event.data.topic, event.occurredAt)],
          })
        : [],
    ),
  );

/** Whether a topic had no agreement in force at a moment. */
export const isOpen = (known: Case, topic: BoundaryTopic, at: Instant): boolean =>
  topic !== HOLDS_BY_ITSELF && lastWord(known, topic, at)?.type !== 'BoundaryAgreed';

/** The end of the agreement, where there had been one: it is part of the proof. */
export function lastWords(known: Case, topic: BoundaryTopic, at: Instant): Recorded[] {
  const last = lastWord(known, topic, at);
  return last ? [last] : [];
}

/** The last agreement of everybody, or the end of it, by a moment. What is only proposed changes nothing. */
function lastWord(known: Case, topic: BoundaryTopic, at: Instant): Recorded<AgreementEvent> | undefined {
  const said = [...streamsOf(known.events, 'boundary').values()].flat() as Recorded<AgreementEvent>[];
  return said
    .flatMap((event) => {
      const from = event.data.topic === topic ? since(event) : undefined;
      return from !== undefined && from <= at ? { event, from } : [];
    })
    .sort((a, b) => (a.from === b.from ? a.event.position - b.event.position : a.from < b.from ? -1 : 1))
    .at(-1)?.event;
}

/** From when an agreement of everybody, or its end, counts; undefined for what is neither. */
function since({ type, data, occurredAt }: Recorded<AgreementEvent>): Instant | undefined {
  if (type === 'BoundaryEnded') return occurredAt;
  return type === 'BoundaryAgreed' && data.inForce ? (data.inForceFrom ?? occurredAt) : undefined;
}

export const inWords = (topic: string): string => topic.replaceAll('_', ' ');
