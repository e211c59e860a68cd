import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openPool } from '#libs/event-store';
import { consent } from '#libs/consent';
import { Sealer } from '#libs/ledger';
import { exportBundle } from '../../apps/cli/src/export.command.js';
import { replay } from '../../apps/cli/src/replay.command.js';
import { verifyBundle } from '../../apps/cli/src/verify-bundle.command.js';
import { startService, type Service } from '../support/http-kit.js';
import { givenConsent, givenRelationship, happens, type Story } from '../support/story.js';

let service: Service;
let sealer: Sealer;
let stop: () => Promise<void>;
let folder: string;
/** one who gave consent and withdrew it, and two of a couple of whom one has given it */
let withdrawn: Story;
let couple: Story;
/** before the withdrawal was known */
let before: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-bundle-'));
  const started = await startService();
  service = started.service;
  const pool = openPool(service.databaseUrl, 2, 'candor_sealer');
  sealer = new Sealer({ pool, seed: Buffer.alloc(32, 5), host: 'candor.example', report: () => undefined });
  stop = async () => {
    await pool.end();
    await started.stop();
    await rm(folder, { recursive: true });
  };
  withdrawn = await givenRelationship(service);
  const consentId = await givenConsent(service, withdrawn);
  couple = await givenRelationship(service, { kind: 'couple' });
  await givenConsent(service, couple);
  before = service.store.clock.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await happens(service, consent, consentId, {
    type: 'WithdrawConsent',
    by: 'self',
    channel: 'in_person',
    scope: { kind: 'all' },
  });
  for (const clientId of [withdrawn.clientId, couple.clientIds[0]!, withdrawn.clientId])
    await service.get('therapist', `/v1/clients/${clientId}`);
  await sealer.sealAll();
});
afterAll(() => stop());
afterEach(() => vi.restoreAllMocks());

/** What a command says on stdout, and the code it ends with. */
async function told(command: () => Promise<number>): Promise<[number, string]> {
  let text = '';
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const code = await command();
  out.mockRestore();
  return [code, text];
}
const practice = () => service.first.id;
const exported = async (
  name: string,
  more: { client?: string; withText?: boolean; access?: boolean; checkpoint?: string[] } = {},
): Promise<string> => {
  const out = join(folder, name);
  expect(await told(() => exportBundle(service.store, { practice: practice(), out, ...more }))).toEqual([
    0,
    '',
  ]);
  return out;
};
const eventsIn = (bundle: string) => readFile(join(bundle, 'events.ndjson'), 'utf8');
const readsIn = (bundle: string) => readFile(join(bundle, 'access.ndjson'), 'utf8');
/** One line taken away, so that nothing of the file itself tells. */
const without = (text: string, index: number): string => {
  const lines = text.trimEnd().split('\n').toSpliced(index, 1);
  const { position: lastPosition, leafHash: lastLeafHash } = JSON.parse(lines.at(-2)!);
  const footer = { kind: 'footer', count: lines.length - 2, lastPosition, lastLeafHash };
  return `${[...lines.slice(0, -1), JSON.stringify(footer)].join('\n')}\n`;
};

