import { byStream, type Projection } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { agreement, type Agreement, type AgreementEvent } from '../agreement/agreement.js';
import { agreementSummary, type AgreementSummary } from '../agreement/summary.js';
import { wordless } from '../agreement/wordless.js';

/**
 * What is agreed and what is being talked about: one row per relationship and topic. Without a status nothing was
 * proposed: there is only a crossing. Whether a review is due is judged when the row is read.
 */
export type BoardRow = Partial<Pick<AgreementSummary, 'status' | 'reviewOn'>> & {
  boundaryId: string;
  relationshipId: string;
  topic: string;
  state: Agreement;
};

function evolve(row: BoardRow | undefined, event: Recorded<AgreementEvent>, boundaryId: string): BoardRow {
  const state = agreement.evolve(row?.state ?? agreement.initial, wordless(event));
  const { relationshipId, topic } = event.data;
  const { status, reviewOn } = agreementSummary(state) ?? {};
  return {
    boundaryId,
    relationshipId,
    topic,
    ...(status ? { status } : {}),
    ...(reviewOn ? { reviewOn } : {}),
    state,
  };
}

export const boundaryBoard: Projection<BoardRow> = {
  name: 'boundary_board',
  version: 2,
  keys: byStream('boundary'),
  evolve: (row, event, key) => evolve(row, event as Recorded<AgreementEvent>, key),
  indexes: ["(row->>'relationshipId')"],
};
