import type { GateDecision, GateReason } from '#libs/consent';
import type { Instant } from '#libs/kernel';
import type { SessionSummary } from '../session/summary.js';
import { therapistReasons } from '../session/start.js';

/** A session as the calendar has it. */
type SessionRow = SessionSummary & { sessionId: string };

/** A session that has yet to happen, and whether it may start, with all the reasons if not. No words of anybody. */
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
> & { mayStart: boolean; reasons: GateReason[]; nextSteps: string[] };

/**
 * The moments a session is judged at: its planned start; and the present too once that has passed, so that no date gets
 * past what has changed since.
 */
export const momentsOf = ({ start }: Pick<SessionRow, 'start'>, now: Instant): Instant[] =>
  now > start ? [start, now] : [start];

/** `therapistNow`: whose relationship it is by now, if there is one */
export function readinessOf(
  row: SessionRow,
  { result, reasons, nextSteps }: GateDecision,
  therapistNow = row.therapistId,
): Readiness {
  const { sessionId, relationshipId, clientIds, therapistId, start, durationMinutes } = row;
  const { modality, place, roomId, status, confirmedBy, arrived } = row;
  const replaced = therapistReasons(row, therapistNow);
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
    mayStart: result === 'allow' && replaced.length === 0,
    reasons: [...reasons, ...replaced.map((reason) => ({ ...reason, effect: 'block' as const }))],
    nextSteps: [...nextSteps, ...replaced.map(({ detail }) => detail)],
  };
}
