import { type Projection, members, texts } from '#libs/event-store';
import { parseStream, type Recorded } from '#libs/kernel';
import type { RelationshipEvent } from '#libs/relationship';
import { unit, type Stay, type UnitEvent, type UnitKind } from '../unit/unit.js';

/** Who is treated together: one row per unit. `members` are those of now, `stays` also those who left. */
export interface UnitRow {
  unitId: string;
  kind: UnitKind;
  founders: readonly string[];
  members: readonly string[];
  stays: readonly Stay[];
  /** ids of the relationships opened for it, in the order of the log, ended ones too */
  relationships: readonly string[];
}

type Opened = Extract<RelationshipEvent, { type: 'RelationshipOpened' }>;
type Seen = UnitEvent | Opened;

/** A relationship says at its opening which unit it is for. */
function keys(event: Recorded): readonly string[] {
  const { category, id } = parseStream(event.stream);
  if (category === 'unit') return [id];
  return event.type === 'RelationshipOpened' ? [(event as Recorded<Opened>).data.unitId] : [];
}

function evolve(row: UnitRow | undefined, event: Recorded<Seen>, unitId: string): UnitRow {
  if (event.type === 'RelationshipOpened') {
    const known = row ?? formedOf(unitId, event.data.unitKind, event.data.members, event);
    return { ...known, relationships: [...known.relationships, parseStream(event.stream).id] };
  }
  if (event.type === 'UnitFormed') return formedOf(unitId, event.data.kind, event.data.members, event);
  const { kind, founders, members, stays } = row!;
  const state = unit.evolve({ situation: 'formed', kind, founders, members, stays }, event);
  if (state.situation === 'none') throw new Error('a unit that was formed stays formed');
  return { ...row!, members: state.members, stays: state.stays };
}

const formedOf = (
  unitId: string,
  kind: UnitKind,
  members: readonly string[],
  { occurredAt }: Recorded,
): UnitRow => ({
  unitId,
  kind,
  founders: members,
  members,
  stays: members.map((clientId) => ({ clientId, from: occurredAt })),
  relationships: [],
});

export const units: Projection<UnitRow> = {
  name: 'units',
  version: 2,
  keys,
  evolve: (row, event, key) => evolve(row, event as Recorded<Seen>, key),
  columns: { ...members('kind'), clientIds: texts(({ stays }) => stays.map(({ clientId }) => clientId)) },
};
