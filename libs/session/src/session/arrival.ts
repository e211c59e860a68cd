import {
  addMinutes,
  type CommandContext,
  type Instant,
  type Reason,
  reasonIf,
  refuseIfAny,
} from '#libs/kernel';
import { refuseAfterWithdrawal } from './held.js';
import { strangerReasons, type Plan } from './plan.js';
import type { CommandOf, Existing, SessionEvent } from './session.js';
import { awaited } from './situation.js';

/** A client says that they will come; one of several speaks for themself. */
export function confirm(
  state: Existing,
  { clientId }: CommandOf<'ConfirmSession'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const { plan, confirmedBy } = state;
  const [only, ...others] = plan.clientIds;
  const by = clientId ?? (others.length === 0 ? only : undefined);
  if (by !== undefined && confirmedBy.includes(by)) return [];
  awaited(state);
  refuseIfAny([
    ...strangerReasons(plan, by),
    ...reasonIf(by === undefined, 'client_missing', 'Say with clientId which of the clients confirmed.'),
    ...reasonIf(
      occurredAt >= plan.start,
      'planned_time_has_passed',
      'The planned time has come. Check in whoever is there, or record the no-show.',
    ),
  ]);
  return [{ type: 'SessionConfirmed', data: { relationshipId: plan.relationshipId, by: by! } }];
}

/** People come early; nobody comes the day before. */
const EARLIEST_MINUTES_BEFORE = 120;
const LATEST_MINUTES_AFTER = 12 * 60;

/** Without `clientId` everyone is there. Who was taken for absent may still come; one of several also while it runs. */
export function checkIn(
  state: Existing,
  command: CommandOf<'CheckIn'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const { clientId } = command;
  const { plan, arrived, absent } = state;
  const expected = clientId ? [clientId] : plan.clientIds.filter((one) => !absent.includes(one));
  if (expected.length > 0 && expected.every((one) => arrived.includes(one))) return [];
  if (state.situation === 'running' || state.situation === 'paused') {
    refuseAfterWithdrawal(state, command);
  } else awaited(state);
  refuseIfAny([...strangerReasons(plan, clientId), ...checkInReasons(plan, occurredAt)]);
  const data = { relationshipId: plan.relationshipId, ...(clientId === undefined ? {} : { clientId }) };
  return [{ type: 'ClientCheckedIn', data }];
}

const checkInReasons = ({ start }: Plan, occurredAt: Instant): Reason[] => [
  ...reasonIf(
    occurredAt < addMinutes(start, -EARLIEST_MINUTES_BEFORE),
    'too_early_to_check_in',
    `Check in at most ${EARLIEST_MINUTES_BEFORE / 60} hours before the planned time, or confirm that the client will come.`,
  ),
  ...reasonIf(
    occurredAt > addMinutes(start, LATEST_MINUTES_AFTER),
    'too_late',
    `More than ${LATEST_MINUTES_AFTER / 60} hours have passed since the planned time. Schedule a session for now.`,
  ),
];

/** Without `clientId` nobody came. One of several can be absent while the session is held with the others. */
export function recordNoShow(
  state: Existing,
  command: CommandOf<'RecordNoShow'>,
  { occurredAt }: CommandContext,
): SessionEvent[] {
  const { clientId, graceMinutes } = command;
  const { plan, absent } = state;
  if (clientId === undefined ? state.situation === 'no_show' : absent.includes(clientId)) return [];
  const others = plan.clientIds.filter((one) => one !== clientId && !absent.includes(one));
  const heldWithOthers = clientId !== undefined && others.length > 0 && 'startedAt' in state;
  if (!heldWithOthers) awaited(state);
  if (state.situation === 'running' || state.situation === 'paused') refuseAfterWithdrawal(state, command);
  refuseIfAny(noShowReasons(state, clientId, occurredAt, graceMinutes));
  const data = { relationshipId: plan.relationshipId, ...(clientId === undefined ? {} : { clientId }) };
  return [{ type: 'SessionNoShow', data }];
}

/** `graceMinutes` is the practice's policy. */
const noShowReasons = (
  { plan, arrived }: Existing,
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
  ...reasonIf(
    clientId === undefined ? arrived.length > 0 : arrived.includes(clientId),
    'client_is_there',
    'Who has checked in has come. Start the session, or cancel it.',
  ),
];
