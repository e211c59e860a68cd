/** One thing that is wrong, with the fact that made it so. */
export interface Reason {
  readonly code: string;
  /** what to do next, in words */
  readonly detail: string;
  readonly eventId?: string;
  /** the other thing that stands in the way */
  readonly otherId?: string;
}

/**
 * - `refused`: a rule of the domain says no
 * - `conflict`: it does not fit what the thing already is
 * - `missing`: there is no such thing (also: it belongs to another practice)
 * - `stale`: the caller has not seen the newest version
 * - `unversioned`: the caller did not say which version it has seen
 * - `malformed`: the request cannot be understood
 * - `key_reused`: the same idempotency key came with another request
 * - `unauthenticated`: nobody, or not whom they say they are
 * - `forbidden`: not for this role
 * - `throttled`: too often; `extra.retryAfterSeconds` says when to come back
 * - `unavailable`: try again later
 */
export type ErrorKind =
  | 'refused'
  | 'conflict'
  | 'missing'
  | 'stale'
  | 'unversioned'
  | 'malformed'
  | 'key_reused'
  | 'unauthenticated'
  | 'forbidden'
  | 'throttled'
  | 'unavailable';

/** An expected "no". `code` is stable and snake_case, `message` says what to do next, `reasons` lists everything wrong. */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly reasons: readonly Reason[] = [],
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** One reason when something is wrong, none otherwise: for lists that are handed to `refuseIfAny`. */
export const reasonIf = (wrong: boolean, code: string, detail: string): Reason[] =>
  wrong ? [{ code, detail }] : [];

/** Refuses with every reason found; returns when there is none. */
export function refuseIfAny(reasons: readonly Reason[]): void {
  if (reasons.length === 0) return;
  const [first] = reasons;
  if (reasons.length === 1 && first) throw new DomainError('refused', first.code, first.detail, reasons);
  throw new DomainError(
    'refused',
    'refused_for_several_reasons',
    `${reasons.length} things stand in the way; see reasons.`,
    reasons,
  );
}

/** Refuses for one reason. */
export function refuse(code: string, detail: string, eventId?: string): never {
  throw new DomainError('refused', code, detail, [{ code, detail, ...(eventId ? { eventId } : {}) }]);
}

/** The command does not fit the situation the thing is in. */
export function conflict(code: string, detail: string, extra: Readonly<Record<string, unknown>> = {}): never {
  throw new DomainError('conflict', code, detail, [{ code, detail }], extra);
}

/** No such thing here. The same answer for an id of another practice. */
export function missing(what: string): never {
  throw new DomainError('missing', 'not_found', `There is no such ${what} in this practice. Check the id.`);
}

/** Ends a `switch` over a union: a new member is a compile error, and a surprise at run time is loud. */
export function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
