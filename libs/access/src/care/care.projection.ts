import type { ClientEvent, MergeEvent, UnitEvent } from '#libs/client';
import { text, texts, type Projection } from '#libs/event-store';
import type { InquiryEvent } from '#libs/intake';
import { parseStream, type Recorded } from '#libs/kernel';
import type { PracticeEvent, StaffEvent } from '#libs/practice';
import type { RelationshipEvent } from '#libs/relationship';
import type { CareRow } from './care.js';

/** Streams that concern no client, and yet belong to somebody, or say who is responsible for whom. */
const BESIDE = new Set(['practice', 'staff', 'stance']);
/** Theirs who began them, whoever's the client is. */
const WRITTEN = new Set(['note', 'psynote', 'grant']);

/** By their ids: the thing itself, and those from which it can be found. */
function keys(event: Recorded): readonly string[] {
  const { category, id } = parseStream(event.stream);
  if (event.subjects.length === 0 && !BESIDE.has(category)) return [];
  return [...new Set([id, ...from(category, event)])];
}

function from(category: string, { type, data, subjects }: Recorded): readonly string[] {
  const named = data as { unitId?: string; inquiryId?: string; supervisorId?: string };
  if (type === 'RelationshipOpened')
    return [...subjects, named.unitId!, ...(named.inquiryId ? [named.inquiryId] : [])];
  if (category === 'unit' || category === 'inquiry') return subjects;
  return category === 'staff' && named.supervisorId ? [named.supervisorId] : [];
}

const NOTHING: CareRow = { clients: [], links: [], standIns: [], supervises: [] };

function evolve(row: CareRow = NOTHING, event: Recorded, key: string): CareRow {
  const { category, id } = parseStream(event.stream);
  if (key !== id) return leading(id, row, event as Recorded<UnitEvent | StaffEvent | RelationshipEvent>, key);
  const clients = [...new Set([...row.clients, ...event.subjects])];
  return own(category, { ...row, clients }, event);
}

/** The row of a client, unit, inquiry or supervisor, when something happens elsewhere that concerns them. */
function leading(
  id: string,
  row: CareRow,
  event: Recorded<UnitEvent | StaffEvent | RelationshipEvent>,
  key: string,
): CareRow {
  switch (event.type) {
    case 'SupervisionAssigned': {
      const { from: begins = event.occurredAt } = event.data;
      return { ...row, supervises: [...row.supervises, { staffId: id, from: begins }] };
    }
    case 'SupervisionEnded': {
      const ended = row.supervises.findIndex(({ staffId, to }) => staffId === id && to === undefined);
      const supervises = row.supervises.map((one, index) =>
        index === ended ? { ...one, to: event.occurredAt } : one,
      );
      return { ...row, supervises };
    }
    case 'UnitMemberLeft':
      if (key === event.data.clientId) return { ...row, links: row.links.filter((link) => link !== id) };
      break;
    case 'RelationshipOpened':
      // from now on an inquiry is whoever's the relationship is that came of it
      if (key === event.data.inquiryId) {
        const { therapistId: _, ...inquiry } = row;
        return { ...inquiry, relationshipId: id };
      }
  }
  // any therapist may match one that is nobody's to themself: the client is theirs when the practice has accepted it
  if (parseStream(event.stream).category === 'inquiry' && (event.type as string) !== 'InquiryAccepted')
    return row;
  return { ...row, links: [...new Set([...row.links, id])] };
}

function own(category: string, row: CareRow, event: Recorded): CareRow {
  switch (category) {
    case 'practice':
      return ofPractice(row, event as Recorded<PracticeEvent>);
    case 'client':
      return ofClient(row, event as Recorded<ClientEvent | MergeEvent>);
    case 'inquiry':
      return ofInquiry(row, event as Recorded<InquiryEvent>);
    case 'relationship':
      return ofRelationship(row, event as Recorded<RelationshipEvent>);
    case 'unit':
    case 'staff':
      return row;
    default:
      return ofAnything(category, row, event);
  }
}

const ofPractice = (row: CareRow, { type, data }: Recorded<PracticeEvent>): CareRow =>
  type === 'PracticeRegistered' ? { ...row, zone: data.zone } : row;

/** Two records of one person are one: whoever treats them under the one, treats them under the other. */
function ofClient(row: CareRow, { type, data }: Recorded<ClientEvent | MergeEvent>): CareRow {
  if (type === 'ClientsMerged') return { ...row, links: [...new Set([...row.links, data.otherClientId])] };
  if (type !== 'ClientsUnmerged') return row;
  return { ...row, links: row.links.filter((link) => link !== data.otherClientId) };
}

function ofInquiry(row: CareRow, event: Recorded<InquiryEvent>): CareRow {
  const { therapistId: matched, unmatched: _, ...rest } = row;
  switch (event.type) {
    case 'InquiryReceived':
    case 'InquiryRedirectedUrgently':
    case 'InquiryWaitlisted':
      return { ...rest, unmatched: true };
    case 'TherapistMatched':
    case 'InquiryAccepted':
      return { ...rest, therapistId: event.data.therapistId };
    case 'InquiryDeclined':
    case 'InquiryReferred':
    case 'InquiryWithdrawn':
      // closed, it stays readable to whoever closed it, and to nobody new
      return { ...rest, therapistId: matched ?? event.actor.id };
    default:
      return row;
  }
}

function ofRelationship(row: CareRow, { type, data }: Recorded<RelationshipEvent>): CareRow {
  switch (type) {
    case 'RelationshipOpened':
      return { ...row, therapistId: data.therapistId, unitId: data.unitId };
    case 'TherapistReassigned':
      return { ...row, therapistId: data.to };
    case 'CoverArranged': {
      const { therapistId, from: first, to } = data;
      return { ...row, standIns: [...row.standIns, { therapistId, from: first, to }] };
    }
    default:
      return row;
  }
}

/**
 * Everything else names its relationship and its therapist the same way; what stands in no relationship goes with the
 * client. A note's author is who wrote its first version.
 */
function ofAnything(category: string, row: CareRow, { data, actor, version, subjects }: Recorded): CareRow {
  const { relationshipId = row.relationshipId, therapistId } = data as {
    relationshipId?: string;
    therapistId?: string;
  };
  return {
    ...row,
    ...(relationshipId ? { relationshipId } : { links: subjects }),
    ...(therapistId ? { therapistId } : {}),
    ...(WRITTEN.has(category) && version === 1 ? { authorId: actor.id } : {}),
  };
}

/** Who takes care of whom: one row per thing that concerns clients, and per staff member. */
export const care: Projection<CareRow> = {
  name: 'care',
  wordless: true,
  version: 3,
  keys,
  evolve,
  columns: { clients: texts(({ clients }) => clients), unitId: text(({ unitId }) => unitId) },
};
