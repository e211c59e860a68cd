import { conflict } from '#libs/kernel';
import type { Existing, Underway } from './session.js';

export const AWAITED = ['scheduled', 'confirmed', 'checked_in'] as const;

/** Planned, perhaps confirmed, perhaps somebody is there: it has yet to happen. */
export const isAwaited = (situation: string): boolean => (AWAITED as readonly string[]).includes(situation);

const NOT_STARTED = ['not_started', 'This session has not started. Start it first.'] as const;
const STARTED = ['already_started', 'This session has started. End it.'] as const;
const INSTEAD = {
  scheduled: NOT_STARTED,
  confirmed: NOT_STARTED,
  checked_in: NOT_STARTED,
  running: STARTED,
  paused: STARTED,
  ended: ['session_ended', 'This session has ended. Plan a new one.'],
  cancelled: ['session_cancelled', 'This session was cancelled. Plan a new one.'],
  no_show: ['session_missed', 'Nobody came to this session. Plan a new one.'],
  entered_in_error: [
    'session_entered_in_error',
    'This session was entered in error and can only be read. Plan a new one.',
  ],
} as const;

/** The act does not fit: says what the session is instead, and what to do then. */
export function misfit(situation: keyof typeof INSTEAD): never {
  const [code, detail] = INSTEAD[situation];
  return conflict(code, detail);
}

/** It has yet to happen. */
export function awaited({ situation }: Existing): void {
  if (!isAwaited(situation)) misfit(situation);
}

/** Started and not ended. */
export function underway(state: Existing): Underway {
  if (state.situation === 'running' || state.situation === 'paused') return state;
  return misfit(state.situation);
}
