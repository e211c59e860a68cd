import { DomainError } from '#libs/kernel';
import { pack, sealingKey, unpack, type KeyKind } from '../crypto/envelope.js';
import { decrypt, derive, encrypt, SealBroken } from '../crypto/gcm.js';
import type { KeyProvider } from '../providers/key-provider.js';
import { aloneOf, DataKeys, DESTROYED, rawOf, type Keys } from './data-keys.service.js';
import { KeyCache, type OpenKey } from './key-cache.js';
import { PracticeKeys } from './practice-keys.service.js';
import { sql, type Named, type VaultDb } from './vault.sql.js';

export interface VaultOptions {
  /** works as the role `candor_vault`, the only one that can read keys; a database of its own is possible */
  db: VaultDb;
  /** the first wraps what is new; the others only unwrap what they wrapped before */
  providers: readonly KeyProvider[];
  /** told of what stands in the way, in words without anything secret */
  report?: (message: string) => void;
  now?: () => number;
  /** how many open keys are kept at most */
  most?: number;
}

/** A text and whom it concerns. */
export interface Text {
  readonly kind: KeyKind;
  /** ids of the persons: who lacks the key of any of them cannot read it. None: it is the practice's own */
  readonly subjects: readonly string[];
  /** where it stands, as RFC 8785 JSON: it opens in the very same place only */
  readonly place: string;
  readonly text: string;
}

export interface Sealed {
  readonly envelope: Buffer;
  readonly subjects: readonly string[];
  readonly place: string;
}

const MAX_AGE_MS = 5 * 60_000;

/**
 * Seals and opens texts. Everything here throws `DomainError` (`unavailable`, code `keys_unavailable`) when keys cannot
 * be had, and `SealBroken` when something is not what it was.
 */
export class Vault {
  private readonly cache: KeyCache;
  private readonly practiceKeys: PracticeKeys;
  private readonly dataKeys: DataKeys;
  private readonly db: VaultDb;
  private readonly report: (message: string) => void;

  constructor({ db, providers, report = () => undefined, now = Date.now, most = 10_000 }: VaultOptions) {
    this.db = db;
    this.report = report;
    this.cache = new KeyCache(most, MAX_AGE_MS, now);
    this.practiceKeys = new PracticeKeys(db, providers, this.cache);
    this.dataKeys = new DataKeys(db, this.practiceKeys, this.cache);
  }

  /** Seals with the newest keys; makes those that are missing. @returns an envelope for each text, in their order */
  async seal(practiceId: string, texts: readonly Text[]): Promise<Buffer[]> {
    const wanted = texts.flatMap(({ kind, subjects }) =>
      personsOf(practiceId, subjects).map((subject) => ({ kind, subject })),
    );
    return this.using(this.dataKeys.newest(practiceId, wanted), (keys) =>
      texts.map(({ kind, subjects, place, text }) => {
        const persons = personsOf(practiceId, subjects);
        const theirs = persons.map((subject) => keys.get({ subject, kind }) as OpenKey);
        const versions = theirs.map(({ version }) => version);
        return withKeyOf(theirs, (key) =>
          pack(
            { kind, versions },
            encrypt(key, Buffer.from(text), bound(practiceId, kind, versions, persons, place)),
          ),
        );
      }),
    );
  }

  /**
   * Opens with the keys each was sealed with, fetched with one query.
   * @returns each text, in their order; undefined where a key was destroyed
   * @throws SealBroken when one was altered, stands elsewhere than it was sealed for, or its key never was
   */
  async open(practiceId: string, sealed: readonly Sealed[]): Promise<(string | undefined)[]> {
    const all = sealed.map(({ envelope, subjects, place }) => {
      const persons = personsOf(practiceId, subjects);
      const { kind, versions, body } = unpack(envelope);
      if (versions.length !== persons.length)
        throw new SealBroken('the envelope was sealed for other persons');
      const named = persons.map((subject, index) => ({ subject, kind, version: versions[index]! }));
      return { kind, versions, body, persons, place, named };
    });
    const wanted = all.flatMap(({ named }) => named);
    return this.using(this.dataKeys.versions(practiceId, wanted), (keys) =>
      all.map(({ kind, versions, body, persons, place, named }) => {
        const theirs = named.map((one) => keys.get(one, one.version)!);
        if (theirs.includes(DESTROYED)) return undefined;
        return withKeyOf(theirs as OpenKey[], (key) =>
          decrypt(key, body, bound(practiceId, kind, versions, persons, place)).toString(),
        );
      }),
    );
  }

  /**
   * The key of a blind index (HMAC-SHA256 of the normalised value): equal values have equal entries, and only who has the
   * key can tell of what. One for each field of a practice, or of one person. It follows from the oldest key that was not
   * destroyed: it outlives rotations, and dies with that key (`destroyOlder`), after which everything under it is made anew.
   * @returns 32 bytes; undefined when every key was destroyed
   */
  async deriveIndexKey(practiceId: string, field: string, subject?: string): Promise<Buffer | undefined> {
    const one = { subject: subject ?? practiceId, kind: subject ? 'record' : 'read_models' } as const;
    const derived = () =>
      this.using(this.dataKeys.oldest(practiceId, one), (keys) => {
        const key = keys.get(one, 'oldest');
        return key && key !== DESTROYED ? derive(rawOf(key), `candor/index/1/${field}`) : undefined;
      });
    const known = await derived();
    if (known) return known;
    if (subject && (await this.destroyed(practiceId, [subject])).size > 0) return undefined;
    await this.using(this.dataKeys.newest(practiceId, [one]), () => undefined);
    return derived();
  }

