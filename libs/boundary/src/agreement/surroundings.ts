import { type Reason, reasonIf } from '#libs/kernel';
import type { StanceFacts } from './terms.js';
import type { RequiredParties } from './version.js';

/** The relationship at the time of a command: `members` are those of its unit then. */
export type RelationshipFacts = { members: readonly string[]; therapistId: string; open: boolean };

/**
 * What the handler reads elsewhere; `stance` is the therapist's published one, if there is any, `review` is how often
 * the practice reviews an agreement, and the zone its days are counted in.
 */
export type Surroundings = {
  relationship: RelationshipFacts;
  stance?: StanceFacts;
  review: { zone: string; everyMonths: number };
};

export const partiesOf = ({ relationship }: Pick<Surroundings, 'relationship'>): RequiredParties => ({
  clientIds: [...relationship.members].sort(),
  staffId: relationship.therapistId,
});

export const closedReasons = ({ relationship }: Pick<Surroundings, 'relationship'>): Reason[] =>
  reasonIf(
    !relationship.open,
    'relationship_ended',
    'The relationship has ended; what was agreed can be read. Open a new relationship first.',
  );
