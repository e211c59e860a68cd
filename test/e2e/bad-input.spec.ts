import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { openApiDocument } from '../../apps/api/src/openapi.js';
import { OPERATOR, startService, type Service } from '../support/http-kit.js';

let service: Service;
let stop: () => Promise<void>;
let commands: string[] = [];
let queries: string[] = [];

beforeAll(async () => {
  ({ service, stop } = await startService());
  const { paths } = openApiDocument(service.app);
  const fill = (path: string) => path.replaceAll(/\{\w*[iI]d\}/g, uuidv7()).replaceAll(/\{\w+\}/g, '1');
  commands = Object.entries(paths).flatMap(([path, item]) => (item.post ? [fill(path)] : []));
  queries = Object.entries(paths).flatMap(([path, item]) =>
    item.get && path.startsWith('/v1') ? [fill(path)] : [],
  );
  expect(commands.length).toBeGreaterThan(50);
});
afterAll(() => stop());

const tokenFor = (path: string) => (path === '/v1/practices' ? OPERATOR : undefined);
const ALL_ROLES = ['owner', 'coordinator', 'therapist', 'supervisor', 'auditor'] as const;

/** Sends bytes as somebody the route is for, whoever that is. */
async function send(path: string, body: string | Buffer, headers: Record<string, string> = {}) {
  for (const role of ALL_ROLES) {
    const answer = await request(service.app.getHttpServer())
      .post(path)
      .set({
        Authorization: `Bearer ${tokenFor(path) ?? service.tokenOf(role)}`,
        'Idempotency-Key': randomUUID(),
        'If-Match': '"1"',
        'Content-Type': 'application/json',
        ...headers,
      })
      .serialize((raw) => raw as string)
      .send(body);
    if (answer.status !== 403) return answer;
  }
  throw new Error(`no role may use ${path}`);
}

/** Every answer is a problem document with one of these statuses, and the log has not grown. */
async function refusedEverywhere(
  paths: readonly string[],
  statuses: readonly number[],
  call: (
    path: string,
  ) => Promise<{ status: number; type: string; body: { code?: string; errors?: object[]; detail?: string } }>,
) {
  const before = await service.position();
  const wrong: string[] = [];
  for (const path of paths) {
    const { status, type, body } = await call(path);
    if (!statuses.includes(status) || type !== 'application/problem+json' || !body.code || !body.detail)
      wrong.push(`${path}: ${status} ${type} ${JSON.stringify(body).slice(0, 200)}`);
  }
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(await service.position(), 'the log has not grown').toBe(before);
}

