import { addDays, atWallTime, daysBetween, wallTime, type LocalDate, type WallTime } from '#libs/kernel';
import type { Plan } from '../session/plan.js';
import { movedTo } from '../session/planning.js';

export const SCOPES = ['this', 'following', 'all'] as const;
/** Of the sessions that lie ahead: the one named, it and those after it in the rule, or all. */
export type Scope = (typeof SCOPES)[number];

/** `start`: of the occurrence named; the others move by as many days and to the same time on the wall clock. */
export type Wish = { start?: WallTime; durationMinutes?: number; place?: string; roomId?: string };

/** A session of a series that has yet to come. */
export type Ahead = { occurrence: LocalDate; sessionId: string; plan: Plan };

/**
 * The sessions that a change moves, as they will be planned; those that are there already are left out. A session that was
 * moved by hand before moves on from where it is.
 * @param ahead sessions that lie ahead; the one named is among them, or nothing moves
 */
export function changed(
  ahead: readonly Ahead[],
  { scope, occurrence, wish }: { scope: Scope; occurrence: LocalDate; wish: Wish },
  therapistNow: string,
  zone: string,
): Ahead[] {
  const named = ahead.find((one) => one.occurrence === occurrence);
  if (!named) return [];
  const { start, ...rest } = wish;
  const before = wallTime(named.plan.start, zone);
  const after = start ?? before;
  const days = daysBetween(dayOf(before), dayOf(after));
  const meant = ahead.filter(
    (one) => scope === 'all' || one === named || (scope === 'following' && one.occurrence > occurrence),
  );
  return meant.flatMap((one) => {
    const day = addDays(dayOf(wallTime(one.plan.start, zone)), days);
    const to = start === undefined ? one.plan.start : atWallTime(day, after.slice(11), zone);
    const plan = movedTo(one.plan, therapistNow, { ...rest, start: to });
    return isSame(plan, one.plan) ? [] : [{ ...one, plan }];
  });
}

const dayOf = (wall: WallTime): LocalDate => wall.slice(0, 10);

const isSame = (one: Plan, other: Plan): boolean =>
  one.start === other.start &&
  one.durationMinutes === other.durationMinutes &&
  one.therapistId === other.therapistId &&
  one.place === other.place &&
  one.roomId === other.roomId;
