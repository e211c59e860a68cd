import type { Instant, Recorded } from '#libs/kernel';
import type { BoundaryTopic } from './topics.js';
import type { AgreementForm, Party } from './version.js';

// events

/** Harmful or not is assessed, never assumed. */
export const CROSSING_OUTCOMES = ['beneficial', 'neutral', 'harmful', 'violation'] as const;
export type CrossingOutcome = (typeof CROSSING_OUTCOMES)[number];
/** The first two are people of the practice, named by `staffId`. */
export const ESCALATED_TO = [
  'supervisor',
  'practice_owner',
  'ethics_committee',
  'regulator',
  'police',
] as const;
export type EscalatedTo = (typeof ESCALATED_TO)[number];
export const ACCOUNT_FORMS = ['written', 'dictated'] as const;

type OfCrossing = { relationshipId: string; topic: BoundaryTopic; crossingId: string };

/**
 * Whom it concerns, who crosses, and the version in force at that time. Without `agreedVersionNo` nothing was agreed on
 * the topic.
 */
type Circumstances = OfCrossing & { clientIds: string[]; crossedBy: Party; agreedVersionNo?: number };

/** A client's agreement to a planned crossing, given at `at`. */
export type ClientAgreement = { clientId: string; how: AgreementForm; at: Instant };

export type CrossingEvent =
  | {
      type: 'CrossingPlanned';
      data: Circumstances & {
        rationale: string;
        expectedBenefit: string;
        risks: string;
        clientAgreements: ClientAgreement[];
      };
    }
  | { type: 'CrossingRecorded'; data: Circumstances & { planned: boolean; words: string } }
  | { type: 'CrossingAssessed'; data: OfCrossing & { outcome: CrossingOutcome; assessment?: string } }
  | { type: 'CrossingDiscussedWithClient'; data: OfCrossing & { clientIds: string[]; summary?: string } }
  | {
      type: 'ClientAccountAdded';
      data: OfCrossing & { clientId: string; how: (typeof ACCOUNT_FORMS)[number]; account: string };
    }
  | { type: 'CrossingRepaired'; data: OfCrossing & { repair: string } }
  | {
      type: 'CrossingEscalated';
      data: OfCrossing & { to: EscalatedTo; staffId?: string; recipient?: string; grounds?: string };
    };

export const isCrossingEvent = <E extends { data: object }>(
  event: E,
): event is Extract<E, { data: { crossingId: string } }> => 'crossingId' in event.data;

// state

/** What one event said, when it was true, when it was entered and by whom. */
export type Entry<Type extends CrossingEvent['type']> = {
  data: Extract<CrossingEvent, { type: Type }>['data'];
  at: Instant;
  recordedAt: Instant;
  by: string;
};

/** All that has been entered about a crossing that happened, each kind in the order it was recorded. */
export type Entries = {
  plan?: Entry<'CrossingPlanned'>;
  record: Entry<'CrossingRecorded'>;
  assessments: Entry<'CrossingAssessed'>[];
  discussions: Entry<'CrossingDiscussedWithClient'>[];
  accounts: Entry<'ClientAccountAdded'>[];
  repairs: Entry<'CrossingRepaired'>[];
  escalations: Entry<'CrossingEscalated'>[];
};

export const CROSSING_SITUATIONS = [
  'planned',
  'recorded',
  'assessed',
  'discussed',
  'unresolved',
  'escalated',
  'repaired',
] as const;
export type CrossingSituation = (typeof CROSSING_SITUATIONS)[number];

/**
 * `unresolved`: it was harmful or a violation, the clients concerned were talked to, and it is neither repaired nor, if
 * a violation, escalated. `discussed` is the end of one that did no harm.
 */
export type Crossing =
  | { situation: 'planned'; plan: Entry<'CrossingPlanned'> }
  | ({ situation: Exclude<CrossingSituation, 'planned'> } & Entries);
export type HappenedCrossing = Exclude<Crossing, { situation: 'planned' }>;

/** By crossing id. */
export type Crossings = Readonly<Record<string, Crossing>>;

// evolve

export const crossingsAfter = (crossings: Crossings, event: Recorded<CrossingEvent>): Crossings => ({
  ...crossings,
  [event.data.crossingId]: crossingAfter(crossings[event.data.crossingId], event),
});

export function crossingAfter(before: Crossing | undefined, event: Recorded<CrossingEvent>): Crossing {
  if (event.type === 'CrossingPlanned') return { situation: 'planned', plan: entryOf(event) };
  if (event.type === 'CrossingRecorded') {
    const plan = before?.situation === 'planned' ? { plan: before.plan } : {};
    const nothing = { assessments: [], discussions: [], accounts: [], repairs: [], escalations: [] };
    return { situation: 'recorded', ...plan, record: entryOf(event), ...nothing };
  }
  if (!before || before.situation === 'planned')
    throw new Error(`${event.type} cannot follow before anything was crossed`);
  const { situation: _, ...entries } = before;
  const after = withEntry(entries, event);
  return { situation: situationOf(after), ...after };
}

type LaterEvent = Exclude<Recorded<CrossingEvent>, { type: 'CrossingPlanned' | 'CrossingRecorded' }>;

function withEntry(entries: Entries, event: LaterEvent): Entries {
  switch (event.type) {
    case 'CrossingAssessed':
      return { ...entries, assessments: [...entries.assessments, entryOf(event)] };
    case 'CrossingDiscussedWithClient':
      return { ...entries, discussions: [...entries.discussions, entryOf(event)] };
    case 'ClientAccountAdded':
      return { ...entries, accounts: [...entries.accounts, entryOf(event)] };
    case 'CrossingRepaired':
      return { ...entries, repairs: [...entries.repairs, entryOf(event)] };
    case 'CrossingEscalated':
      return { ...entries, escalations: [...entries.escalations, entryOf(event)] };
  }
}

const entryOf = <D>(event: { data: D; occurredAt: Instant; recordedAt: Instant; actor: { id: string } }) => ({
  data: event.data,
  at: event.occurredAt,
  recordedAt: event.recordedAt,
  by: event.actor.id,
});

function situationOf(entries: Entries): HappenedCrossing['situation'] {
  const { assessments, repairs, escalations } = entries;
  const escalated = escalations.length > 0;
  // once a violation, a milder second opinion does not take the need to escalate away
  const violation = assessments.some(({ data }) => data.outcome === 'violation');
  if (repairs.length > 0 && (!violation || escalated)) return 'repaired';
  if (escalated) return 'escalated';
  const outcome = assessments.at(-1)?.data.outcome;
  if (outcome === undefined) return 'recorded';
  if (notTalkedTo(entries).length > 0) return 'assessed';
  return violation || outcome === 'harmful' ? 'unresolved' : 'discussed';
}

/** The clients concerned with whom it has not been discussed, by a moment if one is given. */
export function notTalkedTo({ record, discussions }: Entries, by?: Instant): string[] {
  const talkedTo = discussions
    .filter(({ at }) => by === undefined || at <= by)
    .flatMap(({ data }) => data.clientIds);
  return record.data.clientIds.filter((clientId) => !talkedTo.includes(clientId));
}

/** Whether somebody still has to do something about a crossing that happened. */
export const isOpen = ({ situation }: Crossing): boolean =>
  situation === 'recorded' || situation === 'assessed' || situation === 'unresolved';

/** The clients whom a crossing concerns. */
export const concernedBy = (crossing: Crossing): string[] =>
  (crossing.situation === 'planned' ? crossing.plan : crossing.record).data.clientIds;
