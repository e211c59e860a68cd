import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '#libs/kernel';
import { decrypt, encrypt, newKey, SealBroken } from '../crypto/gcm.js';
import { awsKmsProvider } from './aws-kms.provider.js';
import type { KeyProvider } from './key-provider.js';
import { localProvider } from './local.provider.js';
import { parseRootKey, providerOf, type RootKeyFile } from './root-key.provider.js';

const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/0190aaaa-0000-4000-8000-000000000000';
const CONTEXT = { candor: 'practice key', practice: 'p', version: '1' };

/** What KMS does with Encrypt and Decrypt, on loopback: the client before it is the real one. */
const root = newKey();
let kms: Server;
let address: string;
let answer: 'truly' | 'not at all' = 'truly';
beforeAll(async () => {
  kms = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string> & {
        EncryptionContext: object;
      };
      const bound = Buffer.from(canonicalJson(body.EncryptionContext));
      const say = (status: number, what: object) =>
        response
          .writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(what));
      if (answer === 'not at all') return say(500, { __type: 'KMSInternalException' });
      if (body.KeyId !== ARN) return say(400, { __type: 'NotFoundException' });
      if (request.headers['x-amz-target'] === 'TrentService.Encrypt')
        return say(200, {
          KeyId: ARN,
          CiphertextBlob: encrypt(root, Buffer.from(body.Plaintext!, 'base64'), bound).toString('base64'),
        });
      try {
        const plain = decrypt(root, Buffer.from(body.CiphertextBlob!, 'base64'), bound);
        return say(200, { KeyId: ARN, Plaintext: plain.toString('base64') });
      } catch {
        return say(400, { __type: 'InvalidCiphertextException' });
      }
    });
  }).listen(0, '127.0.0.1');
  await once(kms, 'listening');
  address = `http://127.0.0.1:${(kms.address() as AddressInfo).port}`;
});
afterAll(() => kms.close());
beforeEach(() => (answer = 'truly'));

const behindKms = () =>
  awsKmsProvider(ARN, {
    endpoint: address,
    credentials: { accessKeyId: 'invented', secretAccessKey: 'invented' },
    maxAttempts: 1,
  });

describe.each<[string, () => KeyProvider]>([
  ['a root key of this process', () => localProvider(root)],
  ['a root key at AWS KMS', behindKms],
])('%s', (_, provider) => {
  test('wraps a key, and unwraps it for the same thing only', async () => {
    const key = newKey();
    const wrapped = await provider().wrap(key, CONTEXT);

    expect(wrapped.includes(key)).toBe(false);
    expect(await provider().unwrap(wrapped, CONTEXT)).toEqual(key);
    await expect(provider().unwrap(wrapped, { ...CONTEXT, practice: 'q' })).rejects.toThrow(SealBroken);
    wrapped[20]! ^= 1;
    await expect(provider().unwrap(wrapped, CONTEXT)).rejects.toThrow(SealBroken);
  });

  test('has a name that tells which one it is and not what it is', () => {
    expect(provider().name).toBe(provider().name);
    expect(provider().name).not.toContain(root.toString('hex').slice(0, 8));
    expect(provider().name).not.toBe(localProvider(newKey()).name);
  });
});

test('AWS KMS that does not answer is no broken seal: the key may be fine', async () => {
  const wrapped = await behindKms().wrap(newKey(), CONTEXT);
  answer = 'not at all';

  const error: unknown = await behindKms()
    .unwrap(wrapped, CONTEXT)
    .catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(SealBroken);
});

describe('where the root key is', () => {
  test('is told in one variable', () => {
    const key = newKey();
    expect(parseRootKey('file')).toEqual({ in: 'file' });
    expect(parseRootKey(key.toString('base64'))).toEqual({ in: 'environment', key });
    expect(parseRootKey(`aws-kms:${ARN}`)).toEqual({ in: 'aws-kms', arn: ARN });
    for (const other of [
      '',
      'secret',
      key.toString('hex'),
      newKey().subarray(1).toString('base64'),
      'aws-kms:',
      ARN,
    ])
      expect(parseRootKey(other), other).toBeUndefined();
  });

  describe('a file', () => {
    let home: string;
    let noted: string[];
    const file = (more: Partial<RootKeyFile> = {}): RootKeyFile => ({
      home,
      mayMake: true,
      note: (message) => void noted.push(message),
      ...more,
    });
    beforeEach(async () => {
      home = await mkdtemp(join(tmpdir(), 'candor-root-key-'));
      noted = [];
      return () => rm(home, { recursive: true });
    });

    test('is made at the first start, for its owner only, with a word on keeping it', async () => {
      const made = await providerOf({ in: 'file' }, file());

      expect((await stat(join(home, 'root-key'))).mode & 0o777).toBe(0o600);
      expect(await readFile(join(home, 'root-key'))).toHaveLength(32);
      expect(noted).toHaveLength(1);
      expect(noted[0]).toContain('KEEP A COPY');
      expect((await providerOf({ in: 'file' }, file({ mayMake: false }))).name).toBe(made.name);
      expect(noted).toHaveLength(1);
    });

    test('is one, when two start at once', async () => {
      const names = await Promise.all(
        [1, 2, 3].map(async () => (await providerOf({ in: 'file' }, file())).name),
      );
      expect(new Set(names).size).toBe(1);
    });

    test('is not made anew when something is sealed already', async () => {
      await expect(providerOf({ in: 'file' }, file({ mayMake: false }))).rejects.toThrow('Put it back');
      await expect(stat(join(home, 'root-key'))).rejects.toThrow('ENOENT');
    });

    test('is refused when others can read it, or when it is no key', async () => {
      await providerOf({ in: 'file' }, file());
      await chmod(join(home, 'root-key'), 0o644);
      await expect(providerOf({ in: 'file' }, file())).rejects.toThrow('chmod 600');

      await writeFile(join(home, 'root-key'), 'short');
      await expect(providerOf({ in: 'file' }, file())).rejects.toThrow('no root key of 32 bytes');
    });
  });
});
