import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../sealer/src/main.js', import.meta.url));
const PAUSE_MS = 5_000;
/** It checks and signs what is stored; whatever leads to the keys of that is kept from it. */
export const withoutKeys = (
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(CANDOR_ROOT_KEY|VAULT_DATABASE|AWS_)/.test(name)),
  );

/**
 * Runs the sealer as a process of its own, which alone reads the signing key. When it ends it is started again: what it
 * missed meanwhile it catches up with.
 * @returns a function that stops it
 */
export function runSealer(env: Record<string, string>, note: (message: string) => void): () => Promise<void> {
  let stopping = false;
  let child: ChildProcess;
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    child = fork(PROGRAM, {
      env: { ...withoutKeys(process.env), ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    child.once('exit', (code) => {
      if (stopping) return;
      note(`the sealer ended (code ${code}); it is started again in ${PAUSE_MS / 1000} s`);
      timer = setTimeout(start, PAUSE_MS).unref();
    });
  };
  start();
  return async () => {
    stopping = true;
    clearTimeout(timer);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
}
