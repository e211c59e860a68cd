import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EventStore } from '#libs/event-store';
import { uuidv7 } from '#libs/kernel';
import { begin, startLog, until, type Log } from '../support/log-kit.js';
import { ROOT } from '../support/process.js';

const PROGRAM = join(ROOT, 'dist/apps/sealer/src/main.js');

let log: Log;
let store: EventStore;
let practice: string;
let home: string;
beforeAll(async () => {
  log = await startLog();
  store = log.open();
});
afterAll(() => log.stop());
beforeEach(async () => {
  practice = uuidv7();
  home = await mkdtemp(join(tmpdir(), 'candor-sealer-'));
});

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode === null && child.kill('SIGTERM')) await once(child, 'exit');
  }
  await rm(home, { recursive: true });
});

const environment = (more: Record<string, string> = {}) => ({
  ...process.env,
  DATABASE_URL: log.url,
  CANDOR_HOME: home,
  ...more,
});

/** The built sealer as a process of its own, with what it says. */
function startSealer(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PROGRAM], {
    env: environment(more),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said };
}

const sealed = async (): Promise<number> => {
  const { rows } = await log.owner.query<{ size: string }>(
    "select size from ledger.log where practice_id = $1 and log = 'events'",
    [practice],
  );
  return Number(rows[0]?.size ?? 0);
};

test('two that start at once in one folder make one key, and sign with it', async () => {
  await store.append(practice, begin(practice));
  const both = [startSealer(), startSealer()];
  await until(async () => (await sealed()) === 1);
  await store.append(practice, begin(practice));
  await until(async () => (await sealed()) === 2);

  expect(await readFile(join(home, 'ledger-key'))).toHaveLength(32);
  expect(both.map(({ said }) => said()).join('')).toMatch(
    /^candor sealer: made the key that signs histories.*\n$/,
  );
});

test('one with another key than the log began with signs nothing of it, and says which key it needs', async () => {
  await store.append(practice, begin(practice));
  const first = startSealer({ CANDOR_LEDGER_KEY: Buffer.alloc(32, 1).toString('base64') });
  await until(async () => (await sealed()) === 1);
  first.child.kill('SIGTERM');
  expect(await once(first.child, 'exit')).toEqual([0, null]);
  await store.append(practice, begin(practice));

  const other = startSealer({ CANDOR_LEDGER_KEY: Buffer.alloc(32, 2).toString('base64') });
  await until(async () => other.said().includes("not this sealer's key"));

  expect(other.said()).toContain(`signed under candor.invalid/log/${practice}+`);
  expect(other.said()).toContain('Start it with the key and the CANDOR_ORIGIN it began with');
  expect(await sealed()).toBe(1);
});

test('does not begin with a key that was cut off, nor make another', async () => {
  await writeFile(join(home, 'ledger-key'), 'short', { mode: 0o600 });
  const { child, said } = startSealer();

  expect(await once(child, 'exit')).toEqual([2, null]);
  expect(said()).toContain('no key that signs histories of 32 bytes. Put back the one that was there.');
  expect(await readFile(join(home, 'ledger-key'), 'utf8')).toBe('short');
});

test('ends by itself when whoever started it is gone before it has begun', async () => {
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const { pid } = require('node:child_process').fork(${JSON.stringify(PROGRAM)}, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
       process.stdout.write(String(pid), () => process.kill(process.pid, 'SIGKILL'));`,
    ],
    { env: environment(), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let pid = '';
  parent.stdout.on('data', (chunk: Buffer) => (pid += chunk.toString()));
  await once(parent, 'close');

  expect(Number(pid)).toBeGreaterThan(0);
  await until(async () => !isRunning(Number(pid)));
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
