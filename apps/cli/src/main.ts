import 'reflect-metadata';
import { join } from 'node:path';
import { Command } from 'commander';
import { EmbeddedPostgresInUse, startEmbeddedPostgres } from '#libs/embedded-postgres';
import { Catalogue, EventStore, openPool, rebuild } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import { systemClock } from '#libs/kernel';
import { firstOwnerIdOf, staff } from '#libs/practice';
import { migrate } from '../../../migrations/data-source.js';
import { DECIDERS, lateAfterHours, PROJECTIONS } from '../../api/src/app.module.js';
import { readConfig } from '../../api/src/config.js';
import { printOpenApi } from './openapi.command.js';
import { progressBar } from './progress.js';
import { verify } from './verify.command.js';

const program = new Command('candor')
  .description('Looks after the database of Candor. Data goes to stdout, progress to stderr.')
  .addHelpText(
    'after',
    `
Examples:
  npm run candor -- migrate
  npm run candor -- rebuild consent_facts
  npm run candor -- rebuild --all
  npm run candor -- token <practiceId> <staffId>
  npm run candor -- verify
  npm run --silent candor -- openapi > apps/api/openapi.json

Uses DATABASE_URL, or the embedded database in .candor/ (also while \`npm start\` runs).
Exit codes: 0 fine · 1 a rebuilt read model had differed from the log, or a history was tampered with · 2 could not run.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('migrate')
  .description('bring the database up to date')
  .action(() =>
    withDatabase(async (url) => {
      const ran = await migrate(readConfig(process.env).databaseOwnerUrl ?? url);
      process.stdout.write(ran.length > 0 ? `${ran.join('\n')}\n` : 'up to date\n');
      return 0;
    }),
  );

program
  .command('rebuild')
  .argument('[names...]', `read models: ${PROJECTIONS.map(({ name }) => name).join(', ')}`)
  .option('--all', 'every read model')
  .description('fold read models anew from the log, beside the ones in use, and switch')
  .action((names: string[], { all }: { all?: boolean }) =>
    withDatabase(async (url) => {
      const chosen = PROJECTIONS.filter(({ name }) => all || names.includes(name));
      const unknown = names.filter((name) => !PROJECTIONS.some((projection) => projection.name === name));
      if (unknown.length > 0 || chosen.length === 0)
        throw new Error(
          `There is no read model ${unknown.join(', ') || '(none named)'}. Name some of ${PROJECTIONS.map(({ name }) => name).join(', ')}, or --all.`,
        );
      const pool = openPool(url);
      const store = new EventStore(pool, new Catalogue(DECIDERS), systemClock, lateAfterHours);
      let differed = 0;
      for (const projection of chosen) differed += await rebuildOne(store, projection);
      await pool.end();
      return differed > 0 ? 1 : 0;
    }),
  );

program
  .command('token')
  .argument('<practiceId>')
  .argument('[staffId]', 'the first owner unless told')
  .description('make a token for a staff member and print it; it cannot be read again')
  .action((practiceId: string, staffId: string = firstOwnerIdOf(practiceId)) =>
    withDatabase(async (url) => {
      const pool = openPool(url);
      const store = new EventStore(pool, new Catalogue(DECIDERS), systemClock, lateAfterHours);
      const { state } = await store.load(staff, practiceId, staffId);
      if (state.situation !== 'active') throw new Error('This staff member is deactivated.');
      process.stdout.write(`${await new Tokens(store).issue(practiceId, staffId, 'command line')}\n`);
      await pool.end();
      return 0;
    }),
  );

program
  .command('verify')
  .option('--practice <id>', 'only this practice')
  .option('--key <verifierKey>', 'the key its checkpoints must be signed with, kept outside the database')
  .description('check every event against everything that was signed')
  .action((options: { practice?: string; key?: string }) =>
    withDatabase(async (url) => {
      const pool = openPool(url);
      try {
        return await verify(pool, options);
      } finally {
        await pool.end();
      }
    }),
  );

program
  .command('openapi')
  .description('print the OpenAPI document of the service')
  .action(async () => {
    process.stdout.write(await printOpenApi());
    process.exit(0);
  });

/** @returns how many rows had differed */
async function rebuildOne(store: EventStore, projection: (typeof PROJECTIONS)[number]): Promise<number> {
  const bar = progressBar(projection.name);
  const { events, rows, differences } = await rebuild(store, projection, (progress) => {
    bar.setTotal(Math.max(progress.events.total, 1));
    bar.update(progress.events.done);
  });
  bar.stop();
  process.stdout.write(
    `${projection.name}: ${events} events, ${rows} rows, ${differences.length} differed${differences.length === 100 ? ' or more' : ''}\n`,
  );
  for (const { practiceId, key } of differences)
    process.stdout.write(`  differed: ${key} of practice ${practiceId}\n`);
  return differences.length;
}

/** Runs on DATABASE_URL, on the embedded server that is running already, or on one started for this. Ends the process. */
async function withDatabase(work: (url: string) => Promise<number>): Promise<void> {
  let stop = () => Promise.resolve();
  let code = 2;
  try {
    const config = readConfig(process.env);
    let url = config.databaseUrl;
    if (!url) {
      try {
        const embedded = await startEmbeddedPostgres({ dataDir: join(config.home, 'pg'), durable: true });
        ({ url } = embedded);
        stop = () => embedded.stop();
      } catch (error) {
        if (!(error instanceof EmbeddedPostgresInUse)) throw error;
        ({ url } = error);
      }
    }
    code = await work(url);
  } catch (error) {
    process.stderr.write(`candor: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  await stop();
  process.exit(code);
}

await program.parseAsync();
