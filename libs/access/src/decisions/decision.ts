import type { ErrorKind, Reason } from '#libs/kernel';

/** Commands whose refusal is kept: whoever was told no, and why, must be found later. Patterns of routes. */
export const SAFETY_COMMANDS: ReadonlySet<string> = new Set([
  '/v1/sessions/:id/start',
  '/v1/sessions/:id/resume',
  '/v1/sessions/:id/record-afterwards',
  '/v1/consents/:id/give',
  '/v1/consents/:id/withdraw',
  '/v1/consents/:id/defer-for-emergency',
  '/v1/disclosures',
  '/v1/disclosures/:id/make',
  '/v1/boundaries',
  '/v1/boundaries/:id/agree',
  '/v1/boundaries/:id/amend',
  '/v1/boundaries/:id/plan-crossing',
  '/v1/boundaries/:id/assess-crossing',
  '/v1/boundaries/:id/repair-crossing',
  '/v1/inquiries/:id/match',
  '/v1/inquiries/:id/accept',
  '/v1/relationships',
  '/v1/notes/:id/sign',
  '/v1/notes/:id/cosign',
  '/v1/legal-holds',
  '/v1/legal-holds/:id/lift',
  '/v1/erasures',
  '/v1/erasures/:id/decide',
  '/v1/erasures/:id/execute',
  '/v1/break-glass-grants',
  '/v1/break-glass-grants/:id/close',
  '/v1/break-glass-grants/:id/review',
]);

/** What counts as a refusal. A typing mistake, a version that is old or a database that is away decide nothing. */
export const REFUSALS: ReadonlySet<ErrorKind> = new Set(['refused', 'conflict', 'forbidden']);

/** One refusal, as it is kept: nothing of what was sent, and nobody's words. */
export interface Refusal {
  actor: { id: string; role: string };
  /** the pattern of the route */
  route: string;
  /** the thing that the command was about; for one that makes something new, what it would have been called, if that was said */
  thingId?: string;
  code: string;
  /** all that stood in the way */
  reasons: readonly Omit<Reason, 'detail'>[];
  /** every stream that was looked at, at the version it had */
  judged: readonly { stream: string; version: number }[];
  clientIds: readonly string[];
  requestId: string;
}
