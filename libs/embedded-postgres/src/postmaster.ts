import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What PostgreSQL writes into `postmaster.pid`, https://www.postgresql.org/docs/18/storage-file-layout.html */
export type Postmaster = { pid: number; port: number; ready: boolean };

export function readPidFile(dataDir: string): Postmaster | undefined {
  try {
    const [pid, , , port, , , , status] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return Number(pid) > 0
      ? { pid: Number(pid), port: Number(port), ready: status?.trim() === 'ready' }
      : undefined;
  } catch {
    return undefined; // not started, or stopped cleanly
  }
}

/** The server now running on this data, if any, and the process that started it. */
export function runningServer(dataDir: string): (Postmaster & { owner?: number }) | undefined {
  const server = readPidFile(dataDir);
  const command = server && commandLine(server.pid, dataDir);
  if (!server || !command) return undefined; // PostgreSQL clears a dead server's file itself
  if (!`${command} `.includes(`-D ${dataDir} `)) {
    disown(dataDir);
    return undefined;
  }
  const owner = /candor\.owner=(\d+)/.exec(command)?.[1];
  return { ...server, ...(owner && { owner: Number(owner) }) };
}

/**
 * A process that has nothing to do with PostgreSQL now has the number in a killed server's file, and PostgreSQL
 * would never start again. It takes its parent's number for stale, so we write ours. Removing the file instead
 * would also remove its proof that no process of the killed server still holds the shared memory.
 */
function disown(dataDir: string): void {
  const file = join(dataDir, 'postmaster.pid');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(process.pid)));
}

/** Whether the process exists and is no zombie. */
export const isRunning = (pid: number) => commandLine(pid, '') !== '';

/** A process's command line, or an empty string. On Windows: what the data folder says it was started with. */
function commandLine(pid: number, dataDir: string): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    process.kill(pid, 0);
    if (process.platform === 'win32')
      return dataDir ? readFileSync(join(dataDir, 'postmaster.opts'), 'utf8').replaceAll('"', '') : 'alive';
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
