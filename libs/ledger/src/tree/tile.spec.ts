import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growth, HASH_SIZE, nodesIn, parsePath, pathOf, TILE_WIDTH, tilesOf, type TileAt } from './tile.js';
import { leafNode, parentNode, rootOf } from './tree.js';

const entry = (index: number): Buffer => hash('sha256', `entry ${index}`, 'buffer');
const entries = (from: number, to: number): Buffer[] =>
  Array.from({ length: to - from }, (_, n) => entry(from + n));

function rootByDefinition(all: readonly Buffer[]): Buffer {
  if (all.length === 1) return leafNode(all[0]!);
  let k = 1;
  while (k * 2 < all.length) k *= 2;
  return parentNode(rootByDefinition(all.slice(0, k)), rootByDefinition(all.slice(k)));
}

/** Grows a tree in steps, as the log grew. */
async function grow(...sizes: number[]): Promise<TileAt> {
  const stored = new Map<string, Buffer>();
  const tileAt: TileAt = async (level, index) => stored.get(`${level}/${index}`);
  let size = 0;
  for (const next of sizes) {
    for (const { level, index, hashes } of await growth(size, entries(size, next), tileAt))
      stored.set(`${level}/${index}`, hashes);
    size = next;
  }
  return tileAt;
}

describe('tiles', () => {
  test('are named as C2SP tlog-tiles names them', () => {
    expect(pathOf({ index: 0, width: 256 }, 0)).toBe('0/000');
    expect(pathOf({ index: 1_234_067, width: 256 }, 1)).toBe('1/x001/x234/067');
    expect(pathOf({ index: 273, width: 112 }, 'entries')).toBe('entries/273.p/112');
  });

  test.each([
    '0/0',
    '0/x000/001',
    '0/000.p/0',
    '0/000.p/256',
    '0/000.p/007',
    '0/x001',
    '00/000',
    '-1/000',
    '0/000/',
    'entries',
  ])('have no other names: %s', (path) => expect(parsePath(path)).toBeUndefined());

  test('are found by their names', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 40 }),
        fc.integer({ min: 1, max: 256 }),
        fc.nat({ max: 5 }),
        (index, width, level) => {
          expect(parsePath(pathOf({ index, width }, level))).toEqual({ level, index, width });
        },
      ),
    );
  });

  test('of a tree of 70,000 leaves are 274 full and partial ones, and one above those', () => {
    const tiles = tilesOf(70_000);

    expect(tiles.filter(({ level }) => level === 0)).toHaveLength(274);
    expect(tiles.filter(({ level }) => level === 1)).toEqual([
      { level: 1, index: 0, width: 256 },
      { level: 1, index: 1, width: 17 },
    ]);
    expect(tiles.filter(({ level }) => level === 2)).toEqual([{ level: 2, index: 0, width: 1 }]);
  });

  test('give the root that the definition gives, however the log grew', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 5 }),
        async (steps) => {
          const sizes = steps.map((_, n) => steps.slice(0, n + 1).reduce((sum, step) => sum + step, 0));
          const size = sizes.at(-1)!;
          const tileAt = await grow(...sizes);

          expect(await rootOf(size, nodesIn(tileAt))).toEqual(rootByDefinition(entries(0, size)));
          for (const { level, index, width } of tilesOf(size))
            expect((await tileAt(level, index))!.length).toBe(width * HASH_SIZE);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('that lack a hash are not made up for', async () => {
    const tileAt = await grow(300);

    await expect(rootOf(301, nodesIn(tileAt))).rejects.toThrow('no tile');
    await expect(growth(TILE_WIDTH + 50, entries(306, 310), tileAt)).rejects.toThrow('no tile');
  });
});
