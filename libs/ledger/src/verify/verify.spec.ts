import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accessLeafHash } from '#libs/access';
import { Catalogue, leafHashOf, openPool, Reader, type EventStore } from '#libs/event-store';
import { sha256, streamOf, uuidv7 } from '#libs/kernel';
import {
  append,
  begin,
  logRead,
  oneTo,
  pending,
  startLog,
  type Log,
} from '../../../../test/support/log-kit.js';
import { headerOf, readLinesOf } from '../bundle/export.reader.js';
import { Sealer } from '../sealer/sealer.service.js';
import { verifyLog } from './verify.js';
import { verifyTree } from './verify.reader.js';

let log: Log;
let store: EventStore;
let sealer: Sealer;
let pool: pg.Pool;
let stop: () => Promise<void>;
let practice: string;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
  pool = openPool(log.url, 2, 'candor_sealer');
  sealer = new Sealer({ pool, seed: Buffer.alloc(32, 1), host: 'candor.example', report: () => undefined });
  stop = async () => {
    await pool.end();
    await log.stop();
  };
});
afterAll(() => stop());
beforeEach(async () => {
  practice = uuidv7();
  for (const count of [3, 4, 2]) {
    await Promise.all(oneTo(count).map(() => store.append(practice, begin(practice))));
    await sealer.seal(practice);
  }
  await store.append(practice, begin(practice));
});

const verdict = (key?: string) =>
  verifyTree(pool, { practiceId: practice, log: 'events' }, key, () => undefined);

/** As a superuser, who can switch the triggers off. */
async function tamper(...statements: string[]): Promise<void> {
  const client = await log.owner.connect();
  await client.query("set session_replication_role = 'replica'");
  await client.query('alter table log.event disable trigger append_only');
  for (const statement of statements) await client.query(statement.replaceAll(':practice', `'${practice}'`));
  await client.query('alter table log.event enable always trigger append_only');
  await client.query('reset session_replication_role');
  client.release();
}

const ATTACKS: [string, number, string[]][] = [
  ['edited', 5, [`update log.event set data = '{"by":99}' where practice_id = :practice and position = 5`]],
  [
    'edited together with its hash',
    5,
    [
      `update log.event set leaf_hash = decode('${sha256('x')}', 'hex'), data = '{"by":99}' where practice_id = :practice and position = 5`,
    ],
  ],
  [
    'given another time',
    2,
    [
      `update log.event set recorded_at = recorded_at - interval '1 hour' where practice_id = :practice and position = 2`,
    ],
  ],
  ['deleted', 6, ['delete from log.event where practice_id = :practice and position = 6']],
  ['cut off', 8, ['delete from log.event where practice_id = :practice and position >= 8']],
  [
    'swapped with its neighbour',
    4,
    [
      'update log.event set position = -position where practice_id = :practice and position in (4, 5)',
      'update log.event set position = 9 + position where practice_id = :practice and position < 0',
    ],
  ],
  [
    'deleted, and those after it moved up',
    3,
    [
      'delete from log.event where practice_id = :practice and position = 3',
      'update log.event set position = -position where practice_id = :practice and position > 3',
      'update log.event set position = -position - 1 where practice_id = :practice and position < 0',
    ],
  ],
];

describe('a history', () => {
  test('that nobody touched is whole', async () => {
    expect(await verdict()).toMatchObject({ whole: true, events: 10, sealed: 9, erased: 0, generation: 1 });
  });

  test.each(ATTACKS)('whose event was %s is not, from position %i on', async (_, position, statements) => {
    await tamper(...statements);

    expect(await verdict()).toMatchObject({ whole: false, firstBad: position });
  });

  test('whose last event was edited before it was signed looks whole, unless its hash was forgotten', async () => {
    await tamper(`update log.event set data = '{"by":99}' where practice_id = :practice and position = 10`);

    expect(await verdict()).toMatchObject({ whole: false, firstBad: 10 });
  });

  test('whose sealed words were taken away is not whole', async () => {
    await store.append(
      practice,
      append([pending(practice, streamOf('counter', uuidv7()), 1, { reason: 'words' })]),
    );
    expect(await verdict()).toMatchObject({ whole: true, events: 11 });
    await log.owner.query('alter table log.sealed disable trigger user');
    await log.owner.query('delete from log.sealed where practice_id = $1', [practice]);
    await log.owner.query('alter table log.sealed enable trigger user');

    expect(await verdict()).toMatchObject({ whole: false, firstBad: 11 });
  });

  test('whose words are gone is whole when it says that their key was destroyed', async () => {
    const leafHash = sha256('x');
    const judged = (erases: string) =>
      verifyLog(
        (async function* () {
          yield [
            { position: 1, leafHash, intact: true, lacking: ['ada', 'ben'] },
            { position: 2, leafHash, intact: true, erases },
          ];
        })(),
        [],
      );

    expect(await judged('ada')).toMatchObject({ whole: true, erased: 1 });
    expect(await judged('eve')).toMatchObject({ whole: false, firstBad: 1 });
  });

  test('is not checked against the key of somebody else', async () => {
    await expect(verdict('candor.example/log/x+00000000+AAAA')).rejects.toThrow('no verifier key');
  });
});

