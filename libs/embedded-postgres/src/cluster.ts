import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chown, lchown, lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WAY_OUT, type Binaries } from './binaries.js';
import { isRunning } from './postmaster.js';
import { environment, type Runner } from './runner.js';

export type Setup = { dataDir: string; durable: boolean; binaries: Binaries; runner: Runner };

/**
 * Makes the data folder with an empty database `candor` in it. Everything happens in a folder beside it that is
 * renamed at the end, so a data folder is whole or absent; what a killed attempt left is swept up by the next.
 */
export async function createCluster(setup: Setup): Promise<void> {
  const { dataDir, durable, binaries, runner } = setup;
  await sweep(dataDir);
  const fresh = `${dataDir}.init-${process.pid}`;
  await mkdir(fresh, { mode: 0o700 });
  if (runner.owner) await chown(fresh, runner.owner.uid, runner.owner.gid);

  const unsynced = durable ? [] : ['--no-sync'];
  await run(runner, [binaries.initdb, '-D', fresh, ...INITDB, ...unsynced]);
  await writeFile(join(fresh, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n');
  // Whoever else has an account on this machine can reach the port, but not the file.
  const password = randomBytes(24).toString('hex');
  await writeFile(join(fresh, PASSWORD_FILE), password, { mode: 0o600 });
  const statements = `CREATE DATABASE candor\nALTER ROLE candor PASSWORD '${password}'\n`;
  await run(runner, [binaries.postgres, '--single', '-D', fresh, 'postgres'], statements);

  await rename(fresh, dataDir).catch(async (error: Error) => {
    await rm(fresh, { recursive: true });
    // Another Candor was faster: then its folder is as good. Anything else in the way is not ours to remove.
    if (!isCluster(dataDir)) throw new Error(`${dataDir} is in the way, move it elsewhere: ${error.message}`);
  });
}

const PASSWORD_FILE = 'candor-password';

/** How to reach a running server: the password is in its data folder. */
export function urlOf(dataDir: string, port: number): string {
  const password = readFileSync(join(dataDir, PASSWORD_FILE), 'utf8');
  return `postgresql://candor:${password}@127.0.0.1:${port}/candor`;
}

/** Sorting and upper case follow Unicode and are the same on every machine. */
const INITDB = [
  '--username=candor',
  '--auth=trust',
  '--data-checksums',
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
];

export const isCluster = (dataDir: string) => existsSync(join(dataDir, 'PG_VERSION'));

/** Gives all files to the user PostgreSQL runs as, where the last start ran it as another. */
export async function giveTo(owner: Runner['owner'], path: string): Promise<void> {
  if (!owner || (await lstat(path)).uid === owner.uid) return;
  const inside = await readdir(path, { recursive: true });
  for (const name of inside) await lchown(join(path, name), owner.uid, owner.gid);
  await lchown(path, owner.uid, owner.gid); // last: it is what the next start looks at
}

async function sweep(dataDir: string): Promise<void> {
  for (const name of await readdir(dirname(dataDir))) {
    const [, stem, pid] = /^(.+)\.init-(\d+)$/.exec(name) ?? [];
    if (stem !== basename(dataDir) || (Number(pid) !== process.pid && isRunning(Number(pid)))) continue;
    await rm(join(dirname(dataDir), name), { recursive: true, maxRetries: 5 });
  }
}

/** Runs a command to its end. `postgres --single` ends with status 0 after an error, hence the look at its words. */
function run(runner: Runner, command: string[], input = ''): Promise<void> {
  const [file = '', ...args] = [...runner.prefix, ...command];
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: environment(), windowsHide: true, ...runner.ids });
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => {
      const failed = code !== 0 || /^(.* )?(ERROR|FATAL|PANIC):/m.test(output);
      if (failed)
        reject(new Error(`Creating the database failed (status ${code}):\n${output.trim()}\n${WAY_OUT}`));
      else resolve();
    });
    child.stdin.on('error', () => undefined).end(input);
  });
}
