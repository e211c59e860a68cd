import { byStream, type Projection, text } from '#libs/event-store';
import { unreachable, type Instant, type Recorded } from '#libs/kernel';
import type { Dimensions } from '../stance/dimensions.js';
import type { StanceEvent } from '../stance/stance.js';

/** Who works how: one row per stance. */
export interface DirectoryRow {
  stanceId: string;
  therapistId: string;
  setting: string;
  locale: string;
  status: 'drafted' | 'published' | 'retired';
  versionNo: number | null;
  contentHash: string | null;
  publishedAt: Instant | null;
  dimensions: Partial<Dimensions> | null;
}

function evolve(row: DirectoryRow | undefined, event: Recorded<StanceEvent>, stanceId: string): DirectoryRow {
  switch (event.type) {
    case 'StanceDrafted': {
      const { therapistId, setting, locale } = event.data;
      return (
        row ?? {
          stanceId,
          therapistId,
          setting,
          locale,
          status: 'drafted',
          versionNo: null,
          contentHash: null,
          publishedAt: null,
          dimensions: null,
        }
      );
    }
    case 'StancePublished': {
      const { therapistId, setting, locale, versionNo, contentHash, dimensions } = event.data;
      return {
        stanceId,
        therapistId,
        setting,
        locale,
        status: 'published',
        versionNo,
        contentHash,
        publishedAt: event.occurredAt,
        dimensions,
      };
    }
    case 'StanceRetired':
      return { ...row!, status: 'retired' };
    default:
      return unreachable(event);
  }
}

export const stanceDirectory: Projection<DirectoryRow> = {
  name: 'stance_directory',
  version: 2,
  keys: byStream('stance'),
  evolve: (row, event, key) => evolve(row, event as Recorded<StanceEvent>, key),
  columns: {
    partiality: text(({ dimensions }) => dimensions?.partiality),
    perspective: text(({ dimensions }) => dimensions?.perspective?.view),
    challenge: text(({ dimensions }) => dimensions?.challenge?.willingness),
    advocacy: text(({ dimensions }) => dimensions?.advocacy?.for),
  },
};
