import { spawn, spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries, WAY_OUT } from './binaries.js';
import { createCluster, giveTo, isCluster, type Setup, urlOf } from './cluster.js';
import { isRunning, readPidFile, runningServer } from './postmaster.js';
import { chooseRunner, environment } from './runner.js';

export type EmbeddedPostgresOptions = {
  /** Made on first use. `postgres.log` is written beside it. */
  dataDir: string;
  /** false: no fsync and no wait for the disk, for tests only. */
  durable: boolean;
  /** Told only what takes long or is unusual. */
  onProgress?: (line: string) => void;
};

export type EmbeddedPostgres = {
  /** `postgresql://candor:PASSWORD@127.0.0.1:PORT/candor`, with another port at each start. */
  url: string;
  port: number;
  /** Whether a server that a killed Candor had left behind was ended and its data taken over. */
  adopted: boolean;
  /** Ends connections, writes everything out, resolves when the process is gone. */
  stop(): Promise<void>;
  /** Resolves when the server ends, for whatever reason. */
  exited: Promise<{ code: number | null }>;
};

/** Another Candor that is alive runs a server on this data; `url` reaches it. */
export class EmbeddedPostgresInUse extends Error {
  override readonly name = 'EmbeddedPostgresInUse';
  constructor(
    dataDir: string,
    readonly url: string,
    readonly pid: number,
    readonly owner: number | undefined,
  ) {
    const stop = owner ? `Stop process ${owner} first` : `Stop that server first (kill -INT ${pid})`;
    super(
      `Candor is already running on ${dataDir} (PostgreSQL is process ${pid}). ${stop}, or work in another clone. ${WAY_OUT}`,
    );
  }
}

/**
 * Starts PostgreSQL on `dataDir` and resolves when it takes connections. Throws `EmbeddedPostgresInUse`, or an
 * error that says what PostgreSQL said. Call it in the main thread: on Linux the server ends with that thread.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { durable, onProgress = () => undefined } = options;
  const binaries = findBinaries();
  const runner = chooseRunner(binaries.postgres);
  const parent = dirname(resolve(options.dataDir));
  await mkdir(parent, { recursive: true });
  const dataDir = join(realpathSync(parent), basename(options.dataDir));
  const setup = { dataDir, durable, binaries, runner };
  if (!isCluster(dataDir)) {
    onProgress('Creating the database');
    await createCluster(setup);
  }

  const giveUp = Date.now() + 10_000;
  for (let adopted = false; ; await sleep(100)) {
    adopted = (await endOrphan(setup, onProgress)) || adopted;
    await giveTo(runner.owner, dataDir);
    const started = await launch(setup);
    if ('port' in started) return { ...started, adopted };
    if (!PASSING.test(started.log) || Date.now() > giveUp) {
      throw new Error(`PostgreSQL did not start on ${dataDir}:\n${started.log.trim()}\n${WAY_OUT}`);
    }
  }
}

/** A killed server's children hold its memory for a moment; a port can be taken between look and use. */
const PASSING = /shared memory block|lock file .* already exists|could not bind|could not create any TCP/;

async function endOrphan(setup: Setup, onProgress: (line: string) => void): Promise<boolean> {
  const server = runningServer(setup.dataDir);
  if (!server) return false;
  const { pid, port, owner } = server;
  if (!owner || isRunning(owner))
    throw new EmbeddedPostgresInUse(setup.dataDir, urlOf(setup.dataDir, port), pid, owner);
  onProgress(`Ending the PostgreSQL (process ${pid}) that a killed Candor left behind`);
  interrupt(pid, setup);
  for (const giveUp = Date.now() + 60_000; isRunning(pid); await sleep(20)) {
    if (Date.now() > giveUp) throw new Error(`PostgreSQL, process ${pid}, of a killed Candor does not end.`);
  }
  return true;
}

async function launch(setup: Setup): Promise<Omit<EmbeddedPostgres, 'adopted'> | { log: string }> {
  const { dataDir, durable, binaries, runner } = setup;
  const port = await freePort();
  const logFile = join(dirname(dataDir), 'postgres.log');
  const log = openSync(logFile, 'a', 0o600);
  const logged = fstatSync(log).size;
  const [file = '', ...args] = [...runner.prefix, binaries.postgres, '-D', dataDir];
  for (const [name, value] of Object.entries(settings(port, durable))) args.push('-c', `${name}=${value}`);
  const child = spawn(file, args, {
    stdio: ['ignore', log, log],
    env: environment(),
    detached: process.platform !== 'win32', // Ctrl-C in a terminal is for Candor, which then calls stop()
    windowsHide: true,
    ...runner.ids,
  });
  closeSync(log);

  let ended = false;
  const exited = new Promise<{ code: number | null }>((end) => {
    child.once('error', () => end({ code: null }));
    child.once('exit', (code) => end({ code }));
  });
  void exited.then(() => (ended = true));
  const isReady = () => {
    const server = readPidFile(dataDir);
    return server?.pid === child.pid && server?.port === port && server.ready;
  };
  for (const giveUp = Date.now() + 120_000; !isReady(); await sleep(10)) {
    if (Date.now() > giveUp) child.kill('SIGQUIT');
    if (ended) return { log: readFileSync(logFile).subarray(logged).toString() };
  }

  child.unref(); // a forgotten stop() does not keep Candor alive
  const stop = async () => {
    child.ref(); // else Node would end before the server does
    if (!ended) interrupt(child.pid!, setup);
    await exited;
  };
  return { url: urlOf(dataDir, port), port, stop, exited };
}

/** Nothing of a statement or a row gets into the log: it would be personal. */
const settings = (port: number, durable: boolean) => ({
  listen_addresses: '127.0.0.1',
  port,
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '128MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_statement: 'none',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_checkpoints: 'off',
  'candor.owner': process.pid,
  ...(!durable && { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
});

/** Fast shutdown: no waiting for clients, nothing lost. Windows knows no signals. */
function interrupt(pid: number, { dataDir, binaries }: Setup): void {
  if (process.platform === 'win32') {
    spawnSync(binaries.pgCtl, ['stop', '-D', dataDir, '-m', 'fast'], { windowsHide: true });
  } else if (isRunning(pid)) {
    process.kill(pid, 'SIGINT');
  }
}

/** Below 32768: above, an outgoing connection may hold the port for a moment. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_768);
    const free = await new Promise<boolean>((answer) => {
      const probe = createServer();
      probe.once('error', () => answer(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => answer(true)));
    });
    if (free) return port;
  }
}
