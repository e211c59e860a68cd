import { byStream, type Projection, members } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { agreement, type Agreement, type AgreementEvent } from '../agreement/agreement.js';
import { agreementSummary, statusOf, type AgreementSummary } from '../agreement/summary.js';
import { wordless } from '../agreement/wordless.js';

/**
 * What is agreed and what is being talked about: one row per relationship and topic. Whether a review is due is judged when
 * the row is read.
 */
export type BoardRow = Pick<AgreementSummary, 'status' | 'reviewOn'> & {
  boundaryId: string;
  relationshipId: string;
  topic: string;
  state: Agreement;
};

function evolve(row: BoardRow | undefined, event: Recorded<AgreementEvent>, boundaryId: string): BoardRow {
  const state = agreement.evolve(row?.state ?? agreement.initial, wordless(event));
  const { relationshipId, topic } = event.data;
  const { reviewOn } = agreementSummary(state) ?? {};
  return {
    boundaryId,
    relationshipId,
    topic,
    status: statusOf(state),
    ...(reviewOn ? { reviewOn } : {}),
    state,
  };
}

export const boundaryBoard: Projection<BoardRow> = {
  name: 'boundary_board',
  version: 4,
  keys: byStream('boundary'),
  evolve: (row, event, key) => evolve(row, event as Recorded<AgreementEvent>, key),
  columns: { ...members('relationshipId', 'topic', 'status', 'reviewOn') },
  indexes: ['"relationshipId"'],
};
