import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['apps', 'libs', 'migrations', 'test'];

const TOP_LEVEL = [
  FOLDERS,
  ['nest-cli.json', 'package.json', 'package-lock.json', 'tsconfig.json', 'docker-compose.yml'],
  ['README.md', 'CHANGELOG.md', 'LICENSE'],
].flat();
/** Not part of the repository (.gitignore). Names that begin with a dot may be there, too. */
const MADE_HERE = /^(node_modules|dist|coverage|.*\.log)$/;

/** What a file touches, by the end of its name; a name without one is pure (test/architecture.cjs). */
const ROLES = [
  'module',
  'controller',
  'bodies',
  'handler',
  'reader',
  'projection',
  'service',
  'provider',
  'sql',
  'documents',
  'guard',
  'filter',
  'interceptor',
];

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

/** Violations of the rules in a copy, with how many imports were looked at. */
async function cruise(clone: string): Promise<{ violations: Violation[]; imports: number }> {
  const script = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [script, '--config', 'test/architecture.cjs', '--output-type', 'json', ...FOLDERS];
  const output = await new Promise<string>((done, fail) =>
    execFile(process.execPath, args, { cwd: clone, maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
      stdout ? done(stdout) : fail(new Error(stderr, { cause: error })),
    ),
  );
  const { summary } = JSON.parse(output) as {
    summary: { violations: Violation[]; totalDependenciesCruised: number };
  };
  return { violations: summary.violations, imports: summary.totalDependenciesCruised };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/node_modules|dist/.test(entry.parentPath))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

const misplaced = (names: string[]) =>
  names.filter((name) => !TOP_LEVEL.includes(name) && !name.startsWith('.') && !MADE_HERE.test(name));

const withoutRole = (files: string[]) =>
  files.filter((file) => {
    const [, role] = /^[^.]+\.(.+)\.ts$/.exec(basename(file)) ?? [];
    return role !== undefined && role !== 'spec' && !ROLES.includes(role);
  });

/** The planning papers beside this repository, or a path of somebody's machine. */
const readsPlans = (text: string) => /\bshared\/\w|["'`]\/(?:home|opt|root|srv|work)\//.test(text);

describe('The layout', () => {
  it('has only the fixed names at the top', () => {
    expect(misplaced(readdirSync(ROOT))).toEqual([]);
    expect(misplaced(['libs', '.ci', 'node_modules', 'docs', 'tsconfig.base.json'])).toEqual([
      'docs',
      'tsconfig.base.json',
    ]);
  });

  it('names the role of each file of a lib, or none', () => {
    const files = filesIn(join(ROOT, 'libs')).filter((file) => file.endsWith('.ts'));
    expect(withoutRole(files), 'a new role gets its place in ROLES').toEqual([]);
    expect(withoutRole(['libs/a/src/b/b.ts', 'libs/a/src/b/b.spec.ts', 'libs/a/src/b/b.helper.ts'])).toEqual([
      'libs/a/src/b/b.helper.ts',
    ]);
  });

  it('stands on its own', () => {
    const files = FOLDERS.flatMap((folder) => filesIn(join(ROOT, folder))).filter(
      (file) => !file.startsWith('test/architecture.'),
    );
    expect(files.filter((file) => readsPlans(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
    expect(["open('../shared/plan.md')", "open('/home/x')"].map(readsPlans)).toEqual([true, true]);
  });
});

/** One file each, in a copy of this repository: [rule, what it says, file, text]. */
const PLANTED: [rule: string, title: string, file: string, text: string][] = [
  [
    'domain-is-pure',
    'a framework in a pure file',
    'libs/consent/src/x/nest.ts',
    "import { Injectable } from '@nestjs/common';",
  ],
  [
    'domain-is-pure',
    'a package of Node in a pure file',
    'libs/consent/src/x/node.ts',
    "import { readFileSync } from 'node:fs';",
  ],
  [
    'domain-is-pure',
    'the log in a pure file, even as a type',
    'libs/session/src/x/log.ts',
    "import type { EventStore } from '#libs/event-store';",
  ],
  [
    'domain-is-pure',
    'a file with a role in a pure file',
    'libs/consent/src/x/role.ts',
    "import { StatusReader } from '../status/status.reader.js';",
  ],
  [
    'domain-is-pure',
    'a database in a pure file of the audit',
    'libs/audit/src/x/pg.ts',
    "import pg from 'pg';",
  ],
  [
    'pure-files-share-types-only',
    'a function of another context in a pure file',
    'libs/consent/src/x/value.ts',
    "import { policyAt } from '#libs/practice';",
  ],
  [
    'kernel-imports-nothing',
    'a package in the kernel',
    'libs/kernel/src/package.ts',
    "import { of } from 'rxjs';",
  ],
  [
    'kernel-imports-nothing',
    'files in the kernel',
    'libs/kernel/src/files.ts',
    "import { readFileSync } from 'node:fs';",
  ],
  [
    'kernel-imports-nothing',
    'a context in the kernel, even as a type',
    'libs/kernel/src/context.ts',
    "import type { PracticeEvent } from '#libs/practice';",
  ],
  [
    'modules-meet-at-index',
    'a lib that goes around the door of another',
    'libs/session/src/x/door.reader.ts',
    "import { consent } from '../../../consent/src/consent/consent.js';",
  ],
  [
    'modules-meet-at-index',
    'an app that goes around a door',
    'apps/api/src/door.ts',
    "import { consent } from '../../../libs/consent/src/consent/consent.js';",
  ],
  [
    'modules-meet-at-index',
    'a test that goes around a door',
    'test/e2e/door.spec.ts',
    "import { consent } from '../../libs/consent/src/consent/consent.js';",
  ],
  [
    'modules-meet-at-index',
    'a kit that looks into several libs',
    'test/support/boundary-kit.ts',
    "import { consent } from '../../libs/consent/src/consent/consent.js';",
  ],
  [
    'libs-build-on-those-before',
    'a context that builds on a later one',
    'libs/practice/src/x/later.handler.ts',
    "import { consent } from '#libs/consent';",
  ],
  [
    'libs-build-on-those-before',
    'a foundation that knows a context',
    'libs/http/src/context.ts',
    "import { staff } from '#libs/practice';",
  ],
  [
    'every-lib-has-its-place',
    'a lib without a place in the order',
    'libs/x/src/index.ts',
    "import { sha256 } from '#libs/kernel';",
  ],
  [
    'libs-do-not-import-apps',
    'a lib that imports an app',
    'libs/practice/src/x/app.handler.ts',
    "import { AppModule } from '../../../../apps/api/src/app.module.js';",
  ],
  [
    'apps-do-not-import-each-other',
    'a service that imports the tool',
    'apps/api/src/tool.ts',
    "import { printOpenApi } from '../../cli/src/openapi.command.js';",
  ],
  [
    'apps-do-not-import-each-other',
    'a tool that imports the inside of the service',
    'apps/cli/src/inside.ts',
    "import { firstStart } from '../../api/src/first-start.js';",
  ],
  [
    'product-does-not-import-tests',
    'a product that imports a test kit',
    'libs/practice/src/x/kit.handler.ts',
    "import { startService } from '../../../../test/support/http-kit.js';",
  ],
  [
    'product-runs-without-dev-packages',
    'a product that needs a package for tests',
    'libs/http/src/dev.ts',
    "import { expect } from 'vitest';",
  ],
  [
    'nothing-from-outside',
    'an import from outside of the repository',
    'migrations/outside.ts',
    "import { one } from '../../outside.js';",
  ],
  [
    'no-cycles',
    'two files that need each other',
    'libs/kernel/src/chicken.ts',
    "import { egg } from './egg.js';\nexport const chicken = () => egg;",
  ],
  [
    'every-import-is-found',
    'an import of nothing',
    'apps/api/src/nothing.ts',
    "import { nothing } from './nowhere.js';",
  ],
];

/** What the rules allow, beside what they forbid. */
const ALLOWED: [title: string, file: string, text: string][] = [
  [
    'a type of another context in a pure file',
    'libs/consent/src/x/type.ts',
    "import type { Policy } from '#libs/practice';",
  ],
  [
    'a function of an earlier context in a handler',
    'libs/consent/src/x/value.handler.ts',
    "import { policyAt } from '#libs/practice';",
  ],
  [
    'two files that know each other as types',
    'libs/kernel/src/day.ts',
    "import type { Night } from './night.js';\nexport type Day = { next: Night };",
  ],
  [
    'a kit that looks into its own lib',
    'test/support/consent-kit.ts',
    "import { consent } from '../../libs/consent/src/consent/consent.js';",
  ],
];

const COMPANIONS: Record<string, string> = {
  '../outside.ts': 'export const one = 1;',
  'libs/kernel/src/egg.ts': "import { chicken } from './chicken.js';\nexport const egg = () => chicken;",
  'libs/kernel/src/night.ts': "import type { Day } from './day.js';\nexport type Night = { next: Day };",
};

describe('The rules of test/architecture.cjs', () => {
  const folder = mkdtempSync(join(tmpdir(), `candor-test-${process.pid}-architecture-`));
  const clone = join(folder, 'clone');
  let here: { violations: Violation[]; imports: number };
  let planted: Violation[];

  beforeAll(async () => {
    for (const name of [...FOLDERS, 'package.json', 'tsconfig.json'])
      cpSync(join(ROOT, name), join(clone, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'), 'junction');
    const files = [
      ...PLANTED.map(([, , file, text]) => [file, text] as const),
      ...ALLOWED.map(([, file, text]) => [file, text] as const),
      ...Object.entries(COMPANIONS),
    ];
    for (const [file, text] of files) {
      mkdirSync(dirname(join(clone, file)), { recursive: true });
      writeFileSync(join(clone, file), `${text}\n`);
    }
    const { violations, imports } = await cruise(clone);
    const added = new Set(files.map(([file]) => file));
    here = { violations: violations.filter(({ from }) => !added.has(from)), imports };
    planted = violations.filter(({ from }) => added.has(from));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('hold in this repository', () => {
    expect(here.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    expect(here.imports, 'imports that were looked at').toBeGreaterThan(1000);
  });

  it.each(PLANTED)('%s reports %s', (rule, _, file) => {
    expect(planted.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(
      rule,
    );
  });

  it.each(ALLOWED)('allow %s', (_, file) => {
    expect(planted.filter(({ from }) => from === file)).toEqual([]);
  });

  it('are all tried', () => {
    const rules = readFileSync(join(ROOT, 'test/architecture.cjs'), 'utf8').matchAll(/name: '([\w-]+)'/g);
    const tried = new Set(PLANTED.map(([rule]) => rule));
    expect([...new Set([...rules].map(([, name]) => name))].filter((name) => !tried.has(name!))).toEqual([]);
  });
});
