import { addMinutes, minutesBetween, type Instant, type Reason, reasonIf } from '#libs/kernel';

export const MODALITIES = ['in_person', 'video', 'phone'] as const;
export type Modality = (typeof MODALITIES)[number];

/** A session as it was planned. */
export type Plan = {
  relationshipId: string;
  clientIds: string[];
  therapistId: string;
  start: Instant;
  durationMinutes: number;
  modality: Modality;
  place?: string;
};

/** No session is longer than twelve hours, planned or held (domain.md §7). */
export const LONGEST_MINUTES = 720;

/** What keeps a session from being planned like this; [] when nothing does. */
export const planReasons = ({ clientIds, durationMinutes }: Plan): Reason[] => [
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
];

export const CANCELLED_BY = ['client', 'therapist', 'practice'] as const;
type Canceller = { by: (typeof CANCELLED_BY)[number]; reasonCode?: string };
/** `lateCancelHours` is the practice's policy */
export type CancelWish = Canceller & { lateCancelHours: number };
/** `noticeHours`: whole, rounded down; 0 once the session should have begun */
export type Cancellation = Canceller & { noticeHours: number; late: boolean };

/** Late is about time alone; whether it costs anything depends on who cancelled and on what was agreed. */
export function cancellation({ start }: Plan, wish: CancelWish, occurredAt: Instant): Cancellation {
  const { by, reasonCode, lateCancelHours } = wish;
  const hours = Math.floor(minutesBetween(occurredAt, start) / 60);
  const notice = { noticeHours: Math.max(0, hours), late: hours < lateCancelHours };
  return { by, ...notice, ...(reasonCode === undefined ? {} : { reasonCode }) };
}

/** `graceMinutes` is the practice's policy. */
export const noShowReasons = (
  plan: Plan,
  clientId: string | undefined,
  occurredAt: Instant,
  graceMinutes: number,
): Reason[] => [
  ...reasonIf(
    occurredAt < addMinutes(plan.start, graceMinutes),
    'too_early_for_no_show',
    `Wait until ${graceMinutes} minutes after the planned start.`,
  ),
  ...strangerReasons(plan, clientId),
];

export const strangerReasons = ({ clientIds }: Plan, clientId: string | undefined): Reason[] =>
  reasonIf(
    clientId !== undefined && !clientIds.includes(clientId),
    'not_in_session',
    'This person is not planned for this session. Name one of its clients.',
  );
