import { sealingKey } from '../crypto/envelope.js';
import { KEY_BYTES, newKey, SealBroken } from '../crypto/gcm.js';
import type { KeyCache, OpenKey } from './key-cache.js';
import type { PracticeKeys } from './practice-keys.service.js';
import { sql, type DataKeyRow, type Named, type VaultDb, type Wanted } from './vault.sql.js';

export const DESTROYED = Symbol('destroyed');

type Which = number | 'newest' | 'oldest';

/** Keys for a moment: copies, by the name of what was asked for. */
export class Keys {
  private readonly keys = new Map<string, OpenKey | typeof DESTROYED>();

  get(wanted: Wanted, version: Which = 'newest'): OpenKey | typeof DESTROYED | undefined {
    return this.keys.get(nameOf(wanted, version));
  }

  set(wanted: Wanted, version: Which, key: OpenKey | typeof DESTROYED): void {
    this.keys.set(nameOf(wanted, version), key);
  }

  has(name: string): boolean {
    return this.keys.has(name);
  }

  wipe(): void {
    for (const key of this.keys.values()) if (key !== DESTROYED) key.bytes.fill(0);
  }
}

/** The key itself, for what is derived from it together with others. */
export const rawOf = (key: OpenKey): Buffer => key.bytes.subarray(0, KEY_BYTES);
/** What seals a text about its subject alone: derived once when the key is opened, since nearly every text is such. */
export const aloneOf = (key: OpenKey): Buffer => key.bytes.subarray(KEY_BYTES);

/** The keys that seal: one for each practice, subject and kind, in versions from 1 on. */
export class DataKeys {
  private readonly fetching = new Map<string, Promise<void>>();

  constructor(
    private readonly db: VaultDb,
    private readonly practiceKeys: PracticeKeys,
    private readonly cache: KeyCache,
  ) {}

  /** Named versions, with one query for all that are not cached. @throws SealBroken when one never was, or was altered */
  async versions(practiceId: string, wanted: readonly Named[]): Promise<Keys> {
    const keys = new Keys();
    const missing = this.cached(practiceId, wanted, ({ version }) => version, keys);
    if (missing.length === 0) return keys;
    const { generation } = this.cache;
    for (const row of await sql.dataKeys(this.db, practiceId, missing))
      await this.take(practiceId, row, row.version, keys, generation);
    const lost = missing.find((one) => keys.get(one, one.version) === undefined);
    if (lost)
      throw new SealBroken(
        `key ${lost.version} (${lost.kind}) of ${lost.subject} in practice ${practiceId} is not in the vault, and was not destroyed`,
      );
    return keys;
  }

  /** The newest version of each. Who has none, or whose was destroyed, is given one. */
  async newest(practiceId: string, wanted: readonly Wanted[]): Promise<Keys> {
    for (;;) {
      const keys = new Keys();
      const missing = this.cached(practiceId, wanted, () => 'newest' as const, keys);
      if (missing.length === 0) return keys;
      const names = missing.map((one) => `${practiceId}/${nameOf(one, 'newest')}`);
      const underWay = names.map((name) => this.fetching.get(name)).find((fetch) => fetch !== undefined);
      if (underWay) {
        // Many may ask at once when nothing is cached yet. What the first of them fetches is cached then.
        keys.wipe();
        await underWay;
        continue;
      }
      const fetch = this.fetchNewest(practiceId, missing, keys);
      for (const name of names) this.fetching.set(name, fetch);
      try {
        await fetch;
        return keys;
      } finally {
        for (const name of names) this.fetching.delete(name);
      }
    }
  }

  /** The oldest version that was not destroyed. None where every one was, or there never was any. */
  async oldest(practiceId: string, one: Wanted): Promise<Keys> {
    const keys = new Keys();
    if (this.cached(practiceId, [one], () => 'oldest' as const, keys).length === 0) return keys;
    const { generation } = this.cache;
    const row = await sql.oldestDataKey(this.db, practiceId, one);
    if (row) await this.take(practiceId, row, 'oldest', keys, generation);
    return keys;
  }

  /** A next version for what is sealed from now on. */
  async renew(practiceId: string, wanted: Wanted): Promise<void> {
    const make = async () =>
      (await this.make(practiceId, [wanted], await sql.newestDataKeys(this.db, practiceId, [wanted]))).length;
    for (let tries = 0; tries < 5 && (await make()) === 0;) tries++;
    this.forget(practiceId, wanted.subject);
  }

