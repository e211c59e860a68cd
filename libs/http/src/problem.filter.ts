import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isOutage } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import type { MethodsOf } from './methods.js';
import { problem, PROBLEM_TYPE, problemOf, type Problem } from './problem.js';
import { StrictJsonError } from './strict-json.js';

/** Every error leaves as a problem document, and none with a stack, SQL or somebody's words in it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  /** @param methodsOf tells an address without this method from no address at all */
  constructor(private readonly methodsOf: MethodsOf = () => []) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.send(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for what fails before Nest sees the request. */
  send(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const path = request.url.split('?')[0]!;
    const allowed = request.is404 ? this.methodsOf(path) : [];
    const document = allowed.length > 0 ? notAllowed(allowed, path) : this.documentOf(error, path);
    if (allowed.length > 0) void reply.header('Allow', allowed.join(', '));
    if (document.status === 503 || document.status === 429)
      void reply.header('Retry-After', String(document.retryAfterSeconds ?? 1));
    if (document.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
    void reply.status(document.status).header('Content-Type', PROBLEM_TYPE).send(JSON.stringify(document));
  }

  private documentOf(error: unknown, instance: string): Problem {
    if (error instanceof DomainError) return problemOf(error, instance);
    if (error instanceof StrictJsonError)
      return problem(400, error.code, error.detail, instance, {
        errors: [{ pointer: error.pointer, code: error.code, detail: error.detail }],
      });
    if (isOutage(error))
      return problem(
        503,
        'database_unavailable',
        'The database does not answer. Try again in a moment.',
        instance,
      );
    const status =
      error instanceof HttpException
        ? error.getStatus()
        : ((error as { statusCode?: number } | undefined)?.statusCode ?? 500);
    if (status < 500)
      return problem(
        status,
        CODE[status] ?? 'refused',
        DETAIL[status] ?? 'Correct the request and send it again.',
        instance,
      );
    this.logger.error(error instanceof Error ? error.stack : String(error));
    return problem(
      500,
      'internal_error',
      'This is our mistake. Nothing was stored unless it says so on reading it again; please report it.',
      instance,
    );
  }
}

const notAllowed = (allowed: readonly string[], instance: string): Problem =>
  problem(405, CODE[405]!, `This address has ${allowed.join(' and ')} only. ${DETAIL[405]}`, instance);

const CODE: Record<number, string> = {
  400: 'malformed_request',
  401: 'not_signed_in',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  414: 'address_too_long',
  415: 'unsupported_media_type',
  431: 'headers_too_large',
};

const DETAIL: Record<number, string> = {
  401: 'This token is missing, wrong or ended. Sign in (POST /v1/sign-in), or have whoever runs Candor make one: npm run candor -- token <practiceId> <staffId>.',
  403: 'Ask somebody whose role allows it.',
  404: 'There is nothing at this address. See /docs, or /openapi.json for what there is.',
  405: 'See /openapi.json for the methods of this address.',
  413: 'Send at most 256 KiB.',
  415: 'Send Content-Type: application/json, uncompressed and in UTF-8.',
};
