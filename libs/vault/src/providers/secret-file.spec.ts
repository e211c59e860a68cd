import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { keptSecret, SecretFileError, secretInFile } from './secret-file.js';

describe('a secret in a file', () => {
  let home: string;
  let path: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'candor-secret-'));
    path = join(home, 'kept', 'root-key');
    return () => rm(home, { recursive: true });
  });
  const secret = () => secretInFile(path, 'root key');

  /** What somebody sees who looks all the time: nothing, and then the whole of it. */
  async function firstSeen(): Promise<Buffer> {
    for (;;) {
      const kept = await keptSecret(path, 'root key');
      if (kept) return kept;
    }
  }

  test('is made once, for its owner only, and stays what it is', async () => {
    expect(await keptSecret(path, 'root key')).toBeUndefined();
    const { secret: first, made } = await secret();

    expect([first.length, made]).toEqual([32, true]);
    expect(await readFile(path)).toEqual(first);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await secret()).toEqual({ secret: first, made: false });
    expect(await keptSecret(path, 'root key')).toEqual(first);
  });

  test('is the same for all who ask first at once, and leaves nothing else in the folder', async () => {
    for (let round = 0; round < 20; round++) {
      const [all, seen] = await Promise.all([
        Promise.all(Array.from({ length: 6 }, secret)),
        Promise.all(Array.from({ length: 3 }, firstSeen)),
      ]);

      expect(new Set([...all.map((one) => one.secret), ...seen].map((one) => one.toString('hex'))).size).toBe(
        1,
      );
      expect(all.filter(({ made }) => made)).toHaveLength(1);
      expect(await readdir(join(home, 'kept'))).toEqual(['root-key']);
      await rm(path);
    }
  });

  test.each([
    ['cut off', () => writeFile(path, 'short', { mode: 0o600 }), 'no root key of 32 bytes'],
    ['empty', () => writeFile(path, '', { mode: 0o600 }), 'no root key of 32 bytes'],
    ['too long', () => writeFile(path, 'x'.repeat(33), { mode: 0o600 }), 'no root key of 32 bytes'],
    ['not readable', () => mkdir(path), 'cannot be read (EISDIR)'],
    ['open to others', () => writeFile(path, 'x'.repeat(32)).then(() => chmod(path, 0o640)), 'chmod 600'],
  ])('that is %s is refused, and never replaced', async (_, spoil, message) => {
    await mkdir(join(home, 'kept'));
    await spoil();
    const before = await stat(path);

    for (const asked of [secret, () => keptSecret(path, 'root key')]) {
      await expect(asked()).rejects.toThrow(SecretFileError);
      await expect(asked()).rejects.toThrow(message);
    }
    expect(await readdir(join(home, 'kept'))).toEqual(['root-key']);
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  });
});
