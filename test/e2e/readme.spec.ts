import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, printed, ROOT, startProcess, type Started } from '../support/process.js';
import { likeThis, npmIn, stepsOf } from '../support/readme.js';

/** Several JSON documents, one after the other. */
function documents(text: string): unknown[] {
  const found: unknown[] = [];
  let pending = '';
  for (const line of text.split('\n')) {
    pending += `${line}\n`;
    try {
      found.push(JSON.parse(pending));
      pending = '';
    } catch {
      // not whole yet
    }
  }
  expect(pending.trim(), 'everything shown is JSON').toBe('');
  return found;
}

/** `…` in the README stands for whatever it is on that day. */
const anyFor = (value: unknown): unknown =>
  value === '…'
    ? expect.anything()
    : Array.isArray(value)
      ? value.map(anyFor)
      : typeof value === 'object' && value
        ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, anyFor(member)]))
        : value;

/** A command that must end with 1. */
const failing = (shell: string): string => `code=0; { ${shell}; } || code=$?; [ $code = 1 ]`;

describe('the README', () => {
  let folder: string;
  let service: Started;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'candor-readme-'));
    service = startProcess({ CANDOR_HOME: join(folder, 'home'), PORT: String(await freePort()) });
    await printed(service, 'Ctrl-C stops everything');
    await symlink(join(folder, 'home'), join(folder, '.candor'));
  }, 240_000);

  afterAll(async () => {
    service.process.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });

  it('shows what its commands really answer, one after the other', async () => {
    const all = stepsOf(await readFile(join(ROOT, 'README.md'), 'utf8'));
    // what needs an older state of the database, and asks: test/e2e/restore.spec.ts
    const steps = all.filter(({ shell }) => !shell.includes('restore accept'));
    expect(steps.length).toBeGreaterThan(20);
    expect(all.length - steps.length).toBe(1);
    const marker = '---- end of a step ----';
    const script = [
      'set -euo pipefail',
      npmIn(join(folder, 'home')),
      ...steps.map(({ shell, lines }) =>
        [
          lines?.some((line) => line.startsWith('TAMPERED')) ? failing(shell) : shell,
          `echo '${marker}'`,
        ].join('\n'),
      ),
    ].join('\n');
    const { stdout, stderr, status } = spawnSync('bash', ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 90_000,
    });
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    const shown = stdout.split(`${marker}\n`);
    steps.forEach(({ shell, expected, lines }, index) => {
      if (!lines)
        expect(documents(shown[index]!), shell).toEqual(
          expected === undefined ? [] : documents(expected).map(anyFor),
        );
      else
        expect(shown[index]!.trimEnd().split('\n').filter(Boolean), shell).toEqual(
          lines.filter(Boolean).map((line) => expect.stringMatching(likeThis(line))),
        );
    });
  }, 120_000);

  it('names only scripts and variables that exist', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, script] of readme.matchAll(/`npm (?:run )?([a-z]+)/g))
      expect(Object.keys(scripts)).toContain(script);
    const config = await readFile(join(ROOT, 'apps/api/src/config.ts'), 'utf8');
    const variables = [...config.matchAll(/read(?:<[^>]+>)?\(\s*'([A-Z_]+)'/g)].map(([, name]) => name!);
    expect(variables.length).toBeGreaterThan(8);
    for (const name of variables) expect(readme, name).toContain(`\`${name}\``);
  });

  it('prints at the start what is worth trying, and every line of it works', () => {
    const lines = service
      .output()
      .split('\n')
      .filter((line) => line.startsWith('  curl '));
    expect(lines).toHaveLength(3);
    const { stdout, status, stderr } = spawnSync(
      'bash',
      [
        '-c',
        `set -euo pipefail\n. .candor/demo.env\n${lines.map((line) => `${line} -f >/dev/null && echo fine`).join('\n')}`,
      ],
      { cwd: folder, encoding: 'utf8', timeout: 30_000 },
    );
    expect([status, stdout], stderr).toEqual([0, 'fine\nfine\nfine\n']);
  });
});