describe('every command refuses, and stores nothing of,', () => {
  const hostile: [string, string | Buffer][] = [
    ['half a document', '{"a":'],
    ['no document', ''],
    ['a list instead of an object', '[]'],
    ['null', 'null'],
    ['a bare string', '"x"'],
    ['the same key twice', '{"reason":"a","reason":"b"}'],
    ['U+0000', '{"reason":"a\\u0000"}'],
    ['a lone surrogate', '{"reason":"\\ud800"}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d])],
    ['a number that would be rounded', '{"versionNo":12345678901234567890}'],
    ['infinity', '{"versionNo":1e999}'],
    ['a hundred thousand levels', '{"a":'.repeat(40_000)],
    ['its own prototype', '{"__proto__":{"x":1}}'],
  ];
  it.each(hostile)('%s', (_what, body) => refusedEverywhere(commands, [400], (path) => send(path, body)));

  it('a property it does not know, naming it', () =>
    refusedEverywhere(commands, [400], async (path) => {
      const answer = await send(path, '{"practiceId":"0190aaaa-0000-7000-8000-000000000001"}');
      const errors = (answer.body as { errors?: { pointer: string; code: string }[] }).errors ?? [];
      return errors.some(({ pointer, code }) => pointer === '/practiceId' && code === 'unknown_property')
        ? answer
        : { ...answer, status: 0, type: '', body: answer.body as object };
    }));

  it('dates that do not exist, and times to come', async () => {
    for (const occurredAt of [
      '2024-02-30T10:00:00Z',
      'infinity',
      '2026-13-01T00:00:00Z',
      '2026-01-01',
      '2026-01-01T00:00:00',
      1,
      null,
      {},
    ])
      await refusedEverywhere(commands.slice(0, 12), [400], (path) =>
        send(path, JSON.stringify({ occurredAt })),
      );
  });

  it('other content types, encodings and character sets', async () => {
    const variants: Record<string, string>[] = [
      { 'Content-Type': 'text/plain' },
      { 'Content-Type': 'application/json; charset=utf-16' },
      { 'Content-Type': 'application/json\t;x' },
      { 'Content-Encoding': 'gzip' },
      { 'Content-Type': 'application/x-www-form-urlencoded' },
    ];
    for (const headers of variants)
      await refusedEverywhere(commands, [400, 415], (path) => send(path, '{}', headers));
  });

  it('more than 256 KiB', () =>
    refusedEverywhere(commands.slice(0, 5), [413], (path) =>
      send(path, `{"reason":"${'x'.repeat(300_000)}"}`),
    ));

  it('a request without a key for repeating it', () =>
    refusedEverywhere(commands, [400, 428], (path) => send(path, '{}', { 'Idempotency-Key': ' ' })));

  it('ids that do not exist, exactly as it refuses those of another practice', async () => {
    await service.addPractice('second');
    const theirs = service.practices.second!.staff.therapist;
    await refusedEverywhere(
      [
        `/v1/staff/${theirs}/deactivate`,
        `/v1/staff/${uuidv7()}/deactivate`,
        '/v1/staff/not-a-uuid/deactivate',
      ],
      [404],
      (path) => send(path, '{}'),
    );
  });
});

describe('every route refuses', () => {
  it('whoever does not sign in, or with something made up', async () => {
    const server = service.app.getHttpServer();
    await refusedEverywhere(commands, [401], (path) =>
      request(server).post(path).set('Content-Type', 'application/json').send('{}'),
    );
    await refusedEverywhere(queries, [401], (path) => request(server).get(path));
    await refusedEverywhere(queries, [401], (path) =>
      request(server).get(path).set('Authorization', 'Bearer candor_made_up'),
    );
    await refusedEverywhere(queries, [401], (path) =>
      request(server)
        .get(path)
        .set('Authorization', `Basic ${service.tokenOf('owner')}`),
    );
  });

  it('the same behind an encoded, doubled or differently written path', async () => {
    const server = service.app.getHttpServer();
    for (const path of [
      '/v1/%73taff',
      '//v1/staff',
      '/v1//staff',
      '/V1/staff',
      '/v1/staff/',
      '/v1/./staff',
      '/v1/staff%2f',
      '/v1/staff;x=1',
      '/v1/x/../staff',
      '/v1/staff%00',
    ])
      await refusedEverywhere([path], [400, 401, 404], (weird) => request(server).get(weird));
  });

  it('a query parameter it does not know', () =>
    refusedEverywhere(
      queries.filter((path) => !path.includes('rule-packs') && !path.includes('projections')),
      [400],
      async (path) => {
        for (const role of ALL_ROLES) {
          const answer = await service.get(role, `${path}?surprise=1`);
          if (answer.status !== 403) return answer;
        }
        throw new Error(path);
      },
    ));

  it('methods it does not have', async () => {
    const server = service.app.getHttpServer();
    for (const path of ['/v1/staff', '/v1/consents'])
      for (const method of ['put', 'patch', 'delete'] as const)
        await refusedEverywhere([path], [405], () => {
          const call = request(server)[method](path);
          return call.set('Authorization', `Bearer ${service.tokenOf('owner')}`);
        });
  });
});

it('lives on after requests that are not HTTP, and after clients that hang up in the middle', async () => {
  await service.app.listen(0, '127.0.0.1');
  const { port } = service.app.getHttpServer().address() as { port: number };
  const raw = (bytes: string) =>
    new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket
        .on('error', () => undefined)
        .on('close', () => resolve())
        .on('data', () => undefined);
      setTimeout(() => socket.destroy(), 150);
    });
  await raw('GARBAGE\r\n\r\n');
  await raw(
    'POST /v1/staff HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{"half',
  );
  await raw(
    'POST /v1/staff HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  );
  await raw(`GET /health/live HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`);
  expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
});
