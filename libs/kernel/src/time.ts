import { Temporal } from 'temporal-polyfill';

/** A UTC instant, always `YYYY-MM-DDTHH:mm:ss.sssZ`: instants compare as text. */
export type Instant = string;
/** A calendar date in the practice's zone, `YYYY-MM-DD`: dates compare as text. */
export type LocalDate = string;

/** What a wall clock shows, `YYYY-MM-DDTHH:mm`: wall times compare as text. */
export type WallTime = string;
/** `HH:mm`; 24:00 is the end of a day and compares after every other. */
export type TimeOfDay = string;

/** After everything: to ask for all that is known. */
export const END_OF_TIME: Instant = '9999-12-31T23:59:59.999Z';

/** Orders instants, dates, times and ids, which all compare as text. */
export const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Hands out the present. Only the edges read it; the domain is given times. */
export interface Clock {
  now(): Instant;
}

export const systemClock: Clock = { now: () => new Date().toISOString() };

const RFC3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;
const FULL_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** RFC 3339 with an offset to an Instant, cut to milliseconds; undefined when it names no such moment (2024-02-30). */
export function parseInstant(text: string): Instant | undefined {
  if (!RFC3339.test(text)) return undefined;
  try {
    const millis = Temporal.Instant.from(text.toUpperCase()).epochMilliseconds;
    const year = new Date(millis).getUTCFullYear();
    return year >= 1900 && year <= 9998 ? new Date(millis).toISOString() : undefined;
  } catch {
    return undefined;
  }
}

/** An RFC 3339 full-date that exists, between 1900 and 9998. */
export function isLocalDate(text: string): boolean {
  if (!FULL_DATE.test(text) || text < '1900' || text >= '9999') return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text;
  } catch {
    return false;
  }
}

/** An IANA zone this runtime knows. */
export function isZone(zone: string): boolean {
  try {
    return (
      new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '' &&
      !/^[+-]/.test(zone)
    );
  } catch {
    return false;
  }
}

/** `HH:mm` from 00:00 to 24:00. */
export const isTimeOfDay = (text: string): boolean => /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text);

/** `YYYY-MM-DDTHH:mm` of a date that exists. */
export const isWallTime = (text: string): boolean =>
  isLocalDate(text.slice(0, 10)) &&
  text[10] === 'T' &&
  isTimeOfDay(text.slice(11)) &&
  !text.endsWith('24:00');

const toInstant = (zoned: Temporal.ZonedDateTime): Instant => new Date(zoned.epochMilliseconds).toISOString();

/** The date on the wall calendar of a zone at an instant. */
export const localDate = (instant: Instant, zone: string): LocalDate =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString();

/** The first moment of a local day, clock changes included. */
export const startOfLocalDay = (date: LocalDate, zone: string): Instant =>
  toInstant(Temporal.PlainDate.from(date).toZonedDateTime(zone));

/** The first moment after a local day: what is valid "until 30 September" ends here. */
export const endOfLocalDay = (date: LocalDate, zone: string): Instant =>
  startOfLocalDay(addDays(date, 1), zone);

/** What the wall clock of a zone shows at an instant, cut to the minute. */
export const wallTime = (instant: Instant, zone: string): WallTime =>
  Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString().slice(0, 16);

/**
 * The instant at which the wall clock of a zone shows a time. A time that the clock skips is read by the offset before the
 * change (02:30 becomes 03:30), of a time that comes twice the first is meant (RFC 5545 §3.3.5).
 */
export const atWallTime = (date: LocalDate, time: TimeOfDay, zone: string): Instant =>
  time === '24:00'
    ? endOfLocalDay(date, zone)
    : toInstant(Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone));

/** Monday is 1, Sunday 7. */
export const weekdayOf = (date: LocalDate): number => Temporal.PlainDate.from(date).dayOfWeek;

/** Whole days from one date to another; negative when the other is earlier. */
export const daysBetween = (from: LocalDate, to: LocalDate): number =>
  Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days;

export const addDays = (date: LocalDate, days: number): LocalDate =>
  Temporal.PlainDate.from(date).add({ days }).toString();

export const addMonths = (date: LocalDate, months: number): LocalDate =>
  Temporal.PlainDate.from(date).add({ months }).toString();

export const addHours = (instant: Instant, hours: number): Instant =>
  new Date(Date.parse(instant) + hours * 3_600_000).toISOString();

export const addMinutes = (instant: Instant, minutes: number): Instant =>
  new Date(Date.parse(instant) + minutes * 60_000).toISOString();

/** Whole minutes from one instant to a later one. */
export const minutesBetween = (from: Instant, to: Instant): number =>
  Math.floor((Date.parse(to) - Date.parse(from)) / 60_000);

/**
 * The day somebody born on `birth` reaches an age. Born on 29 February, the day in a common year is `leapDay`
 * (the rule pack says which; 1 March unless it does).
 */
export function dayOfAge(birth: LocalDate, years: number, leapDay: '02-28' | '03-01' = '03-01'): LocalDate {
  const year = String(Number(birth.slice(0, 4)) + years).padStart(4, '0');
  const sameDay = `${year}-${birth.slice(5)}`;
  return isLocalDate(sameDay) ? sameDay : `${year}-${leapDay}`;
}
