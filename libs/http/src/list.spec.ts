import { afterEach, describe, expect, it, vi } from 'vitest';
import { View, type EventStore, type Projection } from '#libs/event-store';
import { Cursors, Lists } from './list.js';

interface Row {
  name: string;
}
const people: Projection<Row> = {
  name: 'people',
  version: 1,
  keys: () => [],
  evolve: (row) => row ?? { name: '' },
};

/** A read model whose rows are called by these names, in this order. */
function listOf(count: number, nameOf: (n: number) => string) {
  const lists = new Lists(undefined as unknown as EventStore, new Cursors(Buffer.alloc(32, 1)));
  const spy = vi.spyOn(View.prototype, 'list').mockImplementation(async (_, { after = '', limit }) => {
    const from = after === '' ? 0 : Number(after) + 1;
    const rows = Array.from({ length: Math.min(limit, Math.max(count - from, 0)) }, (_row, index) => ({
      key: String(from + index).padStart(8, '0'),
      name: nameOf(from + index),
    }));
    return { rows, position: 7 };
  });
  const page = (cursor: string | undefined, limit: number) =>
    lists.page(
      people,
      'p',
      { limit, ...(cursor === undefined ? {} : { cursor }) },
      {},
      {
        filter: 'kept',
        judge: ({ name }) => name === 'kept',
      },
    );
  return { page, spy };
}
afterEach(() => vi.restoreAllMocks());

describe('A page of what only the opened row tells', () => {
  it('is full as long as there are such rows, and has a next one only when another of them follows', async () => {
    const { page } = listOf(5_000, (n) => (n % 1_000 === 999 ? 'kept' : 'other'));
    const first = await page(undefined, 3);
    expect(first.data.map(({ key }) => Number(key))).toEqual([999, 1_999, 2_999]);
    const last = await page(first.page.next, 2);
    expect(last.data.map(({ key }) => Number(key))).toEqual([3_999, 4_999]);
    expect(last.page).toEqual({ limit: 2 });
  });

  it('costs 20,000 rows at most, is shorter then, and says where to go on', async () => {
    const { page, spy } = listOf(50_000, (n) => (n === 45_000 ? 'kept' : 'other'));
    const first = await page(undefined, 1);
    expect([first.data, spy.mock.calls.length]).toEqual([[], 20]);
    const second = await page(first.page.next, 1);
    expect(second.data).toEqual([]);
    const third = await page(second.page.next, 1);
    expect(third.data.map(({ key }) => Number(key))).toEqual([45_000]);
    expect(third.page.next).toBeUndefined();
  });
});
