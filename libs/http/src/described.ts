import { ApiExtraModels, ApiParam, ApiResponse, getSchemaPath, type ApiParamOptions } from '@nestjs/swagger';
import { ProblemDocument } from './documents.js';

/* What the OpenAPI document says of many routes in the same words: how they refuse, and what stands in their paths. */

export const problems = (...statuses: readonly (readonly [number, string])[]) => [
  ApiExtraModels(ProblemDocument),
  ...statuses.map(([status, description]) =>
    ApiResponse({
      status,
      description,
      content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDocument) } } },
    }),
  ),
];
export const UNAVAILABLE = [503, 'Not available right now; see Retry-After'] as const;
export const ALWAYS = [
  [400, 'The request cannot be understood; errors names every field'],
  [401, 'Nobody is signed in, or not with this'],
  [403, 'Not for this role, or sent by the page of another site'],
  [429, 'Too many requests; see Retry-After'],
  UNAVAILABLE,
] as const;
export const ON_COMMANDS = [
  [409, 'It does not fit the situation'],
  [413, 'The body is larger than 256 KiB'],
  [415, 'The body is not application/json'],
  [422, 'A rule refuses; reasons names every reason'],
] as const;
export const NOT_FOUND = [
  404,
  'Something that the path or the body names does not exist in this practice',
] as const;

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
export const pathParameters = (path: string) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name = '']) =>
    ApiParam({ name, ...(PATH[name] ?? PATH_ID) } as ApiParamOptions),
  );
