import type { Instant } from './time.js';

/** Something that happened, in the past tense. `data` holds only JSON values. */
export interface DomainEvent<Type extends string = string, Data extends object = object> {
  readonly type: Type;
  readonly data: Data;
}

/** Who did it. `onBehalfOf` names the person a staff member acted for. */
export interface Actor {
  readonly id: string;
  readonly role: string;
  readonly onBehalfOf?: string;
}

/** What the log adds to every event. `position` counts 1..n per practice, `version` 1..n per stream. */
export interface Envelope {
  readonly eventId: string;
  readonly practiceId: string;
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly schema: number;
  /** when it was true, as the caller says */
  readonly occurredAt: Instant;
  /** when the practice learned it; never goes backwards along the positions of one practice */
  readonly recordedAt: Instant;
  readonly actor: Actor;
  /** ids of the clients concerned */
  readonly subjects: readonly string[];
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly reason?: string;
  /** SHA-256 of what is sealed of it, lower-case hex: the personal fields of `data`, and `reason` */
  readonly sealed?: string;
  /** what was sealed can never be read again; the personal fields are missing */
  readonly erased?: true;
  /** SHA-256 of the canonical envelope, lower-case hex */
  readonly leafHash: string;
}

export type Recorded<E extends DomainEvent = DomainEvent> = E & Envelope;

/** The circumstances of one command: time, ids and actor come from here, never from the surroundings. */
export interface CommandContext {
  readonly practiceId: string;
  /** id of the thing the command is about; its stream is `<category>-<id>` */
  readonly id: string;
  readonly actor: Actor;
  readonly now: Instant;
  readonly occurredAt: Instant;
  readonly reason?: string;
}

/**
 * Per event type: `schema` is the version of its data, `personal` names the fields that hold identity, clinical text
 * or somebody's words. The log seals them, with a key of each person concerned; they are withheld from whoever may not see
 * them, and are missing once a key is destroyed.
 */
export type EventDeclarations<E extends DomainEvent> = {
  readonly [T in E['type']]: {
    readonly schema: number;
    readonly personal: readonly (keyof Extract<E, { type: T }>['data'] & string)[];
  };
};

/** One kind of stream: pure functions that know no framework, no SQL and no clock of their own. */
export interface Decider<State, E extends DomainEvent, Command> {
  /** the stream of a thing is `<category>-<id>` */
  readonly category: string;
  readonly events: EventDeclarations<E>;
  readonly initial: State;
  evolve(state: State, event: Recorded<E>): State;
  /** @returns what happens; nothing when the command has already had its effect. @throws DomainError when refused */
  decide(state: State, command: Command, context: CommandContext): E[];
  /** the clients an event concerns, from the state right after it */
  subjects(state: State): readonly string[];
  /** notes that are kept apart from the record are sealed with keys of their own */
  readonly keptApart?: true;
}

/** A decider whose types do not matter to the caller: the log, the catalogue of events, the history pages. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- variance: every decider fits
export type AnyDecider = Decider<any, any, any>;

export const streamOf = (category: string, id: string): string => `${category}-${id}`;

/** `consent-018f…` gives `{ category: 'consent', id: '018f…' }`. */
export function parseStream(stream: string): { category: string; id: string } {
  const dash = stream.indexOf('-');
  return { category: stream.slice(0, dash), id: stream.slice(dash + 1) };
}
