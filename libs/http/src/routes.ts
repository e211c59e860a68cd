import {
  applyDecorators,
  createParamDecorator,
  Get,
  HttpCode,
  Post,
  SetMetadata,
  type ExecutionContext,
  type Type,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  getSchemaPath,
  type ApiParamOptions,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { CommandMeta } from '#libs/event-store';
import {
  canonicalJson,
  deriveId,
  DomainError,
  isUuid,
  missing,
  parseInstant,
  sha256,
  uuidv7,
  type Role,
} from '#libs/kernel';
import { Page, ProblemDocument, ReceiptDocument } from './documents.js';
import { malformed } from './problem.js';

/** `anyone` needs no token: liveness, the API's own description. `operator` runs the platform, not a practice. */
export type Permission = Role | 'operator' | 'anyone';

/** Everybody but the auditor, who only looks. */
export const STAFF = ['owner', 'coordinator', 'therapist', 'supervisor'] as const;
/** Those who treat clients or answer for it. */
export const CLINICIANS = ['therapist', 'supervisor'] as const;

/** Who is asking. The staff member's roles are those of this moment. */
export interface Principal {
  practiceId: string;
  staffId: string;
  roles: readonly string[];
}
export interface SignedIn {
  principal: Principal;
}

export const ALLOW = 'candor:allow';
/** Who may use a route. A route without it does not start. */
export const Allow = (...permissions: readonly Permission[]) => SetMetadata(ALLOW, permissions);

export interface CommandOptions {
  summary: string;
  allow: readonly Permission[];
  /**
   * What If-Match must say: `required` takes a version or `*` · `version` refuses `*`, because another person's words
   * could be overwritten unseen · `none`: accepted at any version
   */
  ifMatch?: 'required' | 'version' | 'none';
}
export const COMMAND = 'candor:command';
interface CommandRoute {
  creates: boolean;
  ifMatch: 'required' | 'version' | 'none';
}

const problems = (...statuses: readonly (readonly [number, string])[]) => [
  ApiExtraModels(ProblemDocument),
  ...statuses.map(([status, description]) =>
    ApiResponse({
      status,
      description,
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDocument) } } },
    }),
  ),
];
const UNAVAILABLE = [503, 'Not available right now; see Retry-After'] as const;
const ALWAYS = [
  [400, 'The request cannot be understood; errors names every field'],
  [401, 'No token, or one that is not valid'],
  [403, 'Not for this role'],
  UNAVAILABLE,
] as const;
const ON_COMMANDS = [
  [409, 'It does not fit the situation'],
  [413, 'The body is larger than 256 KiB'],
  [415, 'The body is not application/json'],
  [422, 'A rule refuses; reasons names every reason'],
] as const;
const NOT_FOUND = [404, 'Something that the path or the body names does not exist in this practice'] as const;

const receiptHeaders = {
  ETag: { description: 'the version of the thing now', schema: { type: 'string' as const }, example: '"3"' },
  'X-Position': {
    description: 'the position in the log',
    schema: { type: 'string' as const },
    example: '412',
  },
  'Idempotency-Replayed': {
    description: 'true when this is the answer of an earlier request with the same key',
    schema: { type: 'string' as const },
    example: 'true',
  },
};
const idempotencyKey = ApiHeader({
  name: 'Idempotency-Key',
  required: true,
  description: '1 to 200 printable characters; the same key and body gives the same answer',
  schema: {
    type: 'string',
    minLength: 1,
    maxLength: 200,
    examples: ['018f3c5e-7a10-7c00-8000-0000000000aa'],
  },
});
const ifMatchHeader = (star: boolean) =>
  ApiHeader({
    name: 'If-Match',
    required: true,
    description: star ? 'the version you have seen, e.g. "3", or *' : 'the version you have seen, e.g. "3"',
    schema: { type: 'string', examples: ['"3"'] },
  });

