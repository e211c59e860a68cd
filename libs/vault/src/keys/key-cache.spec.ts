import { beforeEach, describe, expect, test } from 'vitest';
import { KeyCache } from './key-cache.js';

const bytesOf = (cache: KeyCache, name: string): Buffer =>
  (cache as unknown as { entries: Map<string, { bytes: Buffer }> }).entries.get(name)!.bytes;

let now: number;
let cache: KeyCache;
beforeEach(() => {
  now = 0;
  cache = new KeyCache(2, 1000, () => now);
});
const put = (name: string, byte = 1) =>
  cache.put(name, { version: 1, bytes: Buffer.alloc(4, byte) }, cache.generation);

describe('open keys', () => {
  test('are lent as copies, so that wiping one harms nobody', () => {
    put('a');
    cache.take('a')!.bytes.fill(0);

    expect(cache.take('a')!.bytes).toEqual(Buffer.alloc(4, 1));
  });

  test('are wiped when they are too old, asked for or not', () => {
    put('a');
    put('b');
    const [a, b] = [bytesOf(cache, 'a'), bytesOf(cache, 'b')];
    now = 1000;

    expect(cache.take('a')).toBeUndefined();
    cache.sweep();

    expect([a, b]).toEqual([Buffer.alloc(4), Buffer.alloc(4)]);
    expect(cache.size).toBe(0);
  });

  test('make room when there are too many, the least used first, and are wiped then', () => {
    put('a');
    put('b');
    const b = bytesOf(cache, 'b');
    cache.take('a');
    put('c');

    expect(b).toEqual(Buffer.alloc(4));
    expect(cache.take('b')).toBeUndefined();
    expect(cache.take('a')).toBeDefined();
  });

  test('of a person are wiped at once, and one that was being fetched meanwhile is not kept', () => {
    put('p/a/record/1');
    put('p/ab/record/1');
    const a = bytesOf(cache, 'p/a/record/1');
    const { generation } = cache;

    cache.forget('p/a/');
    cache.put('p/a/record/1', { version: 1, bytes: Buffer.alloc(4, 1) }, generation);

    expect(a).toEqual(Buffer.alloc(4));
    expect(cache.take('p/a/record/1')).toBeUndefined();
    expect(cache.take('p/ab/record/1')).toBeDefined();
  });
});
