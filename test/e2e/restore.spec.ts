import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#libs/embedded-postgres';
import { closePools, openPool, openPools } from '#libs/event-store';
import { Sealer } from '#libs/ledger';
import { exportBundle } from '../../apps/cli/src/export.command.js';
import { acceptRestore } from '../../apps/cli/src/restore.command.js';
import { verifyBundle } from '../../apps/cli/src/verify-bundle.command.js';
import { createApp } from '../../apps/api/src/create-app.js';
import { migrate } from '../../migrations/data-source.js';
import { Service } from '../support/http-kit.js';
import { givenClient } from '../support/story.js';
import { ROOT } from '../support/process.js';
import { likeThis, npmIn, stepsOf } from '../support/readme.js';
import { openVault, ROOT_KEY } from '../support/vault-kit.js';

/** as in the README */
const NAME = 'Lindenhof Practice (demo, invented)';
let folder: string;
let dataDir: string;
let server: EmbeddedPostgres;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `candor-test-${process.pid}-`));
  dataDir = join(folder, 'pg');
  server = await startEmbeddedPostgres({ dataDir, durable: true });
  await migrate(server.url);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, maxRetries: 5 });
});

/** The service and a sealer on the database as it is now, for the length of some work. */
async function running(
  practices: Service['practices'],
  work: (service: Service, sealer: Sealer) => Promise<void>,
) {
  const pools = openPools(server.url, 10);
  const sealing = openPool(server.url, 2, 'candor_sealer');
  const keys = openVault(server.url);
  const app = await createApp({ ...pools, vault: keys.vault, secret: Buffer.alloc(32) });
  const service = new Service(app, server.url);
  Object.assign(service.practices, practices);
  const sealer = new Sealer({
    pool: sealing,
    seed: Buffer.alloc(32, 7),
    host: 'candor.example',
    home: join(folder, 'checkpoints'),
    report: () => undefined,
  });
  await sealer.remember();
  await work(service, sealer);
  await app.close();
  await sealing.end();
  await closePools(pools);
  await keys.stop();
}

/** Types a command of the README, and then an answer. */
function atPrompt(command: string, variables: Record<string, string>, answer: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${npmIn(folder)}\n${command}`], {
    env: {
      ...process.env,
      DATABASE_URL: server.url,
      CANDOR_ROOT_KEY: ROOT_KEY.toString('base64'),
      ...variables,
    },
    input: answer,
    encoding: 'utf8',
  });
  const shown = stderr
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
  return { status, stdout, shown };
}

test('a backup that was put back is refused until somebody accepts it, and both generations can be verified', async () => {
  const practices: Service['practices'] = {};
  await running(practices, async (service, sealer) => {
    Object.assign(practices, { first: await service.addPractice(NAME) });
    await sealer.sealAll();
  });
  await server.stop();
  await cp(dataDir, join(folder, 'backup'), { recursive: true });
  server = await startEmbeddedPostgres({ dataDir, durable: true });
  let signed = 0;
  await running(practices, async (service, sealer) => {
    for (let n = 0; n < 3; n++) await givenClient(service);
    signed = await service.position();
    await sealer.sealAll();
  });
  const { id } = practices.first!;
  const kept = join(folder, 'kept-checkpoint');
  await cp(join(folder, 'checkpoints', encodeURIComponent(`candor.example/log/${id}`)), kept);

  await server.stop();
  await rm(dataDir, { recursive: true });
  await rename(join(folder, 'backup'), dataDir);
  server = await startEmbeddedPostgres({ dataDir, durable: true });

  await running(practices, async (service, sealer) => {
    await sealer.sealAll();
    const before = await service.position();
    expect(before).toBe(signed - 3);
    await service.refused(503, 'log_restored', () => service.post('owner', '/v1/rooms', { name: 'Attic' }));
    expect((await service.get('owner', '/health/ready')).body.code).toBe('log_restored');
    const { body: integrity } = await service.get('auditor', '/v1/integrity');
    expect(integrity).toMatchObject({
      whole: false,
      logs: [{ log: 'events', behind: { size: signed } }, {}],
    });

    const said: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const out = join(folder, 'bundle');
    const told = stepsOf(await readFile(join(ROOT, 'README.md'), 'utf8')).find(({ shell }) =>
      shell.includes('restore accept'),
    )!;
    const unanswered = atPrompt(told.shell, { PRACTICE: id }, '');
    expect([unanswered.status, unanswered.shown.at(-1)]).toEqual([
      2,
      expect.stringContaining('run it in a terminal, or add --yes.'),
    ]);
    const mistyped = atPrompt(told.shell, { PRACTICE: id }, 'Lindenhaus\n');
    expect([mistyped.status, mistyped.shown.at(-1)]).toEqual([
      2,
      expect.stringContaining('That is not the name of the practice. Nothing was accepted;'),
    ]);
    const verify = 'npm run candor -- verify --practice $PRACTICE';
    expect(atPrompt(verify, { PRACTICE: id }, '')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(
        `practice ${id}: BEHIND: ${signed} entries were signed, the database has ${before}. An older state was put back; see npm run candor -- restore accept --help.\n`,
      ),
    });
    const accepted = atPrompt(told.shell, { PRACTICE: id }, `${NAME}\n`);
    expect(accepted.shown).toEqual(told.lines!.map((line) => expect.stringMatching(likeThis(line))));
    expect([accepted.status, accepted.stdout]).toEqual([0, `accepted at position ${before + 1}\n`]);
    await expect(acceptRestore(service.store, { practice: id, reason: 'Again.', yes: true })).resolves.toBe(
      0,
    );
    await service.done('owner', '/v1/rooms', { name: 'Attic' });
    await sealer.sealAll();
    expect(atPrompt(verify, { PRACTICE: id }, '')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /: WHOLE, \d+ entries are what was signed, in generation 2 after a restore\n/,
      ),
    });
    await exportBundle(service.store, { practice: id, out });
    const code = await verifyBundle({ bundle: out, checkpoint: [kept] });
    vi.restoreAllMocks();

    expect([code, said.join('')]).toEqual([
      0,
      expect.stringContaining(`of ${signed} events signed before, 3 were lost (The disk broke; `),
    ]);
    expect(said.join('')).toContain(`the older checkpoint of ${signed} events was lost in that restore`);
    expect(await readFile(join(out, 'checkpoint'), 'utf8')).toContain(`candor.example/log/${id}/2\n`);
    expect((await service.get('auditor', '/v1/integrity')).body).toMatchObject({
      whole: true,
      logs: [{ generation: 2 }, {}],
    });
  });
}, 60_000);
