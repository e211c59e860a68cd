import { deriveId, type Instant, type Recorded } from '#libs/kernel';

/** What can turn out. The order is that of the README of this lib. */
export const FINDING_KINDS = [
  'session_without_valid_consent',
  'session_entered_afterwards_without_consent',
  'session_went_on_without_consent',
  'session_continued_for_safety',
  'emergency_without_follow_up',
  'session_without_consent_marked_in_error',
  'self_disclosure_against_stance',
  'challenge_against_stance',
  'feedback_against_stance',
  'information_source_against_stance',
  'boundary_touched_without_agreement',
  'crossing_without_agreement',
  'crossing_not_assessed',
  'crossing_unresolved',
  'violation_not_escalated',
  'break_glass_not_reviewed',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** An event that proves something, as a finding names it. */
export type Proof = Pick<Recorded, 'eventId' | 'type' | 'position' | 'occurredAt' | 'recordedAt'>;

/** Something that turned out, computed from the log each time it is asked for and never stored. */
export interface Finding {
  /** the same as long as kind, client and proving events are the same */
  id: string;
  kind: FindingKind;
  /** what exactly, stable and snake_case, e.g. `consent_withdrawn` */
  code: string;
  /** in plain words, and none of anybody's own words */
  detail: string;
  relationshipId: string;
  /** whose relationship it was then */
  therapistId: string;
  clientIds: string[];
  sessionId?: string;
  occurredAt: Instant;
  /** since when the practice could have known: when the last of the events was recorded, or a deadline passed */
  knownSince: Instant;
  /** in the order of the log */
  events: Proof[];
}

/** `provedBy`: each event once or more often; `passed`: a deadline, where its passing is part of the proof. */
export type Found = Omit<Finding, 'id' | 'knownSince' | 'events'> & {
  provedBy: readonly Proof[];
  passed?: Instant;
};

export function finding({ provedBy, passed, ...found }: Found): Finding {
  const events = [...new Map(provedBy.map((event) => [event.eventId, proofOf(event)])).values()].sort(
    (a, b) => a.position - b.position,
  );
  const moments = [...events.map(({ recordedAt }) => recordedAt), ...(passed ? [passed] : [])].sort();
  const names = [...found.clientIds.toSorted(), ...events.map(({ eventId }) => eventId)];
  return {
    id: deriveId('finding', found.kind, found.code, ...names),
    ...found,
    knownSince: moments.at(-1) ?? found.occurredAt,
    events,
  };
}

const proofOf = ({ eventId, type, position, occurredAt, recordedAt }: Proof): Proof => ({
  eventId,
  type,
  position,
  occurredAt,
  recordedAt,
});
