import { isAbsolute, join } from 'node:path';
import { openPool } from '#libs/event-store';
import { Sealer } from '#libs/ledger';
import { SecretFileError, secretInFile } from '#libs/vault';

const HELP = `Signs the history of every practice, so that a later change shows. Runs beside the service, best as another
user of the system: it alone holds the signing key.

  DATABASE_URL        the database; its login must be a member of the role candor_sealer
  CANDOR_HOME         an absolute path; the key is made there as ledger-key when there is none, and checkpoints/ keeps
                      what was signed: a database put back to an older state is refused by it. No backup of the
                      database belongs on top of it
  CANDOR_LEDGER_KEY   the key itself in base64 (32 bytes), in place of that file
  CANDOR_WITNESS_DIR  an absolute path, best on another machine: the same checkpoints where others keep them
  CANDOR_ORIGIN       names the logs for ever, e.g. the host name of the service; default candor.invalid

Exit codes: 0 stopped when asked · 1 could not start · 2 wrong configuration
`;

class ConfigError extends Error {}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return void process.stdout.write(HELP);
  const { databaseUrl, ...config } = await readConfig();
  const pool = openPool(databaseUrl, 4, 'candor_sealer');
  const sealer = new Sealer({ pool, ...config, report: note });
  const stop = async () => {
    await sealer.stop();
    await pool.end();
    process.exit(0);
  };
  let stopping: Promise<void> | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void (stopping ??= stop()));
  // Started by the service, it ends with it, however that ended.
  process.on('disconnect', () => void (stopping ??= stop()));
  if (process.send && !process.connected)
    stopping ??= stop(); // it ended before anybody listened
  else await sealer.start();
}

interface Config {
  databaseUrl: string;
  seed: Buffer;
  host: string;
  home?: string;
  witness?: string;
}

async function readConfig(): Promise<Config> {
  const { DATABASE_URL: databaseUrl = '', CANDOR_LEDGER_KEY: key } = process.env;
  const home = process.env.CANDOR_HOME || undefined;
  const witness = process.env.CANDOR_WITNESS_DIR || undefined;
  const host = process.env.CANDOR_ORIGIN || 'candor.invalid';
  const seed = key ? Buffer.from(key, 'base64') : undefined;
  const wrong = [
    ...(/^postgres(ql)?:\/\/./.test(databaseUrl) ? [] : ['DATABASE_URL must be a postgresql:// address']),
    ...(/^[\w.:/-]{1,100}$/.test(host) ? [] : ['CANDOR_ORIGIN must be a name like candor.example']),
    ...(seed === undefined || seed.length === 32 ? [] : ['CANDOR_LEDGER_KEY must be 32 bytes in base64']),
    ...((home === undefined ? seed !== undefined : isAbsolute(home))
      ? []
      : ['CANDOR_HOME must be an absolute path, or set CANDOR_LEDGER_KEY']),
    ...(witness === undefined || isAbsolute(witness) ? [] : ['CANDOR_WITNESS_DIR must be an absolute path']),
  ];
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  if (!home && !witness)
    note('without CANDOR_HOME or CANDOR_WITNESS_DIR nobody notices when an old backup is put back');
  return {
    databaseUrl,
    host,
    seed: seed ?? (await keptKey(home!)),
    ...(home === undefined ? {} : { home: join(home, 'checkpoints') }),
    ...(witness === undefined ? {} : { witness }),
  };
}

/** The key of this installation; made once. @throws SecretFileError */
async function keptKey(home: string): Promise<Buffer> {
  const file = join(home, 'ledger-key');
  const { secret, made } = await secretInFile(file, 'key that signs histories');
  if (made)
    note(
      `made the key that signs histories: ${file}. Keep a copy apart from the database; without it nobody can go on signing.`,
    );
  return secret;
}

const note = (message: string): void => void process.stderr.write(`candor sealer: ${message}\n`);

try {
  await main();
} catch (error) {
  const isConfiguration = error instanceof ConfigError || error instanceof SecretFileError;
  note(isConfiguration ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(isConfiguration ? 2 : 1);
}
