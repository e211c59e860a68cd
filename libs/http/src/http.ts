import type { Socket } from 'node:net';
import { ValidationPipe, type ValidationError } from '@nestjs/common';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { uuidv7 } from '#libs/kernel';
import { refuseTwice } from './headers.js';
import { noteMethods } from './methods.js';
import { malformed, problem, PROBLEM_TYPE, type FieldError } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { parseStrictJson } from './strict-json.js';

const BODY_LIMIT = 256 * 1024;

/** What Node says of a connection, as status, reason phrase, code and what to do. */
const CLIENT_ERRORS: Record<string, readonly [number, string, string, string]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    'headers_too_large',
    'Send at most 16 KiB of headers.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    408,
    'Request Timeout',
    'too_slow',
    'Send the headers within 5 seconds and all of it within 10.',
  ],
  other: [400, 'Bad Request', 'not_http', 'Send one well-formed HTTP/1.1 request, with one length.'],
};

/** Settings of the Fastify server: bounded sizes and times, ids and methods never rewritten. */
export const SERVER_OPTIONS = {
  bodyLimit: BODY_LIMIT,
  requestTimeout: 10_000,
  http: { headersTimeout: 5_000, connectionsCheckingInterval: 2_000 },
  connectionTimeout: 30_000,
  keepAliveTimeout: 10_000,
  routerOptions: { maxParamLength: 200 },
  trustProxy: false,
  forceCloseConnections: 'idle' as const,
  exposeHeadRoutes: false,
  // names a request in the access log, whichever process answered it
  genReqId: () => uuidv7(),
  // what is no HTTP, or too much or too slow of it, is answered once and cut off
  clientErrorHandler: (error: { code?: string }, socket: Socket) => {
    const refused = CLIENT_ERRORS[error.code ?? ''] ?? CLIENT_ERRORS.other!;
    const [status, reason, code, detail] = refused;
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const body = JSON.stringify(problem(status, code, detail, ''));
    socket.end(
      `HTTP/1.1 ${status} ${reason}\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  },
  // an address that cannot be decoded never reaches a route, nor the error handler
  frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    new ProblemFilter().send(error, request, reply),
};

/** Closed validation, strict JSON and problem documents for everything, also for what fails before Nest sees it. */
export function configureHttp(app: NestFastifyApplication): void {
  const fastify = (app.getHttpAdapter() as FastifyAdapter).getInstance();
  const filter = new ProblemFilter(noteMethods(fastify));
  fastify.addHook('onRequest', async ({ raw }) => refuseTwice(raw.rawHeaders));
  app.useGlobalFilters(filter);
  app.useGlobalPipes(
    new ValidationPipe({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => malformed(errors.flatMap((error) => fieldErrors(error))),
    }),
  );
  fastify.removeAllContentTypeParsers();
  // The pattern is loose and the check strict: what Fastify takes for the same type is judged as it was sent.
  fastify.addContentTypeParser(
    /^application\/json/i,
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT },
    ({ headers }, bytes, done) => {
      if (
        headers['content-encoding'] ||
        !/^application\/json(; *charset=utf-8)?$/i.test(headers['content-type'] ?? '')
      )
        return done(Object.assign(new Error('not plain JSON'), { statusCode: 415 }));
      try {
        const body = parseStrictJson(bytes as Buffer);
        if (typeof body !== 'object' || body === null || Array.isArray(body))
          throw malformed([{ pointer: '', code: 'not_an_object', detail: 'Send a JSON object.' }]);
        done(null, body);
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

function fieldErrors(error: ValidationError, parent = ''): FieldError[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(error.constraints ?? {}).map(([name, detail]) =>
    name === 'whitelistValidation'
      ? { pointer, code: 'unknown_property', detail: 'This request has no such property. Leave it out.' }
      : { pointer, code: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), detail },
  );
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}
