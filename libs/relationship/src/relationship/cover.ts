import { addDays, type Instant, localDate, type LocalDate, type Reason, reasonIf } from '#libs/kernel';

/** `therapistId` stands in from one local date to another, both days whole. */
export type Cover = { therapistId: string; from: LocalDate; to: LocalDate };
/** `reason` is free text that may say anything */
export type ArrangedCover = Cover & { reason?: string };

/** Who and when, without why. */
export const coverOf = ({ therapistId, from, to }: Cover): Cover => ({ therapistId, from, to });

/** Longer than this is no cover any more: somebody else has taken over. */
const LONGEST_DAYS = 366;

/** Who stands in on a local date. Where two covers meet, the one arranged later holds. */
export const coverOn = <C extends Cover>(covers: readonly C[], date: LocalDate): C | undefined =>
  covers.findLast(({ from, to }) => from <= date && date <= to);

/** The newest cover that any day of this one falls into. */
export const coverMeeting = <C extends Cover>(covers: readonly C[], { from, to }: Cover): C | undefined =>
  covers.findLast((other) => other.from <= to && from <= other.to);

/** @param opening when the relationship began, `zone` the practice's */
export function coverReasons(
  { therapistId, from, to }: Cover,
  { current, opening, zone }: { current: string; opening: Instant; zone: string },
): Reason[] {
  const backwards = to < from;
  return [
    ...reasonIf(
      therapistId === current,
      'covers_themself',
      'This is the therapist of the relationship. Choose another one to stand in.',
    ),
    ...reasonIf(
      backwards,
      'cover_ends_before_it_begins',
      `The cover would end on ${to}, before it begins on ${from}. Swap or correct the dates.`,
    ),
    ...reasonIf(
      to < localDate(opening, zone),
      'cover_before_the_opening',
      `The relationship began at ${opening}. Give dates from then on.`,
    ),
    ...reasonIf(
      !backwards && to > addDays(from, LONGEST_DAYS),
      'cover_too_long',
      `Cover lasts ${LONGEST_DAYS} days at most. Correct the dates, or reassign the therapist.`,
    ),
  ];
}

/** Whoever stands in reads the notes: nobody makes themself, or a friend, the one who does. `current`: the therapist */
export const arrangingReasons = (actorId: string, roles: readonly string[], current: string): Reason[] =>
  reasonIf(
    actorId !== current && !roles.includes('owner') && !roles.includes('coordinator'),
    'not_yours_to_arrange',
    'The therapist of this relationship, the front desk or the owner arranges who stands in. Ask one of them.',
  );
