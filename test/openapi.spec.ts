import { readFileSync } from 'node:fs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closePools, openPools } from '#libs/event-store';
import { createApp } from '../apps/api/src/create-app.js';
import { openApiText } from '../apps/api/src/openapi.js';
import { startService } from './support/http-kit.js';
import { NO_KEYS } from './support/vault-kit.js';

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
  parameters?: { name?: string; in?: string; example?: unknown }[];
  requestBody?: { content: Record<string, { examples?: Record<string, unknown> }> };
  responses: Record<string, { $ref?: string; content?: Record<string, unknown> }>;
}
interface OpenApi {
  openapi: string;
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, object>;
    responses: Record<string, { content?: Record<string, unknown> }>;
  };
}

let stop: () => Promise<void>;
let app: NestFastifyApplication;
let text: string;
let document: OpenApi;
let routes: string[];

beforeAll(async () => {
  const { service, stop: end } = await startService();
  stop = end;
  app = service.app;
  text = openApiText(app);
  document = JSON.parse(text) as OpenApi;
  routes = routesIn(app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }));
});
afterAll(() => stop());

const get = (url: string) => app.getHttpAdapter().getInstance().inject({ url });
const operations = (of: OpenApi) =>
  Object.entries(of.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );

describe('The OpenAPI document', () => {
  it('is the one that is kept in the repository', () => {
    const kept = readFileSync(FILE, 'utf8');
    expect(kept, `apps/api/openapi.json is out of date. Look at the difference, then: ${REGENERATE}`).toBe(
      text,
    );
  });

  it('is what the service answers', async () => {
    expect(JSON.parse((await get('/openapi.json')).body)).toEqual(document);
  });

  it('needs no database to be made', async () => {
    const pools = openPools('postgresql://nobody@127.0.0.1:1/none');
    const other = await createApp({ ...pools, vault: NO_KEYS, secret: Buffer.alloc(32), follow: false });
    expect(openApiText(other)).toBe(text);
    await other.close();
    await closePools(pools);
  });

  it('describes every route, and no other', () => {
    const described = operations(document).map(({ route }) => route);
    expect(routes.filter((route) => !NOT_THE_API.test(route.split(' ')[1]!)).toSorted()).toEqual(
      described.toSorted(),
    );
    expect(routes.length).toBeGreaterThan(80);
  });

  it('is of version 3.1, without what 3.1 has left behind', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(
      leftBehind(document),
      'nullable: type: [..., "null"] · example of a schema: examples: [...]',
    ).toEqual([]);
  });

  it('says of every operation what it is called, what it does and where it belongs', () => {
    expect(speechless(document), 'tags are described in apps/api/src/openapi.ts').toEqual([]);
    const used = new Set(operations(document).flatMap(({ operation }) => operation.tags));
    expect(
      document.tags.map(({ name }) => name).filter((tag) => !used.has(tag)),
      'tags that nothing uses',
    ).toEqual([]);
  });

  it('shows of every operation an example: where it is sent, what it is asked, what is in the body', () => {
    expect(
      withoutExample(document),
      'add one where it belongs in the tour, apps/api/src/examples; test/e2e/examples.spec.ts sends it',
    ).toEqual([]);
  });

  it('says of every operation how it succeeds and how it is refused', () => {
    expect(withoutAnswers(document)).toEqual([]);
  });

  it('passes the rules of Spectral', async () => {
    expect(await lint(document)).toEqual([]);
  }, 60_000);
});

describe('The checks of the document report', () => {
  const broken = (breakIt: (operation: Operation, document: OpenApi) => void): OpenApi => {
    const copy = structuredClone(document);
    breakIt(copy.paths['/v1/clients']!.post!, copy);
    return copy;
  };

  it('what breaks a rule of Spectral', async () => {
    const { paths: all } = document;
    const few = ['/v1/clients', '/v1/units', '/v1/staff', '/v1/consents/{id}/give'];
    const planted = broken((operation, { paths }) => {
      for (const path of Object.keys(all)) if (!few.includes(path)) delete paths[path];
      operation.responses['400'] = { $ref: '#/components/responses/Nothing' };
      delete paths['/v1/clients']!.get!.description;
      paths['/v1/units']!.post!.tags = ['nonsense'];
      paths['/v1/staff']!.post!.operationId = 'consents_give';
    });
    const rules = (await lint(planted)).map((line) => line.split(':')[0]);
    for (const rule of [
      'invalid-ref',
      'operation-description',
      'operation-tag-defined',
      'operation-operationId-unique',
    ])
      expect(rules).toContain(rule);
  }, 60_000);

  it('an operation without a summary', () => {
    expect(speechless(broken((operation) => delete operation.summary))).toEqual(['POST /v1/clients']);
  });

  it('an operation without an example, or with only a part of one', () => {
    const { description = '' } = document.paths['/v1/clients']!.post!;
    const withoutLine = (operation: Operation) => (operation.description = description.split('\n')[0]!);
    expect(withoutExample(broken(withoutLine))).toEqual(['POST /v1/clients']);
    const withoutBody = (operation: Operation) => (operation.requestBody = { content: { any: {} } });
    expect(withoutExample(broken(withoutBody))).toEqual(['POST /v1/clients']);
    const withoutId = (operation: Operation) => (operation.parameters = [{ name: 'id', in: 'path' }]);
    expect(withoutExample(broken(withoutId))).toEqual(['POST /v1/clients']);
  });

  it('an operation without success, without problems, or with a refusal that is no problem document', () => {
    expect(withoutAnswers(broken(({ responses }) => delete responses['201']))).toEqual(['POST /v1/clients']);
    expect(withoutAnswers(broken((operation) => (operation.responses = { 201: {} })))).toEqual([
      'POST /v1/clients',
    ]);
    expect(withoutAnswers(broken(({ responses }) => (responses['400'] = { content: {} })))).toEqual([
      'POST /v1/clients',
    ]);
  });

  it('the words of 3.0', () => {
    const left = leftBehind(
      broken((_, { components }) => Object.assign(components.schemas.Page!, { nullable: true })),
    );
    expect(left).toContain('/components/schemas/Page/nullable');
  });
});

