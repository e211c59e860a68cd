import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { addressOf, EXAMPLES } from './examples/index.js';

/** The parts of the API, in the order in which its page shows them. */
const TAGS: Readonly<Record<string, string>> = {
  'consent status':
    'What a client has consented to, whether it still holds, and what would have to happen next',
  consents: 'One consent: offered, talked about, given, declined, withdrawn, renewed',
  documents: 'The texts that consents are about, in versions',
  'rule packs': 'What the law of a place asks of a consent',
  stances: 'How a therapist works, in versions that a client can read and acknowledge',
  boundaries: 'What therapist and client have agreed about the frame of their work',
  sessions: 'Appointments, the gate before them, and what was observed in them',
  notes: 'Progress notes, psychotherapy notes apart from them, and what is not signed yet',
  disclosures: 'Who outside asked about a client, and who was told',
  relationships: 'One unit of clients, one therapist, one format',
  clients: 'People, as the practice knows them',
  units: 'Who comes together: a person, a couple, a family, a group',
  intake: 'From an inquiry to an accepted offer',
  practice: 'The practice and its policy',
  staff: 'Who works here, and in which roles',
  'signing in': 'Invitations, sessions, tokens, and who got in',
  rooms: 'Where sessions are held',
  history: 'The log, for auditors: events, timelines, and what a stream amounted to at a version',
  access: 'Who looked at what about whom, and access to one client in an emergency',
  legal: 'How long records are kept, what holds them, and how a client is erased',
  proof: 'What was signed of the log, for whoever checks it with tools of their own',
  service: 'The service itself',
};

const DESCRIPTION = `Practice management for psychotherapy practices that can prove informed consent.

**Commands** are \`POST\`. Each needs an \`Idempotency-Key\`: the same key and body gives the same answer again. What
changes an existing thing needs \`If-Match\` with the version you have seen. The answer is a receipt with the events
that were appended. Bodies are closed: an unknown property is an error. Signing in is no history: what makes or ends an
invitation, a session or a token needs neither header, and its answer is shown only once.

**Queries** are \`GET\` and change nothing. \`minPosition\` waits until the read side has seen a position of the log.

**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\`, a \`detail\` that says what to do next,
and every reason, not only the first.`;

const made = new WeakMap<INestApplication, OpenAPIObject>();

/** The OpenAPI 3.1 description of every route, made once per application. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  let document = made.get(app);
  if (!document) made.set(app, (document = build(app)));
  return document;
}

/** As it is kept in `apps/api/openapi.json`. */
export const openApiText = (app: INestApplication): string =>
  `${JSON.stringify(openApiDocument(app), null, 2)}\n`;

/** `/docs`: a page to read and try the API. Its scripts come from this service, and the browser may ask nobody else. */
export function serveDocs(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async ({ url }, reply) => {
    if (/^\/docs\b/.test(url))
      void reply.header(
        'Content-Security-Policy',
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
      );
  });
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    raw: false, // the document is at /openapi.json
    customSiteTitle: 'Candor API',
    swaggerOptions: { validatorUrl: 'none', docExpansion: 'none', displayRequestDuration: true },
  });
}

function build(app: INestApplication): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Candor')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addServer('/', 'the service that this document comes from')
    .addSecurity('bearer', {
      type: 'http',
      scheme: 'bearer',
      description: 'A token of a staff member, or of the operator',
    })
    .addSecurity('session', {
      type: 'apiKey',
      in: 'cookie',
      name: '__Host-candor',
      description:
        'A person in a browser, after POST /v1/sign-in; changes nothing for the pages of other sites',
    });
  for (const [name, description] of Object.entries(TAGS)) settings.addTag(name, description);
  const document = SwaggerModule.createDocument(app, settings.build());
  document.info.contact = { name: 'Candor' };
  document.info.license = { name: 'Apache License 2.0', identifier: 'Apache-2.0' } as { name: string };
  document.paths['/openapi.json'] = structuredClone(OWN_PATH);
  for (const { path, method, operation } of operations(document)) {
    operation.operationId = operationId(path, method, operation);
    // the operator is a program
    if (operation.security && path !== '/v1/practices')
      operation.security = [...operation.security, { session: [] }];
    // "If `in` is header and the name is Accept, the definition SHALL be ignored": the contents of a response say it
    operation.parameters = operation.parameters?.filter(
      (each) => 'name' in each && each.name.toLowerCase() !== 'accept',
    );
    showExamples(path, method, operation);
  }
  share(document);
  document.paths = sorted(document.paths);
  const components = document.components as Record<string, Record<string, unknown>>;
  for (const [kind, entries] of Object.entries(components)) components[kind] = sorted(entries);
  return document;
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type RequestBody = Extract<NonNullable<Operation['requestBody']>, { content: object }>;

