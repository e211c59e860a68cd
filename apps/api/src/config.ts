import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isZone } from '#libs/kernel';

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
}

export class ConfigError extends Error {}

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
  };
  if (config.databaseOwnerUrl && !databaseUrl) wrong.push('DATABASE_OWNER_URL needs DATABASE_URL');
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  return config;
}
