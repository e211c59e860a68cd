import { DomainError, type ErrorKind, type Reason } from '#libs/kernel';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** One thing wrong with one field. */
export interface FieldError {
  /** RFC 6901, into the body; `?name` for a query parameter */
  pointer: string;
  code: string;
  detail: string;
}

/** RFC 9457, with a stable `code`, and `reasons` or `errors` that name everything that is wrong. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  instance: string;
  errors?: readonly FieldError[];
  reasons?: readonly Reason[];
  [more: string]: unknown;
}

/** The one table from kinds of error to HTTP. */
const STATUS: Record<ErrorKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  stale: 412,
  refused: 422,
  key_reused: 422,
  unversioned: 428,
  throttled: 429,
  unavailable: 503,
};

const TITLE: Record<number, string> = {
  400: 'The request cannot be understood',
  401: 'Sign in first',
  403: 'Not for your role',
  404: 'Not found',
  405: 'Not a method of this resource',
  408: 'Too slow',
  406: 'Not available in that form',
  409: 'It does not fit the situation',
  412: 'It has changed meanwhile',
  413: 'Too large',
  414: 'The address is too long',
  415: 'Not a content type this route takes',
  422: 'A rule refuses',
  428: 'Say which version you have seen',
  429: 'Too many requests',
  431: 'The headers are too large',
  500: 'Something went wrong here',
  503: 'Not available right now',
};

/** `code` also names the type: `/problems/<code>`, a reference relative to this server. */
export function problem(
  status: number,
  code: string,
  detail: string,
  instance: string,
  more: Record<string, unknown> = {},
): Problem {
  return {
    type: `/problems/${code}`,
    title: TITLE[status] ?? 'Refused',
    status,
    code,
    detail,
    instance,
    ...more,
  };
}

export function problemOf(error: DomainError, instance: string): Problem {
  const reasons = error.reasons.length > 0 ? { reasons: error.reasons } : {};
  return problem(STATUS[error.kind], error.code, error.message, instance, { ...reasons, ...error.extra });
}

/** Several fields of a request are wrong. */
export function malformed(errors: readonly FieldError[]): DomainError {
  return new DomainError(
    'malformed',
    'invalid_request',
    'Correct the fields named in errors and send it again with a new Idempotency-Key if you have used one.',
    [],
    { errors },
  );
}
