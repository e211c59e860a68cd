import { reasonIf, type Instant, type Reason } from '#libs/kernel';

/**
 * The session a note is about, as its stream says. `byCaller`: whoever writes held it, took it over or stood in.
 * `lateAfter`: from then on a note is late by the practice's policy.
 */
export type Meeting = {
  sessionId: string;
  relationshipId: string;
  clientIds: string[];
  held: 'not' | 'running' | 'over';
  startedAt?: Instant;
  endedAt?: Instant;
  lateAfter?: Instant;
  byCaller: boolean;
};

/** Everything that keeps a note from being begun: no session, no note. */
export const beginReasons = ({ held, startedAt, byCaller }: Meeting, occurredAt: Instant): Reason[] => [
  ...reasonIf(
    held === 'not',
    'session_not_held',
    'This session was not held. Write the note once it has begun, or record it afterwards first.',
  ),
  ...reasonIf(
    startedAt !== undefined && occurredAt < startedAt,
    'before_the_session',
    `The session began at ${startedAt}. Give a time that is not before it.`,
  ),
  ...reasonIf(
    !byCaller,
    'not_your_session',
    'Only whoever held the session, took the client over or stood in writes about it. Ask them.',
  ),
];

/** A note is signed when the session is over. */
export const overReasons = ({ held, endedAt }: Meeting, occurredAt: Instant): Reason[] => [
  ...reasonIf(held === 'not', 'session_not_held', 'This session was not held. A note for it stays a draft.'),
  ...reasonIf(
    held === 'running' || (endedAt !== undefined && occurredAt < endedAt),
    'session_not_over',
    'The session was not over then. End it, then sign the note.',
  ),
];

export const isLate = ({ lateAfter }: Meeting, occurredAt: Instant): boolean =>
  lateAfter !== undefined && occurredAt > lateAfter;
