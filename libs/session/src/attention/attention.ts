import { reasonIf, type LocalDate, type Reason } from '#libs/kernel';
import type { Conflict } from '../session/conflicts.js';
import type { Plan } from '../session/plan.js';
import { isAwaited } from '../session/situation.js';
import { goneReasons, therapistReasons } from '../session/start.js';

/** A session, as far as what has changed around it matters. `overridden`: what it was planned in spite of */
export type Watched = Plan & { status: string; overridden?: readonly Conflict[] };

/** How things stand by now. `therapistNow`: whose relationship it is; `roomOpen` is true without a room, too */
export type ByNow = {
  relationshipOpen: boolean;
  therapistNow: string;
  therapistActive: boolean;
  roomOpen: boolean;
  absence?: { from: LocalDate; to: LocalDate };
};

/**
 * Why a session that has yet to happen can no longer take place as planned, with every reason; [] when it can. What it
 * was planned in spite of is no news.
 */
export const attentionReasons = (
  { overridden = [], ...row }: Watched,
  { relationshipOpen, therapistNow, therapistActive, roomOpen, absence }: ByNow,
): Reason[] =>
  isAwaited(row.status)
    ? [
        ...reasonIf(
          !relationshipOpen,
          'relationship_ended',
          'The relationship has ended. Cancel the session.',
        ),
        ...therapistReasons(row, therapistNow),
        ...goneReasons(!therapistActive),
        ...reasonIf(
          absence !== undefined && !overridden.includes('therapist_absent'),
          'therapist_absent',
          `The therapist is away from ${absence?.from} to ${absence?.to}. Move the session, or cancel it.`,
        ),
        ...reasonIf(!roomOpen, 'room_closed', 'The room was closed. Move the session to another.'),
      ]
    : [];

/** What keeps a session from starting at all; the rest it can start in spite of. */
export const FORBIDS_START: readonly string[] = [
  'relationship_ended',
  'therapist_changed_since_planned',
  'therapist_deactivated',
];
