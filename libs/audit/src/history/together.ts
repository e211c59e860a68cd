import { unit, type UnitEvent } from '#libs/client';
import { streamOf, type Instant, type Recorded } from '#libs/kernel';
import { relationship } from '#libs/relationship';

/** The part of a relationship that concerns one client: from an instant on, that one included, until another, which is not. */
export interface Together {
  stream: string;
  from: Instant | '-infinity';
  until: Instant | 'infinity';
}

/**
 * Of the relationships of a unit, what happened while somebody was in it: what was before they joined or after they left
 * concerns others. Whoever the unit was formed of was there from the beginning, however late that was entered.
 * @param events of the unit's stream, as far as they were known
 */
export function togetherIn(
  events: readonly Recorded<UnitEvent>[],
  relationshipIds: readonly string[],
  clientId: string,
): Together[] {
  const state = events.reduce(unit.evolve, unit.initial);
  if (state.situation === 'none') return [];
  const { stays } = state;
  const theirs = stays.filter((stay) => stay.clientId === clientId);
  return relationshipIds.flatMap((id) =>
    theirs.map(({ from, until }) => ({
      stream: streamOf(relationship.category, id),
      from: from === stays[0]!.from ? '-infinity' : from,
      until: until ?? 'infinity',
    })),
  );
}
