import { byStream, type Projection } from '#libs/event-store';
import { unreachable, type Recorded } from '#libs/kernel';
import type { SessionEvent } from '../session/session.js';
import type { SessionSummary } from '../session/summary.js';

/** When, who, attended or not: one row per session. */
export type CalendarRow = SessionSummary & { sessionId: string };

function evolve(row: CalendarRow | undefined, event: Recorded<SessionEvent>, sessionId: string): CalendarRow {
  if (event.type === 'SessionScheduled') return { sessionId, ...event.data, status: 'scheduled', absent: [] };
  if (!row) throw new Error('a session stream begins with SessionScheduled');
  const { occurredAt } = event;
  switch (event.type) {
    case 'SessionCancelled': {
      const { relationshipId: _, ...cancelled } = event.data;
      return { ...row, status: 'cancelled', cancelled };
    }
    case 'SessionNoShow': {
      const absent = event.data.clientId ? [...row.absent, event.data.clientId] : row.clientIds;
      const nobody = row.clientIds.every((clientId) => absent.includes(clientId));
      return { ...row, absent, ...(nobody ? { status: 'no_show' as const } : {}) };
    }
    case 'SessionStarted': {
      const { gate, emergencyBasis } = event.data;
      return {
        ...row,
        status: 'running',
        startedAt: occurredAt,
        gateResult: gate.result,
        ...(emergencyBasis ? { emergencyBasis } : {}),
      };
    }
    case 'SessionPaused':
      return { ...row, status: 'paused' };
    case 'SessionResumed':
      return { ...row, status: 'running' };
    case 'ConsentWithdrawnInSession': {
      const { consentWithdrawnAt: earlier } = row;
      return { ...row, consentWithdrawnAt: earlier && earlier < occurredAt ? earlier : occurredAt };
    }
    case 'SessionEnded': {
      const { minutes, minutesAfterWithdrawal } = event.data;
      return { ...row, status: 'ended', endedAt: occurredAt, minutes, minutesAfterWithdrawal };
    }
    case 'SafetyContactMade':
    case 'SelfDisclosureMade':
    case 'ChallengeOffered':
    case 'RuptureNoticed':
    case 'RuptureRepaired':
    case 'AllianceFeedbackGiven':
    case 'BoundaryTouchedOn':
      return row;
    default:
      return unreachable(event);
  }
}

/** Keyed by the session, because later events do not name the planned start; read in the order of the starts. */
export const calendar: Projection<CalendarRow> = {
  name: 'calendar',
  version: 1,
  keys: byStream('session'),
  evolve: (row, event, key) => evolve(row, event as Recorded<SessionEvent>, key),
  indexes: [`((row->>'start') collate "C"), key`],
};
