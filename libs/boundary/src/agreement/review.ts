import { addMonths, conflict, type Instant, localDate, reasonIf, refuseIfAny, same } from '#libs/kernel';
import type { AgreementEvent, CommandOf, Living } from './agreement.js';
import { closedReasons } from './surroundings.js';
import { lastEntry, orderReasons, versionReasons } from './version.js';

/** Looks again at what is in force, and sets the day of the next review. A review neither amends nor ends. */
export function review(
  state: Living,
  command: CommandOf<'ReviewBoundary'>,
  occurredAt: Instant,
): AgreementEvent[] {
  if (!('inForce' in state))
    return conflict('nothing_in_force', 'Nothing is agreed on this topic yet. Agree first, then review.');
  const { inForce, relationshipId, topic } = state;
  const { versionNo, outcome, summary, nextReviewOn } = command;
  const { zone, everyMonths } = command.review;
  const today = localDate(occurredAt, zone);
  const reviewOn = nextReviewOn ?? addMonths(today, inForce.terms.reviewEveryMonths ?? everyMonths);
  const entry = { at: occurredAt, outcome, reviewOn, ...(summary === undefined ? {} : { summary }) };
  if (inForce.reviews.some((one) => same(one, entry))) return [];
  const since = [inForce.from, lastEntry(inForce)].sort().at(-1)!;
  refuseIfAny([
    ...closedReasons(command),
    ...versionReasons(inForce.no, versionNo),
    ...orderReasons(since, occurredAt),
    ...reasonIf(reviewOn <= today, 'review_not_ahead', 'The next review is on a later day. Name one.'),
  ]);
  const { at: _, ...said } = entry;
  return [{ type: 'BoundaryReviewed', data: { relationshipId, topic, versionNo, ...said } }];
}
