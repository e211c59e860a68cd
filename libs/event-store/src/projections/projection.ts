import type { Recorded } from '#libs/kernel';

/**
 * A read model: rows of JSON, each the fold of the events that concern it. Pure, so the same functions serve the stored
 * row, the row with its tail, the live fold and the rebuilt row.
 */
export interface Projection<Row extends object = object> {
  /** its table is `read.<name>_<version>`; lower-case and underscores */
  readonly name: string;
  /** counted up when the shape or meaning of a row changes: the new rows are filled beside the old ones */
  readonly version: number;
  /** the rows an event concerns */
  keys(event: Recorded): readonly string[];
  evolve(row: Row | undefined, event: Recorded, key: string): Row;
  /** expressions over `row` worth an index, e.g. `(row->>'therapistId')` */
  readonly indexes?: readonly string[];
}

export const tableOf = (projection: Pick<Projection, 'name' | 'version'>): string =>
  `read.${projection.name}_${projection.version}`;

/** Folds events into rows, in place. `rows` must hold every row the events concern that already exists. */
export function foldInto<Row extends object>(
  projection: Projection<Row>,
  rows: Map<string, Row>,
  events: readonly Recorded[],
): Set<string> {
  const touched = new Set<string>();
  for (const event of events)
    for (const key of projection.keys(event)) {
      rows.set(key, projection.evolve(rows.get(key), event, key));
      touched.add(key);
    }
  return touched;
}
