import { join } from 'node:path';
import { KEY_BYTES } from '../crypto/gcm.js';
import { awsKmsProvider } from './aws-kms.provider.js';
import type { KeyProvider } from './key-provider.js';
import { localProvider } from './local.provider.js';
import { keptSecret, secretInFile } from './secret-file.js';

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

/** @throws RootKeyError when the file is needed and not there; SecretFileError when it is there and cannot be used */
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
  if (!mayMake) {
    const kept = await keptSecret(path, ROOT_KEY);
    if (kept) return kept;
    throw new RootKeyError(
      `The database holds sealed records, but there is no root key in ${path}. Put it back, or name it in CANDOR_ROOT_KEY: without it nothing can be read.`,
    );
  }
  const { secret, made } = await secretInFile(path, ROOT_KEY);
  if (made)
    note(
      `made the root key ${path}. Everything personal is sealed under it: KEEP A COPY APART FROM THE DATABASE, without it nothing can be read. A key in a file is for development; elsewhere set CANDOR_ROOT_KEY.`,
    );
  return secret;
}

const ROOT_KEY = 'root key';
