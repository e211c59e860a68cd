import { type Projection, members, text } from '#libs/event-store';
import { parseStream, type Recorded } from '#libs/kernel';
import type { AgreementEvent } from '../agreement/agreement.js';
import { crossingAfter, isCrossingEvent, type Crossing, type CrossingEvent } from '../agreement/crossing.js';
import { crossingLine, type CrossingLine } from '../agreement/crossing-summary.js';
import { wordless } from '../agreement/wordless.js';

/** One crossing, without anybody's words. Whether it was recorded late is judged when the row is read. */
export type RegisterRow = {
  boundaryId: string;
  relationshipId: string;
  topic: string;
  line: CrossingLine;
  crossing: Crossing;
};

function evolve(row: RegisterRow | undefined, event: Recorded<CrossingEvent>): RegisterRow {
  const crossing = crossingAfter(row?.crossing, wordless(event));
  const { relationshipId, topic } = event.data;
  const boundaryId = parseStream(event.stream).id;
  return { boundaryId, relationshipId, topic, line: crossingLine(crossing), crossing };
}

const crossingIn = (event: Recorded): Recorded<CrossingEvent> | undefined => {
  const one = event as Recorded<AgreementEvent>;
  return parseStream(event.stream).category === 'boundary' && isCrossingEvent(one) ? one : undefined;
};

export const crossingRegister: Projection<RegisterRow> = {
  name: 'crossing_register',
  version: 3,
  keys: (event) => {
    const crossing = crossingIn(event);
    return crossing ? [crossing.data.crossingId] : [];
  },
  evolve: (row, event) => evolve(row, event as Recorded<CrossingEvent>),
  columns: {
    ...members('relationshipId', 'topic'),
    status: text(({ line }) => line.status),
    outcome: text(({ line }) => line.outcome),
    open: text(({ line }) => line.open),
    underAgreement: text(({ line }) => line.underAgreement),
  },
  indexes: ['"relationshipId"', '"status"'],
};
