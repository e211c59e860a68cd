import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

const BYTES = 32;

/** A secret is there and cannot be used. Nobody may go on with another one instead; the message says how to put it right. */
export class SecretFileError extends Error {}

/**
 * 32 bytes that an installation keeps for ever in a file which only its owner can read; made by whoever asks first.
 * @param what they are, e.g. `root key`
 * @throws SecretFileError when there is such a file, but no such secret in it
 */
export async function secretInFile(path: string, what: string): Promise<{ secret: Buffer; made: boolean }> {
  for (;;) {
    const kept = await keptSecret(path, what);
    if (kept) return { secret: kept, made: false };
    const secret = randomBytes(BYTES);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    if (await writeOnce(path, secret)) return { secret, made: true };
  }
}

/** The same, without making one. @returns undefined when there is no such file @throws SecretFileError */
export async function keptSecret(path: string, what: string): Promise<Buffer | undefined> {
  const kept = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new SecretFileError(`The ${what} in ${path} cannot be read (${error.code ?? error.message}).`);
  });
  if (!kept) return undefined;
  if (kept.length !== BYTES)
    throw new SecretFileError(`${path} is no ${what} of ${BYTES} bytes. Put back the one that was there.`);
  if (process.platform !== 'win32' && (await stat(path)).mode & 0o077)
    throw new SecretFileError(`Others can read the ${what}. Run: chmod 600 ${path}`);
  return kept;
}

/** Whole and on the disk before it has its name. @returns false when somebody else was first */
async function writeOnce(path: string, bytes: Buffer): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await written(draft, 'wx', (file) => file.writeFile(bytes));
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  // The name as well, before anything is sealed under it. Windows opens no folders.
  if (process.platform !== 'win32') await written(dirname(path), 'r', async () => undefined);
  return true;
}

/** Does something to a file or folder and waits until that is on the disk. */
async function written(
  path: string,
  flags: 'r' | 'wx',
  change: (file: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await change(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
