import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCheckpoint, textOf } from './checkpoint.js';
import { signerOf, verifierOf } from './note.js';

const ORIGIN = 'candor.example/log/0190aaaa-0000-7000-8000-000000000001';
const signer = signerOf(ORIGIN, Buffer.alloc(32, 7));
const verifier = verifierOf(signer.verifierKey);
const checkpoint = { origin: ORIGIN, size: 412, root: Buffer.alloc(32, 9) };
const note = signer.sign(textOf(checkpoint));

describe('a signed note', () => {
  test('is opened with the verifier key', () => {
    expect(verifier.open(note)).toBe(textOf(checkpoint));
    expect(parseCheckpoint(verifier.open(note)!)).toEqual(checkpoint);
  });

  test.each([
    ['an edited text', note.replace('\n412\n', '\n413\n')],
    [
      'an edited signature',
      note.replace(/.(.{6})\n$/, (all, end: string) => `${all[0] === 'A' ? 'B' : 'A'}${end}\n`),
    ],
    ['a text without its signature', textOf(checkpoint)],
    ['a cut-off note', note.slice(0, -1)],
    ['nothing', ''],
    ['the signature of another key', signerOf(ORIGIN, Buffer.alloc(32, 8)).sign(textOf(checkpoint))],
    ['the signature of another name', signerOf(`${ORIGIN}x`, Buffer.alloc(32, 7)).sign(textOf(checkpoint))],
  ])('is not opened: %s', (_, other) => {
    expect(verifier.open(other)).toBeUndefined();
  });

  test('may carry signatures of others beside ours', () => {
    const witness = signerOf('witness.example', Buffer.alloc(32, 3)).sign(textOf(checkpoint));

    expect(verifier.open(`${note}${witness.split('\n\n')[1]!}`)).toBe(textOf(checkpoint));
  });

  test.each(['', 'x', 'a b', 'name+00000000+AAAA', signer.verifierKey.replace('+', '+0')])(
    'has no such key: %s',
    (key) => {
      expect(() => verifierOf(key)).toThrow('is no verifier key');
    },
  );
});

const openssl = spawnSync('openssl', ['version']).status === 0;
if (!openssl) process.stderr.write('skipped: "openssl, which we did not write" needs openssl\n');

describe.skipIf(!openssl)('openssl, which we did not write,', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'candor-note-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const accepts = (text: string): boolean => {
    const signature = Buffer.from(/ ([A-Za-z0-9+/=]+)\n$/.exec(note)![1]!, 'base64').subarray(4);
    const path = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const pem = verifier.publicKey.export({ format: 'pem', type: 'spki' });
    const files = [
      '-inkey',
      path('key.pem', pem),
      '-sigfile',
      path('sig', signature),
      '-in',
      path('text', text),
    ];
    try {
      execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-rawin', ...files], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };

  test('accepts the signature, and rejects it under another text', () => {
    expect(accepts(textOf(checkpoint))).toBe(true);
    expect(accepts(textOf({ ...checkpoint, size: 411 }))).toBe(false);
  });
});

test.each([
  '',
  'origin\n',
  'origin\n01\nAAAA\n',
  `origin\n-1\n${'A'.repeat(43)}=\n`,
  `origin\n1e3\n${'A'.repeat(43)}=\n`,
  'origin\n1\nAAAA\n',
])('is no checkpoint: %j', (text) => expect(parseCheckpoint(text)).toBeUndefined());
