import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { openApiDocument } from '../../apps/api/src/openapi.js';
import { OPERATOR, startService, type Service } from '../support/http-kit.js';

let service: Service;
let stop: () => Promise<void>;
/** what changes something and needs somebody who is signed in */
let commands: string[] = [];
/** those that can be repeated under a key */
let repeatable: string[] = [];
let queries: string[] = [];

beforeAll(async () => {
  ({ service, stop } = await startService());
  const { paths } = openApiDocument(service.app);
  const fill = (path: string) => path.replaceAll(/\{\w*[iI]d\}/g, uuidv7()).replaceAll(/\{\w+\}/g, '1');
  const posts = Object.entries(paths).flatMap(([path, { post }]) =>
    post?.security ? [{ path: fill(path), post }] : [],
  );
  commands = posts.map(({ path }) => path);
  repeatable = posts.flatMap(({ path, post }) =>
    parametersOf(post).includes('Idempotency-Key') ? [path] : [],
  );
  queries = Object.entries(paths).flatMap(([path, item]) =>
    item.get && path.startsWith('/v1') ? [fill(path)] : [],
  );
  expect(commands.length).toBeGreaterThan(50);
});
afterAll(() => stop());

/** The names of an operation's parameters, also of those that are described elsewhere in the document. */
const parametersOf = ({ parameters = [] }: { parameters?: object[] }): string[] =>
  parameters.map((one) => ('$ref' in one ? nameOf(one.$ref as string) : (one as { name: string }).name));
const nameOf = (ref: string): string =>
  (openApiDocument(service.app).components!.parameters![ref.split('/').at(-1)!] as { name: string }).name;

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
    refusedEverywhere(repeatable, [400, 428], (path) => send(path, '{}', { 'Idempotency-Key': ' ' })));

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

describe('every list refuses', () => {
  it('a cursor that nobody made, that was changed, or that was made for another list, filter or practice', async () => {
    const first = async (path: string, practice = 'first') => {
      const Authorization = `Bearer ${service.tokenOf('owner', practice)}`;
      const { body } = await service.get('owner', path, { Authorization });
      return (body as { page: { next: string } }).page.next;
    };
    const cursor = await first('/v1/staff?limit=1');
    const turned = `${cursor.slice(0, 5)}${cursor[5] === 'A' ? 'B' : 'A'}${cursor.slice(6)}`;
    const wrong = [
      'x',
      Buffer.from('"0190aaaa"').toString('base64url'),
      turned,
      `${cursor}A`,
      await first('/v1/staff?limit=1&status=active'),
      await first('/v1/staff?limit=1', 'second'),
    ];
    for (const one of wrong)
      await refusedEverywhere([`/v1/staff?limit=1&cursor=${one}`], [400], (path) =>
        service.get('owner', path),
      );
    const { paths } = openApiDocument(service.app);
    const lists = Object.entries(paths).flatMap(([path, item]) =>
      item.get && parametersOf(item.get).includes('cursor') && !path.includes('{') ? [path] : [],
    );
    expect(lists.length).toBeGreaterThan(15);
    await refusedEverywhere(
      lists.filter((path) => path !== '/v1/staff'),
      [400],
      async (path) => {
        for (const role of ALL_ROLES) {
          const answer = await service.get(role, `${path}?cursor=${cursor}`);
          if (answer.status !== 403) return answer;
        }
        throw new Error(`no role may use ${path}`);
      },
    );
  });
});

