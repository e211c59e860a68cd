import {
  addMinutes,
  reasonIf,
  refuseIfAny,
  wallTime,
  type Instant,
  type LocalDate,
  type Reason,
} from '#libs/kernel';
import { planReasons, type Plan } from './plan.js';

/** Another session, as far as it can stand in the way. */
export type Other = Pick<Plan, 'therapistId' | 'clientIds' | 'roomId' | 'start' | 'durationMinutes'> & {
  sessionId: string;
};

/** What the handler found about the time and the people of a plan. `zone`: the practice's, for the words */
export type Surroundings = {
  relationshipOpen: boolean;
  /** who belongs to the unit now */
  members: readonly string[];
  therapistActive: boolean;
  /** true without a room, too */
  roomOpen: boolean;
  /** sessions of these people, or in this room, at about the time; those that do not take place are left out */
  others: readonly Other[];
  available: boolean;
  absence?: { from: LocalDate; to: LocalDate };
  zone: string;
};

/** Kept in the event when it was planned nevertheless. */
const CONFLICTS = [
  'therapist_overlap',
  'room_overlap',
  'client_overlap',
  'outside_availability',
  'therapist_absent',
] as const;
export type Conflict = (typeof CONFLICTS)[number];
type ConflictReason = Reason & { code: Conflict };

export const endOf = ({ start, durationMinutes }: Pick<Plan, 'start' | 'durationMinutes'>): Instant =>
  addMinutes(start, durationMinutes);

/** One that ends when the other begins is no overlap. */
const overlap = (one: Pick<Plan, 'start' | 'durationMinutes'>, other: typeof one): boolean =>
  one.start < endOf(other) && other.start < endOf(one);

/** Everything that is already on at that time, for the same therapist, in the same room or for the same clients. */
export function overlapsOf(
  plan: Plan,
  sessionId: string,
  others: readonly Other[],
  zone: string,
): ConflictReason[] {
  const inTheWay = others.filter((other) => other.sessionId !== sessionId && overlap(plan, other));
  const met = (code: Conflict, who: string, found: (other: Other) => boolean): ConflictReason[] =>
    inTheWay.filter(found).map((other) => ({
      code,
      detail: `${who} already from ${clockTime(other.start, zone)} to ${clockTime(endOf(other), zone).slice(-5)}. Choose another time, or override it with a reason.`,
      otherId: other.sessionId,
    }));
  return [
    ...met('therapist_overlap', 'The therapist is busy', (other) => other.therapistId === plan.therapistId),
    ...met(
      'room_overlap',
      'The room is taken',
      (other) => plan.roomId !== undefined && other.roomId === plan.roomId,
    ),
    ...met('client_overlap', 'A client is busy', (other) =>
      other.clientIds.some((clientId) => plan.clientIds.includes(clientId)),
    ),
  ];
}

const clockTime = (instant: Instant, zone: string): string => wallTime(instant, zone).replace('T', ' ');

/** What a reasoned override can pass: everything that is already on at that time, and when the therapist is not there. */
function conflictsOf(
  plan: Plan,
  sessionId: string,
  { others, available, absence, zone }: Surroundings,
): ConflictReason[] {
  return [
    ...overlapsOf(plan, sessionId, others, zone),
    ...(reasonIf(
      !available,
      'outside_availability',
      `${clockTime(plan.start, zone)} for ${plan.durationMinutes} minutes is not within the therapist's working hours. Choose another time, or override it with a reason.`,
    ) as ConflictReason[]),
    ...(reasonIf(
      absence !== undefined,
      'therapist_absent',
      `The therapist is away from ${absence?.from} to ${absence?.to}. Choose another day, or override it with a reason.`,
    ) as ConflictReason[]),
  ];
}

/** What nobody can override. */
const impossible = (plan: Plan, around: Surroundings): Reason[] => [
  ...planReasons(plan),
  ...reasonIf(
    !around.relationshipOpen,
    'relationship_ended',
    'The relationship has ended. Open a new one first.',
  ),
  ...reasonIf(
    plan.clientIds.some((clientId) => !around.members.includes(clientId)),
    'not_a_member',
    'Somebody named is not a member of the unit. Name members only.',
  ),
  ...reasonIf(
    !around.therapistActive,
    'therapist_deactivated',
    'The therapist no longer works here. Reassign the relationship first.',
  ),
  ...reasonIf(!around.roomOpen, 'room_closed', 'This room is closed. Choose another.'),
];

/** A plan and what stands around it. */
export type Planning = { plan: Plan; sessionId: string; around: Surroundings };

/**
 * Everything that speaks against some plans, all at once, each reason beginning with the day when there are several plans.
 * @param override whatever a reason can pass is to be passed
 * @returns what was overridden, per plan
 * @throws DomainError `refused`
 */
export function weigh(
  plannings: readonly Planning[],
  override: boolean,
  reason: string | undefined,
): Conflict[][] {
  const weighed = plannings.map(({ plan, sessionId, around }) => ({
    start: plan.start,
    zone: around.zone,
    hard: impossible(plan, around),
    conflicts: conflictsOf(plan, sessionId, around),
  }));
  const any = weighed.some(({ conflicts }) => conflicts.length > 0);
  const unreasoned = override && any && !reason?.trim();
  const passed = override && !unreasoned;
  refuseIfAny([
    ...weighed.flatMap(({ hard, conflicts, start, zone }) =>
      [...hard, ...(passed ? [] : conflicts)].map((one) =>
        plannings.length === 1 ? one : { ...one, detail: `${clockTime(start, zone)}: ${one.detail}` },
      ),
    ),
    ...reasonIf(unreasoned, 'reason_missing', 'Say in "reason" why it is planned nevertheless.'),
  ]);
  return weighed.map(({ conflicts }) =>
    CONFLICTS.filter((code) => conflicts.some((one) => one.code === code)),
  );
}
