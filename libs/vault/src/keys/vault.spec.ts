import { gcm } from '@noble/ciphers/aes.js';
import canonicalize from 'canonicalize';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import pg from 'pg';
import { canonicalJson, uuidv7 } from '#libs/kernel';
import { openPool } from '#libs/event-store';
import { createDatabase } from '../../../../test/support/database.js';
import { openVault, ROOT_KEY } from '../../../../test/support/vault-kit.js';
import { SealBroken } from '../crypto/gcm.js';
import type { KeyProvider } from '../providers/key-provider.js';
import { localProvider } from '../providers/local.provider.js';
import type { RootKey } from '../providers/root-key.provider.js';
import { openVault as openVaultOf } from './open-vault.service.js';
import type { Sealed, Text, Vault } from './vault.service.js';

let url: string;
let owner: pg.Client;
let stop: () => Promise<void>;
let vault: Vault;
const opened: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const database = await createDatabase();
  ({ url } = database);
  owner = new pg.Client({ connectionString: url });
  await owner.connect();
  vault = another();
  stop = async () => {
    for (const end of opened) await end();
    await owner.end();
    await database.drop();
  };
});
afterAll(() => stop());

let practice: string;
let anna: string;
let ben: string;
beforeEach(() => {
  [practice, anna, ben] = [uuidv7(), uuidv7(), uuidv7()];
});

/** What another process would have: a cache of its own. */
function another(more: Parameters<typeof openVault>[1] = {}): Vault {
  const one = openVault(url, more);
  opened.push(one.stop);
  return one.vault;
}

const about = (subjects: string[], more: Partial<Text> = {}): Text => ({
  kind: 'record',
  subjects,
  place: '{"eventId":"e1","schema":1,"stream":"note-1"}',
  text: 'invented words',
  ...more,
});

const keysOf = async (subject: string) =>
  (await vault.live(practice, subject)).map((key) => ({ subject, ...key }));

/** Sealed and ready to be opened where it was sealed for. */
async function sealed(text: Text, by = vault): Promise<Sealed> {
  const [envelope] = await by.seal(practice, [text]);
  return { envelope: envelope!, subjects: text.subjects, place: text.place };
}

describe('a text', () => {
  test.each([
    ['one person', () => [anna]],
    ['a couple', () => [anna, ben]],
    ['a group, named twice over and in any order', () => [ben, anna, ben, uuidv7()]],
    ['nobody', () => []],
  ])('about %s comes back as it was, here and in another process', async (_, whom) => {
    const one = await sealed(about(whom()));

    expect(one.envelope.includes('invented')).toBe(false);
    expect(await vault.open(practice, [one])).toEqual(['invented words']);
    expect(await another().open(practice, [one])).toEqual(['invented words']);
    expect(await another().open(practice, [{ ...one, subjects: one.subjects.toReversed() }])).toEqual([
      'invented words',
    ]);
  });

  test('opens nowhere but in its place: not for another event, stream, schema, practice, person or kind', async () => {
    const one = await sealed(about([anna]));
    const other = await sealed(about([ben]));
    const place = (more: object) => ({ ...one, place: canonicalJson({ ...JSON.parse(one.place), ...more }) });
    for (const moved of [
      place({ eventId: 'e2' }),
      place({ stream: 'note-2' }),
      place({ schema: 2 }),
      place({ more: 1 }),
      { ...one, place: '{}' },
      { ...one, subjects: [ben] },
      { ...one, envelope: other.envelope },
      { ...one, subjects: [anna, ben] },
      { ...one, subjects: [] },
    ])
      await expect(vault.open(practice, [moved])).rejects.toThrow(SealBroken);

    const elsewhere = uuidv7();
    await vault.seal(elsewhere, [about([anna])]);
    await expect(vault.open(elsewhere, [one])).rejects.toThrow(SealBroken);

    await vault.seal(practice, [about([anna], { kind: 'psychotherapy_notes' })]);
    const asNotes = Buffer.from(one.envelope);
    asNotes[1] = 2;
    await expect(vault.open(practice, [{ ...one, envelope: asNotes }])).rejects.toThrow(SealBroken);
  });

  test('does not open when anything in its envelope was altered', async () => {
    const one = await sealed(about([anna]));
    for (let at = 0; at < one.envelope.length; at++) {
      const envelope = Buffer.from(one.envelope);
      envelope[at]! ^= 1;
      await expect(vault.open(practice, [{ ...one, envelope }]), `byte ${at}`).rejects.toThrow(SealBroken);
    }
  });

  test('of one practice has keys that no other practice has', async () => {
    const elsewhere = uuidv7();
    await vault.seal(practice, [about([anna])]);
    await vault.seal(elsewhere, [about([anna])]);

    expect(await vault.deriveIndexKey(practice, 'email')).not.toEqual(
      await vault.deriveIndexKey(elsewhere, 'email'),
    );
    const { rows } = await owner.query(
      'select distinct commitment from vault.data_key where subject_id = $1 and kind = $2',
      [anna, 'record'],
    );
    expect(rows).toHaveLength(2);
  });
});

