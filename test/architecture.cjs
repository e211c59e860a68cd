/*
 * What may import what. test/architecture.spec.ts runs these rules and plants a violation of each.
 *
 * A file name without a role suffix (agreement.ts, not agreement.controller.ts) is pure: it decides or folds, and knows
 * no framework, no database and no clock.
 */

/** In this order each is built on those before it, never on those after it. The middle line holds the contexts. */
const FOUNDATION = ['kernel', 'embedded-postgres', 'vault', 'event-store', 'http', 'identity'];
const CONTEXTS = ['practice', 'stance', 'client', 'intake', 'relationship', 'boundary', 'consent', 'session'];
const OBSERVERS = ['access', 'legal', 'ledger', 'audit', 'demo'];
const LIBS = [...FOUNDATION, ...CONTEXTS, ...OBSERVERS];

const anyOf = (names) => `(${names.join('|')})`;
const CONTEXT = anyOf(CONTEXTS);
const SPEC = '\\.spec\\.ts$';
const VALUE = { dependencyTypesNot: ['type-only'] };
/** index.ts at the top of a lib is its door: everything else lives in a folder of its own. */
const PURE = '/src/.+/[^/.]+\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'Pure files import the kernel, pure files of their own context, and the doors of other contexts.',
      severity: 'error',
      from: { path: `^libs/${anyOf([...CONTEXTS, 'legal', 'audit'])}${PURE}` },
      to: {
        // node:util compares values (isDeepStrictEqual), rrule-temporal counts days; they know nothing of the world
        pathNot: [
          '^libs/kernel/src/index\\.ts$',
          `^libs/$1${PURE}`,
          `^libs/${CONTEXT}/src/index\\.ts$`,
          '^(node:)?util$',
          '^node_modules/rrule-temporal/',
        ],
      },
    },
    {
      // audit is no context: its pure files judge the events of all contexts, with the same functions.
      name: 'pure-files-share-types-only',
      comment: 'What another context decides or computes is fetched by a handler or reader and passed in.',
      severity: 'error',
      from: { path: `^libs/${CONTEXT}${PURE}` },
      to: { path: `^libs/${CONTEXT}/`, pathNot: '^libs/$1/', ...VALUE },
    },
    {
      name: 'kernel-imports-nothing',
      comment: 'Except hashes and time zones.',
      severity: 'error',
      from: { path: '^libs/kernel/', pathNot: SPEC },
      to: { pathNot: ['^libs/kernel/', '^(node:)?crypto$', '^node_modules/temporal-polyfill/'] },
    },
    {
      name: 'modules-meet-at-index',
      comment: 'The door of a lib is #libs/<name>, which is its index.ts.',
      severity: 'error',
      from: { path: '^(?:apps|libs|migrations|test)/([^/]+)', pathNot: '^test/support/' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'modules-meet-at-index',
      comment: 'A kit for the specs of one lib (test/support/consent-story.ts) looks into that one.',
      severity: 'error',
      from: { path: '^test/support/([a-z]+)' },
      to: { path: '^libs/[^/]+/src/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    ...LIBS.map((lib, place) => ({
      name: 'libs-build-on-those-before',
      comment: `The order is ${LIBS.join(', ')}. Types may go both ways, values may not.`,
      severity: 'error',
      from: { path: `^libs/${lib}/`, pathNot: SPEC },
      to: { path: `^libs/${anyOf([...LIBS.slice(place + 1), '-'])}/`, ...VALUE },
    })),
    {
      name: 'every-lib-has-its-place',
      comment: 'Add the new lib to the order at the top of test/architecture.cjs.',
      severity: 'error',
      from: { path: '^libs/', pathNot: `^libs/${anyOf(LIBS)}/` },
      to: {},
    },
    {
      name: 'libs-do-not-import-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      // The tool works on the same streams and read models as the service, with the same settings, and prints its document.
      name: 'apps-do-not-import-each-other',
      comment: 'Except the tool (cli), which takes what the service (api) is made of.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: {
        path: '^apps/',
        pathNot: ['^apps/$1/', '^apps/api/src/(app\\.module|config|create-app|openapi|vault)\\.ts$'],
      },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: SPEC },
      to: { path: ['^test/', SPEC] },
    },
    {
      name: 'product-runs-without-dev-packages',
      comment: 'A package that the running service needs belongs in "dependencies".',
      severity: 'error',
      from: { path: '^(apps|libs|migrations)/', pathNot: SPEC },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], ...VALUE },
    },
    {
      name: 'nothing-from-outside',
      comment: 'Everything comes from this repository or from npm.',
      severity: 'error',
      from: {},
      to: { path: '^(\\.\\./|/)' },
    },
    {
      // A type-only import is gone when the program runs; in a cycle it can leave nothing undefined.
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'every-import-is-found',
      comment: 'What cannot be resolved no rule can judge.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    preserveSymlinks: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default'],
    },
  },
};
