import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '#libs/embedded-postgres';
import { migrate } from '../../migrations/data-source.js';
import { benchAppends } from './append.js';
import { table, type Figure } from './harness.js';
import { benchHttp } from './http.js';
import { benchLatency } from './latency.js';
import { benchReplay } from './replay.js';

const HELP = `Measures Candor next to plain PostgreSQL, in one run on one database of its own (durable, in the temporary folder).

  npm run bench                     everything, a few minutes
  npm run bench -- --only append    append | latency | replay | http
  npm run bench -- --quick          short rounds, to see that it works; not for quoting
  npm run bench -- --json           figures as JSON on stdout, the table on stderr
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    quick: { type: 'boolean' },
    json: { type: 'boolean' },
    only: { type: 'string' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

/** How long and how often; `events` is the length of the history that is replayed. */
export interface Scale {
  rounds: number;
  millis: number;
  events: number;
}
const scale: Scale = values.quick
  ? { rounds: 1, millis: 400, events: 20_000 }
  : { rounds: 5, millis: 2_000, events: 200_000 };
const parts: Record<string, (url: string, scale: Scale, note: (line: string) => void) => Promise<Figure[]>> =
  {
    append: benchAppends,
    latency: benchLatency,
    replay: benchReplay,
    http: async (url, ...more) => benchHttp(url, ...more, await freshDatabase('unguarded')),
  };
const chosen = Object.entries(parts).filter(([name]) => !values.only || values.only === name);
if (chosen.length === 0) {
  process.stderr.write(`There is no part ${values.only}.\n${HELP}`);
  process.exit(2);
}

const note = (line: string) => void process.stderr.write(`bench: ${line}\n`);
const folder = await mkdtemp(join(tmpdir(), 'candor-bench-'));
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), durable: true });
const figures: Figure[] = [];
try {
  for (const [name, bench] of chosen) {
    note(name);
    figures.push(...(await bench(await freshDatabase(name), scale, note)));
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
/** Each part measures on a database that holds nothing else. */
async function freshDatabase(name: string): Promise<string> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create database bench_${name}`);
  await client.end();
  const url = Object.assign(new URL(server.url), { pathname: `/bench_${name}` }).toString();
  await migrate(url);
  return url;
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, PostgreSQL 18, load generator and database on the same cores`;
const report = `${table(figures)}\n\n${machine}${values.quick ? ' — quick run, not for quoting' : ''}\n`;
if (values.json) {
  process.stderr.write(report);
  process.stdout.write(`${JSON.stringify({ machine, scale, figures }, null, 2)}\n`);
} else process.stdout.write(report);
process.exit(0);
