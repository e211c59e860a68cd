import type { GateDecision } from '#libs/consent';
import { members, text, texts, type Projection } from '#libs/event-store';
import type { Instant, Recorded } from '#libs/kernel';

/** One row per event by which somebody went on in spite of something. The reason is in the event. */
export interface OverrideRow {
  at: Instant;
  actor: { id: string; role: string };
  type: string;
  stream: string;
  /** what was passed over, or what was claimed */
  codes: readonly string[];
  clientIds: readonly string[];
}

const EXCEPTIONS: readonly string[] = ['emergency', 'continue_for_safety'] satisfies GateDecision['result'][];

/** What an event passes over; nothing for nearly all of them. */
function passedOver({ type, data }: Recorded): readonly string[] {
  const { gate, overridden, reasonCode } = data as {
    gate?: GateDecision;
    overridden?: readonly string[];
    reasonCode?: string;
  };
  if (type === 'SessionStarted' && gate && EXCEPTIONS.includes(gate.result)) {
    const blocking = gate.reasons.filter(({ effect }) => effect === 'block');
    return [...new Set([gate.result, ...blocking.map(({ code }) => code)])];
  }
  if (type === 'BreakGlassOpened') return ['break_glass', ...(reasonCode ? [reasonCode] : [])];
  return overridden ?? [];
}

export const overrides: Projection<OverrideRow> = {
  name: 'overrides',
  version: 2,
  keys: (event) => (passedOver(event).length > 0 ? [event.eventId] : []),
  evolve: (_, event) => ({
    at: event.recordedAt,
    actor: event.actor,
    type: event.type,
    stream: event.stream,
    codes: passedOver(event),
    clientIds: event.subjects,
  }),
  columns: {
    ...members('at', 'type', 'stream'),
    actorId: text(({ actor }) => actor.id),
    role: text(({ actor }) => actor.role),
    codes: texts(({ codes }) => codes),
    clientIds: texts(({ clientIds }) => clientIds),
  },
};
