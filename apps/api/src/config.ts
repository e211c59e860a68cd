import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OidcOptions } from '#libs/identity';
import { isZone } from '#libs/kernel';
import { parseRootKey, type RootKey } from '#libs/vault';

/** `.candor/` beside package.json. */
const HOME = fileURLToPath(new URL('../../../../.candor/', import.meta.url));

/** Everything that can be set from outside, read once. README "Configuration" lists the same. */
export interface Config {
  host: string;
  port: number;
  /** undefined: the embedded PostgreSQL in `.candor/` */
  databaseUrl: string | undefined;
  /** whoever may run migrations, when the service itself may not */
  databaseOwnerUrl: string | undefined;
  /** where the keys are; the database of everything else unless told otherwise */
  vaultDatabaseUrl: string | undefined;
  /** whoever may run the migrations of the keys */
  vaultDatabaseOwnerUrl: string | undefined;
  rootKey: RootKey;
  /** the root key before, while what it wraps is being wrapped anew */
  previousRootKey: RootKey | undefined;
  /** where the embedded database and the demo tokens live; nobody else may read it */
  home: string;
  poolSize: number;
  seedDemo: boolean;
  ownerToken: string | undefined;
  operatorToken: string | undefined;
  practiceName: string;
  practiceZone: string;
  /** false: the sealer runs elsewhere, as a user of its own */
  sealer: boolean;
  /** names the logs for ever in what is signed */
  origin: string;
  /** where browsers reach the service, without a slash at the end */
  publicUrl: string;
  /** whose X-Forwarded-For is believed; nobody's unless told */
  trustedProxies: string[];
  /** undefined: in a file of `home` */
  signInSecret: Buffer | undefined;
  /** another service that vouches for people */
  oidc: OidcOptions | undefined;
  requestsPerMinute: number;
}

export class ConfigError extends Error {}

const ROOT_KEY_EXPECTED = '32 bytes in base64, aws-kms:<arn of the key> or file';