describe('an exported history', () => {
  test.each(['all', 'one client'])(
    '(%s) says of a client byte for byte what the service says',
    async (what) => {
      for (const clientId of [withdrawn.clientId, ...couple.clientIds]) {
        const client = what === 'all' ? {} : { client: clientId };
        const bundle = await exported(what === 'all' ? 'all' : clientId, client);
        expect(await told(() => verifyBundle({ bundle }))).toEqual([0, expect.stringMatching(/^WHOLE/)]);
        const now = service.store.clock.now();
        for (const [at, knownAt] of [
          [now, now],
          [before, before],
          [now, before],
          [before, now],
          ['2030-01-01T00:00:00.000Z', now],
        ] as const) {
          const { text } = await service.get(
            'auditor',
            `/v1/clients/${clientId}/consent-status?at=${at}&knownAt=${knownAt}`,
          );
          expect(await told(() => replay({ bundle, client: clientId, at, knownAt }))).toEqual([
            0,
            `${text}\n`,
          ]);
        }
      }
    },
  );

  test('tells what changed between two states of knowledge', async () => {
    const bundle = await exported('all');
    const now = service.store.clock.now();

    const [, text] = await told(() =>
      replay({ bundle, client: withdrawn.clientId, at: now, knownAt: before, diff: now }),
    );

    const { changes, knownAt } = JSON.parse(text);
    expect(knownAt).toEqual([before, now]);
    expect(changes).toContainEqual({ path: '/overall', before: 'given', after: 'withdrawn' });
  });

  test('goes on where its export was interrupted, in the middle of a line, and ends the same', async () => {
    const whole = await eventsIn(await exported('all'));
    const bundle = await exported('interrupted');
    await truncate(join(bundle, 'events.ndjson'), Math.floor(whole.length / 2));
    expect(await told(() => verifyBundle({ bundle }))).toEqual([1, expect.stringContaining('was cut off')]);

    await exported('interrupted');

    expect(await eventsIn(bundle)).toBe(whole);
    await expect(exported('interrupted', { client: withdrawn.clientId })).rejects.toThrow('another export');
  });

  test('can be written to stdout instead', async () => {
    const whole = await eventsIn(await exported('all'));

    const [code, text] = await told(async () => {
      const { Writable } = await import('node:stream');
      const real = process.stdout;
      const sink = new Writable({
        write: (chunk, _encoding, done) => {
          real.write(chunk);
          done();
        },
      });
      vi.spyOn(process, 'stdout', 'get').mockReturnValue(sink as unknown as typeof process.stdout);
      return exportBundle(service.store, { practice: practice(), out: '-' });
    });

    expect([code, text]).toEqual([0, whole]);
  });

  test('holds nobody’s name or words in clear, unless it was asked to, and then of one client only theirs', async () => {
    const [one, other] = couple.clientIds as [string, string];

    expect(await eventsIn(await exported('all'))).not.toContain('Ada Sample');
    const readable = await exported('readable', { client: one, withText: true });

    expect(await told(() => verifyBundle({ bundle: readable }))).toEqual([
      0,
      expect.stringMatching(/^WHOLE/),
    ]);
    const events = (await eventsIn(readable))
      .trimEnd()
      .split('\n')
      .slice(1, -1)
      .map((line) => JSON.parse(line));
    const worded = events.filter(({ text }) => text !== undefined);
    expect(JSON.stringify(worded)).toContain('Ada Sample');
    expect(worded.filter(({ subjects }) => !subjects.includes(one))).toEqual([]);
    expect(events.filter(({ stream }) => stream === `client-${other}`)).toHaveLength(1);
  });

  test('tells who has read what, and of one client what was read about them', async () => {
    const all = await exported('all');
    const [code, said] = await told(() => verifyBundle({ bundle: all }));
    const ofOne = await exported('reads', { client: withdrawn.clientId });
    const [codeOfOne, saidOfOne] = await told(() => verifyBundle({ bundle: ofOne }));

    expect([code, codeOfOne]).toEqual([0, 0]);
    const access = `candor.example/access/${practice()}`;
    expect(said).toContain(`its access log: WHOLE, 3 reads are what was signed as ${access}\n`);
    expect(saidOfOne).toContain(`its access log: WHOLE, 2 reads are what was signed as ${access}\n`);
    const read = (await readsIn(ofOne))
      .split('\n')
      .slice(1, 3)
      .map((line) => JSON.parse(line));
    expect(read).toMatchObject(
      [1, 3].map((position) => ({
        position,
        data: { actor: { id: service.first.staff.therapist }, clientIds: [withdrawn.clientId] },
      })),
    );
  });

  test('whose access log was tampered with is found out, at the first entry', async () => {
    const bundle = await exported('read by nobody');
    const text = await readsIn(bundle);
    await writeFile(join(bundle, 'access.ndjson'), text.replace('"treatment"', '"operations"'));

    expect(await told(() => verifyBundle({ bundle }))).toEqual([
      1,
      expect.stringMatching(/\nits access log: TAMPERED, first bad position 1: it is not what was hashed\n$/),
    ]);
  });

  test('is the same after its access log was cut off in the middle, and says so when it has none', async () => {
    const whole = await readsIn(await exported('all'));
    const bundle = await exported('without reads', { access: false });
    const [, said] = await told(() => verifyBundle({ bundle }));
    expect(said).toContain('the log of who has read what is not in it');
    const kept = join(folder, 'kept');
    await writeFile(kept, await readFile(join(folder, 'all', 'access-checkpoint'), 'utf8'));
    await expect(told(() => verifyBundle({ bundle, checkpoint: [kept] }))).rejects.toThrow(
      'though it was signed',
    );

    await exported('without reads');
    await truncate(join(bundle, 'access.ndjson'), Math.floor(whole.length / 2));
    expect(await told(() => verifyBundle({ bundle }))).toEqual([1, expect.stringContaining('was cut off')]);
    await exported('without reads');

    expect(await readsIn(bundle)).toBe(whole);
    expect(await told(() => verifyBundle({ bundle, checkpoint: [kept] }))).toEqual([
      0,
      expect.stringContaining('it grew from the older checkpoint of 3 reads'),
    ]);
  });

  test.each(['events.ndjson', 'access.ndjson'])(
    'of one client that lacks something in %s is found out next to the whole',
    async (file) => {
      const { clientId } = withdrawn;
      const [whole, bundle] = [
        await exported('all'),
        await exported(`lacking ${file}`, { client: clientId }),
      ];
      expect(await told(() => verifyBundle({ bundle, whole }))).toEqual([
        0,
        expect.stringContaining('nothing that names the client was left out of it\n'),
      ]);
      const lines = (await readFile(join(bundle, file), 'utf8')).trimEnd().split('\n');
      const lastOf = lines.findLastIndex(
        (line) => line.includes(`"${clientId}"`) && line.includes('"position"'),
      );
      const { position } = JSON.parse(lines[lastOf]!);
      await writeFile(join(bundle, file), without(lines.join('\n'), lastOf));

      expect(await told(() => verifyBundle({ bundle })), 'by itself it is whole').toEqual([
        0,
        expect.stringContaining(
          'whether something was left out it cannot tell: compare it with --whole <an export of everything>\n',
        ),
      ]);
      expect(await told(() => verifyBundle({ bundle, whole }))).toEqual([
        1,
        expect.stringContaining(
          `TAMPERED, first bad position ${position}: it names the client, and was left out`,
        ),
      ]);
      await expect(told(() => verifyBundle({ bundle: whole, whole: bundle }))).rejects.toThrow(
        '--whole compares',
      );
    },
  );

  test('whose access log is of another client is found out', async () => {
    const { clientId: client } = withdrawn;
    const bundle = await exported('mixed', { client });
    const ofAnother = await exported('of another', { client: couple.clientIds[0]! });
    await writeFile(join(bundle, 'access.ndjson'), await readsIn(ofAnother));

    expect(await told(() => verifyBundle({ bundle, whole: join(folder, 'all') }))).toEqual([
      1,
      expect.stringMatching(/\nits access log: TAMPERED, first bad position 1: it is of another .* client/),
    ]);
  });

  test('of one client is not said to lack nothing when only its events could be compared', async () => {
    const { clientId: client } = withdrawn;
    const [bundle, whole] = [await exported('compared', { client }), await exported('all')];
    const silent = await exported('all without reads', { access: false });
    const verdict = [0, expect.stringMatching(/\nno event that names the client was left out of it; .*\n/)];

    expect(await told(() => verifyBundle({ bundle, whole: silent }))).toEqual(verdict);
    const without = await exported('compared without reads', { client, access: false });
    expect(await told(() => verifyBundle({ bundle: without, whole }))).toEqual(verdict);
  });

  test('that was tampered with says nothing about anybody', async () => {
    const bundle = await exported('tampered');
    const text = await eventsIn(bundle);
    await writeFile(join(bundle, 'events.ndjson'), text.replace('"ConsentWithdrawn"', '"ConsentReviewed"'));
    const client = withdrawn.clientId;

    expect(await told(() => verifyBundle({ bundle }))).toEqual([1, expect.stringMatching(/^TAMPERED/)]);
    expect(await told(() => replay({ bundle, client }))).toEqual([1, '']);
  });

  test('of one client that is newer than the whole is compared with it, if it says how it grew from it', async () => {
    const { clientId: client } = withdrawn;
    const whole = await exported('all');
    await service.get('therapist', `/v1/clients/${client}`);
    await givenRelationship(service);
    await sealer.sealAll();
    const checkpoint = [join(whole, 'checkpoint'), join(whole, 'access-checkpoint')];
    const [grown, silent] = [
      await exported('grown', { client, checkpoint }),
      await exported('silent', { client }),
    ];

    expect(await told(() => verifyBundle({ bundle: grown, whole }))).toEqual([
      0,
      expect.stringContaining('nothing that names the client was left out of it\n'),
    ]);
    await expect(told(() => verifyBundle({ bundle: silent, whole }))).rejects.toThrow(
      `--checkpoint ${join(whole, 'checkpoint')}.`,
    );
  });

  test('that is finished is not taken for a newer one', async () => {
    const out = join(folder, 'all');
    const before = await eventsIn(out);
    const { to } = JSON.parse(before.slice(0, before.indexOf('\n')));
    await sealer.sealAll();
    const signed = await service.position();
    expect(signed).toBeGreaterThan(to);

    await expect(exportBundle(service.store, { practice: practice(), out })).rejects.toThrow(
      `${out} is an export of ${to} entries, made before; ${signed} are signed now. Nothing was written.`,
    );
    expect(await eventsIn(out)).toBe(before);
    const newer = await exported('newer');
    await exported('newer');
    await expect(
      told(() => verifyBundle({ bundle: out, checkpoint: [join(newer, 'checkpoint')] })),
    ).resolves.toEqual([
      1,
      expect.stringContaining(
        `it ends at ${to}, but ${signed} entries were signed: it was cut off, or exported before that checkpoint.`,
      ),
    ]);
  });

  test('that cannot be judged is named, and so is a file that is not there or is of another log', async () => {
    const bundle = join(folder, 'all');
    const file = join(folder, 'no bundle');
    await writeFile(file, 'to do: nothing\n');
    const foreign = join(folder, 'foreign');
    await writeFile(
      foreign,
      (await readFile(join(bundle, 'checkpoint'), 'utf8')).replace('example', 'other'),
    );

    await expect(told(() => verifyBundle({ bundle: file }))).rejects.toThrow(`${file}: It does not begin`);
    await expect(told(() => verifyBundle({ bundle, checkpoint: [foreign] }))).rejects.toThrow(
      `${foreign}: The older checkpoint is not one of this log`,
    );
    for (const more of [{ key: 'nofile' }, { checkpoint: ['nofile'] }])
      await expect(told(() => verifyBundle({ bundle, ...more }))).rejects.toThrow('There is no file nofile.');
  });

  test('is of one practice and one client that exist', async () => {
    const out = join(folder, 'nobody');
    const nobody = '0190aaaa-0000-7000-8000-000000000009';

    await expect(exportBundle(service.store, { practice: nobody, out })).rejects.toThrow('signed');
    await expect(exportBundle(service.store, { practice: practice(), client: nobody, out })).rejects.toThrow(
      'no client',
    );
  });
});
