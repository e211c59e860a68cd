import { expect } from 'vitest';
import {
  DomainError,
  type CommandContext,
  type Decider,
  type DomainEvent,
  type Recorded,
} from '#libs/kernel';

export const NOW = '2026-06-15T09:00:00.000Z';
const PRACTICE = '0190aaaa-0000-7000-8000-000000000001';
export const THING = '0190aaaa-0000-7000-8000-00000000000a';
export const STAFF = '0190aaaa-0000-7000-8000-00000000000b';

/** What a test may say about a past event beside its type and data. */
export type Past<E extends DomainEvent> = E & {
  occurredAt?: string;
  recordedAt?: string;
  actorId?: string;
  reason?: string;
};

/** Dresses plain events as the log would return them: positions and versions count up from 1. */
export function recorded<E extends DomainEvent>(
  category: string,
  events: readonly Past<E>[],
  id = THING,
): Recorded<E>[] {
  return events.map((event, index) => ({
    ...event,
    eventId: `0190aaaa-0000-7000-8000-${String(index + 1).padStart(12, '0')}`,
    practiceId: PRACTICE,
    stream: `${category}-${id}`,
    version: index + 1,
    position: index + 1,
    schema: 1,
    occurredAt: event.occurredAt ?? NOW,
    recordedAt: event.recordedAt ?? event.occurredAt ?? NOW,
    actor: { id: event.actorId ?? STAFF, role: 'therapist' },
    subjects: [],
    commandId: THING,
    correlationId: THING,
    causationId: THING,
    leafHash: '',
  }));
}

/**
 * Given / when / then for a decider:
 * `forDecider(agreement).given(proposed).when({ type: 'AgreeBoundary', … }).then({ type: 'BoundaryAgreed', data })`.
 * Whatever `then` accepts is also tried twice: the second identical command must append nothing.
 */
export function forDecider<S, E extends DomainEvent, C>(decider: Decider<S, E, C>) {
  return {
    given: (...past: Past<E>[]) => {
      const history = recorded(decider.category, past);
      const state = history.reduce((folded, event) => decider.evolve(folded, event), decider.initial);
      return {
        state,
        when: (command: C, context: Partial<CommandContext> = {}) => {
          const full: CommandContext = {
            practiceId: PRACTICE,
            id: THING,
            actor: { id: STAFF, role: 'therapist' },
            now: context.occurredAt ?? NOW,
            occurredAt: NOW,
            ...context,
          };
          const decide = (from: S) => decider.decide(from, command, full);
          return {
            then: (...expected: E[]) => {
              const events = decide(state);
              expect(events).toEqual(expected);
              const after = recorded(decider.category, [
                ...past,
                ...events.map((event) => ({ ...event, occurredAt: full.occurredAt, actorId: full.actor.id })),
              ]);
              expect(
                decide(after.reduce((folded, event) => decider.evolve(folded, event), decider.initial)),
                'a second identical command appends nothing',
              ).toEqual([]);
            },
            /** nothing happens: it had already happened */
            thenNothing: () => expect(decide(state)).toEqual([]),
            /** refused with exactly these reason codes */
            thenRefused: (...codes: string[]) => {
              let error: unknown;
              try {
                decide(state);
              } catch (caught) {
                error = caught;
              }
              if (!(error instanceof DomainError))
                throw error ?? new Error(`expected a refusal with ${codes.join(', ')}, got events`);
              expect(error.reasons.map((reason) => reason.code)).toEqual(codes);
            },
          };
        },
      };
    },
  };
}