/** HKDF-SHA256 for one block, by hand. */
function hkdf(key: Buffer, use: string): Buffer {
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(key).digest();
  return createHmac('sha256', extracted).update(use).update(Buffer.of(1)).digest();
}

test('an envelope opens with the tools of others, from the root key on', async () => {
  const one = await sealed(about([ben, anna], { kind: 'psychotherapy_notes' }));
  const openWith = (key: Buffer, bytes: Buffer, bound: object) =>
    Buffer.from(
      gcm(key, bytes.subarray(0, 12), Buffer.from(canonicalize(bound)!)).decrypt(bytes.subarray(12)),
    );
  const [held] = (
    await owner.query<{ wrapped: Buffer }>('select wrapped from vault.practice_key where practice_id = $1', [
      practice,
    ])
  ).rows;
  const practiceKey = openWith(ROOT_KEY, held!.wrapped, { candor: 'practice key', practice, version: '1' });
  const subjects = [anna, ben].sort();
  const dataKeys: Buffer[] = [];
  for (const subject of subjects) {
    const { rows } = await owner.query<{ wrapped: Buffer }>(
      'select wrapped from vault.data_key where practice_id = $1 and subject_id = $2',
      [practice, subject],
    );
    const bound = { practice, practiceKey: 1, subject, kind: 'psychotherapy_notes', version: 1 };
    dataKeys.push(openWith(practiceKey, rows[0]!.wrapped, bound));
  }
  expect(one.envelope.subarray(0, 8).toString('hex')).toBe('0102000200010001');
  const joint = hkdf(Buffer.concat(dataKeys), 'candor/seal/1');
  const text = openWith(joint, one.envelope.subarray(8), {
    practice,
    kind: 'psychotherapy_notes',
    keys: [1, 1],
    subjects,
    place: JSON.parse(one.place) as object,
  });

  expect(text.toString()).toBe('invented words');
});

/** A vault whose queries are noted by their names. */
function listening(): { watched: Vault; queries: string[] } {
  const queries: string[] = [];
  const { pool, stop: end } = openVault(url);
  opened.push(end);
  const query = (...all: Parameters<typeof pool.query>) => {
    queries.push((all[0] as unknown as { name: string }).name);
    return pool.query(...all);
  };
  return { watched: another({ ...({ db: { query } } as object) }), queries };
}

