import type { AgreementEvent } from '#libs/boundary';
import { addHours, type Instant, type Recorded } from '#libs/kernel';
import { inWords, isOpen, lastWords } from './boundaries.js';
import { streamsOf, type Case } from './case.js';
import { finding, type Finding, type FindingKind, type Proof } from './finding.js';

/** Days from the day the practice learned of it. Supervision in between is expected, and the client is to be asked. */
const DAYS_TO_ASSESS = 14;
const DAYS_TO_RESOLVE = 30;

type Of<Type> = Extract<Recorded<AgreementEvent>, { type: Type }>;

/** Everything entered about one crossing that happened. */
interface Crossing {
  record: Of<'CrossingRecorded'>;
  assessments: Of<'CrossingAssessed'>[];
  /** repaired, or taken to somebody outside of the two */
  repaired: boolean;
  escalated: boolean;
}

/** Crossings where nothing was agreed, and those that nobody has looked after. */
export const crossings = (known: Case): Finding[] =>
  crossingsIn(known).flatMap((crossing) => [
    ...withoutAgreement(known, crossing),
    ...notAssessed(known, crossing),
    ...unresolved(known, crossing),
    ...notEscalated(known, crossing),
  ]);

function withoutAgreement(known: Case, { record }: Crossing): Finding[] {
  const { topic } = record.data;
  if (!isOpen(known, topic, record.occurredAt)) return [];
  return about(known, record, 'crossing_without_agreement', topic, {
    detail: `A crossing on ${inWords(topic)} was recorded, and there was no agreement about it in force. Propose one and talk it through.`,
    provedBy: lastWords(known, topic, record.occurredAt),
  });
}

function notAssessed(known: Case, { record, assessments }: Crossing): Finding[] {
  const passed = addHours(record.recordedAt, DAYS_TO_ASSESS * 24);
  if (assessments.length > 0 || known.knownAt <= passed) return [];
  return about(known, record, 'crossing_not_assessed', record.data.topic, {
    detail: `Nobody has assessed a crossing on ${inWords(record.data.topic)} within ${DAYS_TO_ASSESS} days. Somebody other than whoever crossed assesses it.`,
    passed,
  });
}

function unresolved(known: Case, { record, assessments, repaired, escalated }: Crossing): Finding[] {
  const harmful = assessments.at(-1);
  if (harmful?.data.outcome !== 'harmful' || isViolation(assessments) || repaired || escalated) return [];
  const passed = addHours(harmful.recordedAt, DAYS_TO_RESOLVE * 24);
  if (known.knownAt <= passed) return [];
  return about(known, record, 'crossing_unresolved', record.data.topic, {
    detail: `A harmful crossing on ${inWords(record.data.topic)} is neither repaired nor escalated ${DAYS_TO_RESOLVE} days after it was assessed. Talk with the client, then repair or escalate it.`,
    passed,
    provedBy: [harmful],
  });
}

/** At once: repair alone never closes a violation. */
function notEscalated(known: Case, { record, assessments, escalated }: Crossing): Finding[] {
  if (!isViolation(assessments) || escalated) return [];
  return about(known, record, 'violation_not_escalated', record.data.topic, {
    detail: `A crossing on ${inWords(record.data.topic)} was assessed as a violation and is not escalated. Repair alone does not close it. Escalate it.`,
    provedBy: assessments.filter(({ data }) => data.outcome === 'violation').slice(0, 1),
  });
}

/** Once a violation, a milder second opinion does not take that away. */
const isViolation = (assessments: Crossing['assessments']): boolean =>
  assessments.some(({ data }) => data.outcome === 'violation');

const about = (
  known: Case,
  record: Crossing['record'],
  kind: FindingKind,
  code: string,
  { detail, passed, provedBy = [] }: { detail: string; passed?: Instant; provedBy?: readonly Proof[] },
): Finding[] => [
  finding({
    kind,
    code,
    detail,
    relationshipId: known.relationshipId,
    therapistId: known.status(record.occurredAt)?.therapistId ?? record.actor.id,
    clientIds: record.data.clientIds,
    occurredAt: record.occurredAt,
    ...(passed ? { passed } : {}),
    provedBy: [record, ...provedBy],
  }),
];

function crossingsIn(known: Case): Crossing[] {
  const found = new Map<string, Crossing>();
  for (const event of [
    ...streamsOf(known.events, 'boundary').values(),
  ].flat() as Recorded<AgreementEvent>[]) {
    if (event.type === 'CrossingRecorded')
      found.set(event.data.crossingId, { record: event, assessments: [], repaired: false, escalated: false });
    const crossing = 'crossingId' in event.data ? found.get(event.data.crossingId) : undefined;
    if (!crossing) continue;
    if (event.type === 'CrossingAssessed') crossing.assessments.push(event);
    if (event.type === 'CrossingRepaired') crossing.repaired = true;
    if (event.type === 'CrossingEscalated') crossing.escalated = true;
  }
  return [...found.values()];
}