/** What stands for `:name` in a path. */
const PATH: Record<string, { description: string; schema: Record<string, unknown> }> = {
  versionNo: {
    description: 'the number of a version, counted from 1',
    schema: { type: 'integer', minimum: 1, examples: [1] },
  },
  position: {
    description: 'a position in the log, counted from 1',
    schema: { type: 'integer', minimum: 1, examples: [1] },
  },
  stream: {
    description: 'category-id of a stream',
    schema: { type: 'string', examples: ['consent-018f3c5e-7a10-7c00-8000-000000000001'] },
  },
};
const PATH_ID = {
  description: 'the id of the thing; one that is unknown, or of another practice, is not found',
  schema: { type: 'string', format: 'uuid', examples: ['018f3c5e-7a10-7c00-8000-000000000001'] },
};
const pathParameters = (path: string) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) =>
    ApiParam({ name, ...(PATH[name] ?? PATH_ID) } as ApiParamOptions),
  );

/** `POST /v1/things`: makes a new one. Answers 201 with a receipt. */
export function Create(options: CommandOptions & { path?: string }): MethodDecorator {
  return applyDecorators(
    Post(options.path ?? ''),
    HttpCode(201),
    Allow(...options.allow),
    SetMetadata(COMMAND, { creates: true, ifMatch: 'none' } satisfies CommandRoute),
    ApiBearerAuth(),
    idempotencyKey,
    ApiOperation({ summary: options.summary, description: `For ${options.allow.join(', ')}.` }),
    ApiResponse({
      status: 201,
      description: 'Done',
      type: ReceiptDocument,
      headers: {
        ...receiptHeaders,
        Location: {
          description: 'where the new thing is',
          schema: { type: 'string' },
          example: '/v1/clients/018f3c5e-7a10-7c00-8000-000000000001',
        },
      },
    }),
    ...problems(...ALWAYS, ...ON_COMMANDS, NOT_FOUND),
  );
}

/** `POST /v1/things/{id}/verb`: does one thing. Answers 200 with a receipt. */
export function Verb(verb: string, options: CommandOptions & { path?: string }): MethodDecorator {
  const ifMatch = options.ifMatch ?? 'required';
  return applyDecorators(
    Post(options.path ?? `:id/${verb}`),
    HttpCode(200),
    Allow(...options.allow),
    SetMetadata(COMMAND, { creates: false, ifMatch } satisfies CommandRoute),
    ApiBearerAuth(),
    ...pathParameters(options.path ?? ':id'),
    idempotencyKey,
    ...(ifMatch === 'none' ? [] : [ifMatchHeader(ifMatch === 'required')]),
    ApiOperation({ summary: options.summary, description: `For ${options.allow.join(', ')}.` }),
    ApiResponse({ status: 200, description: 'Done', type: ReceiptDocument, headers: receiptHeaders }),
    ...problems(
      ...ALWAYS,
      ...ON_COMMANDS,
      NOT_FOUND,
      [412, 'It has changed since; version and eventsSince tell how'],
      [428, 'If-Match is missing'],
    ),
  );
}

export interface QueryOptions {
  summary: string;
  allow: readonly Permission[];
  /** what a 200 holds: a class, a list of one, or any object */
  answer?: Type | [Type];
  /** further content types beside application/json */
  also?: readonly string[];
  /** the only content type, of texts, in place of application/json */
  only?: string;
}

