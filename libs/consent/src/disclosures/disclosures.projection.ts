import { byStream, type Projection, members } from '#libs/event-store';
import { unreachable, type Instant, type Recorded } from '#libs/kernel';
import type { DisclosureEvent, Refusal, Request, Made } from '../disclosure/disclosure.js';

/** The accounting: who asked, whether they were told, what, when and why. One row per request. */
export type DisclosureRow = Request & {
  disclosureId: string;
  status: 'requested' | 'made' | 'refused';
  requestedAt: Instant;
  madeAt?: Instant;
  /** what was told in the end; `what` is what was asked */
  disclosed?: string;
  channel?: Made['channel'];
  consentId?: string;
  refusedAt?: Instant;
  /** the last moment that anything happened to it */
  latest: Instant;
} & Partial<Refusal>;

function evolve(
  row: DisclosureRow | undefined,
  event: Recorded<DisclosureEvent>,
  disclosureId: string,
): DisclosureRow {
  const { occurredAt: at } = event;
  switch (event.type) {
    case 'DisclosureRequested':
      return { disclosureId, ...event.data, status: 'requested', requestedAt: at, latest: at };
    case 'DisclosureMade': {
      const { what: disclosed, channel, consentId } = event.data;
      const made = { disclosed, channel, ...(consentId === undefined ? {} : { consentId }) };
      return { ...row!, ...made, status: 'made', madeAt: at, latest: at };
    }
    case 'DisclosureRefused': {
      const { reasonCode, words } = event.data;
      const refusal = { reasonCode, ...(words === undefined ? {} : { words }) };
      return { ...row!, ...refusal, status: 'refused', refusedAt: at, latest: at };
    }
    default:
      return unreachable(event);
  }
}

export const disclosures: Projection<DisclosureRow> = {
  name: 'disclosures',
  version: 2,
  keys: byStream('disclosure'),
  evolve: (row, event, key) => evolve(row, event as Recorded<DisclosureEvent>, key),
  columns: { ...members('clientId', 'status', 'basis', 'latest') },
  indexes: ['"clientId"'],
};

const WORDS = new Set(['recipient', 'purpose', 'what', 'reference', 'disclosed', 'words']);

/** What somebody may read of it: names and words are for therapists, supervisors and owners. */
export const shownDisclosure = (row: DisclosureRow, clinical: boolean): Partial<DisclosureRow> =>
  clinical
    ? row
    : (Object.fromEntries(
        Object.entries(row).filter(([name]) => !WORDS.has(name)),
      ) as Partial<DisclosureRow>);
