import { agreement, type BoundaryTopic, type CrossingOutcome } from '#libs/boundary';
import { commandFor } from '#libs/event-store';
import { deriveId, type Actor } from '#libs/kernel';
import type { Case } from '../case.js';
import { EnterCrossing, EscalateCrossing } from '../commands.js';
import { idOf } from './boundaries.js';

/** One crossing: which, and on what topic. */
export interface Crossing {
  readonly topic: BoundaryTopic;
  readonly crossingId: string;
}

const crossingOf = (one: Case, topic: BoundaryTopic): Crossing => ({
  topic,
  crossingId: deriveId('demo', 'crossing', one.relationshipId, topic),
});

const wishOf = (one: Case, { topic }: Crossing, what: string, by: Actor = one.byTherapist) => ({
  what: `crossing on ${topic} ${what}`,
  id: idOf(one, topic),
  by,
});

/** Something happened that was agreed otherwise, or about which nothing was agreed. The therapist says so themself. */
export function crosses(one: Case, topic: BoundaryTopic, words: string): Crossing {
  const crossing = crossingOf(one, topic);
  const { relationshipId } = one;
  one.story.enter(
    wishOf(one, crossing, 'is recorded'),
    (meta) =>
      new EnterCrossing(meta, { type: 'RecordCrossing', ...crossing, words }, { relationshipId, topic }),
  );
  return crossing;
}

/** Thought through beforehand, and agreed to by the client. */
export function plansToCross(
  one: Case,
  topic: BoundaryTopic,
  plan: { rationale: string; expectedBenefit: string; risks: string },
): void {
  const crossing = crossingOf(one, topic);
  const { relationshipId } = one;
  const at = one.story.moment;
  const clientAgreements = one.members.map(({ id }) => ({ clientId: id, how: 'spoken' as const, at }));
  one.story.enter(
    wishOf(one, crossing, 'is planned'),
    (meta) =>
      new EnterCrossing(
        meta,
        { type: 'PlanCrossing', ...crossing, ...plan, clientAgreements },
        { relationshipId, topic },
      ),
  );
}

/** By the supervisor, who did not cross. */
export function isAssessed(
  one: Case,
  crossing: Crossing,
  outcome: CrossingOutcome,
  assessment: string,
): void {
  const { crossingId } = crossing;
  one.story.enter(wishOf(one, crossing, 'is assessed', one.by('supervisor')), (meta) =>
    commandFor(agreement, meta, { type: 'AssessCrossing', crossingId, outcome, assessment }),
  );
}

/** The client says how it was for them; nobody can change that. */
export function clientTells(one: Case, crossing: Crossing, account: string): void {
  const { crossingId } = crossing;
  one.story.enter(wishOf(one, crossing, 'as the client saw it'), (meta) =>
    commandFor(agreement, meta, {
      type: 'AddClientAccount',
      crossingId,
      clientId: one.first.id,
      how: 'dictated',
      account,
    }),
  );
}

export function isTalkedAbout(one: Case, crossing: Crossing, summary: string): void {
  const { crossingId } = crossing;
  one.story.enter(wishOf(one, crossing, 'is talked about'), (meta) =>
    commandFor(agreement, meta, { type: 'DiscussCrossing', crossingId, summary }),
  );
}

export function isRepaired(one: Case, crossing: Crossing, repair: string): void {
  const { crossingId } = crossing;
  one.story.enter(wishOf(one, crossing, 'is repaired'), (meta) =>
    commandFor(agreement, meta, { type: 'RepairCrossing', crossingId, repair }),
  );
}

/** Goes to the owner, who can act. */
export function isEscalated(one: Case, crossing: Crossing, grounds: string): void {
  const { crossingId } = crossing;
  const staffId = one.by('owner').id;
  one.story.enter(
    wishOf(one, crossing, 'is escalated', one.by('supervisor')),
    (meta) =>
      new EscalateCrossing(meta, {
        type: 'EscalateCrossing',
        crossingId,
        to: 'practice_owner',
        staffId,
        grounds,
      }),
  );
}
