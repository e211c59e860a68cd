import { RRuleTemporal } from 'rrule-temporal';
import {
  addMinutes,
  atWallTime,
  endOfLocalDay,
  isLocalDate,
  reasonIf,
  wallTime,
  type Instant,
  type LocalDate,
  type Reason,
  type WallTime,
} from '#libs/kernel';

/** A series is finite and small enough to be made in one step. */
export const MOST_OCCURRENCES = 104;

/** When sessions recur: `rrule` by RFC 5545 §3.3.10, counted on the wall clock of `zone`. */
export type Recurrence = { firstStart: WallTime; zone: string; rrule: string };

const PARTS = /^[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*$/;
const KNOWN_PARTS = [
  'FREQ',
  'INTERVAL',
  'COUNT',
  'UNTIL',
  'BYDAY',
  'BYMONTHDAY',
  'BYYEARDAY',
  'BYWEEKNO',
  'BYMONTH',
  'BYSETPOS',
  'WKST',
];
const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

/** At most one a day, so that a local date names an occurrence for ever, wherever its session is moved. */
export const startOn = (
  date: LocalDate,
  { firstStart, zone }: Pick<Recurrence, 'firstStart' | 'zone'>,
): Instant => atWallTime(date, firstStart.slice(11), zone);

/**
 * The days on which sessions recur, always at the same time on the wall clock. A time that comes twice when the clocks go
 * back is its first; a day on which the time does not exist because the clocks go forward is left out and not counted
 * (RFC 5545 §3.3.10: such instances "MUST be ignored and MUST NOT be counted").
 * @returns the days, or else what is wrong with the rule
 */
export function occurrencesOf(recurrence: Recurrence): { dates: LocalDate[]; problems: Reason[] } {
  const problems = partReasons(recurrence.rrule);
  if (problems.length > 0) return { dates: [], problems };
  const dates = expand(recurrence);
  if (!dates) return { dates: [], problems: unreadable };
  if (!dates.every(isLocalDate)) return { dates: [], problems: tooFarAhead };
  return { dates, problems: dateReasons(dates, recurrence) };
}

const unreadable = reasonIf(
  true,
  'rrule_unreadable',
  `The rule is not one of RFC 5545. Use ${KNOWN_PARTS.join(', ')}, e.g. FREQ=WEEKLY;BYDAY=TU;COUNT=10.`,
);

const tooFarAhead = reasonIf(
  true,
  'rrule_too_far_ahead',
  'A session of this rule would lie beyond the year 9998. Make the rule shorter.',
);

function partReasons(rrule: string): Reason[] {
  if (!PARTS.test(rrule)) return unreadable;
  const parts = new Map(rrule.split(';').map((part) => part.split('=') as [string, string]));
  if (parts.size < rrule.split(';').length) return unreadable;
  if ([...parts.keys()].some((name) => !KNOWN_PARTS.includes(name))) return unreadable;
  // what reads the rule takes COUNT=-1 for one
  if (['COUNT', 'INTERVAL'].some((name) => !/^\d+$/.test(parts.get(name) ?? '1'))) return unreadable;
  return [
    ...reasonIf(
      !FREQUENCIES.includes(parts.get('FREQ') ?? ''),
      'rrule_too_frequent',
      'A series has at most one session a day. Give FREQ as DAILY, WEEKLY, MONTHLY or YEARLY.',
    ),
    ...reasonIf(
      !parts.has('COUNT') && !parts.has('UNTIL'),
      'rrule_endless',
      'A series comes to an end. Add COUNT or UNTIL to the rule.',
    ),
  ];
}

/** Beside a start with a time UNTIL has to be an instant (RFC 5545 §3.3.10); a day stands for its last moment. */
const untilInstant = (rrule: string, zone: string): string =>
  rrule.replace(/\bUNTIL=(\d{4})(\d{2})(\d{2})(?=;|$)/, (_, year, month, day) => {
    const last = addMinutes(endOfLocalDay(`${year}-${month}-${day}`, zone), -1);
    return `UNTIL=${last.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  });

/** undefined when the rule cannot be followed */
function expand({ firstStart, zone, rrule }: Recurrence): LocalDate[] | undefined {
  const dtstart = `${firstStart.replaceAll(/[-:]/g, '')}00`;
  try {
    const rule = new RRuleTemporal({
      rruleString: `DTSTART;TZID=${zone}:${dtstart}\nRRULE:${untilInstant(rrule, zone)}`,
      strict: true,
    });
    // one more than there may be, so that too many are noticed
    return rule.all((_, index) => index <= MOST_OCCURRENCES).map((start) => String(start).slice(0, 10));
  } catch {
    return undefined;
  }
}

const dateReasons = (dates: readonly LocalDate[], { firstStart, zone }: Recurrence): Reason[] => {
  const [day, time] = [firstStart.slice(0, 10), firstStart.slice(11)];
  const skipped = wallTime(atWallTime(day, time, zone), zone) !== firstStart;
  return [
    ...reasonIf(
      dates.length > MOST_OCCURRENCES,
      'too_many_occurrences',
      `A series has at most ${MOST_OCCURRENCES} sessions. Plan the rest as a series of its own.`,
    ),
    ...reasonIf(
      skipped,
      'first_start_skipped',
      `The clocks go forward and skip ${firstStart}. Choose another time.`,
    ),
    ...reasonIf(
      !skipped && dates[0] !== day,
      'first_start_not_in_rule',
      `The rule does not fall on ${day}. Begin on a day that it names.`,
    ),
  ];
};
