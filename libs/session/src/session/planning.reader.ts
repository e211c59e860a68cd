import { Inject, Injectable } from '@nestjs/common';
import { unit } from '#libs/client';
import type { Transaction } from '#libs/event-store';
import { missing, streamOf } from '#libs/kernel';
import { absenceDuring, isAvailable, practice, practiceIn, room, staff } from '#libs/practice';
import { relationship } from '#libs/relationship';
import { CalendarReader } from '../calendar/calendar.reader.js';
import { endOf, type Other, type Surroundings } from './conflicts.js';
import type { Plan } from './plan.js';

/** Who a session of a relationship is for, by now. */
export type People = { open: boolean; members: readonly string[]; therapistId: string };

/** Fetches what plans are judged by. Everything read stays guarded until the command is appended. */
@Injectable()
export class PlanningReader {
  constructor(@Inject(CalendarReader) private readonly calendar: CalendarReader) {}

  /** @throws DomainError `missing` */
  async people(tx: Transaction, relationshipId: string): Promise<People> {
    const found = await tx.read(relationship, relationshipId);
    if (found.situation === 'none') return missing('relationship');
    const { opening, therapistId, situation } = found;
    const treated = await tx.read(unit, opening.unitId);
    const members = treated.situation === 'none' ? [] : treated.members;
    return { open: situation === 'open', members, therapistId };
  }

  /**
   * What stands around plans of one relationship, in their order.
   * @param moving of sessions that are moved in the same command: where they will be, not where they are
   * @throws DomainError `missing` when there is no such room or therapist; `unavailable`
   */
  async around(
    tx: Transaction,
    { open, members }: People,
    plans: readonly Plan[],
    moving: readonly Other[] = [],
  ): Promise<Surroundings[]> {
    const roomIds = plans.flatMap(({ roomId }) => roomId ?? []);
    // one question instead of one for each
    await tx.events([
      streamOf(practice.category, tx.meta.practiceId),
      ...plans.map(({ therapistId }) => streamOf(staff.category, therapistId)),
      ...roomIds.map((roomId) => streamOf(room.category, roomId)),
    ]);
    const { zone } = await practiceIn(tx);
    const found = await this.calendar.takenAround(tx, plans);
    const others = [
      ...found.filter((one) => moving.every((other) => other.sessionId !== one.sessionId)),
      ...moving,
    ];
    return Promise.all(
      plans.map(async (plan) => {
        const therapist = await tx.read(staff, plan.therapistId);
        if (therapist.situation === 'none') return missing('staff member');
        const span = { start: plan.start, end: endOf(plan) };
        const absence = absenceDuring(therapist.absences, span, zone);
        return {
          relationshipOpen: open,
          members,
          therapistActive: therapist.situation === 'active',
          roomOpen: await roomIsOpen(tx, plan.roomId),
          others,
          available: isAvailable(therapist.availability, span, zone),
          ...(absence ? { absence } : {}),
          zone,
        };
      }),
    );
  }
}

async function roomIsOpen(tx: Transaction, roomId: string | undefined): Promise<boolean> {
  if (roomId === undefined) return true;
  const found = await tx.read(room, roomId);
  return found.situation === 'none' ? missing('room') : found.situation === 'open';
}
