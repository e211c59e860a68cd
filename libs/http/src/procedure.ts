import { applyDecorators, HttpCode, Post, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ALWAYS, NOT_FOUND, ON_COMMANDS, pathParameters, problems } from './described.js';
import { forWhom, permit, type Access } from './routes.js';

export interface ProcedureOptions {
  summary: string;
  /** what this is, as the policy calls it */
  access: Exclude<Access, 'operator'>;
  /** what a 200 holds */
  answer: Type;
}

/**
 * `POST` that makes or ends something secret: a session, a token, an invitation. That is no history and has no versions,
 * and its answer is shown only once, so it takes no Idempotency-Key and no If-Match. Answers 200.
 */
export function Procedure(path: string, { summary, access, answer }: ProcedureOptions): MethodDecorator {
  return applyDecorators(
    Post(path),
    HttpCode(200),
    permit(access),
    ...(access === 'anyone' ? [] : [ApiBearerAuth()]),
    ...pathParameters(path),
    ApiOperation({ summary, description: forWhom(access) }),
    ApiResponse({ status: 200, description: 'Done', type: answer }),
    ...problems(...ALWAYS, ...ON_COMMANDS, NOT_FOUND),
  );
}
