import {
  addDays,
  atWallTime,
  localDate,
  reasonIf,
  startOfLocalDay,
  weekdayOf,
  type Instant,
  type LocalDate,
  type Reason,
  type TimeOfDay,
} from '#libs/kernel';

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** On the wall clock of the practice; `to` may be 24:00. */
export type Hours = { weekday: Weekday; from: TimeOfDay; to: TimeOfDay };
/** Somebody's whole week; without `validFrom` as if it had always been so. No hours: not available at all. */
export type Availability = { weekly: Hours[]; validFrom?: LocalDate };
/** Both days are whole and included. Why somebody is away is not kept. */
export type Absence = { from: LocalDate; to: LocalDate };

/** From when to when something takes place. */
export type Span = { start: Instant; end: Instant };

/** What is wrong with working hours; [] when nothing is. */
export function weekReasons({ weekly }: Availability): Reason[] {
  const backwards = weekly.some(({ from, to }) => from >= to);
  const overlapping = weekly.some((one, index) =>
    weekly.some(
      (other, at) =>
        at > index && one.weekday === other.weekday && one.from < other.to && other.from < one.to,
    ),
  );
  return [
    ...reasonIf(backwards, 'hours_backwards', 'Working hours begin before they end, on one day.'),
    ...reasonIf(
      !backwards && overlapping,
      'hours_overlap',
      'Two of the working hours of a day overlap. Join them.',
    ),
  ];
}

export const absenceReasons = ({ from, to }: Absence): Reason[] =>
  reasonIf(from > to, 'absence_backwards', 'The first day of an absence comes before its last.');

/** The week that holds on a day: the newest entry that is valid by then; undefined when working hours were never set. */
function weekOn(date: LocalDate, entries: readonly Availability[]): Availability | undefined {
  return entries.findLast(({ validFrom }) => validFrom === undefined || validFrom <= date);
}

/**
 * Whether all of a span lies within working hours, which may follow one another without a gap, midnight included. Whoever
 * never set any is available at any time.
 */
export function isAvailable(entries: readonly Availability[], { start, end }: Span, zone: string): boolean {
  let covered = start;
  for (let date = localDate(start, zone); covered < end; date = addDays(date, 1)) {
    const dayEnd = startOfLocalDay(addDays(date, 1), zone);
    const week = weekOn(date, entries);
    const hours = week ? hoursOn(date, week, zone) : [{ start: covered, end: dayEnd }];
    for (const span of hours) if (span.start <= covered && span.end > covered) covered = span.end;
    if (covered < dayEnd && covered < end) return false;
  }
  return true;
}

const hoursOn = (date: LocalDate, { weekly }: Availability, zone: string): Span[] =>
  weekly
    .filter(({ weekday }) => WEEKDAYS.indexOf(weekday) + 1 === weekdayOf(date))
    .map(({ from, to }) => ({ start: atWallTime(date, from, zone), end: atWallTime(date, to, zone) }))
    .sort((a, b) => (a.start < b.start ? -1 : 1));

/** The first absence that a span touches. */
export const absenceDuring = (
  absences: readonly Absence[],
  { start, end }: Span,
  zone: string,
): Absence | undefined =>
  absences.find(
    ({ from, to }) => start < startOfLocalDay(addDays(to, 1), zone) && end > startOfLocalDay(from, zone),
  );
