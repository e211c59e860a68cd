import { compareText, localDate } from '#libs/kernel';
import type { Policy } from '#libs/practice';
import type { RelationshipOpening } from '#libs/relationship';
import { situationOf, type TwoClocks } from '../consent/situation.js';
import { packInForce, USUAL_CONSENTS, type RequiredConsent, type RulePack } from '../rule-pack/pack.js';
import { boundaryAnswers, type BoundaryAnswer } from './boundary-answer.js';
import { consentAnswer, STATUSES, type ConsentAnswer, type Status } from './consent-answer.js';
import type { DocumentPart, RelationshipPart, StancePart } from './facts.js';
import { membersAt, type ClientPart, type UnitPart } from './people.js';
import { stanceAnswer, type StanceAnswer } from './stance-answer.js';
import { standingAt } from './standing.js';

/** Everything the status of one relationship is computed from, beside the clocks. */
export interface StatusFacts {
  relationship: RelationshipPart;
  unit: UnitPart | undefined;
  /** everybody who ever was a member */
  clients: ReadonlyMap<string, ClientPart | undefined>;
  /** the stance of whoever is the therapist at the time asked about; see `standingAt` */
  stance: StancePart | undefined;
  therapistName: string | undefined;
  /** every document of the practice that anything here refers to, and its fee schedules */
  documents: readonly DocumentPart[];
  zone: string;
  policy: Policy;
  packs: readonly RulePack[];
}

export interface RelationshipStatus {
  relationshipId: string;
  /** false before the opening and after the end, as of the time asked about */
  open: boolean;
  opening: RelationshipOpening;
  /** who is treated together at the time asked about, or was at the end, each with their consent to treatment */
  members: { clientId: string; status: Status }[];
  therapistId: string;
  therapistName: string | null;
  format: string;
  /** the practice's, which every date here is meant in */
  zone: string;
  /** the worst member's */
  overall: Status;
  stance: StanceAnswer | null;
  consents: ConsentAnswer[];
  boundaries: BoundaryAnswer[];
  /** what the rule pack in force at the time asked about wants by itself before a session, beside treatment */
  sessionConsents: readonly RequiredConsent[];
}

/**
 * The one function that says where consent stands: used by the gate, the read models, the as-of query and the auditor's
 * replay. Pure; expiry, majority and review are judged by `clocks.at` in the practice's zone.
 * @returns undefined when the relationship did not exist, or was not known, by then
 */
export function relationshipStatus(facts: StatusFacts, clocks: TwoClocks): RelationshipStatus | undefined {
  const standing = standingAt(facts.relationship, clocks);
  if (!standing) return undefined;
  const consents = Object.entries(facts.relationship.consents)
    .map(([consentId, { clientId, purpose, entries }]) =>
      consentAnswer(consentId, clientId, purpose, situationOf(entries, clocks), facts, standing, clocks),
    )
    .filter((answer) => answer !== undefined)
    .sort((a, b) =>
      a.purpose === b.purpose ? compareText(a.clientId, b.clientId) : compareText(a.purpose, b.purpose),
    );
  const pack = packInForce(facts.packs, standing.opening.rulePack, localDate(clocks.at, facts.zone));
  const together = membersAt(facts.unit, standing.opening, { ...clocks, at: standing.endedAt ?? clocks.at });
  const members = together.map((clientId) => ({ clientId, status: treatmentOf(clientId, consents) }));
  return {
    relationshipId: facts.relationship.relationshipId,
    open: standing.endedAt === null,
    opening: standing.opening,
    members,
    therapistId: standing.therapistId,
    therapistName: facts.therapistName ?? null,
    format: standing.format,
    zone: facts.zone,
    overall: worstOf(members.map(({ status }) => status)),
    stance: stanceAnswer(facts.stance, facts.relationship, together, clocks),
    consents,
    boundaries: boundaryAnswers(facts.relationship.boundaries, clocks),
    sessionConsents: pack?.consents ?? USUAL_CONSENTS,
  };
}

const treatmentOf = (member: string, consents: readonly ConsentAnswer[]): Status =>
  consents.find(({ clientId, purpose }) => clientId === member && purpose === 'treatment')?.status ??
  'not_sought';

/** Of several people, or several relationships, the one that stands worst. */
export const worstOf = (statuses: readonly Status[]): Status =>
  STATUSES.find((status) => statuses.includes(status)) ?? 'not_sought';
