import { type Instant, type LocalDate, type Reason, reasonIf } from '#libs/kernel';
import type { Format } from '#libs/practice';

/**
 * A session as it was planned. `place` in words, or else `roomId` of the practice; `occurrence` of a series is its
 * local date in the rule, wherever it was moved to.
 */
export type Plan = {
  relationshipId: string;
  clientIds: string[];
  therapistId: string;
  start: Instant;
  durationMinutes: number;
  modality: Format;
  place?: string;
  roomId?: string;
  seriesId?: string;
  occurrence?: LocalDate;
};

/** No session is longer than twelve hours, planned or held. */
export const LONGEST_MINUTES = 720;

/** What keeps a session from being planned like this; [] when nothing does. */
export const planReasons = ({ clientIds, durationMinutes, place, roomId }: Plan): Reason[] => [
  ...reasonIf(clientIds.length === 0, 'clients_missing', 'Name at least one client.'),
  ...reasonIf(
    new Set(clientIds).size < clientIds.length,
    'client_named_twice',
    'Name each client of the session once.',
  ),
  ...reasonIf(
    !Number.isInteger(durationMinutes) || durationMinutes < 1 || durationMinutes > LONGEST_MINUTES,
    'duration_out_of_range',
    `Plan 1 to ${LONGEST_MINUTES} whole minutes. Plan a second session for what is longer.`,
  ),
  ...reasonIf(
    place !== undefined && roomId !== undefined,
    'place_and_room',
    'Give the room, or else the place in words.',
  ),
];

export const strangerReasons = ({ clientIds }: Plan, clientId: string | undefined): Reason[] =>
  reasonIf(
    clientId !== undefined && !clientIds.includes(clientId),
    'not_in_session',
    'This person is not planned for this session. Name one of its clients.',
  );
