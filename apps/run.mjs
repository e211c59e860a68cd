// The one launcher: makes a bare clone ready, then runs what was asked for.
// Node built-ins only, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HELP = `Usage: node apps/run.mjs <command> [arguments]
Each command first installs and builds what is missing or has changed.

  start            start the database and the service           (npm start)
  test [options]   run the tests; the options go to vitest      (npm test)
  bench [options]  run the benchmark                            (npm run bench)
  cli [arguments]  run the command line tool                    (npm run candor)

Examples
  PORT=8080 npm start
  npm test -- libs/consent         only the tests below libs/consent
  npm test -- -t "withdrawal"      only the tests with this in their title
  npm run candor -- --help
`;

const commands = {
  start: (args) => load('dist/apps/api/src/main.js', args),
  test: runTests,
  bench: (args) => load('dist/test/bench/main.js', args),
  cli: (args) => load('dist/apps/cli/src/main.js', args),
};

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const at = (path) => join(root, path);
const node = (script) => [process.execPath, at(`node_modules/${script}`)];
const INSTALLED = at('node_modules/.candor-install'); // npm ci removes it first, so half an install is none
const BUILT = at('dist/.candor-build');
const LOCK = at('dist/.candor-lock');

/** An end that needs no stack trace. */
class Refusal extends Error {
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}

async function main([command = '--help', ...args]) {
  if (['--help', '-h', 'help'].includes(command)) return process.stdout.write(HELP);
  if (!Object.hasOwn(commands, command)) throw new Refusal(`There is no command "${command}".\n\n${HELP}`, 2);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Refusal(
      `Candor needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org/`,
    );
  }
  if (process.env.npm_lifecycle_event) endWithParent();
  if (command !== 'cli') process.chdir(root); // the tool's arguments may name files where its user is
  if (!stamped(INSTALLED, installKey()) || !stamped(BUILT, buildKey())) await alone(prepare);
  await commands[command](args);
}

async function prepare() {
  const installed = installKey();
  if (!stamped(INSTALLED, installed)) {
    const npm = process.env.npm_execpath ?? '';
    const ci = 'ci --include=dev --include=optional --ignore-scripts --no-audit --no-fund --loglevel=error';
    await step('Installing packages (npm ci)', [
      ...(npm.endsWith('npm-cli.js') ? [process.execPath, npm] : ['npm']),
      ...ci.split(' '),
    ]);
    fs.writeFileSync(INSTALLED, installed);
  }
  const built = buildKey(); // taken before the build: what is edited meanwhile is built next time
  if (!stamped(BUILT, built)) {
    for (const name of fs.readdirSync(at('dist'))) {
      if (!name.startsWith('.candor-lock')) fs.rmSync(at(`dist/${name}`), { recursive: true });
    }
    await step('Building', [...node('typescript7/bin/tsc'), '-p', at('apps/tsconfig.build.json')]);
    fs.writeFileSync(BUILT, built);
  }
}

async function load(file, args) {
  process.argv = [process.execPath, at(file), ...args];
  await import(pathToFileURL(at(file)).href);
}

/** Runs vitest; its last line is `N passed, N failed`, with a file that does not load counted as failed. */
async function runTests(args) {
  const folder = fs.mkdtempSync(join(tmpdir(), `candor-test-${process.pid}-`)); // test/global-setup.ts sweeps up after a kill
  const report = join(folder, 'report.json');
  const vitest = [...node('vitest/vitest.mjs'), 'run', '--config', at('test/vitest.config.ts')];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const status = await run([...vitest, ...reporters, ...args], { stdio: 'inherit' });

  let [passed, failed, skipped] = [0, 0, 0];
  if (fs.existsSync(report))
    [passed, failed, skipped] = countTests(JSON.parse(fs.readFileSync(report, 'utf8')));
  fs.rmSync(folder, { recursive: true });
  if (status !== 0 && failed === 0) failed = 1; // an error outside of every test
  if (passed + failed === 0) console.error('No test ran.');
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  process.exitCode = status || (passed && !failed ? 0 : 1);
}

function countTests({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const hasFailedTest = (file) => file.assertionResults.some((test) => test.status === 'failed');
  const broken = testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file)).length;
  return [numPassedTests, numFailedTests + broken, numPendingTests + numTodoTests];
}

/** One step of the preparation: a line when it starts and ends, its output only when it fails. */
async function step(title, command) {
  const start = Date.now();
  console.error(`${title} …`);
  let output = '';
  const status = await run(
    command,
    { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' && command[0] === 'npm' },
    (child) => {
      fs.appendFileSync(LOCK, ` ${child.pid}`);
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
    },
  );
  if (status > 128) throw new Refusal(`${title}: interrupted.`, status);
  if (status !== 0) throw new Refusal(`${output}\n${title} failed (status ${status}).`);
  console.error(`${title}: done in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

