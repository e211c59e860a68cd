import type { AgreementEvent } from '#libs/boundary';
import { parseStream, streamOf, type Instant, type Recorded } from '#libs/kernel';
import type { PolicyChange, PracticeEvent, StaffEvent } from '#libs/practice';
import type { RelationshipEvent, RelationshipOpening } from '#libs/relationship';
import type { Dimensions, StanceEvent } from '#libs/stance';
import type { ConsentEvent } from '../consent/consent.js';
import { entryOf, type ConsentEntry } from '../consent/situation.js';
import type { DocumentEvent, DocumentKind, Materiality } from '../document/document.js';
import type { RulePackEvent } from '../rule-pack/rule-pack.js';
import type { Element, Purpose } from '../rule-pack/elements.js';
import type { RulePack } from '../rule-pack/pack.js';
import { evolveClient, evolveUnit, type ClientPart, type UnitPart } from './people.js';

/*
 * The facts that consent status rests on, folded from the log into one part per stream (a relationship's part also takes
 * its consents and boundaries). Nothing that depends on the clock is in them: every fact carries both clocks and is judged
 * when it is asked for, so one part answers for now, for a day in the past and for what was known then.
 */

/** When something was true, when it was learned, and the event that says so. */
export interface Stamp {
  eventId: string;
  position: number;
  occurredAt: Instant;
  recordedAt: Instant;
}

export interface PracticePart {
  kind: 'practice';
  zone: string;
  rulePack: string;
  policies: (Stamp & { policy: PolicyChange })[];
}
export interface StaffPart {
  kind: 'staff';
  name: string;
}
export interface StanceVersionFact extends Stamp {
  versionNo: number;
  dimensions: Dimensions;
  statement: string;
  contentHash: string;
  materiality: Materiality;
  changedDimensions: string[];
}
export interface StancePart {
  kind: 'stance';
  stanceId: string;
  versions: StanceVersionFact[];
  retired: Stamp | null;
}
export interface DocumentVersionFact extends Stamp {
  versionNo: number;
  title: string;
  contentHash: string;
  materiality: Materiality;
  effectiveFrom: Instant;
  elements: Element[];
}
export interface DocumentPart {
  kind: 'document';
  documentId: string;
  documentKind: DocumentKind;
  versions: DocumentVersionFact[];
  withdrawn: Stamp | null;
}
export type RelationshipFact = Stamp &
  (
    | { type: 'RelationshipOpened'; opening: RelationshipOpening }
    | { type: 'TherapistReassigned'; to: string }
    | { type: 'FormatChanged'; to: string }
    | { type: 'InformationSourceAdded'; source: string }
    | { type: 'MandateRecorded' }
    | { type: 'RelationshipEnded' }
  );
export type BoundaryFact = Stamp & {
  type: AgreementEvent['type'];
  topic: string;
  versionNo: number | null;
  inForce: boolean;
};
export interface RelationshipPart {
  kind: 'relationship';
  relationshipId: string;
  entries: RelationshipFact[];
  consents: Record<string, { clientId: string; purpose: Purpose; entries: ConsentEntry[] }>;
  boundaries: BoundaryFact[];
}
/** The practice's own editions of a rule pack. */
export interface RulePackPart {
  kind: 'rulepack';
  editions: (Stamp & { edition: RulePack })[];
}
/** Which documents are about fees: those concern whoever consented, whether or not they signed them. */
export interface FeeSchedulesPart {
  kind: 'fee_schedules';
  documentIds: string[];
}
export type Part =
  | PracticePart
  | StaffPart
  | RulePackPart
  | FeeSchedulesPart
  | StancePart
  | DocumentPart
  | ClientPart
  | UnitPart
  | RelationshipPart;

/** The categories whose streams are parts of their own. */
const OWN_PART = new Set([
  'practice',
  'staff',
  'rulepack',
  'stance',
  'document',
  'client',
  'unit',
  'relationship',
]);

/** Key of the one part that lists them. */
export const FEE_SCHEDULES = 'fee_schedules-of-practice';

/** The parts an event is kept in, by their keys: stream names, `relationship-<id>` also for its consents and boundaries. */
export function partKeys(event: Recorded): readonly string[] {
  const { category } = parseStream(event.stream);
  if (category === 'consent' || category === 'boundary')
    return [streamOf('relationship', (event.data as { relationshipId: string }).relationshipId)];
  if (event.type === 'RelationshipOpened') {
    const { unitId, members } = event.data as RelationshipOpening;
    return [event.stream, streamOf('unit', unitId), ...members.map((member) => streamOf('client', member))];
  }
  if (event.type === 'UnitMemberAdded')
    return [event.stream, streamOf('client', (event.data as { clientId: string }).clientId)];
  if (event.type === 'DocumentDrafted' && (event.data as { kind: DocumentKind }).kind === 'fee_schedule')
    return [event.stream, FEE_SCHEDULES];
  return OWN_PART.has(category) ? [event.stream] : [];
}

