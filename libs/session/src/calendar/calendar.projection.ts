import { byStream, type Projection } from '#libs/event-store';
import { unreachable, type Recorded } from '#libs/kernel';
import { planOfUnplanned } from '../session/afterwards.js';
import { planIn } from '../session/planning.js';
import type { SessionEvent } from '../session/session.js';
import type { SessionSummary } from '../session/summary.js';

/** When, who, attended or not: one row per session. */
export type CalendarRow = SessionSummary & { sessionId: string };

function evolve(row: CalendarRow | undefined, event: Recorded<SessionEvent>, sessionId: string): CalendarRow {
  if (event.type === 'SessionScheduled')
    return {
      sessionId,
      ...planIn(event.data),
      status: 'scheduled',
      confirmedBy: [],
      arrived: [],
      absent: [],
    };
  if (event.type === 'SessionRecordedAfterwards') {
    const { start: startedAt, end: endedAt, minutes, minutesAfterWithdrawal, gate } = event.data;
    const planned = row ?? {
      sessionId,
      ...planOfUnplanned(event.data),
      confirmedBy: [],
      arrived: [],
      absent: [],
    };
    const held = { startedAt, endedAt, minutes, minutesAfterWithdrawal, gateResult: gate.result };
    return { ...planned, status: 'ended', ...held, recordedAfterwards: true };
  }
  if (!row) throw new Error('a session stream begins with SessionScheduled');
  const { occurredAt } = event;
  switch (event.type) {
    case 'SessionRescheduled': {
      const { place: _, roomId: _r, ...moved } = row;
      return { ...moved, ...event.data.to, status: 'scheduled', confirmedBy: [] };
    }
    case 'SessionConfirmed': {
      const status = row.status === 'scheduled' ? 'confirmed' : row.status;
      return { ...row, status, confirmedBy: [...row.confirmedBy, event.data.by] };
    }
    case 'ClientCheckedIn': {
      const { clientId } = event.data;
      const there = clientId ? [clientId] : row.clientIds.filter((one) => !row.absent.includes(one));
      const arrived = [...new Set([...row.arrived, ...there])];
      const absent = row.absent.filter((one) => !there.includes(one));
      return { ...row, status: row.startedAt ? row.status : 'checked_in', arrived, absent };
    }
    case 'SessionMarkedInError':
      return uncounted(row);
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
      const { gate, emergencyBasis, recording } = event.data;
      return {
        ...row,
        status: 'running',
        startedAt: occurredAt,
        gateResult: gate.result,
        ...(emergencyBasis ? { emergencyBasis } : {}),
        ...(recording ? { recorded: true } : {}),
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
    case 'RecordingStarted':
      return { ...row, recorded: true };
    default:
      return unreachable(event);
  }
}

/** As it was planned: what is said to have happened counts for nothing. */
function uncounted({ startedAt: _, endedAt: _e, minutes: _m, ...row }: CalendarRow): CalendarRow {
  const { minutesAfterWithdrawal: _a, gateResult: _g, emergencyBasis: _b, ...rest } = row;
  const { consentWithdrawnAt: _w, cancelled: _c, recordedAfterwards: _r, recorded: _d, ...planned } = rest;
  return { ...planned, status: 'entered_in_error' };
}

/** Keyed by the session, because later events do not name the planned start; read in the order of the starts. */
export const calendar: Projection<CalendarRow> = {
  name: 'calendar',
  version: 2,
  keys: byStream('session'),
  evolve: (row, event, key) => evolve(row, event as Recorded<SessionEvent>, key),
  indexes: [`((row->>'start') collate "C"), key`, "(row->>'status')"],
};
