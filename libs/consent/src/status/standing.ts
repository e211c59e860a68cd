import type { Instant } from '#libs/kernel';
import type { RelationshipOpening } from '#libs/relationship';
import { held, type TwoClocks } from '../consent/situation.js';
import type { RelationshipPart } from './facts.js';

/** How a relationship stands at a moment. */
export interface Standing {
  opening: RelationshipOpening;
  therapistId: string;
  format: string;
  mandated: boolean;
  endedAt: Instant | null;
}

/** Who is the therapist, in which format, and whether the relationship is open; undefined before its opening. */
export function standingAt(relationship: RelationshipPart, clocks: TwoClocks): Standing | undefined {
  let standing: Standing | undefined;
  for (const fact of held(relationship.entries, clocks)) {
    if (fact.type === 'RelationshipOpened') {
      const { therapistId, format } = fact.opening;
      standing = { opening: fact.opening, therapistId, format, mandated: false, endedAt: null };
    } else if (!standing) continue;
    else if (fact.type === 'TherapistReassigned') standing.therapistId = fact.to;
    else if (fact.type === 'FormatChanged') standing.format = fact.to;
    else if (fact.type === 'MandateRecorded') standing.mandated = true;
    else if (fact.type === 'RelationshipEnded') standing.endedAt = fact.occurredAt;
  }
  return standing;
}
