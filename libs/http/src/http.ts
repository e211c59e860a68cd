import { ValidationPipe, type ValidationError } from '@nestjs/common';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noteMethods } from './methods.js';
import { malformed, type FieldError } from './problem.js';
import { ProblemFilter } from './problem.filter.js';
import { parseStrictJson } from './strict-json.js';

const BODY_LIMIT = 256 * 1024;

/** Settings of the Fastify server: bounded sizes and times, ids and methods never rewritten. */
export const SERVER_OPTIONS = {
  bodyLimit: BODY_LIMIT,
  requestTimeout: 10_000,
  connectionTimeout: 30_000,
  keepAliveTimeout: 10_000,
  routerOptions: { maxParamLength: 200 },
  trustProxy: false,
  forceCloseConnections: 'idle' as const,
  exposeHeadRoutes: false,
  // an address that cannot be decoded never reaches a route, nor the error handler
  frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
    new ProblemFilter().send(error, request, reply),
};

/** Closed validation, strict JSON and problem documents for everything, also for what fails before Nest sees it. */
export function configureHttp(app: NestFastifyApplication): void {
  const fastify = (app.getHttpAdapter() as FastifyAdapter).getInstance();
  const filter = new ProblemFilter(noteMethods(fastify));
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
      ? { pointer, code: 'unknown_property', detail: 'This command has no such property. Leave it out.' }
      : { pointer, code: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), detail },
  );
  return [...own, ...(error.children ?? []).flatMap((child) => fieldErrors(child, pointer))];
}