/** Runs a command in the clone, passes our signals on to it, resolves to its exit status. */
function run([file, ...args], options, onSpawn = () => {}) {
  return new Promise((done, fail) => {
    const child = spawn(file, args, { cwd: root, windowsHide: true, ...options });
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const pass = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, pass);
    child.once('error', fail);
    child.once('close', (code, signal) => {
      for (const each of signals) process.off(each, pass);
      done(code ?? 128 + constants.signals[signal]);
    });
    onSpawn(child);
  });
}

/** npm does not pass SIGTERM on: it ends the shell we run in. Once that is gone, take it as the signal. */
function endWithParent() {
  const parent = process.ppid;
  const poll = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(poll);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  poll.unref();
}

/** Holds the lock of this clone during `work`. The lock names our process and the one we started. */
async function alone(work) {
  fs.mkdirSync(dirname(LOCK), { recursive: true });
  for (let told = false; !acquire(); await sleep(200)) {
    if (!told) console.error(`Waiting for another Candor that is preparing this clone (${LOCK})`);
    told = true;
  }
  const beat = setInterval(() => fs.existsSync(LOCK) && fs.utimesSync(LOCK, new Date(), new Date()), 1000);
  try {
    await work();
  } finally {
    clearInterval(beat);
    fs.rmSync(LOCK, { force: true });
  }
}

function acquire() {
  try {
    fs.writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isHeld(LOCK)) return false;
  const aside = `${LOCK}-${process.pid}`;
  try {
    fs.renameSync(LOCK, aside); // of several that find it stale, one succeeds
    if (isHeld(aside)) fs.renameSync(aside, LOCK); // and it was taken anew in between
    fs.rmSync(aside, { force: true });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return false;
}

/** Touched within the last seconds, or one of its processes lives (not forever: numbers are used again). */
function isHeld(lock) {
  try {
    const age = Date.now() - fs.statSync(lock).mtimeMs;
    return age < 3000 || (age < 120_000 && fs.readFileSync(lock, 'utf8').split(' ').some(isAlive));
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    return Number(pid) > 0 && process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const hash = (parts) =>
  parts.reduce((sum, part) => sum.update(part).update('\0'), createHash('sha256')).digest('hex');
const stamped = (file, key) => fs.existsSync(file) && fs.readFileSync(file, 'utf8') === key;

function installKey() {
  const system = `${process.versions.node.split('.')[0]} ${process.platform} ${process.arch}`;
  return hash([system, fs.readFileSync(at('package-lock.json'))]);
}

function buildKey() {
  const files = ['apps', 'libs', 'migrations', 'test/bench'].flatMap(sources);
  files.push('package.json', 'tsconfig.json');
  return hash([installKey(), ...files.flatMap((file) => [file, fs.readFileSync(at(file))])]);
}

function sources(folder) {
  if (!fs.existsSync(at(folder))) return [];
  const entries = fs
    .readdirSync(at(folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : sources(path);
    return /(\.ts|tsconfig.*\.json)$/.test(path) && !path.endsWith('.spec.ts') ? [path] : [];
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = error.status;
}