  /**
   * Destroys these keys and no others: what was sealed with any of them cannot be read again, also what concerns others
   * as well. Other processes may hold an open key for up to five minutes more.
   * @returns how many of them there still were
   */
  async destroy(practiceId: string, keys: readonly Named[]): Promise<number> {
    if (keys.some(({ subject }) => subject === practiceId))
      throw new Error("a practice's own keys are not destroyed one by one");
    const destroyed = await this.guarded(sql.destroy(this.db, practiceId, keys));
    for (const { subject } of keys) this.forget(practiceId, subject);
    return destroyed;
  }

  /**
   * Destroys all versions of one key but the newest, which has to be renewed first: for what can be made again, such as
   * read models with the practice's id as the subject.
   * @returns how many keys there were
   */
  async destroyOlder(practiceId: string, subject: string, kind: KeyKind): Promise<number> {
    const live = (await this.live(practiceId, subject)).filter((key) => key.kind === kind);
    const newest = live.at(-1)?.version ?? 0;
    const destroyed = await this.guarded(sql.destroyBefore(this.db, practiceId, { subject, kind }, newest));
    this.forget(practiceId, subject);
    return destroyed;
  }

  /** The keys of a person that were not destroyed (of the practice's own: its id), by kind and version. */
  live(practiceId: string, subject: string): Promise<{ kind: KeyKind; version: number }[]> {
    return this.guarded(sql.liveDataKeys(this.db, practiceId, subject));
  }

  /** Those of some keys, of whatever persons, that were not destroyed. */
  async left(practiceId: string, keys: readonly Named[]): Promise<Named[]> {
    const rows = await this.guarded(sql.dataKeys(this.db, practiceId, keys));
    return rows
      .filter(({ wrapped }) => wrapped !== null)
      .map(({ subject_id: subject, kind, version }) => ({ subject, kind, version }));
  }

  /** Which of these persons had a key destroyed. */
  destroyed(practiceId: string, subjects: readonly string[]): Promise<Set<string>> {
    return this.guarded(sql.destroyed(this.db, practiceId, personsOf(practiceId, subjects)));
  }

  /** Drops what this process holds open of a person. */
  forget(practiceId: string, subject: string): void {
    this.dataKeys.forget(practiceId, subject);
  }

  /** A next version of a person's key (of the practice's own: its id) for what is sealed from now on. */
  renew(practiceId: string, subject: string, kind: KeyKind): Promise<void> {
    return this.guarded(this.dataKeys.renew(practiceId, { subject, kind }));
  }

  /** @see PracticeKeys.rotate */
  rotatePractice(practiceId: string): Promise<number> {
    return this.guarded(this.practiceKeys.rotate(practiceId));
  }

  /** @see PracticeKeys.rotateRoot */
  rotateRoot(): Promise<number> {
    return this.guarded(this.practiceKeys.rotateRoot());
  }

  /** How many keys are open now. */
  get held(): number {
    return this.cache.size;
  }

  /** Wipes every open key. */
  close(): void {
    this.cache.close();
  }

  private async using<T>(opening: Promise<Keys>, work: (keys: Keys) => T): Promise<T> {
    const keys = await this.guarded(opening);
    try {
      return work(keys);
    } finally {
      keys.wipe();
    }
  }

  /** Whatever keeps keys away is no reason to do without. */
  private async guarded<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof SealBroken || error instanceof DomainError) throw error;
      this.report(`keys cannot be had: ${error instanceof Error ? error.message : String(error)}`);
      throw new DomainError(
        'unavailable',
        'keys_unavailable',
        'The keys to what is sealed cannot be had right now. Nothing was stored or shown; send it again.',
      );
    }
  }
}

/** In the order that envelopes count on. */
const personsOf = (practiceId: string, subjects: readonly string[]): readonly string[] =>
  subjects.length === 0 ? [practiceId] : subjects.length === 1 ? subjects : [...new Set(subjects)].sort();

/** RFC 8785 of what a text belongs to; written out, because every text passes here. */
const bound = (
  practice: string,
  kind: KeyKind,
  keys: readonly number[],
  subjects: readonly string[],
  place: string,
): Buffer =>
  Buffer.from(
    `{"keys":[${keys.join()}],"kind":"${kind}","place":${place},` +
      `"practice":${JSON.stringify(practice)},"subjects":${JSON.stringify(subjects)}}`,
  );

/** The key of one person alone, or one derived from the keys of all. */
function withKeyOf<T>(keys: readonly OpenKey[], work: (key: Buffer) => T): T {
  if (keys.length === 1) return work(aloneOf(keys[0]!));
  const joint = sealingKey(keys.map(rawOf));
  try {
    return work(joint);
  } finally {
    joint.fill(0);
  }
}