describe('a key', () => {
  test('is made once, however many ask for it first', async () => {
    const vaults = [vault, another(), another()];
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, n) => sealed(about([anna, ben]), vaults[n % 3]!)),
    );

    expect(await another().open(practice, all)).toEqual(all.map(() => 'invented words'));
    const { rows } = await owner.query(
      `select (select count(*) from vault.practice_key where practice_id = $1) as practice, count(*) as data
       from vault.data_key where practice_id = $1`,
      [practice],
    );
    expect(rows).toEqual([{ practice: '1', data: '2' }]);
  });

  test('that is cached is asked for in no query; a thousand that are not, in one', async () => {
    const { watched, queries } = listening();
    const texts = Array.from({ length: 1000 }, () => about([uuidv7()]));
    const envelopes = await vault.seal(practice, texts);
    const all = texts.map((text, n) => ({ ...text, envelope: envelopes[n]! }));

    await watched.open(practice, all);
    await watched.open(practice, all);

    expect(queries).toEqual(['vault.data_keys', 'vault.practice_key']);
  });

  test('that many wait for is asked for once', async () => {
    await sealed(about([ben]));
    const { watched, queries } = listening();

    await Promise.all(Array.from({ length: 20 }, () => sealed(about([anna]), watched)));

    expect(queries.filter((name) => name === 'vault.newest_data_keys')).toHaveLength(1);
  });

  test('is held open for five minutes at most, and no more of them than told', async () => {
    let now = 0;
    const watched = another({ now: () => now, most: 5 });
    const one = await sealed(about([anna]), watched);
    await owner.query("update vault.data_key set commitment = sha256('other') where practice_id = $1", [
      practice,
    ]);

    now = 5 * 60_000 - 1;
    expect(await watched.open(practice, [one])).toEqual(['invented words']);
    now = 10 * 60_000;
    await expect(watched.open(practice, [one])).rejects.toThrow(SealBroken);
    for (let n = 0; n < 10; n++) await sealed(about([uuidv7()]), watched);
    expect(watched.held).toBe(5);
  });

  test('that is not the one committed to is refused', async () => {
    const one = await sealed(about([anna]));
    await owner.query("update vault.data_key set commitment = sha256('other') where practice_id = $1", [
      practice,
    ]);

    await expect(another().open(practice, [one])).rejects.toThrow(SealBroken);
  });

  test('of another person put in the place of hers neither opens nor seals as hers', async () => {
    await sealed(about([ben]));
    const one = await sealed(about([anna]));
    await owner.query(
      `update vault.data_key k set wrapped = b.wrapped, commitment = b.commitment from vault.data_key b
       where k.practice_id = $1 and k.subject_id = $2 and b.practice_id = $1 and b.subject_id = $3`,
      [practice, anna, ben],
    );

    await expect(another().open(practice, [one])).rejects.toThrow(SealBroken);
    await expect(another().seal(practice, [about([anna])])).rejects.toThrow(SealBroken);
  });

  test('that was deleted behind our back is lost, which is an error and not an erasure', async () => {
    const one = await sealed(about([anna]));
    await owner.query('delete from vault.data_key where practice_id = $1', [practice]);

    await expect(another().open(practice, [one])).rejects.toThrow('was not destroyed');
  });

  test('is readable to the role of the vault only, and deleted by nobody', async () => {
    const asService = openPool(url, 1);
    const asVault = openPool(url, 1, 'candor_vault');
    opened.push(
      () => asService.end(),
      () => asVault.end(),
    );
    await expect(asService.query('select * from vault.data_key')).rejects.toThrow('permission denied');
    await expect(asVault.query('delete from vault.data_key')).rejects.toThrow('permission denied');
    await expect(asVault.query('select * from log.event')).rejects.toThrow('permission denied');
  });
});

