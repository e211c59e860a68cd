import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, printed, ROOT, startProcess, type Started } from '../support/process.js';

const TOKEN = 'owner-token-for-this-test-only';
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-process-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** The process that signs beside the service. */
function sealerOf({ process: { pid } }: Started): number {
  const found = processes().find((line) => new RegExp(`^ *\\d+ +${pid} .*sealer`).test(line));
  return Number(found?.trim().split(' ')[0]);
}

/** `pid parent command`, a line each. Small images of Linux have no `ps`. */
const processes = (): string[] =>
  process.platform === 'linux'
    ? readdirSync('/proc')
        .filter((name) => Number(name) > 0)
        .map(processLine)
    : execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');

function processLine(pid: string): string {
  try {
    const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!;
    return `${pid} ${parent} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`;
  } catch {
    return ''; // it has ended meanwhile
  }
}

describe('the service as a process', () => {
  it('names every wrong variable at once, and exits with 2', async () => {
    const started = startProcess({
      CANDOR_HOME: folder,
      PORT: 'eighty',
      DATABASE_URL: 'mysql://x',
      SEED: 'maybe',
      CANDOR_OWNER_TOKEN: 'short',
    });
    expect(await started.exited).toBe(2);
    for (const name of ['PORT', 'DATABASE_URL', 'SEED', 'CANDOR_OWNER_TOKEN'])
      expect(started.output()).toContain(name);
  });

  it('told to stop while the demo is loaded says so, and ends with 0', async () => {
    const service = startProcess({ CANDOR_HOME: join(folder, 'demo'), PORT: String(await freePort()) });
    await printed(service, 'commands\n');
    service.process.kill('SIGINT');

    expect(await service.exited).toBe(0);
    expect(service.output()).toContain('candor: stopped while loading the demo; the next start goes on.\n');
    expect(service.output()).not.toContain('    at ');
  });

  it('killed in the middle of a load and started again has every acknowledged command, once', async () => {
    const home = join(folder, 'home');
    const port = await freePort();
    const env = { CANDOR_HOME: home, PORT: String(port), SEED: 'none', CANDOR_OWNER_TOKEN: TOKEN };
    const headers = (key: string) => ({
      Authorization: `Bearer ${TOKEN}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
    });
    const draft = (key: string) =>
      fetch(`http://127.0.0.1:${port}/v1/documents`, {
        method: 'POST',
        headers: headers(key),
        body: JSON.stringify({
          kind: 'consent_form',
          title: `Invented ${key}`,
          locale: 'en',
          text: 'In plain words.',
          elements: [],
        }),
      });
    const acknowledged = new Map<string, unknown>();
    const unsure: string[] = [];

    let service: Started = startProcess(env);
    for (let round = 0; round < 2; round++) {
      await printed(service, 'Candor serves on');
      const writers = Array.from({ length: 8 }, async () => {
        for (;;) {
          const key = randomUUID();
          try {
            const answer = await draft(key);
            if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
            acknowledged.set(key, await answer.json());
          } catch {
            return void unsure.push(key);
          }
        }
      });
      while (acknowledged.size < 60 * (round + 1)) await new Promise((resolve) => setTimeout(resolve, 5));
      const postmaster = Number((await readFile(join(home, 'pg', 'postmaster.pid'), 'utf8')).split('\n')[0]);
      const sealer = sealerOf(service);
      expect(sealer).toBeGreaterThan(0);
      service.process.kill('SIGKILL');
      await Promise.all(writers);
      for (
        const until = Date.now() + 15_000;
        (isRunning(postmaster) || isRunning(sealer)) && Date.now() < until;
      )
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(isRunning(postmaster), 'no PostgreSQL is left behind').toBe(false);
      expect(isRunning(sealer), 'and no sealer').toBe(false);
      service = startProcess(env);
    }
    await printed(service, 'Candor serves on');
    expect(acknowledged.size).toBeGreaterThanOrEqual(120);

    for (const [key, receipt] of acknowledged) {
      const again = await draft(key);
      expect([again.status, again.headers.get('idempotency-replayed'), await again.json()]).toEqual([
        201,
        'true',
        receipt,
      ]);
    }
    for (const key of unsure) expect((await draft(key)).status).toBe(201);
    const events = await fetch(`http://127.0.0.1:${port}/v1/events?type=DocumentDrafted`, {
      headers: { ...headers(randomUUID()), Accept: 'application/x-ndjson' },
    });
    const lines = (await events.text()).trim().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({
      kind: 'footer',
      count: acknowledged.size + unsure.length,
    });

    const second = startProcess({ ...env, CANDOR_HOME: join(folder, 'other') });
    expect(await second.exited).toBe(2);
    expect(second.output()).toContain(`PORT=${port + 1} npm start`);
    const third = startProcess({ ...env, PORT: String(await freePort()) });
    expect(await third.exited).toBe(1);
    expect(third.output()).toContain('already running');

    service.process.kill('SIGINT');
    expect(await service.exited).toBe(0);
  }, 120_000);
});

describe('the command line tool', () => {
  it('on a database that was never set up says so, and leaves nothing behind', () => {
    const home = join(folder, 'never');
    const { DATABASE_URL: _url, ...env } = process.env;
    for (const command of ['verify', 'rebuild --all', `token ${randomUUID()}`]) {
      const { status, stderr } = spawnSync(
        process.execPath,
        [join(ROOT, 'dist/apps/cli/src/main.js'), ...command.split(' ')],
        { env: { ...env, CANDOR_HOME: home }, encoding: 'utf8' },
      );
      expect([status, stderr]).toEqual([
        2,
        'candor: This database has never been set up. Run npm start first, or npm run candor -- migrate.\n',
      ]);
    }
    expect(existsSync(home)).toBe(false);
  });
});
