import { addDays, type Instant, localDate, type LocalDate, type Reason, reasonIf } from '#libs/kernel';
import type { Preferences } from './preferences.js';

/** Nobody waits longer than this without being asked. */
const LONGEST_DAYS = 365;

export type Waitlisted = {
  /** why there is no place yet */
  reasonCode: string;
  checkInEveryDays: number;
  /** worked out from the interval, in the practice's zone */
  nextCheckInOn: LocalDate;
  /** takes the place of what was asked for at first */
  preferences?: Preferences;
};

/** `nextCheckInOn` is there while they wait; `words` are the client's. */
export type CheckIn = { stillWaiting: boolean; nextCheckInOn?: LocalDate; words?: string };

export type Waiting = Omit<Waitlisted, 'nextCheckInOn'> & {
  stillWaiting: boolean;
  nextCheckInOn?: LocalDate;
  since: Instant;
  lastCheckIn?: CheckIn & { at: Instant };
};

export const nextCheckIn = (at: Instant, everyDays: number, zone: string): LocalDate =>
  addDays(localDate(at, zone), everyDays);

export const checkedIn = (waiting: Waiting, checkIn: CheckIn, at: Instant): Waiting => ({
  ...waiting,
  stillWaiting: checkIn.stillWaiting,
  nextCheckInOn: checkIn.nextCheckInOn,
  lastCheckIn: { ...checkIn, at },
});

export function waitlistReasons({
  reasonCode,
  checkInEveryDays: days,
}: Pick<Waitlisted, 'reasonCode' | 'checkInEveryDays'>): Reason[] {
  const sensible = Number.isInteger(days) && days >= 1 && days <= LONGEST_DAYS;
  return [
    ...reasonIf(!reasonCode.trim(), 'reason_code_missing', 'Say why they wait, with a reason code.'),
    ...reasonIf(
      !sensible,
      'check_in_interval_missing',
      `Say every how many days you will ask whether they still wait, from 1 to ${LONGEST_DAYS}.`,
    ),
  ];
}

/** @param today the local date of the check-in */
export function checkInReasons(
  { since, lastCheckIn }: Waiting,
  { stillWaiting, nextCheckInOn }: CheckIn,
  { occurredAt, today }: { occurredAt: Instant; today: LocalDate },
): Reason[] {
  const last = lastCheckIn?.at ?? since;
  return [
    ...reasonIf(
      occurredAt < last,
      'before_last_entry',
      `The last entry is for ${last}. Give a time from then on as occurredAt.`,
    ),
    ...reasonIf(
      nextCheckInOn !== undefined && nextCheckInOn <= today,
      'next_check_in_not_later',
      `The next check-in must be after ${today}. Give a later date, or leave it out.`,
    ),
    ...reasonIf(
      !stillWaiting && nextCheckInOn !== undefined,
      'no_longer_waiting',
      'Who no longer waits is not asked again. Leave the next check-in out.',
    ),
  ];
}