describe('a destroyed key', () => {
  test('takes with it every text about the person, of every kind, also those about others as well', async () => {
    const texts = [
      await sealed(about([anna])),
      await sealed(about([anna, ben])),
      await sealed(about([anna], { kind: 'psychotherapy_notes' })),
      await sealed(about([ben])),
    ];
    const warm = another();
    await warm.open(practice, texts);

    const keys = await keysOf(anna);
    expect(await warm.destroy(practice, keys)).toBe(2);

    const left = [undefined, undefined, undefined, 'invented words'];
    expect(await warm.open(practice, texts)).toEqual(left);
    expect(await another().open(practice, texts)).toEqual(left);
    expect(await warm.destroyed(practice, [anna, ben])).toEqual(new Set([anna]));
    expect(await warm.destroy(practice, keys)).toBe(0);
  });

  test('takes no key that was made since: each is named by its kind and version', async () => {
    const before = await sealed(about([anna]));
    const named = await keysOf(anna);
    const note = await sealed(about([anna], { kind: 'psychotherapy_notes' }));
    await vault.renew(practice, anna, 'record');
    const after = await sealed(about([anna]));
    expect(await vault.left(practice, named)).toEqual(named);

    expect(await vault.destroy(practice, named)).toBe(1);

    expect(await another().open(practice, [before, note, after])).toEqual([
      undefined,
      'invented words',
      'invented words',
    ]);
    expect(await vault.left(practice, named)).toEqual([]);
    expect(await keysOf(anna)).toHaveLength(2);
  });

  test('is not replaced by a new one: what is said of the person later has a key of its own', async () => {
    const before = await sealed(about([anna]));
    await vault.destroy(practice, await keysOf(anna));
    const after = await sealed(about([anna], { text: 'later' }));

    expect(await another().open(practice, [before, after])).toEqual([undefined, 'later']);
  });

  test('leaves nothing of itself in its row', async () => {
    await sealed(about([anna]));
    await vault.destroy(practice, await keysOf(anna));

    const { rows } = await owner.query(
      'select wrapped, commitment, practice_key from vault.data_key where subject_id = $1',
      [anna],
    );
    expect(rows).toEqual([{ wrapped: null, commitment: null, practice_key: null }]);
  });

  test("of the practice itself is not destroyed like a person's", async () => {
    await vault.seal(practice, [about([], { kind: 'read_models' })]);
    await expect(vault.destroy(practice, await keysOf(practice))).rejects.toThrow('not destroyed one by one');
  });
});

describe('a new', () => {
  test('version of a key seals what comes; what was sealed before opens as before', async () => {
    const before = await sealed(about([anna]));
    await vault.renew(practice, anna, 'record');
    const after = await sealed(about([anna]));

    expect([before.envelope.readUInt16BE(4), after.envelope.readUInt16BE(4)]).toEqual([1, 2]);
    expect(await another().open(practice, [before, after])).toEqual(['invented words', 'invented words']);
  });

  test('practice key changes no envelope, and the former one is gone', async () => {
    const texts = await Promise.all(
      [about([anna]), about([anna, ben]), about([])].map((text) => sealed(text)),
    );
    const slow = another();
    await slow.open(practice, texts);

    expect(await vault.rotatePractice(practice)).toBe(3);

    expect(await another().open(practice, texts)).toEqual(texts.map(() => 'invented words'));
    const { rows } = await owner.query('select version from vault.practice_key where practice_id = $1', [
      practice,
    ]);
    expect(rows).toEqual([{ version: 2 }]);
    // Who still holds the former one open makes new keys all the same.
    expect(await slow.open(practice, [await sealed(about([uuidv7()]), slow)])).toEqual(['invented words']);
  });

  test('practice key that was begun and cut off is gone on with', async () => {
    const one = await sealed(about([anna]));
    await vault.seal(practice, [about([ben])]);
    // As if the first of two had been wrapped when it ended.
    const failing = another();
    let wraps = 0;
    const keys = (
      failing as unknown as { practiceKeys: { wrapDataKey(...all: unknown[]): Promise<unknown> } }
    ).practiceKeys;
    const wrapDataKey = keys.wrapDataKey.bind(keys);
    keys.wrapDataKey = (...all) =>
      ++wraps === 2 ? Promise.reject(new Error('cut off')) : wrapDataKey(...all);
    await expect(failing.rotatePractice(practice)).rejects.toMatchObject({ code: 'keys_unavailable' });

    await vault.rotatePractice(practice);

    const { rows } = await owner.query('select version from vault.practice_key where practice_id = $1', [
      practice,
    ]);
    expect(rows).toEqual([{ version: 2 }]);
    expect(await another().open(practice, [one])).toEqual(['invented words']);
  });

  test('root key wraps what the former one wrapped; afterwards the former one is not needed', async () => {
    const one = await sealed(about([anna]));
    const next = localProvider(Buffer.alloc(32, 'the next root key'));
    const both = another({ providers: [next, localProvider(ROOT_KEY)] });
    await expect(another({ providers: [next] }).open(practice, [one])).rejects.toMatchObject({
      code: 'keys_unavailable',
    });

    expect(await both.rotateRoot()).toBeGreaterThan(0);

    const after = another({ providers: [next] });
    expect(await after.open(practice, [one])).toEqual(['invented words']);
    expect(await both.rotateRoot()).toBe(0);
    // Back again, for the tests that follow.
    await another({ providers: [localProvider(ROOT_KEY), next] }).rotateRoot();
  });
});

