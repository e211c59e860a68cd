import { readFileSync } from 'node:fs';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#libs/event-store';
import { createApp } from '../apps/api/src/create-app.js';
import { openApiText } from '../apps/api/src/openapi.js';
import { startService } from './support/http-kit.js';

const FILE = new URL('../apps/api/openapi.json', import.meta.url);
const REGENERATE = 'npm run --silent candor -- openapi > apps/api/openapi.json';

/** A page for people: no part of the API. */
const NOT_THE_API = /^\/docs\b/;
/** These two only say what the process knows already. */
const CANNOT_FAIL = ['GET /health/live', 'GET /openapi.json'];

interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  responses: Record<string, { $ref?: string; content?: Record<string, unknown> }>;
}
interface OpenApi {
  openapi: string;
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, { content?: Record<string, unknown> }> };
}

let stop: () => Promise<void>;
let served: string;
let text: string;
let document: OpenApi;
let routes: string[];

beforeAll(async () => {
  const { service, stop: end } = await startService();
  stop = end;
  text = openApiText(service.app);
  served = (await service.app.getHttpAdapter().getInstance().inject({ url: '/openapi.json' })).body;
  document = JSON.parse(text) as OpenApi;
  routes = routesIn(service.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }));
});
afterAll(() => stop());

const operations = (of = document) =>
  Object.entries(of.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, operation })),
  );

describe('The OpenAPI document', () => {
  it('is the one that is kept in the repository', () => {
    const kept = readFileSync(FILE, 'utf8');
    expect(kept, `apps/api/openapi.json is out of date. Look at the difference, then: ${REGENERATE}`).toBe(text);
  });

  it('is what the service answers', () => {
    expect(JSON.parse(served)).toEqual(document);
  });

  it('needs no database to be made', async () => {
    const pool = openPool('postgresql://nobody@127.0.0.1:1/none');
    const app = await createApp({ pool, secret: Buffer.alloc(32), follow: false });
    expect(openApiText(app)).toBe(text);
    await app.close();
    await pool.end();
  });

  it('describes every route, and no other', () => {
    const described = operations().map(({ route }) => route);
    expect(routes.filter((route) => !NOT_THE_API.test(route.split(' ')[1]!)).toSorted()).toEqual(described.toSorted());
    expect(routes.length).toBeGreaterThan(80);
  });

  it('is of version 3.1, without what 3.1 has left behind', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(leftBehind(document), 'nullable: type: [..., "null"] · example of a schema: examples: [...]').toEqual([]);
  });

  it('says of every operation what it is called, what it does and where it belongs', () => {
    const declared = document.tags.filter(({ description }) => description).map(({ name }) => name);
    const speechless = operations().filter(
      ({ operation: { operationId, summary, description, tags } }) =>
        !operationId || !summary || !description || tags?.length !== 1 || !declared.includes(tags[0]!),
    );
    expect(speechless.map(({ route }) => route), 'tags are described in apps/api/src/openapi.ts').toEqual([]);
    const used = new Set(operations().flatMap(({ operation }) => operation.tags));
    expect(declared.filter((tag) => !used.has(tag)), 'tags that nothing uses').toEqual([]);
  });

  it('says of every operation how it succeeds and how it is refused', () => {
    const answers = ({ responses }: Operation) => Object.keys(responses).map(Number);
    const isProblem = ({ $ref, content }: Operation['responses'][string]) =>
      'application/problem+json' in ((content ?? document.components.responses[$ref?.split('/').at(-1) ?? '']?.content) ?? {});
    for (const { route, operation } of operations()) {
      expect(answers(operation).filter((status) => status < 300), route).toHaveLength(1);
      if (CANNOT_FAIL.includes(route)) continue;
      const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
      expect(refusals.length, `${route} names no problem`).toBeGreaterThan(0);
      expect(refusals.filter(([, response]) => !isProblem(response)).map(([status]) => `${route} ${status}`)).toEqual([]);
    }
  });

  it('passes the rules of Spectral', async () => {
    expect(await lint(document)).toEqual([]);
  }, 20_000);
});

describe('The rules of Spectral', () => {
  it.each<[string, string, (broken: OpenApi) => void]>([
    ['a reference to nothing', 'invalid-ref', ({ paths }) => (operation(paths).responses['400'] = { $ref: '#/components/responses/Nothing' })],
    ['an operation without a description', 'operation-description', ({ paths }) => delete operation(paths).description],
    ['a tag that is not described', 'operation-tag-defined', ({ paths }) => (operation(paths).tags = ['nonsense'])],
    ['two operations of one name', 'operation-operationId-unique', ({ paths }) => (operation(paths).operationId = 'consents_give')],
  ])('report %s', async (_, rule, breakIt) => {
    const broken = structuredClone(document);
    breakIt(broken);
    expect((await lint(broken)).join('\n')).toContain(rule);
  }, 20_000);

  const operation = (paths: OpenApi['paths']) => paths['/v1/clients']!.post!;
});

async function lint(of: OpenApi): Promise<string[]> {
  const linter = new spectral.Spectral();
  linter.setRuleset({ extends: [[rulesets.oas, 'recommended']] } as never);
  const found = await linter.run(of);
  return found.map(({ code, path, message }) => `${code}: ${path.join('.')}: ${message}`);
}

/** Fastify draws its router as a tree, four characters to a level; a route is the text from the root to its line. */
function routesIn(tree: string): string[] {
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^([│├└─ ]*)([^│├└─ ]\S*) \(([A-Z, ]+)\)/.exec(line) ?? [];
    const depth = indent.length / 4;
    path.splice(depth - 1, path.length, part);
    const url = path.join('').replace(/:(\w+)/g, '{$1}');
    return methods ? methods.split(', ').map((method) => `${method} ${url}`) : [];
  });
}

/** Where a schema says something in the words of OpenAPI 3.0. */
function leftBehind(node: unknown, path = '', isSchema = false): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (isSchema && ['nullable', 'example'].includes(key)) return [`${path}/${key}`];
    if (['examples', 'example', 'enum'].includes(key)) return [];
    const schemas = key === 'schema' || key === 'items' || path.endsWith('/properties') || path.endsWith('/schemas') || /\/(allOf|anyOf|oneOf)$/.test(path);
    return leftBehind(value, `${path}/${key}`, schemas);
  });
}
