import type { Purpose } from '#libs/consent';
import { commandFor } from '#libs/event-store';
import { addHours, addMinutes, deriveId, type Instant } from '#libs/kernel';
import type { EmergencyBasis } from '#libs/consent';
import { session, type Observation } from '#libs/session';
import type { DaysAgo } from '../calendar.js';
import type { Case } from '../case.js';
import type { TherapistKey } from '../practices.js';
import {
  ContinueSession,
  MissSession,
  ScheduleSession,
  StartSession,
  WithdrawInSession,
} from '../commands.js';

const MINUTES = 50;

/** What sessions of a case have in common. */
export function planOf(one: Case) {
  const { relationshipId, format: modality } = one;
  const room = modality === 'in_person' ? { roomId: one.world.roomId(one.therapist) } : {};
  return { relationshipId, durationMinutes: MINUTES, modality, ...room };
}

export const nextSessionId = (one: Case): string =>
  deriveId('demo', 'session', one.relationshipId, String(++one.sessions));

/**
 * Planned at the moment the story has come to.
 * @param although why at this time, if it may be outside of anybody's hours
 * @returns its id
 */
export function isPlanned(one: Case, start: Instant, although?: string): string {
  const id = nextSessionId(one);
  const plan = { ...planOf(one), start, ...(although ? { override: true } : {}) };
  one.story.enter(
    {
      what: 'session is planned',
      id,
      by: one.by('coordinator'),
      creates: true,
      ...(although ? { reason: although } : {}),
    },
    (meta) => new ScheduleSession(meta, plan),
  );
  return id;
}

export const startOf = (one: Case, ago: DaysAgo): Instant => one.world.calendar.at(ago, one.slot.time);

export function begins(one: Case, id: string, start: Instant): void {
  const location = one.remote ? { clientLocation: 'at home' } : {};
  one.story
    .at(start)
    .enter({ what: 'session begins', id, by: one.byTherapist }, (meta) => new StartSession(meta, location));
}

export function ends(one: Case, id: string, end: Instant): void {
  one.held = id;
  one.unasked++;
  one.story
    .at(end)
    .enter(
      { what: 'session ends', id, by: one.byTherapist },
      (meta) => new ContinueSession(meta, { type: 'EndSession' }),
    );
}

/** Planned beforehand, let in by the gate, held for fifty minutes. */
export function meet(one: Case, ago: DaysAgo, observation?: Observation): void {
  const start = startOf(one, ago);
  const id = isPlanned(one, start);
  isHeld(one, id, start, observation);
}

/** For fifty minutes. Before the end the client is asked how the two get on, as often as the stance says. */
export function isHeld(one: Case, id: string, start: Instant, observation?: Observation): void {
  begins(one, id, start);
  if (observation) isObserved(one, id, addMinutes(start, 25), observation);
  const { everySessions, measure } = one.world.feedbackBy(one.therapist, one.unitKind);
  const due = one.unasked + 1 >= everySessions;
  if (due && !isForgotten(one))
    isObserved(one, id, addMinutes(start, 45), {
      kind: 'AllianceFeedbackGiven',
      score: 30 + (one.number % 10),
      measure: measure ?? 'three questions of our own',
    });
  ends(one, id, addMinutes(start, MINUTES));
  if (!due) return;
  one.unasked = 0;
  one.timesDue++;
}

function isObserved(one: Case, id: string, at: Instant, observation: Observation): void {
  one.story
    .at(at)
    .enter(
      { what: observation.kind, id, by: one.byTherapist },
      (meta) => new ContinueSession(meta, { type: 'ObserveInSession', observation }),
    );
}

/** With a few it is forgotten once, whatever the stance promises. */
const isForgotten = ({ number, timesDue }: Case): boolean => number % 16 === 5 && timesDue === 0;

/** Called off a day and a half before, or too late. */
export function isCancelled(one: Case, ago: DaysAgo, late: boolean): void {
  const start = startOf(one, ago);
  const id = isPlanned(one, start);
  one.story.at(addHours(start, late ? -3 : -30));
  one.story.enter(
    { what: 'session is cancelled', id, by: one.by('coordinator') },
    (meta) =>
      new MissSession(meta, {
        type: 'CancelSession',
        by: late ? 'client' : 'therapist',
        reasonCode: late ? 'illness' : 'training_day',
      }),
  );
}

export function nobodyComes(one: Case, ago: DaysAgo): void {
  const start = startOf(one, ago);
  const id = isPlanned(one, start);
  one.story
    .at(addMinutes(start, 20))
    .enter(
      { what: 'nobody comes', id, by: one.byTherapist },
      (meta) => new MissSession(meta, { type: 'RecordNoShow' }),
    );
}

