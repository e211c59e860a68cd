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
  /** the rows an event concerns, by what of it is not personal */
  keys(event: Recorded): readonly string[];
  /** its rows follow from what is not personal alone, and can be folded without opening anything */
  readonly wordless?: true;
  evolve(row: Row | undefined, event: Recorded, key: string): Row;
  /**
   * What SQL may ask about, by the name of its column. The rest of a row is read whole or not at all. Plain columns,
   * because row-level security keeps conditions that reach into JSON from using an index.
   */
  readonly columns?: Readonly<Record<string, Column<Row>>>;
  /** columns worth an index, e.g. `"therapistId"`; the practice comes before them */
  readonly indexes?: readonly string[];
}

/** Of ids, codes and times only: nothing that names a person or holds their words. */
export interface Column<Row extends object> {
  /** `blind`: a text of which only equality can be told, and only with a key */
  readonly type: 'text' | 'text[]' | 'bigint' | 'blind';
  of(row: Row, key: string): unknown;
}

/** Columns of texts that are members of the row, by their names. */
export const members = <Name extends string>(
  ...names: readonly Name[]
): Record<Name, Column<Partial<Record<Name, string | boolean | null>>>> =>
  Object.fromEntries(names.map((name) => [name, text((row) => (row as never)[name])])) as never;

/** A column of texts, in the order of their code points; yes and no are `true` and `false`. */
export const text = <Row extends object>(
  of: (row: Row, key: string) => string | boolean | null | undefined,
): Column<Row> => ({ type: 'text', of });

/** A column that tells of a text only whether it equals another, for what names a person. */
export const blind = <Row extends object>(
  of: (row: Row, key: string) => string | null | undefined,
): Column<Row> => ({ type: 'blind', of });

/** A column of several texts. */
export const texts = <Row extends object>(of: (row: Row, key: string) => readonly string[]): Column<Row> => ({
  type: 'text[]',
  of,
});

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
