import { held, type TwoClocks } from '../consent/situation.js';
import type { BoundaryFact } from './facts.js';

export interface BoundaryAnswer {
  topic: string;
  status: string;
  versionNo: number | null;
  eventId: string;
}

/** One line per topic: what is agreed and what is being talked about. */
export function boundaryAnswers(facts: readonly BoundaryFact[], clocks: TwoClocks): BoundaryAnswer[] {
  const topics = new Map<string, { status: string; versionNo: number | null; eventId: string }>();
  for (const { type, topic, versionNo, inForce, eventId } of held(facts, clocks)) {
    const before = topics.get(topic);
    const agreed = before?.versionNo ?? null;
    if (type === 'BoundaryProposed') topics.set(topic, { status: 'proposed', versionNo: null, eventId });
    else if (type === 'BoundaryAmended')
      topics.set(topic, {
        status: agreed === null ? 'proposed' : 'amendment_open',
        versionNo: agreed,
        eventId,
      });
    else if (type === 'BoundaryDiscussed')
      topics.set(topic, {
        status: agreed === null ? 'discussed' : 'amendment_open',
        versionNo: agreed,
        eventId,
      });
    else if (type === 'BoundaryEnded') topics.set(topic, { status: 'ended', versionNo: agreed, eventId });
    else if (inForce) topics.set(topic, { status: 'agreed', versionNo, eventId });
  }
  return [...topics]
    .map(([topic, answer]) => ({ topic, ...answer }))
    .sort((a, b) => (a.topic < b.topic ? -1 : 1));
}