/** Reads a note, a verifier key and the entries, and says what Go's own packages make of them. */
const DRIVER = new URL('../../../../test/tlog/main.go', import.meta.url).pathname;
const GOPATH_MODULE = '/usr/share/gocode/src/golang.org/x/mod';
const go = spawnSync('go', ['version']).status === 0 && spawnSync('test', ['-d', GOPATH_MODULE]).status === 0;
if (!go)
  process.stderr.write(
    'skipped: "Go\'s sumdb packages" need the Debian packages golang-go and golang-golang-x-mod-dev\n',
  );

describe.skipIf(!go)("Go's sumdb packages, which we did not write,", () => {
  let folder: string;
  let driver: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'candor-go-'));
    driver = join(folder, 'tlog');
    execFileSync('go', ['build', '-o', driver, DRIVER], {
      env: {
        ...process.env,
        GO111MODULE: 'off',
        GOPATH: '/usr/share/gocode',
        GOFLAGS: '',
        GOCACHE: join(folder, 'cache'),
      },
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function judged(verifierKey: string, note: string, entries: readonly string[]): number | null {
    writeFileSync(join(folder, 'note'), note);
    writeFileSync(join(folder, 'entries'), entries.map((entry) => `${entry}\n`).join(''));
    return spawnSync(driver, [verifierKey, join(folder, 'note'), join(folder, 'entries')]).status;
  }

  test('accept the untouched log, and reject every attack', async () => {
    const judgedNow = async () => {
      const { rows } = await pool.query<{ note: string; verifier_key: string }>(
        'select note, verifier_key from ledger.checkpoint join ledger.log using (practice_id, log) where practice_id = $1 order by checkpoint.size desc limit 1',
        [practice],
      );
      const events = await new Reader(() => pool, new Catalogue([])).unread(practice, 0, 9);
      return judged(rows[0]!.verifier_key, rows[0]!.note, events.map(leafHashOf));
    };

    expect(await judgedNow()).toBe(0);
    for (const [name, , statements] of ATTACKS) {
      practice = uuidv7();
      await Promise.all(oneTo(9).map(() => store.append(practice, begin(practice))));
      await sealer.seal(practice);
      expect(await judgedNow(), `before: ${name}`).toBe(0);
      await tamper(...statements);
      expect(await judgedNow(), name).toBe(1);
    }
  }, 60_000);

  test('accept an exported log of reads, and reject one of which an entry was edited', async () => {
    for (const _ of oneTo(5)) await logRead(store, practice);
    await sealer.seal(practice);
    const wish = { practiceId: practice, log: 'access', withText: false } as const;
    const header = (await headerOf(store.of(practice), wish))!;
    const done = { count: 0, lastPosition: 0, lastLeafHash: null };
    let text = '';
    for await (const lines of readLinesOf(store.of(practice), { header, done }, () => undefined))
      text += lines;
    const judgedAs = (reads: string) =>
      judged(
        header.verifierKey,
        header.checkpoint,
        reads
          .trimEnd()
          .split('\n')
          .slice(0, -1)
          .map((read) => accessLeafHash(JSON.parse(read))),
      );

    expect(judgedAs(text)).toBe(0);
    expect(judgedAs(text.replace('"auditor"', '"owner"'))).toBe(1);
  });
});
