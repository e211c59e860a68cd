import { canonicalJson } from '#libs/kernel';
import { checkCommitment, commitmentTo, decrypt, encrypt, newKey } from '../crypto/gcm.js';
import type { KeyProvider } from '../providers/key-provider.js';
import type { KeyCache, OpenKey } from './key-cache.js';
import { sql, type DataKeyRow, type PracticeKeyRow, type VaultDb } from './vault.sql.js';

const BATCH = 200;

/** The keys between the root key and the data keys: one for each practice, so that a root key moves by rewrapping few. */
export class PracticeKeys {
  private readonly opening = new Map<string, Promise<OpenKey>>();
  private readonly root: KeyProvider;

  /** @param providers the first wraps; all unwrap what they wrapped */
  constructor(
    private readonly db: VaultDb,
    private readonly providers: readonly KeyProvider[],
    private readonly cache: KeyCache,
  ) {
    this.root = providers[0]!;
  }

  /** The newest is made when there is none. @returns a copy, the caller's to wipe */
  async open(practiceId: string, version: number | 'newest'): Promise<OpenKey> {
    const name = cacheName(practiceId, version);
    const kept = this.cache.take(name);
    if (kept) return kept;
    // Many may ask at once when nothing is cached yet; the root key is asked once.
    let opening = this.opening.get(name);
    if (!opening) {
      opening = this.fetch(practiceId, version).finally(() => this.opening.delete(name));
      this.opening.set(name, opening);
      // By then everybody who waited has a copy.
      opening.then(({ bytes }) => setImmediate(() => bytes.fill(0))).catch(() => undefined);
    }
    const key = await opening;
    return { version: key.version, bytes: Buffer.from(key.bytes) };
  }

  forget(practiceId: string): void {
    this.cache.forget(`${practiceId}/#/`);
  }

  async wrapDataKey(
    practiceId: string,
    row: Pick<DataKeyRow, 'subject_id' | 'kind' | 'version'>,
    dataKey: Buffer,
    practiceKey: OpenKey,
  ): Promise<DataKeyRow> {
    const whole = { ...row, practice_key: practiceKey.version };
    return {
      ...whole,
      wrapped: encrypt(practiceKey.bytes, dataKey, boundTo(practiceId, whole)),
      commitment: commitmentTo(dataKey),
    };
  }

  /** @returns undefined when it was destroyed. @throws SealBroken */
  async unwrapDataKey(practiceId: string, row: DataKeyRow): Promise<Buffer | undefined> {
    if (!row.wrapped || !row.commitment || row.practice_key === null) return undefined;
    const practiceKey = await this.open(practiceId, row.practice_key);
    try {
      const dataKey = decrypt(practiceKey.bytes, row.wrapped, boundTo(practiceId, row));
      checkCommitment(dataKey, row.commitment);
      return dataKey;
    } finally {
      practiceKey.bytes.fill(0);
    }
  }

  /**
   * A new practice key, under which every data key of the practice is wrapped anew; the former one is deleted. What is
   * sealed stays as it is. Cut off, it goes on where it was when it is called again. @returns how many data keys it wrapped
   */
  async rotate(practiceId: string): Promise<number> {
    const newest = await sql.practiceKey(this.db, practiceId, 'newest');
    if (!newest) return 0;
    const unfinished = (await sql.dropOldPracticeKeys(this.db, practiceId, newest.version)) > 0;
    const version = unfinished ? newest.version : newest.version + 1;
    if (!unfinished) await this.make(practiceId, version);
    this.forget(practiceId);
    const practiceKey = await this.open(practiceId, version);
    let wrapped = 0;
    for (let left = 1; left > 0; left = await sql.dropOldPracticeKeys(this.db, practiceId, version)) {
      const rows = await sql.underOlderPracticeKeys(this.db, practiceId, version, BATCH);
      const anew: DataKeyRow[] = [];
      for (const row of rows) {
        const dataKey = await this.unwrapDataKey(practiceId, row);
        if (!dataKey) continue;
        anew.push(await this.wrapDataKey(practiceId, row, dataKey, practiceKey));
        dataKey.fill(0);
      }
      await sql.rewrapDataKeys(this.db, practiceId, anew);
      wrapped += anew.length;
    }
    practiceKey.bytes.fill(0);
    this.forget(practiceId);
    return wrapped;
  }

  /**
   * Wraps every practice key that another root key wraps with the first provider's. Cut off, it goes on where it was when
   * it is called again. @returns how many it wrapped
   */
  async rotateRoot(): Promise<number> {
    let wrapped = 0;
    for (;;) {
      const rows = await sql.underOtherRoots(this.db, this.root.name, BATCH);
      if (rows.length === 0) return wrapped;
      for (const row of rows) {
        const key = await this.unwrap(row);
        wrapped += await sql.rewrapPracticeKey(this.db, row, {
          provider: this.root.name,
          wrapped: await this.root.wrap(key, contextOf(row)),
        });
        key.fill(0);
      }
    }
  }

  private async fetch(practiceId: string, version: number | 'newest'): Promise<OpenKey> {
    const { generation } = this.cache;
    let row = await sql.practiceKey(this.db, practiceId, version);
    if (!row && version === 'newest') {
      await this.make(practiceId, 1);
      row = await sql.practiceKey(this.db, practiceId, version);
    }
    if (!row) throw new Error(`practice key ${version} of practice ${practiceId} is not in the vault`);
    const key = { version: row.version, bytes: await this.unwrap(row) };
    this.cache.put(cacheName(practiceId, version), key, generation);
    return key;
  }

  private async make(practiceId: string, version: number): Promise<void> {
    const key = newKey();
    const row = { practice_id: practiceId, version };
    await sql.addPracticeKey(this.db, {
      ...row,
      provider: this.root.name,
      wrapped: await this.root.wrap(key, contextOf(row)),
      commitment: commitmentTo(key),
    });
    key.fill(0);
  }

  private async unwrap(row: PracticeKeyRow): Promise<Buffer> {
    const provider = this.providers.find(({ name }) => name === row.provider);
    if (!provider) throw new Error(`the root key ${row.provider} is not at hand`);
    const key = await provider.unwrap(row.wrapped, contextOf(row));
    checkCommitment(key, row.commitment);
    return key;
  }
}

const cacheName = (practiceId: string, version: number | 'newest') => `${practiceId}/#/${version}`;

const contextOf = ({ practice_id, version }: Pick<PracticeKeyRow, 'practice_id' | 'version'>) => ({
  candor: 'practice key',
  practice: practice_id,
  version: String(version),
});

/** A wrapped data key opens as the key of this subject, kind and version only. */
const boundTo = (
  practice: string,
  row: Pick<DataKeyRow, 'subject_id' | 'kind' | 'version' | 'practice_key'>,
): Buffer =>
  Buffer.from(
    canonicalJson({
      practice,
      practiceKey: row.practice_key,
      subject: row.subject_id,
      kind: row.kind,
      version: row.version,
    }),
  );
