import 'reflect-metadata';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { Catalogue, closePools, EventStore, openPool, openPools, rebuild } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import { isUuid, systemClock } from '#libs/kernel';
import { firstOwnerIdOf, staff } from '#libs/practice';
import { DECIDERS, lateAfterHours, PROJECTIONS } from '../../api/src/app.module.js';
import { readConfig } from '../../api/src/config.js';
import { migrationUrls, vaultOf } from '../../api/src/vault.js';
import { printInvitation } from './invite.command.js';
import { printOpenApi } from './openapi.command.js';
import { progressBar } from './progress.js';
import { exportBundle, type ExportOptions } from './export.command.js';
import { replay, type ReplayOptions } from './replay.command.js';
import { acceptRestore, type AcceptOptions } from './restore.command.js';
import { verify } from './verify.command.js';
import { withDatabase, withoutDatabase } from './with-database.js';
import { verifyBundle, type VerifyBundleOptions } from './verify-bundle.command.js';

/** A path as it was typed: npm runs this in the folder of Candor, wherever it was called. */
const path = (typed: string): string =>
  process.env.npm_lifecycle_event === 'candor' && process.env.INIT_CWD !== process.cwd() && typed !== '-'
    ? resolve(process.env.INIT_CWD ?? '', typed)
    : typed;
const paths = (typed: string, before: readonly string[] = []): string[] => [...before, path(typed)];
/** A verifier key, or the path of a file with one. */
const keyOrPath = (typed: string): string => (typed.includes('+') ? typed : path(typed));

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
  npm run candor -- invite --staff <id>
  npm run candor -- verify
  npm run candor -- export --practice <id> --out history
  npm run candor -- verify --bundle history --key history.vkey --checkpoint march.checkpoint
  npm run candor -- verify --bundle one-client --whole history
  npm run candor -- replay --bundle history --client <id> --at 2026-06-09T12:00:00Z --known-at 2026-06-11T12:00:00Z
  npm run --silent candor -- openapi > apps/api/openapi.json

Uses DATABASE_URL, or the embedded database in .candor/ (also while \`npm start\` runs).
Exit codes: 0 fine · 1 a rebuilt read model had differed from the log, a history was tampered with, or is behind what was signed
of it · 2 could not run.`,
  )
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command('migrate')
  .description('bring the database up to date')
  .action(() =>
    withDatabase(async (url) => {
      const { migrate } = await import('../../../migrations/data-source.js'); // typeorm, which nothing else needs
      const ran = await migrate(...migrationUrls(readConfig(process.env), url));
      process.stdout.write(ran.length > 0 ? `${ran.join('\n')}\n` : 'up to date\n');
      return 0;
    }, 'new'),
  );

program
  .command('rebuild')
  .argument('[names...]', `read models: ${PROJECTIONS.map(({ name }) => name).join(', ')}`)
  .option('--all', 'every read model')
  .description('fold read models anew from the log, beside the ones in use, and switch')
  .action((names: string[], { all }: { all?: boolean }) =>
    withStore(async (store) => {
      const chosen = PROJECTIONS.filter(({ name }) => all || names.includes(name));
      const unknown = names.filter((name) => !PROJECTIONS.some((projection) => projection.name === name));
      if (unknown.length > 0 || chosen.length === 0)
        throw new Error(
          `There is no read model ${unknown.join(', ') || '(none named)'}. Name some of ${PROJECTIONS.map(({ name }) => name).join(', ')}, or --all.`,
        );
      let differed = 0;
      for (const projection of chosen) differed += await rebuildOne(store, projection);
      return differed > 0 ? 1 : 0;
    }),
  );

program
  .command('token')
  .argument('<practiceId>')
  .argument('[staffId]', 'the first owner unless told')
  .description('make a token for a staff member and print it; it cannot be read again')
  .action((practiceId: string, staffId: string = firstOwnerIdOf(practiceId)) =>
    withStore(async (store) => {
      const { state } = await store.load(staff, practiceId, staffId);
      if (state.situation !== 'active') throw new Error('This staff member is deactivated.');
      process.stdout.write(`${await new Tokens(store).issue(practiceId, staffId, 'command line')}\n`);
      return 0;
    }),
  );

program
  .command('invite')
  .requiredOption('--staff <id>', 'who is to sign in')
  .description(
    'print a link that lets a staff member choose a password; their account of before ends at once',
  )
  .action(({ staff: staffId }: { staff: string }) =>
    withStore(async (store) => {
      await printInvitation(store, staffId, readConfig(process.env).publicUrl);
      return 0;
    }),
  );