/** `GET`: asks, changes nothing. */
export function Query(path: string, options: QueryOptions): MethodDecorator {
  const { answer } = options;
  const schema = Array.isArray(answer)
    ? {
        allOf: [
          { $ref: getSchemaPath(Page) },
          {
            type: 'object',
            properties: { data: { type: 'array', items: { $ref: getSchemaPath(answer[0]) } } },
          },
        ],
      }
    : answer
      ? { $ref: getSchemaPath(answer) }
      : { type: 'object', additionalProperties: true };
  const texts = Object.fromEntries(
    [...(options.also ?? []), ...(options.only ? [options.only] : [])].map((type) => [
      type,
      { schema: { type: 'string' as const } },
    ]),
  );
  const anonymous = options.allow.includes('anyone');
  return applyDecorators(
    Get(path),
    Allow(...options.allow),
    ...(anonymous ? [] : [ApiBearerAuth()]),
    ...pathParameters(path),
    ApiOperation({
      summary: options.summary,
      description: anonymous ? 'For anyone.' : `For ${options.allow.join(', ')}.`,
    }),
    ApiExtraModels(Page, ...(answer ? [Array.isArray(answer) ? answer[0] : answer] : [])),
    ApiResponse({
      status: 200,
      description: 'The answer',
      content: { ...(options.only ? {} : { 'application/json': { schema: schema as never } }), ...texts },
    }),
    ...problems(...(anonymous ? [UNAVAILABLE] : ALWAYS), ...(path.includes(':') ? [NOT_FOUND] : [])),
  );
}

/** Who is asking, in a handler's parameters. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<FastifyRequest & SignedIn>().principal,
);

/** An id in the path; anything that is no UUID does not exist. */
export const PathId = createParamDecorator((name: string | undefined, context: ExecutionContext): string => {
  const id =
    (context.switchToHttp().getRequest<FastifyRequest>().params as Record<string, string>)[name ?? 'id'] ??
    '';
  return isUuid(id) ? id : missing('thing');
});

/** Everything a command brings along beside its body: who, which key, which version, when, why. */
export const Meta = createParamDecorator((_: unknown, context: ExecutionContext): CommandMeta => {
  const request = context.switchToHttp().getRequest<FastifyRequest & SignedIn>();
  const route = Reflect.getMetadata(COMMAND, context.getHandler()) as CommandRoute;
  const body = (request.body ?? {}) as Record<string, unknown>;
  const params = request.params as Record<string, string>;
  const { practiceId, staffId, roles } = request.principal;
  const key = idempotencyKeyOf(request);
  const id = route.creates
    ? typeof body.id === 'string' && isUuid(body.id)
      ? body.id
      : uuidv7()
    : 'id' in params
      ? params.id!
      : practiceId;
  if (!isUuid(id)) missing('thing');
  return {
    practiceId,
    id,
    commandId: deriveId('command', practiceId, staffId, key),
    requestHash: sha256(canonicalJson({ route: request.routeOptions.url ?? '', params, body })),
    actor: { id: staffId, role: roles[0] ?? 'none' },
    expected: route.creates ? 0 : expectedVersion(request.headers['if-match'], route.ifMatch),
    ...(typeof body.occurredAt === 'string' ? { occurredAt: parseInstant(body.occurredAt) } : {}),
    ...(typeof body.reason === 'string' ? { reason: body.reason } : {}),
  };
});

function idempotencyKeyOf(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw malformed([
    {
      pointer: 'Idempotency-Key',
      code: 'idempotency_key_missing',
      detail: 'Send a header Idempotency-Key of 1 to 200 printable characters, new for each new request.',
    },
  ]);
}

function expectedVersion(header: string | undefined, rule: CommandRoute['ifMatch']): number | 'any' {
  if (rule === 'none') return 'any';
  if (header === undefined)
    throw new DomainError(
      'unversioned',
      'if_match_missing',
      'Read the thing, then send its version in If-Match, e.g. If-Match: "3".',
    );
  if (header.trim() === '*') {
    if (rule === 'required') return 'any';
    throw new DomainError(
      'unversioned',
      'if_match_star',
      "This could overwrite another person's words unseen. Read them, then send the version in If-Match.",
    );
  }
  const version = /^"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version && Number(version) > 0) return Number(version);
  throw malformed([
    {
      pointer: 'If-Match',
      code: 'if_match_malformed',
      detail: 'Send a version in double quotes, e.g. If-Match: "3".',
    },
  ]);
}
