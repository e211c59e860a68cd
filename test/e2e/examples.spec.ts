import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPool } from '#libs/event-store';
import { Tokens } from '#libs/identity';
import { addMinutes } from '#libs/kernel';
import { Sealer } from '#libs/ledger';
import { addressOf, EXAMPLES, PRACTICE, STAFF, type Example } from '../../apps/api/src/examples/index.js';
import { openApiText } from '../../apps/api/src/openapi.js';
import { OPERATOR, startService, type Service } from '../support/http-kit.js';

/*
 * The examples of the OpenAPI document are a story. It is told here from the first request to the last, word for word, to
 * a service in which there is nothing yet but the tokens of those who will be registered.
 */

let now = '';
let service: Service;
let sealer: Sealer;
let stop: () => Promise<void>;
const answers = new Map<Example, Answer>();
const tokens: Partial<Record<Example['as'], string>> = { operator: OPERATOR };
beforeAll(async () => {
  const started = await startService({ now: () => now || EXAMPLES[0]!.at! });
  service = started.service;
  await service.app.listen(0, '127.0.0.1');
  const pool = openPool(service.databaseUrl, 2, 'candor_sealer');
  sealer = new Sealer({ pool, seed: Buffer.alloc(32, 7), host: 'candor.example', report: () => undefined });
  for (const [name, id] of Object.entries(STAFF))
    tokens[name as keyof typeof STAFF] = await service.app.get(Tokens).issue(PRACTICE, id, name);
  stop = async () => {
    await pool.end();
    await started.stop();
  };
});
afterAll(() => stop());

describe('The examples', () => {
  it('all succeed, sent from the first to the last, and no query among them finds nothing', async () => {
    const failed: string[] = [];
    for (const example of EXAMPLES) {
      now = example.at ?? addMinutes(now, 1);
      if (example.operation.startsWith('GET')) await service.settled();
      if (example.operation.includes('/ledger')) await sealer.sealAll();
      const answer = await send(example);
      answers.set(example, answer);
      const { status, type, text } = answer;
      const fine = status < 300 || text.includes(TESTS_ARE_NOT_DURABLE);
      if (!fine || !type.startsWith(example.accept ?? 'application/') || text.includes('"data":[]'))
        failed.push(`${example.operation} (${example.title}, ${now}): ${status} ${type} ${text}`);
    }
    expect(failed).toEqual([]);
  }, 120_000);

  it('change nothing when they are sent once more with the same keys, and get the same answers', async () => {
    const before = await service.position();
    for (const example of EXAMPLES.filter(({ operation }) => operation.startsWith('POST')))
      expect(await send(example), example.title).toEqual(answers.get(example));
    expect(await service.position()).toBe(before);
  }, 120_000);

  it('use every operation of the document, and the document shows no others', () => {
    const { paths } = JSON.parse(openApiText(service.app)) as OpenApi;
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
    const sent = new Set<string>(EXAMPLES.map(({ operation }) => operation));
    expect([...sent].toSorted()).toEqual(described.map(({ name }) => name).toSorted());
    for (const { name, operation } of described) {
      const examples = EXAMPLES.filter((example) => example.operation === name);
      const addresses = examples.map((example) => `\`${name.split(' ')[0]} ${addressOf(example)}\``);
      expect(addresses, name).toContain(/`.*`/.exec(operation.description)?.[0]);
      for (const { name: parameter, example } of operation.parameters ?? [])
        if (example !== undefined)
          expect(
            examples.map(({ path, query }) => ({ ...path, ...query })[parameter!]),
            name,
          ).toContain(example);
      for (const content of Object.values(operation.requestBody?.content ?? {}))
        expect(
          Object.values(content.examples ?? {}).map(({ value }) => value),
          name,
        ).toEqual(examples.map(({ body }) => body));
    }
  });

  it('are answered as the document says', () => {
    const { paths, components } = JSON.parse(openApiText(service.app)) as OpenApi;
    for (const [{ operation }, { status, type }] of answers) {
      const [method, path] = operation.split(' ') as [string, string];
      const response = paths[path]![method.toLowerCase()]!.responses[status];
      const { content = {} } =
        components.responses[response?.$ref?.split('/').at(-1) ?? ''] ?? response ?? {};
      expect(Object.keys(content), `${operation}: ${status}`).toContain(type.split(';')[0]);
    }
  });
});

interface OpenApi {
  components: { responses: Record<string, { content?: object }> };
  paths: Record<
    string,
    Record<
      string,
      {
        description: string;
        parameters?: { name?: string; example?: unknown }[];
        requestBody?: { content: Record<string, { examples?: Record<string, { value: unknown }> }> };
        responses: Record<string, { $ref?: string; content?: object }>;
      }
    >
  >;
}

/** What `/health/ready` says of their database, truly. */
const TESTS_ARE_NOT_DURABLE = 'database_not_durable';

/** What the tour calls an event, and what the service has called it. */
const eventIds = new Map<string, string>();

interface Answer {
  status: number;
  type: string;
  text: string;
}

async function send(example: Example): Promise<Answer> {
  const { operation, as, body, idempotencyKey, accept, eventId } = example;
  const { port } = service.app.getHttpServer().address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${addressOf(example)}`, {
    method: operation.split(' ')[0]!,
    headers: {
      ...(tokens[as] ? { Authorization: `Bearer ${tokens[as]}` } : {}),
      ...(accept ? { Accept: accept } : {}),
      ...(body ? { 'Content-Type': 'application/json', 'If-Match': await seen(example) } : {}),
      'Idempotency-Key': idempotencyKey ?? `tour-${EXAMPLES.indexOf(example)}`,
    },
    ...(body ? { body: withEventIds(JSON.stringify(body)) } : {}),
  });
  const text = await beginningOf(answer);
  if (eventId)
    eventIds.set(eventId, (JSON.parse(text) as { events: { eventId: string }[] }).events[0]!.eventId);
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text };
}

const withEventIds = (text: string): string =>
  [...eventIds].reduce((so, [called, is]) => so.replaceAll(called, is), text);

/** A stream of events goes on for ever: until the first of them. */
async function beginningOf(answer: Response): Promise<string> {
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return answer.text();
  let text = '';
  for await (const part of answer.body!) {
    text += Buffer.from(part).toString();
    if (text.includes('\ndata:')) break; // this closes it
  }
  return text;
}

/** The version that whoever has just read the thing would send. */
async function seen({ path }: Example): Promise<string> {
  const { rows } = await service.store.pool.query<{ version: number }>(
    'select max(version) as version from log.event where practice_id = $1 and stream like $2',
    [PRACTICE, `%-${path?.id}`],
  );
  return rows[0]!.version ? `"${rows[0]!.version}"` : '*';
}
