import { Temporal } from 'temporal-polyfill';
import { addDays, daysBetween, type Instant, type LocalDate } from '#libs/kernel';

/** Counted back from the day the demo was loaded: 0 is that day, 10 is ten days before, -7 lies a week ahead. */
export type DaysAgo = number;

/** Monday is 1, Sunday 7. */
const weekdayOf = (date: LocalDate): number => Temporal.PlainDate.from(date).dayOfWeek;

/** The days of one practice, as its people count them. */
export class Calendar {
  constructor(
    /** the day the demo was loaded */
    readonly today: LocalDate,
    readonly zone: string,
  ) {}

  dateOf = (ago: DaysAgo): LocalDate => addDays(this.today, -ago);

  /** The moment on a wall clock of the practice. */
  at(ago: DaysAgo, time: string): Instant {
    const zoned = Temporal.PlainDateTime.from(`${this.dateOf(ago)}T${time}`).toZonedDateTime(this.zone);
    return new Date(zoned.epochMilliseconds).toISOString();
  }

  /** The same day, or the Monday after a weekend. Later days never come before earlier ones. */
  workday(ago: DaysAgo): DaysAgo {
    const untilMonday = 8 - weekdayOf(this.dateOf(ago));
    return untilMonday > 2 ? ago : ago - untilMonday;
  }

  /** The day nearest to today, before or after, on which the clocks are changed. */
  clockChange(): DaysAgo {
    const today = Temporal.PlainDate.from(this.today).toZonedDateTime(this.zone);
    const changes = (['previous', 'next'] as const).map((side) => today.getTimeZoneTransition(side));
    const away = changes.flatMap((change) =>
      change ? daysBetween(change.toPlainDate().toString(), this.today) : [],
    );
    const [nearest] = away.sort((a, b) => Math.abs(a) - Math.abs(b));
    if (nearest === undefined) throw new Error(`The clocks are never changed in ${this.zone}.`);
    return nearest;
  }

  /** The first such weekday from a day on. */
  next(weekday: number, from: DaysAgo): DaysAgo {
    return from - ((weekday - weekdayOf(this.dateOf(from)) + 7) % 7);
  }
}
