import { byStream, members, type Projection } from '#libs/event-store';
import type { Instant, Recorded } from '#libs/kernel';
import { legal, type Legal, type LegalEvent } from '../legal/legal.js';

type Matter = Exclude<Legal, { situation: 'none' }>;

/** One hold or erasure, with when each thing happened; nobody's words. */
export type MatterRow = {
  id: string;
  kind: Matter['kind'];
  status: Matter['situation'];
  clientId: string;
  matter: Matter;
  /** the codes of what stood against an erasure when it was decided */
  standing: readonly string[];
  happened: Readonly<Partial<Record<Step, { at: Instant; by: string }>>>;
};

type Step = 'placed' | 'lifted' | 'requested' | 'decided' | 'executed';
const STEPS: Readonly<Record<LegalEvent['type'], Step>> = {
  LegalHoldPlaced: 'placed',
  LegalHoldLifted: 'lifted',
  ErasureRequested: 'requested',
  ErasureDecided: 'decided',
  SubjectKeyDestroyed: 'executed',
};

function evolve(row: MatterRow | undefined, event: Recorded<LegalEvent>, id: string): MatterRow {
  const matter = legal.evolve(row?.matter ?? legal.initial, event);
  if (matter.situation === 'none') throw new Error('what has begun stays');
  return {
    id,
    kind: matter.kind,
    status: matter.situation,
    clientId: matter.clientId,
    matter: wordless(matter),
    standing: event.type === 'ErasureDecided' ? event.data.standing : (row?.standing ?? []),
    happened: { ...row?.happened, [STEPS[event.type]]: { at: event.occurredAt, by: event.actor.id } },
  };
}

function wordless(matter: Matter): Matter {
  if (matter.kind === 'hold') {
    const { authority: _, reference: __, ...placing } = matter.placing;
    return { ...matter, placing };
  }
  const { asker: _, ...asking } = matter.asking;
  return { ...matter, asking };
}

/** Which holds there are, and how far each erasure has come. */
export const legalMatters: Projection<MatterRow> = {
  name: 'legal_matters',
  version: 1,
  keys: byStream('legal'),
  evolve: (row, event, key) => evolve(row, event as Recorded<LegalEvent>, key),
  columns: members('kind', 'status', 'clientId'),
  indexes: ['"clientId"', '"status"'],
};

/** As it is answered, without words. */
export function shownMatter({ id, kind, status, clientId, matter, standing, happened }: MatterRow) {
  const steps = Object.fromEntries(Object.entries(happened).map(([step, { at, by }]) => [step, { at, by }]));
  return matter.kind === 'hold'
    ? { id, status, clientId, grounds: matter.placing.grounds, ...steps, kind }
    : {
        id,
        status,
        clientId,
        askedBy: matter.asking.askedBy,
        ...(standing.length > 0 ? { standing } : {}),
        ...('records' in matter ? { records: matter.records } : {}),
        ...steps,
        kind,
      };
}