/** @throws ConfigError naming every wrong variable at once */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const wrong: string[] = [];
  const read = <T>(
    name: string,
    fallback: T,
    parse: (text: string) => T | undefined,
    expected: string,
  ): T => {
    const text = env[name];
    if (text === undefined || text === '') return fallback;
    const value = parse(text);
    if (value === undefined) wrong.push(`${name} must be ${expected}`);
    return value ?? fallback;
  };
  const whole = (least: number, most: number) => (text: string) =>
    /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined;
  const postgres = (text: string) =>
    /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text) ? text : undefined;
  const token = (text: string) => (/^[\x21-\x7e]{24,200}$/.test(text) ? text : undefined);

  const databaseUrl = read<string | undefined>(
    'DATABASE_URL',
    undefined,
    postgres,
    'a postgresql:// address',
  );
  const config: Config = {
    host: read(
      'HOST',
      '127.0.0.1',
      (text) => (/^[\w.:-]{1,200}$/.test(text) ? text : undefined),
      'an address to listen on',
    ),
    port: read('PORT', 3000, whole(1, 65535), 'a port from 1 to 65535'),
    databaseUrl,
    databaseOwnerUrl: read<string | undefined>(
      'DATABASE_OWNER_URL',
      undefined,
      postgres,
      'a postgresql:// address',
    ),
    vaultDatabaseUrl: read<string | undefined>(
      'VAULT_DATABASE_URL',
      undefined,
      postgres,
      'a postgresql:// address',
    ),
    vaultDatabaseOwnerUrl: read<string | undefined>(
      'VAULT_DATABASE_OWNER_URL',
      undefined,
      postgres,
      'a postgresql:// address',
    ),
    rootKey: read<RootKey>('CANDOR_ROOT_KEY', { in: 'file' }, parseRootKey, ROOT_KEY_EXPECTED),
    previousRootKey: read<RootKey | undefined>(
      'CANDOR_ROOT_KEY_PREVIOUS',
      undefined,
      parseRootKey,
      ROOT_KEY_EXPECTED,
    ),
    home: read('CANDOR_HOME', HOME, (text) => (isAbsolute(text) ? text : undefined), 'an absolute path'),
    poolSize: read('DATABASE_POOL', 10, whole(2, 100), 'a whole number from 2 to 100'),
    seedDemo: read(
      'SEED',
      databaseUrl === undefined,
      (text) => ({ demo: true, none: false })[text],
      'demo or none',
    ),
    ownerToken: read<string | undefined>(
      'CANDOR_OWNER_TOKEN',
      undefined,
      token,
      '24 to 200 printable characters',
    ),
    operatorToken: read<string | undefined>(
      'CANDOR_OPERATOR_TOKEN',
      undefined,
      token,
      '24 to 200 printable characters',
    ),
    practiceName: read(
      'CANDOR_PRACTICE_NAME',
      'My practice',
      (text) => (text.trim() && text.length <= 200 ? text : undefined),
      'a name of 1 to 200 characters',
    ),
    practiceZone: read(
      'CANDOR_PRACTICE_ZONE',
      'UTC',
      (text) => (isZone(text) ? text : undefined),
      'an IANA time zone, e.g. Europe/Berlin',
    ),
    sealer: read('CANDOR_SEALER', true, (text) => ({ beside: true, apart: false })[text], 'beside or apart'),
    origin: read(
      'CANDOR_ORIGIN',
      'candor.invalid',
      (text) => (/^[\w.:/-]{1,100}$/.test(text) ? text : undefined),
      'a name like candor.example',
    ),
    publicUrl: read(
      'CANDOR_PUBLIC_URL',
      '',
      (text) => (isOrigin(text) ? new URL(text).origin : undefined),
      'an address like https://candor.example, without a path',
    ),
    trustedProxies: read<string[]>(
      'CANDOR_TRUSTED_PROXIES',
      [],
      (text) => (/^[\da-fA-F.:/]+(,[\da-fA-F.:/]+)*$/.test(text) ? text.split(',') : undefined),
      'addresses or networks, with commas between them',
    ),
    signInSecret: read<Buffer | undefined>(
      'CANDOR_SIGN_IN_SECRET',
      undefined,
      (text) => (Buffer.from(text, 'base64').length === 32 ? Buffer.from(text, 'base64') : undefined),
      '32 bytes in base64',
    ),
    oidc: oidcFrom(env, wrong),
    requestsPerMinute: read(
      'CANDOR_REQUESTS_PER_MINUTE',
      600,
      whole(10, 999_999),
      'a whole number from 10 to 999999',
    ),
  };
  config.publicUrl ||= `http://localhost:${config.port}`;
  if (config.databaseOwnerUrl && !databaseUrl) wrong.push('DATABASE_OWNER_URL needs DATABASE_URL');
  if (config.vaultDatabaseOwnerUrl && !config.vaultDatabaseUrl)
    wrong.push('VAULT_DATABASE_OWNER_URL needs VAULT_DATABASE_URL');
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  return config;
}

const isOrigin = (text: string): boolean => /^https?:\/\/[^/]+\/?$/.test(text) && URL.canParse(text);

/** All three variables, or none. */
function oidcFrom(
  env: Readonly<Record<string, string | undefined>>,
  wrong: string[],
): OidcOptions | undefined {
  const issuer = env['CANDOR_OIDC_ISSUER'];
  const clientId = env['CANDOR_OIDC_CLIENT_ID'];
  const clientSecret = env['CANDOR_OIDC_CLIENT_SECRET'];
  if (!issuer && !clientId && !clientSecret) return undefined;
  if (issuer && clientId && clientSecret && URL.canParse(issuer)) return { issuer, clientId, clientSecret };
  wrong.push(
    'CANDOR_OIDC_ISSUER (an address), CANDOR_OIDC_CLIENT_ID and CANDOR_OIDC_CLIENT_SECRET must be given together',
  );
  return undefined;
}