type FactEvent =
  | PracticeEvent
  | StaffEvent
  | RulePackEvent
  | StanceEvent
  | DocumentEvent
  | RelationshipEvent
  | ConsentEvent
  | AgreementEvent;

/** Adds an event to a part. `key` tells the parts apart that the opening of a relationship is kept in. */
export function evolvePart(part: Part | undefined, recorded: Recorded, key: string): Part {
  const stamp: Stamp = {
    eventId: recorded.eventId,
    position: recorded.position,
    occurredAt: recorded.occurredAt,
    recordedAt: recorded.recordedAt,
  };
  const { category, id } = parseStream(key);
  if (key === FEE_SCHEDULES)
    return {
      kind: 'fee_schedules',
      documentIds: [
        ...new Set([
          ...((part as FeeSchedulesPart | undefined)?.documentIds ?? []),
          parseStream(recorded.stream).id,
        ]),
      ],
    };
  if (category === 'client') return evolveClient(part as ClientPart | undefined, recorded, stamp);
  if (category === 'unit') return evolveUnit(part as UnitPart | undefined, recorded, stamp);
  if (category === 'relationship')
    return evolveRelationship(part as RelationshipPart | undefined, recorded, stamp, id);
  const event = recorded as Recorded<FactEvent>;
  switch (event.type) {
    case 'PracticeRegistered':
      return { kind: 'practice', zone: event.data.zone, rulePack: event.data.rulePack, policies: [] };
    case 'PracticePolicySet':
      return {
        ...(part as PracticePart),
        policies: [...(part as PracticePart).policies, { ...stamp, policy: event.data.policy }],
      };
    case 'StaffRegistered':
      return { kind: 'staff', name: event.data.name };
    case 'RulePackPublished':
      return {
        kind: 'rulepack',
        editions: [...((part as RulePackPart | undefined)?.editions ?? []), { ...stamp, ...event.data }],
      };
    case 'StanceDrafted':
      return part ?? { kind: 'stance', stanceId: id, versions: [], retired: null };
    case 'StancePublished': {
      const { versionNo, dimensions, statement, contentHash, materiality, changedDimensions } = event.data;
      const version = {
        ...stamp,
        versionNo,
        dimensions,
        statement,
        contentHash,
        materiality,
        changedDimensions: [...changedDimensions],
      };
      return { ...(part as StancePart), versions: [...(part as StancePart).versions, version] };
    }
    case 'StanceRetired':
      return { ...(part as StancePart), retired: stamp };
    case 'DocumentDrafted':
      return (
        part ?? {
          kind: 'document',
          documentId: id,
          documentKind: event.data.kind,
          versions: [],
          withdrawn: null,
        }
      );
    case 'DocumentPublished': {
      const { versionNo, title, contentHash, materiality, effectiveFrom, elements } = event.data;
      const version = { ...stamp, versionNo, title, contentHash, materiality, effectiveFrom, elements };
      return { ...(part as DocumentPart), versions: [...(part as DocumentPart).versions, version] };
    }
    case 'DocumentWithdrawn':
      return { ...(part as DocumentPart), withdrawn: stamp };
    default:
      // Staff roles and the like: nothing a consent rests on.
      return part!;
  }
}

function evolveRelationship(
  part: RelationshipPart | undefined,
  recorded: Recorded,
  stamp: Stamp,
  relationshipId: string,
): RelationshipPart {
  const before = part ?? {
    kind: 'relationship' as const,
    relationshipId,
    entries: [],
    consents: {},
    boundaries: [],
  };
  const { category, id } = parseStream(recorded.stream);
  if (category === 'consent') {
    const event = recorded as Recorded<ConsentEvent>;
    const { clientId, purpose } = event.data;
    const entry = entryOf(event);
    const entries = before.consents[id]?.entries ?? [];
    return {
      ...before,
      consents: {
        ...before.consents,
        [id]: { clientId, purpose, entries: entry ? [...entries, entry] : entries },
      },
    };
  }
  if (category === 'boundary') {
    const { type, data } = recorded as Recorded<AgreementEvent>;
    const versionNo = 'versionNo' in data ? data.versionNo : null;
    const inForce = 'inForce' in data && data.inForce;
    return {
      ...before,
      boundaries: [...before.boundaries, { ...stamp, type, topic: data.topic, versionNo, inForce }],
    };
  }
  const said = relationshipFact(recorded as Recorded<RelationshipEvent>);
  return said ? { ...before, entries: [...before.entries, { ...stamp, ...said }] } : before;
}

type Said<T> = T extends unknown ? Omit<T, keyof Stamp> : never;

/** `undefined` for what no consent rests on, such as who stands in for a while. */
function relationshipFact(event: RelationshipEvent): Said<RelationshipFact> | undefined {
  switch (event.type) {
    case 'RelationshipOpened':
      return { type: event.type, opening: event.data };
    case 'TherapistReassigned':
    case 'FormatChanged':
      return { type: event.type, to: event.data.to };
    case 'InformationSourceAdded':
      return { type: event.type, source: event.data.source };
    case 'MandateRecorded':
    case 'RelationshipEnded':
      return { type: event.type };
    default:
      return undefined;
  }
}