program
  .command('verify')
  .option('--practice <id>', 'only this practice')
  .option(
    '--key <key>',
    'what its checkpoints must be signed with, kept outside the database: the key, or a file with it',
    keyOrPath,
  )
  .option('--bundle <folder>', 'an export instead of the database: needs nothing else', path)
  .option(
    '--checkpoint <files...>',
    'older checkpoints, of the history or of its access log, that the bundle must have grown from',
    paths,
  )
  .option(
    '--whole <folder>',
    'for the bundle of one client: an export of everything, to see what it lacks',
    path,
  )
  .description('check every event, and who has read what, against everything that was signed')
  .action((options: { practice?: string } & Partial<VerifyBundleOptions>) =>
    options.bundle === undefined
      ? withDatabase(async (url) => {
          const pool = openPool(url, 2, 'candor_sealer');
          try {
            return await verify(pool, options, keptFolders());
          } finally {
            await pool.end();
          }
        })
      : withoutDatabase(() => verifyBundle({ ...options, bundle: options.bundle! })),
  );

program
  .command('export')
  .requiredOption('--practice <id>', 'whose history')
  .option(
    '--client <id>',
    'only what concerns one client, each event with its proof; for auditors, not for the client',
  )
  .requiredOption(
    '--out <folder>',
    'where to; - for stdout. An interrupted export goes on where it was',
    path,
  )
  .option(
    '--checkpoint <files...>',
    'with --client: proves that the history, or its access log, grew from this older checkpoint',
    paths,
  )
  .option('--no-access', 'leave out the log of who has read what')
  .option('--with-text', 'names and words of people readable, as far as their keys exist')
  .description('write a history that can be verified and replayed without the database')
  .addHelpText(
    'after',
    `
Examples:
  npm run candor -- export --practice <id> --out history
  npm run candor -- export --practice <id> --client <id> --out one-client
  npm run --silent candor -- export --practice <id> --out - | gzip > history.ndjson.gz

Up to the newest signed checkpoint; on stdout the events alone. Exit codes: 0 complete · 2 could not run, run it again to go on; or the
folder holds an older export.`,
  )
  .action((options: ExportOptions) => withStore((store) => exportBundle(store, options)));

program
  .command('replay')
  .requiredOption('--bundle <folder>', 'an export', path)
  .requiredOption('--client <id>', 'whose consent')
  .option('--at <time>', 'what held then; --known-at unless told')
  .option('--known-at <time>', 'what was known then; everything in the bundle unless told')
  .option('--diff <time>', 'what differs from what was known at this other time')
  .option('--key <key>', 'what the bundle must be signed with: the key, or a file with it', keyOrPath)
  .description('answer from an export alone where the consent of a client stands, as the service would')
  .action((options: ReplayOptions) => withoutDatabase(() => replay(options)));

program
  .command('restore')
  .description('after an older state of the database was put back')
  .command('accept')
  .requiredOption('--practice <id>', 'whose history')
  .requiredOption('--reason <text>', 'why; it stays in the history, readable to everybody')
  .option('--yes', 'do not ask for the name of the practice')
  .description('let a history go on that ends before what was signed of it: what came after is lost')
  .addHelpText(
    'after',
    `
Example:
  npm run candor -- restore accept --practice <id> --reason "The disk broke on 3 March; the backup of 2 March was put back."

Exit codes: 0 accepted · 2 nothing to accept, or could not run.`,
  )
  .action((options: AcceptOptions) => withStore((store) => acceptRestore(store, options)));

program
  .command('rotate-keys')
  .option('--practice <id>', 'a new key for this practice instead')
  .description(
    'wrap all keys with CANDOR_ROOT_KEY; what wrapped them before is named in CANDOR_ROOT_KEY_PREVIOUS',
  )
  .action(({ practice }: { practice?: string }) =>
    withStore(async ({ vault }) => {
      if (practice !== undefined && !isUuid(practice))
        throw new Error(`"${practice}" is no id of a practice.`);
      const wrapped = await (practice === undefined ? vault.rotateRoot() : vault.rotatePractice(practice));
      process.stdout.write(`${wrapped} keys wrapped anew; nothing sealed was touched\n`);
      return 0;
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

/** Where a sealer may keep what it has signed, in the order they are asked. */
const keptFolders = (): string[] => {
  const { home } = readConfig(process.env);
  const witness = process.env.CANDOR_WITNESS_DIR;
  return [join(home, 'checkpoints'), ...(witness ? [witness] : [])];
};

/** The same with the log on it, and the keys to that. */
const withStore = (work: (store: EventStore) => Promise<number>): Promise<void> =>
  withDatabase(async (url) => {
    const pools = openPools(url, 4);
    const keys = await vaultOf(readConfig(process.env), url, note);
    const catalogue = new Catalogue(DECIDERS);
    try {
      return await work(
        new EventStore(pools.pool, catalogue, systemClock, lateAfterHours, keys.vault, pools.worker),
      );
    } finally {
      await closePools(pools);
      await keys.close();
    }
  });

const note = (message: string): void => void process.stderr.write(`candor: ${message}\n`);

await program.parseAsync();
