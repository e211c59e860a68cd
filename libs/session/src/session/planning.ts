import { conflict, type CommandContext, type Instant, same } from '#libs/kernel';
import { weigh, type Conflict, type Surroundings } from './conflicts.js';
import type { Plan } from './plan.js';
import type { CommandOf, Existing, Session, SessionEvent } from './session.js';
import { misfit } from './situation.js';

/** `overridden`: the conflicts it was planned in spite of, with the reason in the envelope */
export type Overridden = { overridden?: Conflict[] };

/** When, where and with whom: what moves when a session is moved. */
export type Slot = Pick<Plan, 'therapistId' | 'start' | 'durationMinutes' | 'place' | 'roomId'>;
/** A new place takes the place of a room, and the other way round; what is left out stays. */
export type Move = { start: Instant; durationMinutes?: number; place?: string; roomId?: string };
/** Places in words stand beside the slots, so that they are sealed alone. Older entries have them in the slots. */
export type Moved = {
  relationshipId: string;
  from: Slot;
  to: Slot;
  fromPlace?: string;
  toPlace?: string;
} & Overridden;

export type Judged = { around: Surroundings; override?: boolean };

export function schedule(
  state: Session,
  { type: _, around, override = false, ...plan }: CommandOf<'ScheduleSession'>,
  { id, reason }: CommandContext,
): SessionEvent[] {
  if (state.situation !== 'none') {
    if (same(state.plan, plan)) return [];
    conflict('already_scheduled', 'This session is planned already. Plan the other one under its own id.');
  }
  const [overridden] = weigh([{ plan, sessionId: id, around }], override, reason);
  return [{ type: 'SessionScheduled', data: { ...plan, ...passed(overridden) } }];
}

/** The therapist is whoever has the relationship by now. Somebody who is there already is not sent away. */
export function reschedule(
  state: Existing,
  { therapistNow, move, around, override = false }: CommandOf<'RescheduleSession'>,
  { id, reason }: CommandContext,
): SessionEvent[] {
  const { plan, situation } = state;
  const moved = movedTo(plan, therapistNow, move);
  const movable = isMovable(situation);
  if (movable && same(plan, moved)) return [];
  if (situation === 'checked_in')
    conflict('already_arrived', 'The client is here. Start the session, or cancel it and plan a new one.');
  if (!movable) misfit(situation);
  const [overridden] = weigh([{ plan: moved, sessionId: id, around }], override, reason);
  const { relationshipId } = plan;
  return [
    {
      type: 'SessionRescheduled',
      data: {
        relationshipId,
        from: placeless(plan),
        to: placeless(moved),
        ...(plan.place === undefined ? {} : { fromPlace: plan.place }),
        ...(moved.place === undefined ? {} : { toPlace: moved.place }),
        ...passed(overridden),
      },
    },
  ];
}

/** Planned, perhaps confirmed, and nothing has happened yet. */
export const isMovable = (situation: string): boolean =>
  situation === 'scheduled' || situation === 'confirmed';

const slotOf = ({ therapistId, start, durationMinutes, place, roomId }: Plan): Slot => ({
  therapistId,
  start,
  durationMinutes,
  ...(place === undefined ? {} : { place }),
  ...(roomId === undefined ? {} : { roomId }),
});

function placeless(plan: Plan): Slot {
  const { place: _, ...slot } = slotOf(plan);
  return slot;
}

/** Where a move led to. */
export const movedIn = ({ to, toPlace }: Moved): Slot => ({
  ...to,
  ...(toPlace === undefined ? {} : { place: toPlace }),
});

export function inSlot({ place: _, roomId: _r, ...plan }: Plan, slot: Slot): Plan {
  return { ...plan, ...slot };
}

export function movedTo(plan: Plan, therapistId: string, { place, roomId, ...when }: Move): Plan {
  const slot = { ...slotOf(plan), therapistId, ...when };
  if (place === undefined && roomId === undefined) return inSlot(plan, slot);
  const { place: _, roomId: _r, ...elsewhere } = slot;
  return inSlot(plan, {
    ...elsewhere,
    ...(place === undefined ? {} : { place }),
    ...(roomId === undefined ? {} : { roomId }),
  });
}

/** The plan in a SessionScheduled. */
export const planIn = ({ overridden: _, ...plan }: Plan & Overridden): Plan => plan;

export const passed = (overridden: Conflict[] = []): Overridden =>
  overridden.length > 0 ? { overridden } : {};
