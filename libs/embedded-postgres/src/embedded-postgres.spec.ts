import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';
import { isRunning, readPidFile } from './postmaster.js';

const linux = process.platform === 'linux';
const root = process.getuid?.() === 0;
const namespaces = linux && spawnSync('unshare', ['--user', 'true']).status === 0; // often barred in containers

let folder: string; // mode 0700: other users cannot pass it
let dataDir: string;
const servers: EmbeddedPostgres[] = [];
const parents: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `candor-test-${process.pid}-`));
  dataDir = join(folder, 'pg');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 5 }));

describe('a server that nothing happens to', () => {
  it('is made on first use, with the database candor, and reachable from this machine only', async () => {
    const { url, port, adopted } = await start();

    expect(url).toMatch(new RegExp(`^postgresql://candor:[0-9a-f]{48}@127.0.0.1:${port}/candor$`));
    await expect(query(url.replace(/:[0-9a-f]{48}@/, ':guessed@'), 'select 1')).rejects.toThrow('password');
    expect(port).toBeLessThan(32_768);
    expect(adopted).toBe(false);
    expect(
      await settings(url, [
        'listen_addresses',
        'unix_socket_directories',
        'server_encoding',
        'data_checksums',
      ]),
    ).toEqual(['127.0.0.1', '', 'UTF8', 'on']);
    expect(await readdir(folder)).toEqual(['pg', 'postgres.log']);
  });

  it('sorts by code point and knows upper case beyond ASCII, on every machine alike', async () => {
    const { url } = await start();
    expect(await query(url, `select upper('é') as upper, 'Z' < 'a' as sorted`)).toEqual([
      { upper: 'É', sorted: true },
    ]);
  });

  it('waits for the disk only when durable, and keeps its data', async () => {
    const names = ['fsync', 'full_page_writes', 'synchronous_commit'];
    const fast = await start();
    expect(await settings(fast.url, names)).toEqual(['off', 'off', 'off']);
    await query(fast.url, 'create table kept as select 42 as answer');
    await fast.stop();

    const durable = await start({ durable: true });
    expect(await settings(durable.url, names)).toEqual(['on', 'on', 'on']);
    expect(await query(durable.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('writes no statement and no value to its log', async () => {
    const { url, stop } = await start();
    await query(url, 'create table secret (word text unique)');
    await query(url, `insert into secret values ('Rosebud')`);
    await expect(query(url, `insert into secret values ('Rosebud')`)).rejects.toThrow('duplicate key');
    await stop();

    const log = await readFile(join(folder, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toMatch(/Rosebud|insert into/);
  });

  it('says how it ended, and stopping twice is no error', async () => {
    const { stop, exited } = await start();
    const { pid } = readPidFile(dataDir)!;
    await Promise.all([stop(), stop()]);
    await stop();

    expect(await exited).toEqual({ code: 0 });
    expect(isRunning(pid)).toBe(false);
    expect(readPidFile(dataDir)).toBeUndefined();
  });
});

describe('a data folder that is in use or in the way', () => {
  it('is refused to a second Candor, which is told who has it', async () => {
    const { url } = await start();
    await expect(start()).rejects.toMatchObject({
      name: 'EmbeddedPostgresInUse',
      url,
      owner: process.pid,
      message: expect.stringMatching(/already running on .*Stop process \d+ first.*DATABASE_URL/),
    });
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('is left alone when it holds something else', async () => {
    const other = join(folder, 'other', 'pg');
    await mkdir(other, { recursive: true });
    await writeFile(join(other, 'letter.txt'), 'Dear client');

    await expect(start({ dataDir: other })).rejects.toThrow(/in the way/);
    expect(await readdir(join(folder, 'other'))).toEqual(['pg']);
    expect(await readdir(other)).toEqual(['letter.txt']);
  });

  it('is named when PostgreSQL cannot use it, with what PostgreSQL said and the way out', async () => {
    const older = join(folder, 'older', 'pg');
    await mkdir(older, { recursive: true, mode: 0o700 });
    await writeFile(join(older, 'PG_VERSION'), '15\n');
    await writeFile(join(older, 'postgresql.conf'), '');
    await expect(start({ dataDir: older })).rejects.toThrow(
      /did not start on .*older[^]*FATAL[^]*DATABASE_URL/,
    );
  });
});

const skipped = [
  ...(linux ? [] : ['what happens after a kill -9 needs Linux']),
  ...(linux && root ? [] : ['what happens as root needs root on Linux']),
  ...(namespaces || !root ? [] : ['user namespaces are barred here']),
];
for (const why of skipped) process.stderr.write(`skipped: ${why}\n`);

describe.runIf(linux)('after a kill -9', () => {
  it('of Candor, PostgreSQL ends by itself within two seconds', async () => {
    const { parent, pid } = await startInChild();
    parent.kill('SIGKILL');
    await vi.waitUntil(() => !isRunning(pid), 2000);
  });

  it('of Candor, the next start need not wait', async () => {
    const { parent, url } = await startInChild();
    await query(url, 'create table if not exists survives ()');
    parent.kill('SIGKILL');
    await once(parent, 'exit');

    expect(await query((await start()).url, 'table survives')).toEqual([]);
  });

  it.runIf(namespaces || !root)(
    'of Candor where PostgreSQL cannot be told, the next start ends it and takes over',
    async () => {
      vi.stubEnv('PATH', await commands('unshare', 'true')); // no setpriv
      const { parent, pid } = await startInChild();
      parent.kill('SIGKILL');
      await sleep(300);
      expect(isRunning(pid)).toBe(true);

      const lines: string[] = [];
      const next = await start({ onProgress: (line) => lines.push(line) });
      expect(next.adopted).toBe(true);
      expect(lines).toEqual([`Ending the PostgreSQL (process ${pid}) that a killed Candor left behind`]);
      expect(isRunning(pid)).toBe(false);
    },
  );

  it('of PostgreSQL, Candor hears of it and starts again once its children have let go of the memory', async () => {
    const killed = await start();
    const client = await connect(killed.url);
    const [child] = (await client.query('select pg_backend_pid() as pid')).rows;
    process.kill(child.pid, 'SIGSTOP');
    process.kill(readPidFile(dataDir)!.pid, 'SIGKILL');
    expect(await killed.exited).toEqual({ code: null });

    const next = start();
    await sleep(500);
    process.kill(child.pid, 'SIGCONT');
    expect(await query((await next).url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await client.end();
  });

  it('of both, a process that now has the number of the old server does not matter', async () => {
    await (await start()).stop();
    const stranger = spawn('sleep', ['60']);
    parents.push(stranger);
    await writeFile(
      join(dataDir, 'postmaster.pid'),
      `${stranger.pid}\n${dataDir}\n1\n20001\n\n127.0.0.1\n1 1\nready\n`,
    );

    await start();
    expect(isRunning(stranger.pid!)).toBe(true);
  });

  it('during the first start, the next one begins anew', async () => {
    const halfway = join(folder, 'halfway', 'pg');
    const { parent } = startScript(halfway);
    await vi.waitUntil(() => existsSync(join(`${halfway}.init-${parent.pid}`, 'base')), {
      timeout: 10_000,
      interval: 5,
    });
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(existsSync(halfway)).toBe(false);

    const { url } = await start({ dataDir: halfway });
    expect(await query(url, 'select current_database() as name')).toEqual([{ name: 'candor' }]);
    expect(await readdir(join(folder, 'halfway'))).toEqual(['pg', 'postgres.log']);
  });
});

describe.runIf(linux && root)('as root', () => {
  const ownerOfData = async () => (await stat(join(dataDir, 'PG_VERSION'))).uid;

  it.runIf(namespaces)('leaves the files root’s', async () => {
    await start();
    expect(await ownerOfData()).toBe(0);
  });

  it('runs as another user where namespaces are barred, below a folder closed to that user, and back again', async () => {
    vi.stubEnv('PATH', await commands('setpriv', 'sh', 'true')); // no unshare
    const barred = await start();
    expect(await ownerOfData()).not.toBe(0);
    await query(barred.url, 'create table if not exists made_by_another_user ()');
    await barred.stop();

    vi.unstubAllEnvs();
    const next = await start();
    expect((await ownerOfData()) === 0).toBe(namespaces);
    expect(await query(next.url, 'table made_by_another_user')).toEqual([]);
  });
});

async function start(
  options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, durable: false, ...options });
  servers.push(server);
  return server;
}

/** A process of its own that starts the server on the data folder and stays. */
async function startInChild(): Promise<{ parent: ChildProcess; url: string; pid: number }> {
  const { parent, url } = startScript(dataDir);
  return { parent, url: await url, pid: readPidFile(dataDir)!.pid };
}

function startScript(dataDir: string): { parent: ChildProcess; url: Promise<string> } {
  const index = fileURLToPath(new URL('./index.ts', import.meta.url));
  const vite = import.meta.resolve('vite'); // Node 20 does not run TypeScript
  const script = `
    const { runnerImport } = await import(${JSON.stringify(vite)});
    const { module } = await runnerImport(${JSON.stringify(index)});
    const { url } = await module.startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
    console.log(url);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  parents.push(parent);
  return { parent, url: once(parent.stdout, 'data').then(([line]) => String(line).trim()) };
}

/** A PATH with nothing but these. */
async function commands(...names: string[]): Promise<string> {
  const bin = await mkdtemp(join(folder, 'bin-'));
  for (const name of names) {
    const found = (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((path) => join(path, name))
      .find(existsSync);
    if (found) await symlink(found, join(bin, name));
  }
  return bin;
}

async function connect(url: string): Promise<Client> {
  const client = new Client(url);
  client.on('error', () => undefined); // its server may be killed
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function settings(url: string, names: string[]): Promise<unknown[]> {
  const columns = names.map((name) => `current_setting('${name}') as ${name}`);
  return Object.values((await query(url, `select ${columns.join(', ')}`))[0] as object);
}
