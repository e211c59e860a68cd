import type { EventStore } from '#libs/event-store';
import type { Instant } from '#libs/kernel';
import { recordsOf } from '../client/records.reader.js';
import { newestRows, type Newest } from '../registry/newest.reader.js';
import { units, type UnitRow } from './units.projection.js';

const CATEGORIES = ['unit', 'relationship'] as const;

/** One stay of a person in a unit, under whichever of their records; a founder was there from the beginning. */
export type StayInUnit = { unitId: string; clientId: string; from: Instant | null; until: Instant | null };

/** Where a person is or was treated with others or alone: records that were merged are one person. */
export async function staysOf(
  store: EventStore,
  practiceId: string,
  clientId: string,
): Promise<StayInUnit[]> {
  const records = await recordsOf((streams) => store.reader.streams(practiceId, streams), clientId);
  const { rows } = await unitsWith(store, practiceId, records);
  return [...rows.values()].flatMap(({ unitId, stays }) =>
    stays
      .filter((stay) => records.includes(stay.clientId))
      .map((stay) => ({
        unitId,
        clientId: stay.clientId,
        from: stay.from === stays[0]!.from ? null : stay.from,
        until: stay.until ?? null,
      })),
  );
}

/** The units that any of some records are or were in. */
export async function unitsWith(
  store: EventStore,
  practiceId: string,
  clientIds: readonly string[],
): Promise<Newest<UnitRow>> {
  const where = '"clientIds" && $2::text[]';
  return newestRows(store, units, CATEGORIES, practiceId, where, [clientIds]);
}

/** Some units by their ids. */
export async function unitsNamed(
  store: EventStore,
  practiceId: string,
  unitIds: readonly string[],
): Promise<ReadonlyMap<string, UnitRow>> {
  return (await newestRows(store, units, CATEGORIES, practiceId, 'key = any($2::text[])', [unitIds])).rows;
}