/** The client ends their consent in the middle; what is left is a pause, a word about safety, and the end. */
export function withdrawsInSession(one: Case, ago: DaysAgo, scope: 'all' | Purpose): void {
  const start = startOf(one, ago);
  const id = isPlanned(one, start);
  begins(one, id, start);
  one.story
    .at(addMinutes(start, 22))
    .enter(
      { what: 'withdraws in the session', id, by: one.byTherapist },
      (meta) => new WithdrawInSession(meta, { clientId: one.first.id, channel: 'in_person', scope }),
    );
  one.story.enter({ what: 'is asked about safety', id, by: one.byTherapist }, (meta) =>
    commandFor(session, meta, { type: 'MakeSafetyContact', summary: 'Gets home well, knows whom to call.' }),
  );
  ends(one, id, addMinutes(start, 31));
}

/** Begins without consent on a named basis, visible as such. */
export function beginsInAnEmergency(
  one: Case,
  ago: DaysAgo,
  time: string,
  emergencyBasis: EmergencyBasis,
): void {
  const start = one.world.calendar.at(ago, time);
  one.story.at(addMinutes(start, -30));
  const id = isPlanned(one, start, 'It could not wait until somebody is here anyway.');
  one.story
    .at(start)
    .enter(
      { what: 'session begins in an emergency', id, by: one.byTherapist },
      (meta) => new StartSession(meta, { emergencyBasis }),
    );
  one.story.later(10).enter({ what: 'is asked about safety', id, by: one.byTherapist }, (meta) =>
    commandFor(session, meta, {
      type: 'MakeSafetyContact',
      summary: 'A friend stays for the night; numbers exchanged.',
    }),
  );
  ends(one, id, addMinutes(start, 40));
}

/** Consent is stale, and leaving the client alone would do harm: it goes on, with the reason written down. */
export function goesOnForSafety(one: Case, ago: DaysAgo, reason: string): void {
  const start = startOf(one, ago);
  const id = isPlanned(one, start);
  const location = one.remote ? { clientLocation: 'at home' } : {};
  one.story
    .at(start)
    .enter(
      { what: 'session goes on for safety', id, by: one.byTherapist, reason },
      (meta) => new StartSession(meta, { continueForSafety: true, ...location }),
    );
  ends(one, id, addMinutes(start, MINUTES));
}

/** Some weeks of meeting, at even distances, in which now and then one falls through. */
export function meetForSomeTime(
  one: Case,
  { from, until, times }: { from: DaysAgo; until: DaysAgo; times: number },
): void {
  const { calendar } = one.world;
  const first = calendar.next(one.slot.weekday, from);
  const weeks = Math.floor((first - until) / 7);
  if (weeks < 0) return;
  const count = Math.min(times, weeks + 1);
  const apart = count > 1 ? Math.floor(weeks / (count - 1)) : 1;
  for (let nth = 0; nth < count; nth++) {
    const ago = first - nth * apart * 7;
    const turn = (one.number * 5 + nth) % 13;
    if (turn === 4) isCancelled(one, ago, false);
    else if (turn === 8) isCancelled(one, ago, true);
    else if (turn === 11) nobodyComes(one, ago);
    else meet(one, ago, OBSERVATIONS[(one.number + nth) % OBSERVATIONS.length]?.(one));
  }
}

/** The therapist of the README's tour has no appointment on the day of the load: the tour plans one for any minute of it. */
const FREE_TODAY: TherapistKey = 'jonah';

/** The next appointment, today or within a week. */
export function nextIsPlanned(one: Case): void {
  const from = one.therapist === FREE_TODAY ? -1 : 0;
  isPlanned(one, startOf(one, one.world.calendar.next(one.slot.weekday, from)));
}

const STYLE = {
  jonah: 'gentle',
  mirela: 'questions',
  rafael: 'direct',
  ines: 'gentle',
  tarek: 'questions',
  hannah: 'questions',
} as const;

/**
 * What is noted in four sessions out of nine, beside the feedback that a stance promises. Whoever discloses nothing by
 * their stance notes a boundary instead.
 */
const OBSERVATIONS: readonly (undefined | ((one: Case) => Observation))[] = [
  undefined,
  (one) => ({
    kind: 'ChallengeOffered',
    style: STYLE[one.therapist],
    invited: one.therapist === 'mirela',
    words: 'Is that fair to yourself?',
  }),
  undefined,
  undefined,
  undefined,
  (one) =>
    one.therapist === 'mirela'
      ? { kind: 'BoundaryTouchedOn', topic: 'gifts', words: 'A card at the door; we talked about it.' }
      : {
          kind: 'SelfDisclosureMade',
          topic: 'training',
          purpose: 'To say that learning this took me long too.',
        },
  undefined,
  () => ({ kind: 'RuptureNoticed', noticedBy: 'therapist', words: 'Went quiet after my question.' }),
  () => ({ kind: 'RuptureRepaired', words: 'Said what it had been like; we looked at it together.' }),
];
