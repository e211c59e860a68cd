import type { GateDecision, GateReason } from '#libs/consent';
import type { Instant, Reason } from '#libs/kernel';
import { FORBIDS_START } from '../attention/attention.js';
import type { SessionSummary } from '../session/summary.js';

/** A session as the calendar has it. */
type SessionRow = SessionSummary & { sessionId: string };

/** A session that has yet to happen: whether it may start and whether it can take place as planned, with all the reasons if
 * not. No words of anybody. */
export type Readiness = Pick<
  SessionRow,
  | 'sessionId'
  | 'relationshipId'
  | 'clientIds'
  | 'therapistId'
  | 'start'
  | 'durationMinutes'
  | 'modality'
  | 'place'
  | 'roomId'
  | 'status'
  | 'confirmedBy'
  | 'arrived'
> & { mayStart: boolean; needsAttention: boolean; reasons: GateReason[]; nextSteps: string[] };

/**
 * The moments a session is judged at: its planned start; and the present too once that has passed, so that no date gets
 * past what has changed since.
 */
export const momentsOf = ({ start }: Pick<SessionRow, 'start'>, now: Instant): Instant[] =>
  now > start ? [start, now] : [start];

/** `attention`: why it can no longer take place as planned; some of that keeps it from starting, too. */
export function readinessOf(
  row: SessionRow,
  { result, reasons, nextSteps }: GateDecision,
  attention: readonly Reason[] = [],
): Readiness {
  const { sessionId, relationshipId, clientIds, therapistId, start, durationMinutes } = row;
  const { modality, place, roomId, status, confirmedBy, arrived } = row;
  const further = attention
    .filter(({ code }) => reasons.every((one) => one.code !== code))
    .map((one): GateReason => ({ ...one, effect: FORBIDS_START.includes(one.code) ? 'block' : 'inform' }));
  return {
    sessionId,
    relationshipId,
    clientIds,
    therapistId,
    start,
    durationMinutes,
    modality,
    ...(place === undefined ? {} : { place }),
    ...(roomId === undefined ? {} : { roomId }),
    status,
    confirmedBy,
    arrived,
    mayStart: result === 'allow' && further.every(({ effect }) => effect === 'inform'),
    needsAttention: attention.length > 0,
    reasons: [...reasons, ...further],
    nextSteps: [...nextSteps, ...further.map(({ detail }) => detail)],
  };
}
