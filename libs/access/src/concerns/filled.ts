/** One page of a list, as it is answered. */
export interface Page {
  data: readonly unknown[];
  page: { next?: string; limit: number };
}

/** How often a list is asked again for one page, and for how many rows at most: within some 2,000 rows a page is full. */
const MOST_ROUNDS = 10;
const MOST_ROWS = 200;

/**
 * A page of what is within reach, filled up from the rows that follow. `next` is there when something within reach
 * follows, and nothing else: that there is more of a colleague's is not told. Only behind MOST_ROUNDS pages of theirs can a
 * page be shorter than its limit, and its `next` lead to an empty one.
 * @param ask a further page of the same list
 * @param within the indexes of those that are within reach
 */
export async function filled<T extends Page>(
  first: T,
  ask: (cursor: string, limit: number) => Promise<Page>,
  within: (rows: readonly unknown[]) => Promise<number[]>,
): Promise<T> {
  const { limit } = first.page;
  const data = (await within(first.data)).map((index) => first.data[index]);
  let { next } = first.page;
  let rounds = 0;
  while (next !== undefined && data.length < limit && rounds++ < MOST_ROUNDS) {
    let more = await ask(next, MOST_ROWS);
    let kept = await within(more.data);
    const last = kept[limit - data.length - 1];
    if (last !== undefined && last + 1 < more.data.length) {
      // a cursor leads behind the whole of a page, so this is asked for as far as it is needed
      more = await ask(next, last + 1);
      kept = await within(more.data);
    }
    data.push(...kept.map((index) => more.data[index]));
    next = more.page.next;
  }
  // mostly the very next row is theirs, too
  for (let [ahead, rows] = [next, 1]; ahead !== undefined && rounds++ < MOST_ROUNDS; rows = MOST_ROWS) {
    const more = await ask(ahead, rows);
    if ((await within(more.data)).length > 0) break;
    ahead = more.page.next;
    if (ahead === undefined) next = undefined;
  }
  const { next: _, ...page } = first.page;
  return { ...first, data, page: { ...page, ...(next === undefined ? {} : { next }) } };
}
