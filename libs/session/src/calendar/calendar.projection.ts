import { byStream, type Projection, blind, members, texts } from '#libs/event-store';
import { unreachable, type Recorded } from '#libs/kernel';
import { planOfUnplanned } from '../session/afterwards.js';
import { entryOf, standingAfter, withoutConfirmations, withoutEntry } from '../session/attendance.js';
import type { Entry } from '../session/attendance.js';
import { movedIn } from '../session/planning.js';
import type { SessionEvent } from '../session/session.js';
import { countedMinutes, type SessionSummary } from '../session/summary.js';

/** When, who, attended or not: one row per session. */
export type CalendarRow = SessionSummary & { sessionId: string };
/** `entries`: what is known about who comes, so that one of them can be taken out; never shown */
export type StoredRow = CalendarRow & { entries: readonly Entry[] };

function evolve(row: StoredRow | undefined, event: Recorded<SessionEvent>, sessionId: string): StoredRow {
  if (event.type === 'SessionScheduled') return { sessionId, ...event.data, status: 'scheduled', ...NOBODY };
  if (event.type === 'SessionRecordedAfterwards') {
    const { start: startedAt, end: endedAt, gate, emergencyBasis } = event.data;
    const planned = row ?? {
      sessionId,
      ...planOfUnplanned(event.data),
      ...NOBODY,
    };
    const held = {
      startedAt,
      endedAt,
      ...countedMinutes(event.data, gate.result),
      gateResult: gate.result,
    };
    return {
      ...planned,
      status: 'ended',
      ...held,
      ...(emergencyBasis ? { emergencyBasis } : {}),
      recordedAfterwards: true,
    };
  }
  if (!row) throw new Error('a session stream begins with SessionScheduled');
  const { occurredAt } = event;
  switch (event.type) {
    case 'SessionRescheduled': {
      const { place: _, roomId: _r, overridden: _o, ...moved } = row;
      const { overridden } = event.data;
      return attended(
        { ...moved, ...movedIn(event.data), ...(overridden ? { overridden } : {}) },
        withoutConfirmations(row.entries),
      );
    }
    case 'SessionConfirmed':
    case 'ClientCheckedIn':
    case 'SessionNoShow':
    case 'SessionCancelled':
      return attended(row, [...row.entries, entryOf(event)]);
    case 'SessionEntryCorrected':
      return attended(row, withoutEntry(row.entries, event.data.correctsEventId));
    case 'SessionMarkedInError':
      return uncounted(row);
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
    case 'SessionEnded':
      return {
        ...row,
        status: 'ended',
        endedAt: occurredAt,
        ...countedMinutes(event.data, row.gateResult!),
      };
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

const NOBODY = { confirmedBy: [], arrived: [], absent: [], entries: [] };

function attended({ cancelled: _, ...row }: StoredRow, entries: readonly Entry[]): StoredRow {
  const { situation, cancellation, ...attendance } = standingAfter(row.clientIds, entries);
  if (row.startedAt) return { ...row, entries, ...attendance };
  const cancelled = cancellation ? { cancelled: cancellation } : {};
  return { ...row, entries, ...attendance, status: situation, ...cancelled };
}

/** As it was planned: what is said to have happened counts for nothing. */
function uncounted({ startedAt: _, endedAt: _e, minutes: _m, ...row }: StoredRow): StoredRow {
  const { minutesAfterWithdrawal: _a, minutesAfterStop: _s, minutesWithConsent: _c, ...counted } = row;
  const { gateResult: _g, emergencyBasis: _b, ...rest } = counted;
  const { consentWithdrawnAt: _w, cancelled: _x, recordedAfterwards: _r, recorded: _d, ...planned } = rest;
  return { ...planned, status: 'entered_in_error' };
}

/** Keyed by the session, because later events do not name the planned start; read in the order of the starts. */
export const calendar: Projection<StoredRow> = {
  name: 'calendar',
  version: 5,
  keys: byStream('session'),
  evolve: (row, event, key) => evolve(row, event as Recorded<SessionEvent>, key),
  columns: {
    ...members('start', 'therapistId', 'relationshipId', 'roomId', 'seriesId', 'status'),
    place: blind(({ place }) => place),
    clientIds: texts(({ clientIds }) => clientIds),
  },
  indexes: ['"start", key', '"status"'],
};
