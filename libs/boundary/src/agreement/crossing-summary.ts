import { isOpen, type Crossing, type CrossingEvent, type CrossingSituation, type Entry } from './crossing.js';

type Said<Type extends CrossingEvent['type']> = Omit<
  Entry<Type>['data'],
  'relationshipId' | 'topic' | 'crossingId'
> & { at: string; recordedAt: string; by: string };

/** A crossing with everything that was entered about it, each entry on both clocks and with who entered it. */
export type ShownCrossing = {
  crossingId: string;
  status: CrossingSituation;
  open: boolean;
  plan?: Said<'CrossingPlanned'>;
  record?: Said<'CrossingRecorded'>;
  assessments?: Said<'CrossingAssessed'>[];
  discussions?: Said<'CrossingDiscussedWithClient'>[];
  accounts?: Said<'ClientAccountAdded'>[];
  repairs?: Said<'CrossingRepaired'>[];
  escalations?: Said<'CrossingEscalated'>[];
};

export function shownCrossing(crossing: Crossing): ShownCrossing {
  const { situation: status } = crossing;
  if (crossing.situation === 'planned') {
    const { plan } = crossing;
    return { crossingId: plan.data.crossingId, status, open: false, plan: said(plan) };
  }
  const { plan, record, assessments, discussions, accounts, repairs, escalations } = crossing;
  return {
    crossingId: record.data.crossingId,
    status,
    open: isOpen(crossing),
    ...(plan ? { plan: said(plan) } : {}),
    record: said(record),
    assessments: assessments.map(said),
    discussions: discussions.map(said),
    accounts: accounts.map(said),
    repairs: repairs.map(said),
    escalations: escalations.map(said),
  };
}

function said<Type extends CrossingEvent['type']>({ data, at, recordedAt, by }: Entry<Type>): Said<Type> {
  const { relationshipId: _relationship, topic: _topic, crossingId: _crossing, ...rest } = data;
  return { ...rest, at, recordedAt, by };
}

/** One line of the register: codes, ids and times, nobody's words. */
export type CrossingLine = {
  crossingId: string;
  status: CrossingSituation;
  open: boolean;
  clientIds: string[];
  crossedBy: { clientId: string } | { staffId: string };
  planned: boolean;
  /** false: nothing was agreed on the topic when it happened */
  underAgreement: boolean;
  occurredAt: string;
  recordedAt: string;
  outcome?: string;
  escalatedTo: string[];
  clientAccounts: number;
};

export function crossingLine(crossing: Crossing): CrossingLine {
  const entry = crossing.situation === 'planned' ? crossing.plan : crossing.record;
  const { crossingId, clientIds, crossedBy, agreedVersionNo } = entry.data;
  const outcome = crossing.situation === 'planned' ? undefined : crossing.assessments.at(-1)?.data.outcome;
  return {
    crossingId,
    status: crossing.situation,
    open: isOpen(crossing),
    clientIds,
    crossedBy,
    planned: 'plan' in crossing && crossing.plan !== undefined,
    underAgreement: agreedVersionNo !== undefined,
    occurredAt: entry.at,
    recordedAt: entry.recordedAt,
    ...(outcome ? { outcome } : {}),
    escalatedTo: crossing.situation === 'planned' ? [] : crossing.escalations.map(({ data }) => data.to),
    clientAccounts: crossing.situation === 'planned' ? 0 : crossing.accounts.length,
  };
}
