import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { Instant } from '#libs/kernel';
import { digest } from '../secrets/secret-text.js';

const PERIOD = 30;
/** A clock may be half a minute off, or somebody slow. */
const WINDOW = 1;

const totp = (key: Buffer, label: string): TOTP =>
  new TOTP({
    issuer: 'Candor',
    label,
    algorithm: 'SHA1', // of what many authenticator apps know it is all
    digits: 6,
    period: PERIOD,
    secret: new Secret({ buffer: Uint8Array.from(key).buffer }),
  });

/** What an authenticator app scans, or is typed into it. */
export function enrolment(key: Buffer, label: string): { key: string; uri: string } {
  const one = totp(key, label);
  return { key: one.secret.base32, uri: one.toString() };
}

/** The 30 seconds (RFC 6238) a code belongs to, so that it works once; undefined for a wrong one. */
export function stepOf(key: Buffer, code: string, now: Instant): number | undefined {
  const timestamp = Date.parse(now);
  const delta = totp(key, '').validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? undefined : Math.floor(timestamp / 1000 / PERIOD) + delta;
}

export const isRecoveryCode = (code: string): boolean => !/^\d{6}$/.test(code);

/** Without i, l and o, which look like digits, and u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten codes of 80 random bits, for whoever has lost the app. Each works once. */
export const recoveryCodes = (): string[] =>
  Array.from({ length: 10 }, () =>
    Array.from(randomBytes(16), (byte) => ALPHABET[byte % 32])
      .join('')
      .replaceAll(/(.{4})(?=.)/g, '$1-'),
  );

/** However it is typed. */
export const recoveryDigest = (code: string): Buffer => digest(code.toLowerCase().replaceAll(/[\s-]/g, ''));
