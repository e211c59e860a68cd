import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['apps', 'libs', 'migrations', 'test'];

/** Runs a tool of node_modules in the repository; resolves to its exit status and everything it said. */
function run(script: string, args: string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(ROOT, 'node_modules', script), ...args], { cwd: ROOT });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', fail);
    child.once('close', (status) => done({ status, output }));
  });
}

const lint = (paths: string[]) =>
  run('oxlint/bin/oxlint', ['-c', 'test/oxlint.json', '--deny-warnings', ...paths]);
const format = (paths: string[], cache: string[]) =>
  run('prettier/bin/prettier.cjs', ['--config', 'test/prettier.json', '--check', ...cache, ...paths]);

describe('The code', () => {
  // beside each other: what takes long is prettier on its first run
  it.concurrent('passes the rules of oxlint (test/oxlint.json)', async ({ expect }) => {
    const { status, output } = await lint(FOLDERS);
    expect(status, `npm run lint\n${output}`).toBe(0);
  });

  it.concurrent('is formatted by prettier (test/prettier.json)', async ({ expect }) => {
    const cache = [
      '--cache',
      '--cache-strategy=content',
      '--cache-location=node_modules/.cache/candor-prettier',
    ];
    const { status, output } = await format([`{${FOLDERS.join(',')}}/**/*.{ts,mjs,cjs}`], cache);
    expect(status, `npm run format\n${output}`).toBe(0);
  });
});

describe('The check', () => {
  const folder = mkdtempSync(join(tmpdir(), `candor-test-${process.pid}-style-`));
  const plant = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['an any', 'typescript(no-explicit-any)', 'export const wide = (value: any) => value;\n'],
    [
      'something unused',
      'eslint(no-unused-vars)',
      "import { join } from 'node:path';\nexport const one = 1;\n",
    ],
    ['printing', 'eslint(no-console)', "console.log('hello');\n"],
    ['a comparison with NaN', 'eslint(use-isnan)', 'export const no = (n: number) => n === NaN;\n'],
  ])('reports %s', async (_, rule, text) => {
    const { status, output } = await lint([plant('planted.ts', text)]);
    expect(output).toContain(rule);
    expect(status).toBe(1);
  });

  it('reports what is not formatted', async () => {
    const { status } = await format([plant('planted.mjs', 'export  const two = "2"\n')], []);
    expect(status).toBe(1);
  });

  it('lets tools print', async () => {
    const { output } = await lint(['apps/run.mjs', 'apps/cli', 'test/bench']);
    expect(output).not.toContain('no-console');
  });
});
