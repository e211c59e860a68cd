import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KEY_BYTES } from '../crypto/gcm.js';
import { awsKmsProvider } from './aws-kms.provider.js';
import type { KeyProvider } from './key-provider.js';
import { localProvider } from './local.provider.js';

/** Where a root key is: in a file of the home folder, in the environment, or at AWS KMS. */
export type RootKey = { in: 'file' } | { in: 'environment'; key: Buffer } | { in: 'aws-kms'; arn: string };

/** `file`, 32 bytes in base64, or `aws-kms:<arn>`. @returns undefined for anything else */
export function parseRootKey(text: string): RootKey | undefined {
  if (text === 'file') return { in: 'file' };
  const arn = /^aws-kms:(arn:aws[\w-]*:kms:[\w-]+:\d+:(?:key|alias)\/[\w/-]+)$/.exec(text)?.[1];
  if (arn) return { in: 'aws-kms', arn };
  const key = /^[A-Za-z0-9+/]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
  return key?.length === KEY_BYTES ? { in: 'environment', key } : undefined;
}

export interface RootKeyFile {
  /** the folder it is in; made when there is none */
  home: string;
  /** false: something is wrapped already, so a new key would open nothing */
  mayMake: boolean;
  note(message: string): void;
}

/** @throws RootKeyError when the file is needed and cannot be used */
export async function providerOf(rootKey: RootKey, file: RootKeyFile): Promise<KeyProvider> {
  switch (rootKey.in) {
    case 'file':
      return localProvider(await keyInFile(file));
    case 'environment':
      return localProvider(rootKey.key);
    case 'aws-kms':
      return awsKmsProvider(rootKey.arn);
  }
}

/** Where to look for the root key, or how to put it right. */
export class RootKeyError extends Error {}

async function keyInFile({ home, mayMake, note }: RootKeyFile): Promise<Buffer> {
  const path = join(home, 'root-key');
  const kept = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (kept) {
    if (kept.length !== KEY_BYTES)
      throw new RootKeyError(`${path} is no root key of 32 bytes. Put back the one that was there.`);
    if (process.platform !== 'win32' && (await stat(path)).mode & 0o077)
      throw new RootKeyError(`Others can read the root key. Run: chmod 600 ${path}`);
    return kept;
  }
  if (!mayMake)
    throw new RootKeyError(
      `The database holds sealed records, but there is no root key in ${path}. Put it back, or name it in CANDOR_ROOT_KEY: without it nothing can be read.`,
    );
  const key = randomBytes(KEY_BYTES);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const made = await writeOnce(path, key);
  if (!made) return keyInFile({ home, mayMake, note });
  note(
    `made the root key ${path}. Everything personal is sealed under it: KEEP A COPY APART FROM THE DATABASE, without it nothing can be read. A key in a file is for development; elsewhere set CANDOR_ROOT_KEY.`,
  );
  return key;
}

/** Whole and on the disk before it has its name. @returns false when somebody else was first */
async function writeOnce(path: string, bytes: Buffer): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, bytes, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}
