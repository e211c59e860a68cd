import { leafNode, parentNode, type NodeAt } from './tree.js';

/*
 * The tree as C2SP tlog-tiles serves it: a tile holds up to 256 neighbouring hashes of every eighth level, and what lies
 * between is hashed from them. The last tile of a level may be partial.
 */

export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
export const HASH_SIZE = 32;

/** One tile: `level` counts tiles, not hashes; `width` is how many hashes it holds, 256 when it is full. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** Every tile of a tree of `size` leaves, the leaves' first. */
export function tilesOf(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH))
    for (let index = 0; index * TILE_WIDTH < hashes; index++)
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) });
  return tiles;
}

/** The name of a tile below `/tile/`, such as `0/x001/234.p/17`; `entries` instead of a level for what the leaves hash. */
export function pathOf({ index, width }: Omit<Tile, 'level'>, level: number | 'entries'): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g)!;
  const last = groups.pop()!;
  const partial = width < TILE_WIDTH ? `.p/${width}` : '';
  return [String(level), ...groups.map((group) => `x${group}`), `${last}${partial}`].join('/');
}

const PATH = /^(\d{1,2}|entries)((?:\/x\d{3})*\/\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Reads the name of a tile; undefined when it is none, or not written in the one way there is. */
export function parsePath(
  path: string,
): { level: number | 'entries'; index: number; width: number } | undefined {
  const [, first, groups, partial] = PATH.exec(path) ?? [];
  if (first === undefined || groups === undefined) return undefined;
  const level = first === 'entries' ? first : Number(first);
  const index = Number(groups.replaceAll(/[/x]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  if (!Number.isSafeInteger(index) || width > TILE_WIDTH) return undefined;
  return pathOf({ index, width }, level) === path ? { level, index, width } : undefined;
}

/** Reads the hashes of a tile, one after the other; those it holds by now, which may be more than asked for. */
export type TileAt = (level: number, index: number) => Promise<Buffer | undefined>;

/** Reads single subtrees out of tiles. @throws Error when a tile lacks what the tree must have */
export const nodesIn =
  (tileAt: TileAt): NodeAt =>
  async (level, index) => {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const count = 2 ** (level % TILE_HEIGHT);
    const first = index * count;
    const tile = await tileAt(tileLevel, Math.floor(first / TILE_WIDTH));
    const start = (first % TILE_WIDTH) * HASH_SIZE;
    if (!tile || tile.length < start + count * HASH_SIZE)
      throw new Error(`the tree has no tile ${tileLevel}/${Math.floor(first / TILE_WIDTH)} of that width`);
    return rootOfRow(tile.subarray(start, start + count * HASH_SIZE));
  };

/** Hashes to be put behind what a tree of `size` leaves has, by tile. Full tiles pass their root on to the level above. */
export async function growth(
  size: number,
  entries: readonly Buffer[],
  tileAt: TileAt,
): Promise<{ level: number; index: number; hashes: Buffer }[]> {
  const grown: { level: number; index: number; hashes: Buffer }[] = [];
  let row = entries.map(leafNode);
  for (let level = 0, before = size; row.length > 0; level++, before = Math.floor(before / TILE_WIDTH)) {
    const above: Buffer[] = [];
    for (let at = before; at < before + row.length;) {
      const index = Math.floor(at / TILE_WIDTH);
      const had = at % TILE_WIDTH;
      const fits = row.slice(at - before, at - before + TILE_WIDTH - had);
      const old = had > 0 ? await tileAt(level, index) : Buffer.alloc(0);
      if (!old || old.length < had * HASH_SIZE) throw new Error(`the tree has no tile ${level}/${index}`);
      const hashes = Buffer.concat([old.subarray(0, had * HASH_SIZE), ...fits]);
      grown.push({ level, index, hashes });
      if (hashes.length === TILE_WIDTH * HASH_SIZE) above.push(rootOfRow(hashes));
      at += fits.length;
    }
    row = above;
  }
  return grown;
}

/** The root over a row of neighbouring hashes, whose number is a power of two. */
function rootOfRow(hashes: Buffer): Buffer {
  let row = Array.from({ length: hashes.length / HASH_SIZE }, (_, n) =>
    hashes.subarray(n * HASH_SIZE, (n + 1) * HASH_SIZE),
  );
  while (row.length > 1) row = row.flatMap((left, n) => (n % 2 ? [] : [parentNode(left, row[n + 1]!)]));
  return row[0]!;
}