describe('over the wire', () => {
  let port: number;
  beforeAll(async () => {
    await service.app.listen(0, '127.0.0.1');
    ({ port } = service.app.getHttpServer().address() as { port: number });
  });

  /** @returns everything that comes back until the connection is closed, or for a while */
  const raw = (bytes: string, patience = 150) =>
    new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket
        .on('error', () => undefined)
        .on('close', () => resolve(text))
        .on('data', (part) => (text += part.toString()));
      setTimeout(() => socket.destroy(), patience);
    });

  /** A command that would be done if its lines were in order. */
  const command = (lines: string, body: string) =>
    `POST /v1/staff HTTP/1.1\r\nAuthorization: Bearer ${service.tokenOf('owner')}\r\nIdempotency-Key: ${randomUUID()}\r\n` +
    `Content-Type: application/json\r\n${lines}\r\n\r\n${body}`;
  const staff = JSON.stringify({ name: 'Somebody', roles: ['therapist'] });
  const chunked = `${staff.length.toString(16)}\r\n${staff}\r\n0\r\n\r\n`;

  it('what is in order is done', async () =>
    expect(await raw(command(`Host: x\r\nContent-Length: ${staff.length}`, staff), 2_000)).toMatch(
      /^HTTP\/1.1 201/,
    ));

  it.each([
    ['two lengths', `Host: x\r\nContent-Length: ${staff.length}\r\nContent-Length: 5`, staff],
    [
      'a length and chunks',
      `Host: x\r\nContent-Length: ${staff.length}\r\nTransfer-Encoding: chunked`,
      chunked,
    ],
    ['chunks within chunks', 'Host: x\r\nTransfer-Encoding: chunked, identity', chunked],
    ['a negative length', 'Host: x\r\nContent-Length: -1', staff],
    ['a length that is none', 'Host: x\r\nContent-Length: 0x10', staff],
    ['a space before a colon', `Host: x\r\nContent-Length : ${staff.length}`, staff],
    ['a header folded over two lines', `Host: x\r\nContent-Length:\r\n ${staff.length}\r\nX: y\r\n z`, staff],
    ['no host', `Content-Length: ${staff.length}`, staff],
    ['a chunk of no size', 'Host: x\r\nTransfer-Encoding: chunked', `zz\r\n${staff}\r\n0\r\n\r\n`],
    ['less than it announces', 'Host: x\r\nContent-Length: 5000', staff],
    ['other bytes than HTTP', 'Host: x\u0000', staff],
  ])('a command with %s is not done', async (_what, lines, body) => {
    const before = await service.position();
    const answer = await raw(command(lines, body), 300);
    expect(answer).not.toMatch(/^HTTP\/1.1 [235]/);
    expect(await service.position()).toBe(before);
  });

  it('a header that there is one of, sent twice, is refused before anything else, by name', async () => {
    const before = await service.position();
    const token = service.tokenOf('owner');
    const [own, other] = [randomUUID(), randomUUID()];
    const once: Record<string, readonly [string, string]> = {
      Host: ['x', 'y'],
      Authorization: [`Bearer ${token}`, `Bearer ${service.tokenOf('therapist')}`],
      Cookie: ['a=1', 'b=2'],
      'Idempotency-Key': [own, other],
      'If-Match': ['"1"', '*'],
      'Content-Type': ['application/json', 'text/plain'],
      Origin: ['http://x', 'http://evil.test'],
      'Sec-Fetch-Site': ['same-origin', 'cross-site'],
      'X-Purpose': ['audit', 'safety'],
      'User-Agent': ['one', 'two'],
    };
    for (const [name, [first, second]] of Object.entries(once)) {
      const others = Object.entries({ ...once, [name]: undefined }).flatMap(([header, values]) =>
        values && ['Host', 'Authorization', 'Idempotency-Key', 'Content-Type'].includes(header)
          ? [`${header}: ${values[0]}`]
          : [],
      );
      for (const start of ['POST /v1/staff', 'GET /health/live', 'GET /nowhere', 'GET /openapi.json']) {
        const length = start.startsWith('POST') ? staff.length : 0;
        const lines = [...others, `${name}: ${first}`, `${name.toUpperCase()}: ${second}`];
        const answer = await raw(
          `${start} HTTP/1.1\r\n${lines.join('\r\n')}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${length ? staff : ''}`,
          2_000,
        );
        expect(answer, `${start} ${name}`).toMatch(/^HTTP\/1.1 400[^]*application\/problem\+json/);
        expect(answer, start).toContain(`"pointer":"${name}","code":"header_sent_twice"`);
      }
    }
    expect(await service.position()).toBe(before);
  });

  it('headers of more than 16 KiB are refused with a problem document', async () => {
    const answer = await raw(
      `GET /health/live HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
      2_000,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431/);
    expect(answer).toContain('"code":"headers_too_large"');
  });

  it('who sends a header a second is cut off, and nobody else waits meanwhile', async () => {
    const began = Date.now();
    const slow = new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /health/live HTTP/1.1\r\n'));
      const drip = setInterval(() => socket.write('X: y\r\n'), 1_000);
      socket
        .on('error', () => undefined)
        .on('data', (part) => (text += part.toString()))
        .on('close', () => (clearInterval(drip), resolve(text)));
    });
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
    expect(await slow).toMatch(/^HTTP\/1.1 408/);
    expect(Date.now() - began).toBeLessThan(9_000);
  });

  it('what a proxy would say of a request changes nothing', async () => {
    const said = {
      'X-Forwarded-For': '127.0.0.1',
      'X-Forwarded-Host': 'localhost',
      'X-Forwarded-Proto': 'https',
      Forwarded: 'for=127.0.0.1;host=localhost',
      'X-Original-URL': '/health/live',
      'X-Rewrite-URL': '/health/live',
      'X-Real-IP': '127.0.0.1',
      'X-HTTP-Method-Override': 'GET',
    };
    const server = service.app.getHttpServer();
    await refusedEverywhere(queries, [401], (path) => request(server).get(path).set(said));
    await refusedEverywhere(commands, [401], (path) => request(server).post(path).set(said).send({}));
  });

  it('whoever was let go gets in nowhere with what they had', async () => {
    const gone = await service.addPractice('of somebody who goes');
    const token = gone.tokens.therapist;
    const mine = (path: string) =>
      request(service.app.getHttpServer()).get(path).set('Authorization', `Bearer ${token}`);
    expect((await mine('/v1/staff')).status).toBe(200);
    const owner = { Authorization: `Bearer ${gone.tokens.owner}` };
    await service.done(
      'owner',
      `/v1/staff/${gone.staff.therapist}/deactivate`,
      { reason: 'moved away' },
      owner,
    );
    await refusedEverywhere(queries, [401], mine);
  });

  it('and it lives on', async () => {
    await raw('GARBAGE\r\n\r\n');
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });
});
