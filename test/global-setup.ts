import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
// By path: vitest resolves #libs/* for tests, not for this file.
import { startEmbeddedPostgres } from '../libs/embedded-postgres/src/index.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** An owner's connection to the server of this test run: `inject('postgresUrl')`. */
    postgresUrl: string;
  }
}

/** One server for all test files, in the temporary folder; TEST_DATABASE_URL names another to use. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given) {
    project.provide('postgresUrl', given);
    return undefined;
  }
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), `candor-test-${process.pid}-`));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), durable: false });
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  };
}

/** Removes what killed test runs left. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^candor-test-(\d+)-/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) {
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined); // another user's
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
