import { commandFor } from '#libs/event-store';
import { addHours, addMinutes, deriveId } from '#libs/kernel';
import { session, sessionIdOf } from '#libs/session';
import type { DaysAgo } from '../calendar.js';
import type { Case } from '../case.js';
import { MarkSessionInError, MissSession, RecordAfterwards, ScheduleSeries } from '../commands.js';
import { isHeld, isPlanned, nextSessionId, planOf, startOf } from './sessions.js';

/** An appointment for the day of the load, whatever weekday that is. @returns its id */
export const comesToday = (one: Case, time: string): string =>
  isPlanned(one, one.world.calendar.at(0, time), 'There is no other day on which both can.');

/** The client has said that they will come. */
export function confirms(one: Case, sessionId: string): void {
  one.story
    .later(30)
    .enter({ what: 'confirms', id: sessionId, by: one.by('coordinator') }, (meta) =>
      commandFor(session, meta, { type: 'ConfirmSession' }),
    );
}

const TIMES = 8;

/** The first day of the series below. */
export const seriesBegins = (one: Case): DaysAgo => {
  const { calendar } = one.world;
  return calendar.next(one.slot.weekday, calendar.clockChange() + 24);
};

/** Eight weeks at the same hour, over the clock change nearest to today. Those that lie behind were held. */
export function meetsEveryWeek(one: Case): void {
  const { calendar } = one.world;
  const first = seriesBegins(one);
  const id = deriveId('demo', 'series', one.relationshipId);
  const firstStart = `${calendar.dateOf(first)}T${one.slot.time}`;
  const plan = { ...planOf(one), firstStart, rrule: `FREQ=WEEKLY;COUNT=${TIMES}` };
  one.story
    .on(Math.max(first + 6, 1), '18:30')
    .enter(
      { what: 'sessions are planned in a series', id, by: one.byTherapist, creates: true },
      (meta) => new ScheduleSeries(meta, plan),
    );
  for (let ago = first; ago > 0 && ago > first - TIMES * 7; ago -= 7) {
    const sessionId = sessionIdOf(id, calendar.dateOf(ago));
    isHeld(one, sessionId, startOf(one, ago));
  }
}

/** Was held without having been planned, and is entered the next morning. */
export function wasHeld(one: Case, ago: DaysAgo, time: string, reason: string): void {
  const start = one.world.calendar.at(ago, time);
  const end = addMinutes(start, 40);
  const id = nextSessionId(one);
  const { relationshipId, modality } = planOf(one);
  one.story
    .at(addHours(end, 15))
    .enter(
      { what: 'session is entered afterwards', id, by: one.byTherapist, creates: true, reason },
      (meta) => new RecordAfterwards(meta, { start, end, relationshipId, modality }),
    );
  one.held = id;
}

/** Was planned for somebody else of the same first name. */
export function isPlannedByMistake(one: Case, ago: DaysAgo): void {
  const id = isPlanned(one, one.world.calendar.at(ago, '12:00'));
  one.story.later(25).enter(
    {
      what: 'session is marked in error',
      id,
      by: one.by('coordinator'),
      reason: 'Was meant for another client of the same first name.',
    },
    (meta) => new MarkSessionInError(meta, ['coordinator']),
  );
}

/** What was held last is said not to have been a session. It stays to be seen, and so does that it was without consent. */
export function isSaidToBeAnError(one: Case, reason: string): void {
  one.story
    .later(45)
    .enter(
      { what: 'session is marked in error', id: one.held, by: one.byTherapist, reason },
      (meta) => new MarkSessionInError(meta, ['therapist']),
    );
}

/** Called off too late by what was agreed, which says what that costs. */
export function isCancelledForAFee(one: Case, ago: DaysAgo): void {
  const start = startOf(one, ago);
  const id = isPlanned(one, start);
  one.story.at(addHours(start, -20)).enter(
    { what: 'session is cancelled for a fee', id, by: one.by('coordinator') },
    (meta) =>
      new MissSession(meta, {
        type: 'CancelSession',
        by: 'client',
        reasonCode: 'travel',
        chargeFee: true,
      }),
  );
}
