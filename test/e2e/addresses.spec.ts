import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { startService, type Service } from '../support/http-kit.js';

let service: Service;
let stop: () => Promise<void>;
beforeAll(async () => ({ service, stop } = await startService()));
afterAll(() => stop());

const server = () => request(service.app.getHttpServer());

describe('an address', () => {
  it('that exists with other methods answers 405 and names them', async () => {
    const id = uuidv7();
    for (const [method, path, allow] of [
      ['put', '/v1/clients?x=1', 'GET, POST'],
      ['delete', `/v1/clients/${id}`, 'GET'],
      ['get', `/v1/clients/${id}/change-details`, 'POST'],
      ['post', '/health/live', 'GET'],
    ] as const) {
      const answer = await server()[method](path);
      expect([answer.status, answer.body.code, answer.headers.allow], path).toEqual([
        405,
        'method_not_allowed',
        allow,
      ]);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
  });

  it('that does not exist answers 404, whatever the method', async () => {
    for (const path of ['/v1/parrots', '/v1/clients/', '/v1/clients/a/b/c', '/v2/clients'])
      for (const method of ['get', 'put'] as const) {
        const { status, body, headers } = await server()[method](path);
        expect([status, body.code, headers.allow], path).toEqual([404, 'not_found', undefined]);
      }
  });

  it('that cannot be decoded is a problem document like any other', () =>
    service.refused(400, 'malformed_request', () => server().get('/v1/%zz')));
});