/** Served by Fastify itself (create-app.ts), so the scan of the controllers does not see it. */
const OWN_PATH: OpenAPIObject['paths'][string] = {
  get: {
    operationId: '',
    summary: 'This document',
    description: 'For anyone.',
    tags: ['service'],
    parameters: [],
    responses: {
      200: {
        description: 'An OpenAPI 3.1 document',
        content: { 'application/json': { schema: { type: 'object', additionalProperties: true } } },
      },
    },
  },
};

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

function operations(document: OpenAPIObject): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  );
}

/** `POST /v1/consents/{id}/mark-in-error` is `consents_markInError`: clients are generated from the contract, not from our classes. */
function operationId(path: string, method: string, { parameters = [] }: Operation): string {
  const [area = '', ...rest] = path
    .replace(/^\/(v1\/)?/, '')
    .split('/')
    .filter((part) => !part.startsWith('{'));
  const isList = parameters.some((each) => 'name' in each && each.name === 'limit');
  const verb = rest.join('-') || (method === 'post' ? 'create' : isList ? 'list' : 'get');
  return [area, verb]
    .map((words) => words.replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()))
    .join('_');
}

/** The first example of an operation says where it is sent, by whom and with which parameters; the body has all of them. */
function showExamples(path: string, method: string, operation: Operation): void {
  const examples = EXAMPLES.filter((each) => each.operation === `${method.toUpperCase()} ${path}`);
  const [first] = examples;
  if (!first) return;
  const request = `${method.toUpperCase()} ${addressOf(first)}`;
  operation.description += `\n\nExample, as ${first.as}: \`${request}\` (${first.title})`;
  const given = { ...first.path, ...first.query };
  for (const parameter of operation.parameters ?? []) {
    if (!('name' in parameter) || given[parameter.name] === undefined) continue;
    const { examples: _, ...schema } = parameter.schema as Record<string, unknown>;
    Object.assign(parameter, { schema, example: given[parameter.name] });
  }
  for (const content of Object.values((operation.requestBody as RequestBody | undefined)?.content ?? {}))
    content.examples = Object.fromEntries(
      examples.map(({ title, body }, index) => [String(index + 1), { summary: title, value: body }]),
    );
}

/** What many operations say in the same words is said once, in `components`: the document is half as long. */
function share(document: OpenAPIObject): void {
  const shared = { responses: new Map<string, unknown>(), parameters: new Map<string, unknown>() };
  const once = <T extends object>(kind: keyof typeof shared, name: string, value: T): T => {
    const known = shared[kind].get(name) ?? value;
    if (JSON.stringify(known) !== JSON.stringify(value)) return value;
    shared[kind].set(name, value);
    return { $ref: `#/components/${kind}/${name}` } as unknown as T;
  };
  for (const { operation } of operations(document)) {
    operation.parameters = operation.parameters?.map((each) =>
      'name' in each && COMMON.includes(each.name) && !('example' in each)
        ? once('parameters', each.name, each)
        : each,
    );
    for (const [status, response] of Object.entries(operation.responses)) {
      const schema = JSON.stringify(response).match(
        /"#\/components\/schemas\/(Problem|Receipt)Document"/,
      )?.[1];
      if (schema && response) operation.responses[status] = once('responses', `${schema}${status}`, response);
    }
  }
  Object.assign(document.components!, {
    parameters: Object.fromEntries(shared.parameters),
    responses: Object.fromEntries(shared.responses),
  });
}

/** Of several parameters with one of these names, the first is shared; those that differ or have an example stay. */
const COMMON = ['Idempotency-Key', 'If-Match', 'limit', 'cursor', 'minPosition', 'at', 'knownAt'];

const sorted = <T>(entries: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