  forget(practiceId: string, subject: string): void {
    this.cache.forget(`${practiceId}/${subject}/`);
  }

  /** Puts what is cached into `keys`. @returns the rest */
  private cached<T extends Wanted>(
    practiceId: string,
    wanted: readonly T[],
    versionOf: (one: T) => Which,
    keys: Keys,
  ): T[] {
    const missing = new Map<string, T>();
    for (const one of wanted) {
      const version = versionOf(one);
      const name = nameOf(one, version);
      if (keys.has(name)) continue;
      const kept = this.cache.take(`${practiceId}/${name}`);
      if (kept) keys.set(one, version, kept);
      else missing.set(name, one);
    }
    return [...missing.values()];
  }

  private async fetchNewest(practiceId: string, wanted: readonly Wanted[], keys: Keys): Promise<void> {
    let missing = wanted;
    for (let tries = 0; missing.length > 0; tries++) {
      if (tries === 5) throw new Error('the keys of this practice change too quickly');
      const { generation } = this.cache;
      const rows = await sql.newestDataKeys(this.db, practiceId, missing);
      for (const row of rows) if (row.wrapped) await this.take(practiceId, row, 'newest', keys, generation);
      missing = missing.filter((one) => keys.get(one) === undefined);
      if (missing.length === 0) return;
      for (const { row, raw } of await this.make(practiceId, missing, rows))
        this.keep(practiceId, row, raw, 'newest', keys, generation);
      // Those that somebody else was quicker to make are read.
      missing = missing.filter((one) => keys.get(one) === undefined);
    }
  }

  private async take(
    practiceId: string,
    row: DataKeyRow,
    version: Which,
    keys: Keys,
    generation: number,
  ): Promise<void> {
    const one = { subject: row.subject_id, kind: row.kind };
    const raw = await this.practiceKeys.unwrapDataKey(practiceId, row);
    if (raw) this.keep(practiceId, row, raw, version, keys, generation);
    else keys.set(one, version, DESTROYED);
  }

  /** Puts an open key into the cache and into `keys`, and wipes the one it was given. */
  private keep(
    practiceId: string,
    row: DataKeyRow,
    raw: Buffer,
    version: Which,
    keys: Keys,
    generation: number,
  ): void {
    const one = { subject: row.subject_id, kind: row.kind };
    const alone = sealingKey([raw]);
    const key = { version: row.version, bytes: Buffer.concat([raw, alone]) };
    raw.fill(0);
    alone.fill(0);
    this.cache.put(`${practiceId}/${nameOf(one, row.version)}`, key, generation);
    if (typeof version === 'string') this.cache.put(`${practiceId}/${nameOf(one, version)}`, key, generation);
    keys.set(one, version, key);
  }

  /** Of two that make the same version at once, the first counts for both. @returns those made here */
  private async make(
    practiceId: string,
    wanted: readonly Wanted[],
    newest: readonly DataKeyRow[],
  ): Promise<{ row: DataKeyRow; raw: Buffer }[]> {
    const practiceKey = await this.practiceKeys.open(practiceId, 'newest');
    const all: { row: DataKeyRow; raw: Buffer }[] = [];
    for (const { subject, kind } of wanted) {
      const before = newest.find((row) => row.subject_id === subject && row.kind === kind)?.version ?? 0;
      const raw = newKey();
      const named = { subject_id: subject, kind, version: before + 1 };
      all.push({ row: await this.practiceKeys.wrapDataKey(practiceId, named, raw, practiceKey), raw });
    }
    practiceKey.bytes.fill(0);
    try {
      const rows = all.map(({ row }) => row);
      const made = new Set(await sql.addDataKeys(this.db, practiceId, rows));
      return all.filter(({ row }) => made.has(`${row.subject_id}/${row.kind}`));
    } catch (error) {
      // The practice key was rotated away since it was cached: the next try takes the new one.
      if ((error as { code?: string }).code !== FOREIGN_KEY_VIOLATION) throw error;
      this.practiceKeys.forget(practiceId);
      return [];
    }
  }
}

const FOREIGN_KEY_VIOLATION = '23503';
const nameOf = ({ subject, kind }: Wanted, version: Which) => `${subject}/${kind}/${version}`;