describe('/docs', () => {
  it('is a page whose parts all come from this service, and which may ask nobody else', async () => {
    const page = await get('/docs');
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html']);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    const parts = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, part]) => part!);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) {
      expect(part).toMatch(/^\.\/docs\//);
      expect((await get(part.slice(1))).statusCode, part).toBe(200);
    }
  });
});

/** Operations that lack a name, a summary, a description, or the one tag they belong to. */
function speechless(of: OpenApi): string[] {
  const declared = of.tags.filter(({ description }) => description).map(({ name }) => name);
  return operations(of)
    .filter(
      ({ operation: { operationId, summary, description, tags } }) =>
        !operationId || !summary || !description || tags?.length !== 1 || !declared.includes(tags[0]!),
    )
    .map(({ route }) => route);
}

/** Operations that do not show a whole request; of a query's parameters some are enough. */
function withoutExample(of: OpenApi): string[] {
  return operations(of)
    .filter(({ operation: { description = '', parameters = [], requestBody } }) => {
      const bodies = Object.values(requestBody?.content ?? {});
      return !(
        /\nExample, as \w+: `(GET|POST) \/.*` \(.+\)/.test(description) &&
        bodies.every(({ examples = {} }) => Object.keys(examples).length > 0) &&
        parameters.every((each) => each.in !== 'path' || each.example !== undefined)
      );
    })
    .map(({ route }) => route);
}

/** Operations that do not have one success, or no problem, or a refusal that is no problem document. */
function withoutAnswers(of: OpenApi): string[] {
  const isProblem = ({ $ref, content }: Operation['responses'][string]) =>
    'application/problem+json' in
    (content ?? of.components.responses[$ref?.split('/').at(-1) ?? '']?.content ?? {});
  return operations(of)
    .filter(({ route, operation }) => {
      const answers = Object.entries(operation.responses);
      const refusals = answers.filter(([status]) => Number(status) >= 400);
      const fine =
        answers.length - refusals.length === 1 && (refusals.length > 0 || CANNOT_FAIL.includes(route));
      return !fine || !refusals.every(([, response]) => isProblem(response));
    })
    .map(({ route }) => route);
}

async function lint(of: OpenApi): Promise<string[]> {
  const linter = new spectral.Spectral();
  linter.setRuleset({ extends: [[rulesets.oas, 'recommended']] } as never);
  const found = await linter.run({ ...of });
  return found.map(({ code, path, message }) => `${code}: ${path.join('.')}: ${message}`);
}

/** Fastify draws its router as a tree, four characters to a level; a route is the text from the root to its line. */
function routesIn(tree: string): string[] {
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] =
      /^([│├└─ ]*)([^│├└─ ]\S*) \(([A-Z, ]+)\)/.exec(line) ?? [];
    const depth = indent.length / 4;
    path.splice(depth - 1, path.length, part);
    const url = path
      .join('')
      .replace(/:(\w+)/g, '{$1}')
      .replace(/ledger\*$/, 'ledger/tile/{path}'); // the tree leaves out what stands before a star
    return methods ? methods.split(', ').map((method) => `${method} ${url}`) : [];
  });
}

/** Where a schema says something in the words of OpenAPI 3.0. */
function leftBehind(node: unknown, path = '', isSchema = false): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (isSchema && ['nullable', 'example'].includes(key)) return [`${path}/${key}`];
    if (['examples', 'example', 'enum'].includes(key)) return [];
    const schemas =
      key === 'schema' ||
      key === 'items' ||
      path.endsWith('/properties') ||
      path.endsWith('/schemas') ||
      /\/(allOf|anyOf|oneOf)$/.test(path);
    return leftBehind(value, `${path}/${key}`, schemas);
  });
}
