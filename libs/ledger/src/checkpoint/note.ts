import { createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

/*
 * C2SP signed notes with Ed25519 (algorithm byte 0x01): a text, an empty line, and signature lines
 * `— <name> <base64 of key id and signature>`. Go's golang.org/x/mod/sumdb/note reads and writes the same.
 */

const ED25519 = 1;
const KEY_BYTES = 32;
const DER_PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex');
const DER_PUBLIC = Buffer.from('302a300506032b6570032100', 'hex');

/** Signs under a name. `verifierKey` is what auditors keep: `<name>+<key id>+<base64 of algorithm and public key>`. */
export interface Signer {
  readonly name: string;
  readonly verifierKey: string;
  sign(text: string): string;
}

/** @param seed 32 bytes, the private key of RFC 8032 */
export function signerOf(name: string, seed: Buffer): Signer {
  if (seed.length !== KEY_BYTES) throw new Error(`a signing key has ${KEY_BYTES} bytes`);
  if (!isName(name)) throw new Error(`"${name}" cannot name a log: no spaces, no plus sign`);
  const key = createPrivateKey({ key: Buffer.concat([DER_PRIVATE, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
  const id = keyId(name, publicKey);
  return {
    name,
    verifierKey: keyText(name, publicKey),
    sign: (text) => {
      const signature = Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString('base64');
      return `${text}\n— ${name} ${signature}\n`;
    },
  };
}

const keyText = (name: string, publicKey: Buffer): string =>
  `${name}+${keyId(name, publicKey).toString('hex')}+${Buffer.concat([Buffer.of(ED25519), publicKey]).toString('base64')}`;

const isName = (name: string): boolean => /^[^\s+]+$/.test(name);

const keyId = (name: string, publicKey: Buffer): Buffer =>
  hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), publicKey]), 'buffer').subarray(
    0,
    4,
  );

/** Opens notes that carry a signature of one known key; signatures of others are passed over. */
export interface Verifier {
  readonly name: string;
  readonly publicKey: KeyObject;
  /** the same key as a verifier key of another name */
  keyUnder(name: string): string;
  /** @returns the signed text; undefined when it is not signed by this key, or signed wrongly */
  open(note: string): string | undefined;
}

/** @param verifierKey as `Signer.verifierKey`. @throws Error when it is not written like that */
export function verifierOf(verifierKey: string): Verifier {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(verifierKey) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  const bare = bytes.subarray(1);
  if (!name || bytes[0] !== ED25519 || bare.length !== KEY_BYTES || keyId(name, bare).toString('hex') !== id)
    throw new Error(`"${verifierKey}" is no verifier key: <name>+<key id>+<base64>`);
  const publicKey = createPublicKey({ key: Buffer.concat([DER_PUBLIC, bare]), format: 'der', type: 'spki' });
  return {
    name,
    publicKey,
    keyUnder: (other) => keyText(other, bare),
    open: (note) => {
      const end = note.lastIndexOf('\n\n');
      if (end < 0 || !note.endsWith('\n')) return undefined;
      const text = note.slice(0, end + 1);
      const mine = note
        .slice(end + 2, -1)
        .split('\n')
        .flatMap((line) => {
          const [, signer, signature] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
          const signed = Buffer.from(signature ?? '', 'base64');
          return signer === name && signed.subarray(0, 4).toString('hex') === id ? [signed.subarray(4)] : [];
        });
      const valid = mine.length > 0 && mine.every((one) => verify(null, Buffer.from(text), publicKey, one));
      return valid ? text : undefined;
    },
  };
}
