import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The built service as a process of its own, with its own embedded PostgreSQL in `home`. */
export interface Started {
  process: ChildProcess;
  /** everything it has printed so far */
  output: () => string;
  exited: Promise<number | null>;
}

export function startProcess(env: Record<string, string>): Started {
  const { DATABASE_URL: _url, SEED: _seed, CANDOR_OWNER_TOKEN: _token, ...inherited } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'dist/apps/api/src/main.js')], {
    // one person sends more here than any person would
    env: { ...inherited, NODE_ENV: 'production', CANDOR_REQUESTS_PER_MINUTE: '999999', ...env },
  });
  let output = '';
  const take = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return {
    process: child,
    output: () => output,
    exited: new Promise((resolve) => child.on('exit', resolve)),
  };
}

/** Waits until it has printed a text. @throws when it ends before */
export async function printed(started: Started, text: string): Promise<void> {
  let ended = false;
  void started.exited.then(() => (ended = true));
  while (!started.output().includes(text)) {
    if (ended) throw new Error(`the service ended:\n${started.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
