import { byStream, type Projection } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { agreement, type Agreement, type AgreementEvent } from '../agreement/agreement.js';
import { agreementSummary, type AgreementSummary } from '../agreement/summary.js';

/** What is agreed and what is being talked about: one row per relationship and topic. */
export type BoardRow = Pick<AgreementSummary, 'relationshipId' | 'topic' | 'status'> & {
  boundaryId: string;
  state: Agreement;
};

function evolve(row: BoardRow | undefined, event: Recorded<AgreementEvent>, boundaryId: string): BoardRow {
  const state = agreement.evolve(row?.state ?? agreement.initial, event);
  // after an event there is always something
  const { relationshipId, topic, status } = agreementSummary(state)!;
  return { boundaryId, relationshipId, topic, status, state };
}

export const boundaryBoard: Projection<BoardRow> = {
  name: 'boundary_board',
  version: 1,
  keys: byStream('boundary'),
  evolve: (row, event, key) => evolve(row, event as Recorded<AgreementEvent>, key),
  indexes: ["(row->>'relationshipId')"],
};
