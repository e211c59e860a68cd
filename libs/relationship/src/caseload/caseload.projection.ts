import { byStream, type Projection, members, texts } from '#libs/event-store';
import { unreachable, type Instant, type Recorded } from '#libs/kernel';
import type { Format } from '#libs/practice';
import { coverOf, type Cover } from '../relationship/cover.js';
import type { RelationshipOpening } from '../relationship/opening.js';
import type { InformationSource, RelationshipEvent } from '../relationship/relationship.js';

/**
 * Who works with whom: one row per relationship. Who is treated in it is told by the unit, whose members come and go: it
 * is looked up when the row is read.
 */
export interface CaseloadRow {
  relationshipId: string;
  status: 'open' | 'ended';
  unitId: string;
  unitKind: RelationshipOpening['unitKind'];
  therapistId: string;
  format: Format;
  rulePack: string;
  inquiryId: string | null;
  /** kinds of sources beside the client, each once */
  otherSources: readonly InformationSource['source'][];
  /** somebody sends the client; who it is stands in the relationship alone */
  mandated: boolean;
  /** in the order they were arranged, past ones too: where two meet, the later one holds */
  covers: readonly Cover[];
  openedAt: Instant;
  endedAt: Instant | null;
}

function evolve(
  before: CaseloadRow | undefined,
  event: Recorded<RelationshipEvent>,
  relationshipId: string,
): CaseloadRow {
  if (event.type === 'RelationshipOpened') {
    const { inquiryId = null, members: _, ...opening } = event.data;
    return {
      relationshipId,
      status: 'open',
      ...opening,
      inquiryId,
      otherSources: [],
      mandated: false,
      covers: [],
      openedAt: event.occurredAt,
      endedAt: null,
    };
  }
  const row = before!;
  switch (event.type) {
    case 'TherapistReassigned':
      return { ...row, therapistId: event.data.to };
    case 'FormatChanged':
      return { ...row, format: event.data.to };
    case 'InformationSourceAdded':
      return { ...row, otherSources: [...new Set([...row.otherSources, event.data.source])] };
    case 'MandateRecorded':
      return { ...row, mandated: true };
    case 'CoverArranged':
      return { ...row, covers: [...row.covers, coverOf(event.data)] };
    case 'RelationshipEnded':
      return { ...row, status: 'ended', endedAt: event.occurredAt };
    default:
      return unreachable(event);
  }
}

export const caseload: Projection<CaseloadRow> = {
  name: 'caseload',
  version: 4,
  keys: byStream('relationship'),
  evolve: (row, event, key) => evolve(row, event as Recorded<RelationshipEvent>, key),
  columns: {
    ...members('unitId', 'therapistId', 'status', 'openedAt', 'endedAt'),
    standIns: texts(({ covers }) => covers.map(({ therapistId }) => therapistId)),
  },
  indexes: ['"unitId"', '"therapistId"'],
};
