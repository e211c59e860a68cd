import { EventStore, foldInto, View, type Projection } from '#libs/event-store';

/** Rows at the newest position, never behind it. */
export type Newest<Row> = { rows: Map<string, Row>; position: number };

/**
 * Rows that match a condition, and others beside them: the caller judges each. When the read model cannot say, all rows
 * there are, from the log.
 * @param categories the streams the read model is made of
 * @param where a condition over `row`, with parameters from $2 on
 */
export async function newestRows<Row extends object>(
  store: EventStore,
  projection: Projection<Row>,
  categories: readonly string[],
  practiceId: string,
  where: string,
  values: readonly unknown[],
): Promise<Newest<Row>> {
  const current = await new View(store, projection).matching(practiceId, where, values);
  if (current) return current;
  const position = await store.reader.position(practiceId);
  const rows = new Map<string, Row>();
  foldInto(projection, rows, await store.reader.categories(practiceId, categories));
  return { rows, position };
}
