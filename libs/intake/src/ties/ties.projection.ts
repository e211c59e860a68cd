import type { UnitEvent } from '#libs/client';
import type { Projection } from '#libs/event-store';
import { parseStream, streamOf, type Recorded } from '#libs/kernel';
import type { RelationshipEvent } from '#libs/relationship';
import type { Tie } from './ties.js';

/** The clients of a unit's or relationship's event are its subjects. */
function keys({ stream, type, subjects }: Recorded): readonly string[] {
  const { category } = parseStream(stream);
  const joins = category === 'unit' || type === 'RelationshipOpened';
  if (joins) return [stream, ...subjects.map((clientId) => streamOf('client', clientId))];
  return category === 'relationship' ? [stream] : [];
}

function evolve(row: Tie | undefined, event: Recorded, key: string): Tie {
  const { category } = parseStream(key);
  if (category === 'client') {
    const before = row?.kind === 'client' ? row.streams : [];
    return { kind: 'client', streams: [...new Set([...before, event.stream])] };
  }
  return category === 'unit'
    ? unitTie(row, event as Recorded<UnitEvent>)
    : relationshipTie(row, event as Recorded<RelationshipEvent>);
}

function unitTie(row: Tie | undefined, event: Recorded<UnitEvent>): Tie {
  if (event.type === 'UnitFormed')
    return { kind: 'unit', unitKind: event.data.kind, members: event.data.members };
  const unit = row as Extract<Tie, { kind: 'unit' }>;
  const others = unit.members.filter((member) => member !== event.data.clientId);
  return { ...unit, members: event.type === 'UnitMemberAdded' ? [...others, event.data.clientId] : others };
}

function relationshipTie(row: Tie | undefined, event: Recorded<RelationshipEvent>): Tie {
  if (event.type === 'RelationshipOpened') {
    const { therapistId, members } = event.data;
    return { kind: 'relationship', therapistId, members, open: true };
  }
  const relationship = row as Extract<Tie, { kind: 'relationship' }>;
  if (event.type === 'TherapistReassigned') return { ...relationship, therapistId: event.data.to };
  return event.type === 'RelationshipEnded' ? { ...relationship, open: false } : relationship;
}

export const ties: Projection<Tie> = { name: 'treatment_ties', version: 1, keys, evolve };
