import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { EmbeddedPostgresInUse, startEmbeddedPostgres, type EmbeddedPostgres } from '#libs/embedded-postgres';
import { closePools, openPools } from '#libs/event-store';
import { RootKeyError, SecretFileError, secretInFile } from '#libs/vault';
import { migrate } from '../../../migrations/data-source.js';
import { ConfigError, readConfig, type Config } from './config.js';
import { createApp } from './create-app.js';
import { firstStart, type Credentials } from './first-start.js';
import { runSealer } from './sealer.js';
import { migrationUrls, vaultOf } from './vault.js';
import { welcome } from './welcome.js';

/** Exit codes: 0 stopped when asked · 1 could not start or lost its database · 2 wrong configuration. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  await refuseTakenPort(config);
  await mkdir(config.home, { recursive: true, mode: 0o700 });
  let embedded: EmbeddedPostgres | undefined;
  if (!config.databaseUrl)
    embedded = await startEmbeddedPostgres({
      dataDir: join(config.home, 'pg'),
      durable: true,
      onProgress: note,
    });
  const url = config.databaseUrl ?? embedded!.url;
  const ran = await migrate(...migrationUrls(config, url));
  if (ran.length > 0) note(`migrated: ${ran.length} steps`);

  const keys = await vaultOf(config, url, note);
  const stopSealer = config.sealer
    ? runSealer({ DATABASE_URL: url, CANDOR_HOME: config.home, CANDOR_ORIGIN: config.origin }, note)
    : undefined;
  const pools = openPools(url, config.poolSize);
  const app = await createApp({
    ...pools,
    vault: keys.vault,
    secret: await secretIn(config.home, 'cursor-secret'),
    trustedProxies: config.trustedProxies,
    signIn: {
      secret: config.signInSecret ?? (await secretIn(config.home, 'sign-in-secret')),
      publicUrl: config.publicUrl,
      requestsPerMinute: config.requestsPerMinute,
      ...(config.oidc ? { oidc: config.oidc } : {}),
    },
    ...(config.operatorToken ? { operatorToken: config.operatorToken } : {}),
  });
  const stop = async (code: number) => {
    // Whatever hangs, the process ends; PostgreSQL ends with it.
    setTimeout(() => process.exit(1), 20_000).unref();
    // At once: Ctrl-C reaches the sealer as well, and its end is no surprise then.
    const sealerStopped = stopSealer?.();
    await app.close().catch((error: unknown) => note(String(error)));
    await sealerStopped;
    await closePools(pools);
    await keys.close();
    await embedded?.stop();
    process.exit(code);
  };
  let stopping: Promise<void> | undefined;
  const isStopping = () => stopping !== undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void (stopping ??= (note('stopping'), stop(0))));
  void embedded?.exited.then(({ code }) => {
    if (!stopping)
      note(
        `The embedded PostgreSQL ended (code ${code}). Its log is postgres.log in ${config.home}. Start again; nothing acknowledged is lost.`,
      );
    stopping ??= stop(1);
  });

  let credentials: Credentials;
  try {
    credentials = await firstStart(app, config, note);
  } catch (error) {
    if (!isStopping()) throw error;
    return note(`stopped ${config.seedDemo ? 'while loading the demo' : 'early'}; the next start goes on.`);
  }
  await app.listen(config.port, config.host);
  process.stdout.write(welcome(config, credentials));
}

const note = (message: string): void => void process.stderr.write(`candor: ${message}\n`);

/** Says so before anything is started, not after the demo is loaded. */
function refuseTakenPort({ port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
      .once('error', (error: NodeJS.ErrnoException) => {
        const taken = `Port ${port} is taken. Stop what uses it, or choose another: PORT=${port + 1} npm start`;
        reject(
          new ConfigError(
            error.code === 'EADDRINUSE' ? taken : `Cannot listen on ${host}:${port}: ${error.message}`,
          ),
        );
      })
      .listen(port, host, () => probe.close(() => resolve()));
  });
}

/** Made once: cursors stay good across restarts of the same clone, and people can still sign in. @throws SecretFileError */
const secretIn = async (home: string, name: 'cursor-secret' | 'sign-in-secret'): Promise<Buffer> =>
  (await secretInFile(join(home, name), 'secret')).secret;

/** What somebody else has to put right: its message says how. */
const isConfiguration = (error: unknown): error is Error =>
  [ConfigError, RootKeyError, SecretFileError].some((kind) => error instanceof kind);

try {
  await main();
} catch (error) {
  note(
    isConfiguration(error) || error instanceof EmbeddedPostgresInUse
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error),
  );
  process.exit(isConfiguration(error) ? 2 : 1);
}
