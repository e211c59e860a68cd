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
  ApiExtension,
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { CommandMeta } from '#libs/event-store';
import {
  canonicalJson,
  deriveId,
  DomainError,
  FRESH,
  isUuid,
  missing,
  parseInstant,
  sha256,
  uuidv7,
  whoMay,
  type Act,
  type Instant,
  type Reach,
} from '#libs/kernel';
import { ALWAYS, NOT_FOUND, ON_COMMANDS, pathParameters, problems, UNAVAILABLE } from './described.js';
import { Page, ReceiptDocument } from './documents.js';
import { malformed } from './problem.js';
import { PURPOSES_OF_READING } from './purpose.js';

/** What a token may be used for: `read` to ask, `write` to change anything. */
export const SCOPES = ['read', 'write'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who is asking. The staff member's roles are those of this moment, or those of them that a token is limited to. */
export interface Principal {
  practiceId: string;
  staffId: string;
  roles: readonly string[];
  via: 'token' | 'session' | 'operator';
  scopes: readonly Scope[];
  /** of the token or session, and when it ends at the latest; the operator's has neither */
  credential?: { id: string; endsAt: Instant };
  /** of a session: signed in with password and code a moment ago */
  isFresh?: boolean;
}
export interface SignedIn {
  principal: Principal;
  /** how far the caller reaches here: what is not within it is left out of lists, and refused where it is asked for by its id */
  reaches: ReadonlySet<Reach>;
  sight: Sight;
  /** the clients whom the caller reaches by break-glass alone */
  underGlass: readonly string[];
}

/** What may stand in this answer: names and contacts, what people said, what was noticed. */
export interface Sight {
  identity: boolean;
  clinicalText: boolean;
  /** that something was noticed in a session, without the words for it */
  observations: boolean;
}

/** A row of the policy; `anyone` needs no token, `operator` runs the platform and belongs to no practice. */
export type Access = Act | 'operator' | 'anyone';
export const ACCESS = 'candor:access';

export interface CommandOptions {
  summary: string;
  /** what this is, as the policy calls it */
  access: Access;
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

const ON_SOME_QUERIES = {
  404: 'What is asked for is not there',
  409: 'It does not fit the situation',
  422: 'A rule refuses; reasons names every reason',
} as const;

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

const purpose = ApiHeader({
  name: 'X-Purpose',
  required: false,
  description: 'what it is read for, for the access log; by the role of the reader unless told',
  schema: { type: 'string', enum: [...PURPOSES_OF_READING] },
});

/** Names what a route is, as the policy calls it: for the guard, and in the document. A route without it does not start. */
export const permit = (access: Access): MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, access), ApiExtension('x-access', access));
export const forWhom = (access: Access): string =>
  access === 'anyone' || access === 'operator'
    ? `For ${access}.`
    : `For ${whoMay(access)}.${FRESH.has(access) ? ' In a browser, within 15 minutes of signing in.' : ''}`;

/** `POST /v1/things`: makes a new one. Answers 201 with a receipt. */
export function Create(options: CommandOptions & { path?: string }): MethodDecorator {
  return applyDecorators(
    Post(options.path ?? ''),
    HttpCode(201),
    permit(options.access),
    SetMetadata(COMMAND, { creates: true, ifMatch: 'none' } satisfies CommandRoute),
    ApiBearerAuth(),
    idempotencyKey,
    ApiOperation({ summary: options.summary, description: forWhom(options.access) }),
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
    permit(options.access),
    SetMetadata(COMMAND, { creates: false, ifMatch } satisfies CommandRoute),
    ApiBearerAuth(),
    ...pathParameters(options.path ?? ':id'),
    idempotencyKey,
    ...(ifMatch === 'none' ? [] : [ifMatchHeader(ifMatch === 'required')]),
    ApiOperation({ summary: options.summary, description: forWhom(options.access) }),
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
  /** what this is, as the policy calls it */
  access: Access;
  /** what a 200 holds: a class, a list of one, or any object */
  answer?: Type | [Type];
  /** further content types beside application/json */
  also?: readonly string[];
  /** the only content type, of texts, in place of application/json */
  only?: string;
  /** what it may answer beside what every query may, and beside 404 where the path names a thing */
  problems?: readonly (keyof typeof ON_SOME_QUERIES)[];
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
  const anonymous = options.access === 'anyone';
  return applyDecorators(
    Get(path),
    permit(options.access),
    ...(anonymous ? [] : [ApiBearerAuth(), purpose]),
    ...pathParameters(path),
    ApiOperation({
      summary: options.summary,
      description: forWhom(options.access),
    }),
    ApiExtraModels(Page, ...(answer ? [Array.isArray(answer) ? answer[0] : answer] : [])),
    ApiResponse({
      status: 200,
      description: 'The answer',
      content: { ...(options.only ? {} : { 'application/json': { schema: schema as never } }), ...texts },
    }),
    ...problems(
      ...(anonymous ? [UNAVAILABLE] : ALWAYS),
      ...(path.includes(':') ? [NOT_FOUND] : []),
      ...(options.problems ?? []).map((status) => [status, ON_SOME_QUERIES[status]] as const),
    ),
  );
}

/** Who is asking, in a handler's parameters. */
export const Caller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Principal =>
    context.switchToHttp().getRequest<FastifyRequest & SignedIn>().principal,
);

/** What may stand in the answer, in a handler's parameters. */
export const Sees = createParamDecorator(
  (_: unknown, context: ExecutionContext): Sight =>
    context.switchToHttp().getRequest<FastifyRequest & SignedIn>().sight,
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
  const chosen = route.creates ? chosenIdIn(body) : undefined;
  const id = route.creates ? (chosen ?? uuidv7()) : 'id' in params ? params.id! : practiceId;
  if (!isUuid(id)) missing('thing');
  return {
    practiceId,
    id,
    commandId: deriveId('command', practiceId, staffId, key),
    requestHash: sha256(canonicalJson({ route: request.routeOptions.url ?? '', params, body })),
    actor: { id: staffId, role: roles[0] ?? 'none' },
    expected: route.creates ? 0 : expectedVersion(request.headers['if-match'], route.ifMatch),
    ...(chosen ? { idChosen: true as const } : {}),
    ...(typeof body.occurredAt === 'string' ? { occurredAt: parseInstant(body.occurredAt) } : {}),
    ...(typeof body.reason === 'string' ? { reason: body.reason } : {}),
  };
});

/** Version 8 is of ids that follow from something: of a note that somebody is yet to write, for example. */
function chosenIdIn({ id }: Record<string, unknown>): string | undefined {
  if (typeof id !== 'string' || !isUuid(id)) return undefined;
  if (id[14] !== '8') return id;
  throw malformed([{ pointer: '/id', code: 'not_a_free_id', detail: 'Send a new UUIDv7, or leave it out.' }]);
}

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