describe('when the root key is not to be had', () => {
  const down: KeyProvider = {
    name: localProvider(ROOT_KEY).name,
    wrap: () => Promise.reject(new Error('KMS is down')),
    unwrap: () => Promise.reject(new Error('KMS is down')),
  };

  test('nothing is sealed and nothing opened, and it says so', async () => {
    const one = await sealed(about([anna]));
    const reported: string[] = [];
    const without = another({ providers: [down], report: (message) => void reported.push(message) });

    await expect(without.open(practice, [one])).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'keys_unavailable',
    });
    await expect(without.seal(uuidv7(), [about([])])).rejects.toMatchObject({ kind: 'unavailable' });
    expect(reported).toEqual(['keys cannot be had: KMS is down', 'keys cannot be had: KMS is down']);
  });

  test('it is asked once, however many wait for it', async () => {
    const one = await sealed(about([anna]));
    let asked = 0;
    const provider = localProvider(ROOT_KEY);
    const counted = another({
      providers: [{ ...provider, unwrap: (...all) => (asked++, provider.unwrap(...all)) }],
    });

    await Promise.all(Array.from({ length: 20 }, () => counted.open(practice, [one])));

    expect(asked).toBe(1);
  });
});

describe('the key of a blind index', () => {
  test('is one for each field, practice and person, and stays when keys are renewed', async () => {
    const of = (field: string, subject?: string) => another().deriveIndexKey(practice, field, subject);
    const all = [await of('email'), await of('phone'), await of('email', anna), await of('email', ben)];
    expect(new Set(all.map((key) => key!.toString('hex'))).size).toBe(4);

    await vault.renew(practice, practice, 'read_models');
    await vault.rotatePractice(practice);

    expect(await of('email')).toEqual(all[0]);
  });

  test('goes with the person', async () => {
    await vault.deriveIndexKey(practice, 'email', anna);
    await vault.destroy(practice, await keysOf(anna));

    expect(await vault.deriveIndexKey(practice, 'email', anna)).toBeUndefined();
  });
});

describe('at the start', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'candor-vault-'));
    return () => rm(home, { recursive: true });
  });
  const begin = async (rootKey: RootKey, previous?: RootKey) => {
    const pool = openPool(url, 1, 'candor_vault');
    opened.push(() => pool.end());
    return openVaultOf({ db: pool, rootKey, previous, home, note: () => undefined });
  };

  test('a root key that something is sealed under must be there: in its place, or named as the previous one', async () => {
    const one = await sealed(about([anna]));
    const next: RootKey = { in: 'environment', key: Buffer.alloc(32, 'next') };

    await expect(begin({ in: 'file' })).rejects.toThrow('no root key in');
    await expect(begin(next)).rejects.toThrow(localProvider(ROOT_KEY).name);

    const both = await begin(next, { in: 'environment', key: ROOT_KEY });
    expect(await both.open(practice, [one])).toEqual(['invented words']);
    both.close();
  });
});
