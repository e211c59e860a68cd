import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, EXAMPLES, type Example } from '../../apps/api/src/examples/index.js';
import { openApiText } from '../../apps/api/src/openapi.js';
import type { Service } from '../support/http-kit.js';
import { startTour, type Answer, type Tour } from '../support/tour.js';
import { describeReads } from './reads.js';
import { describeWalls } from './walls.js';

let tour: Tour;
let service: Service;
let answers: Map<Example, Answer>;
let stop: () => Promise<void>;
beforeAll(async () => {
  const started = await startTour();
  ({ tour, stop } = started);
  service = tour.service;
  answers = await started.tell();
}, 120_000);
afterAll(() => stop());

describe('The examples', () => {
  it('all succeed, sent from the first to the last, and no query among them finds nothing', () => {
    const failed = [...answers]
      .filter(([{ accept = 'application/' }, { status, type, text }]) => {
        const fine = status < 300 || text.includes(TESTS_ARE_NOT_DURABLE);
        return !fine || !type.startsWith(accept) || text.includes('"data":[]');
      })
      .map(
        ([{ operation, title }, { status, type, text }]) =>
          `${operation} (${title}): ${status} ${type} ${text}`,
      );
    expect(failed).toEqual([]);
  });

  it('change nothing when they are sent once more with the same keys, and get the same answers', async () => {
    const before = await service.position();
    for (const example of EXAMPLES.filter(({ operation }) => idempotent(operation))) {
      const answer = await tour.send(example);
      // whoever has handed a client over since is told nothing more about them
      const handedOver = example.as === 'trainee' && answer.text.includes('not_your_client');
      expect(answer.status, example.title).toBe(handedOver ? 403 : answers.get(example)!.status);
      if (!handedOver) expect(answer, example.title).toEqual(answers.get(example));
    }
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

/** All commands; what makes or ends something secret is done anew. */
function idempotent(operation: string): boolean {
  const [method, path] = operation.split(' ') as [string, string];
  const { parameters = [] } = (JSON.parse(openApiText(service.app)) as OpenApi).paths[path]![
    method.toLowerCase()
  ]!;
  return parameters.some(({ name, $ref }) => (name ?? $ref)?.endsWith('Idempotency-Key'));
}

describeReads(
  () => tour,
  () => answers,
);
describeWalls(() => tour);

interface OpenApi {
  components: { responses: Record<string, { content?: object }> };
  paths: Record<
    string,
    Record<
      string,
      {
        description: string;
        parameters?: { name?: string; $ref?: string; example?: unknown }[];
        requestBody?: { content: Record<string, { examples?: Record<string, { value: unknown }> }> };
        responses: Record<string, { $ref?: string; content?: object }>;
      }
    >
  >;
}

/** What `/health/ready` says of their database, truly. */
const TESTS_ARE_NOT_DURABLE = 'database_not_durable';
