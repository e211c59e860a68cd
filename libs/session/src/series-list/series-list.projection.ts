import { byStream, type Projection, members } from '#libs/event-store';
import { unreachable, type LocalDate, type Recorded } from '#libs/kernel';
import type { SeriesEvent, SeriesPlan } from '../series/series.js';

/**
 * Sessions that recur, as they were planned at first. `occurrences` are the local dates in the rule on which sessions are,
 * or would be had they not been moved; `lastOn` is the last of them, null when it ended before the first.
 */
export type SeriesRow = SeriesPlan & {
  seriesId: string;
  occurrences: readonly LocalDate[];
  lastOn: LocalDate | null;
  /** no more sessions from this day on */
  endedFrom: LocalDate | null;
};

function evolve(row: SeriesRow | undefined, event: Recorded<SeriesEvent>, seriesId: string): SeriesRow {
  switch (event.type) {
    case 'SeriesScheduled': {
      const { overridden: _, occurrences, ...plan } = event.data;
      return { seriesId, ...plan, occurrences, lastOn: occurrences.at(-1) ?? null, endedFrom: null };
    }
    case 'SeriesChanged':
      return row!;
    case 'SeriesEnded': {
      const { from } = event.data;
      const occurrences = row!.occurrences.filter((date) => date < from);
      const endedFrom = row!.endedFrom !== null && row!.endedFrom < from ? row!.endedFrom : from;
      return { ...row!, occurrences, lastOn: occurrences.at(-1) ?? null, endedFrom };
    }
    default:
      return unreachable(event);
  }
}

export const seriesList: Projection<SeriesRow> = {
  name: 'series_list',
  version: 2,
  keys: byStream('series'),
  evolve: (row, event, key) => evolve(row, event as Recorded<SeriesEvent>, key),
  columns: { ...members('therapistId', 'relationshipId', 'lastOn') },
  indexes: ['"relationshipId"'],
};
