import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type as Nested } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  isLocalDate,
  isTimeOfDay,
  isUuid,
  isWallTime,
  isWellFormed,
  isZone,
  parseInstant,
} from '#libs/kernel';

/*
 * The fields of request bodies and queries. One decorator says what is accepted, what the problem document answers
 * otherwise, and what the OpenAPI document shows.
 */

export interface FieldOptions {
  optional?: boolean;
  description?: string;
  example?: unknown;
}

interface Kind {
  code: string;
  detail: string;
  test: (value: unknown) => boolean;
  schema: Record<string, unknown>;
}

function checked(kind: Kind, each: boolean): PropertyDecorator {
  return ValidateBy(
    { name: kind.code, validator: { validate: kind.test, defaultMessage: () => kind.detail } },
    { each },
  );
}

/** `null` is not a way to leave a field out. */
const present = (optional = false): PropertyDecorator[] =>
  optional ? [ValidateIf((_, value) => value !== undefined)] : [];

const documented = (
  schema: Record<string, unknown>,
  { optional = false, description, example }: FieldOptions,
) =>
  ApiProperty({
    ...schema,
    required: !optional,
    ...(description ? { description } : {}),
    ...(example === undefined ? {} : { examples: [example] }),
  } as ApiPropertyOptions);

/** @nestjs/swagger takes a function for a lazy type only if it is called `type`; others are classes without a name. */
function lazy(shape: () => Type): () => Type {
  const type = () => shape();
  return type;
}

function one(kind: Kind, options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    ...present(options.optional),
    checked(kind, false),
    documented(kind.schema, options),
  );
}

const text = (most: number): Kind => ({
  code: 'not_a_text',
  detail: `Send text of 1 to ${most} characters that is not only blanks.`,
  test: (value) =>
    typeof value === 'string' &&
    value.trim().length > 0 &&
    value.length <= most &&
    isWellFormed(value) &&
    !value.includes('\u0000'),
  schema: { type: 'string', minLength: 1, maxLength: most },
});
const id: Kind = {
  code: 'not_a_uuid',
  detail: 'Send a lower-case UUID.',
  test: (value) => typeof value === 'string' && isUuid(value),
  schema: { type: 'string', format: 'uuid' },
};
const choice = (values: readonly string[]): Kind => ({
  code: 'not_a_choice',
  detail: `Send one of ${values.join(', ')}.`,
  test: (value) => typeof value === 'string' && values.includes(value),
  schema: { type: 'string', enum: [...values] },
});
const instant: Kind = {
  code: 'not_an_instant',
  detail:
    'Send a moment that exists, as RFC 3339 with an offset, e.g. 2026-06-09T14:30:00Z. In an address write + as %2B.',
  test: (value) => typeof value === 'string' && parseInstant(value) !== undefined,
  schema: { type: 'string', format: 'date-time' },
};
const date: Kind = {
  code: 'not_a_date',
  detail: 'Send a date that exists, as YYYY-MM-DD.',
  test: (value) => typeof value === 'string' && isLocalDate(value),
  schema: { type: 'string', format: 'date' },
};
const timeOfDay: Kind = {
  code: 'not_a_time_of_day',
  detail: 'Send a time of day as HH:MM, from 00:00 to 24:00.',
  test: (value) => typeof value === 'string' && isTimeOfDay(value),
  schema: { type: 'string', pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$' },
};
const wallTime: Kind = {
  code: 'not_a_wall_time',
  detail: 'Send what a clock on the wall shows, as YYYY-MM-DDTHH:MM, without an offset.',
  test: (value) => typeof value === 'string' && isWallTime(value),
  schema: {
    type: 'string',
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]$',
    examples: ['2026-06-09T14:30'],
  },
};
const zone: Kind = {
  code: 'not_a_zone',
  detail: 'Send an IANA time zone, e.g. Europe/Berlin.',
  test: (value) => typeof value === 'string' && isZone(value),
  schema: { type: 'string', maxLength: 64 },
};
const flag: Kind = {
  code: 'not_a_boolean',
  detail: 'Send true or false.',
  test: (value) => typeof value === 'boolean',
  schema: { type: 'boolean' },
};
const whole = (least: number, most: number): Kind => ({
  code: 'not_a_whole_number',
  detail: `Send a whole number from ${least} to ${most}.`,
  test: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  schema: { type: 'integer', minimum: least, maximum: most },
});

/** Text with something in it, at most `max` characters (200 unless told). */
export const Text = (options: FieldOptions & { max?: number } = {}) => one(text(options.max ?? 200), options);
/** A lower-case UUID. */
export const Id = (options: FieldOptions = {}) => one(id, options);
/** One of some words. */
export const Choice = (values: readonly string[], options: FieldOptions = {}) => one(choice(values), options);
/** A moment, RFC 3339 with an offset; the command gets it in UTC with milliseconds. */
export const Moment = (options: FieldOptions = {}) =>
  applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? (parseInstant(value) ?? value) : value)),
    one(instant, options),
  );
/** A calendar date in the practice's zone. */
export const Day = (options: FieldOptions = {}) => one(date, options);
/** A time of day in the practice's zone. */
export const Time = (options: FieldOptions = {}) => one(timeOfDay, options);
/** A date and time in the practice's zone. */
export const WallTime = (options: FieldOptions = {}) => one(wallTime, options);
/** An IANA time zone. */
export const Zone = (options: FieldOptions = {}) => one(zone, options);
export const Flag = (options: FieldOptions = {}) => one(flag, options);
/** A whole number within bounds. */
export const Whole = (least: number, most: number, options: FieldOptions = {}) =>
  one(whole(least, most), options);

/** A whole number in the query string. */
export const WholeInQuery = (least: number, most: number, options: FieldOptions = {}) =>
  applyDecorators(
    Transform(({ value }) =>
      typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value,
    ),
    one(whole(least, most), options),
  );

export interface ListOptions extends FieldOptions {
  /** 1 unless told */
  min?: number;
  /** 50 unless told */
  max?: number;
}

function many(kind: Kind, options: ListOptions): PropertyDecorator {
  const { min = 1, max = 50 } = options;
  return applyDecorators(
    ...present(options.optional),
    IsArray({ message: 'Send a list.' }),
    ArrayMinSize(min, { message: `Send at least ${min}.` }),
    ArrayMaxSize(max, { message: `Send at most ${max}.` }),
    ArrayUnique({ message: 'Name each only once.' }),
    checked(kind, true),
    documented(
      { type: 'array', items: kind.schema, minItems: min, maxItems: max, uniqueItems: true },
      options,
    ),
  );
}

export const Texts = (options: ListOptions & { length?: number } = {}) =>
  many(text(options.length ?? 200), options);
export const Ids = (options: ListOptions = {}) => many(id, options);
export const Choices = (values: readonly string[], options: ListOptions = {}) =>
  many(choice(values), options);

/** An object of its own shape, as closed as the body itself. */
export function Part(shape: () => Type, options: FieldOptions = {}): PropertyDecorator {
  const object: Kind = {
    code: 'not_an_object',
    detail: 'Send an object.',
    test: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    schema: {},
  };
  return applyDecorators(
    ...present(options.optional),
    checked(object, false),
    ValidateNested(),
    Nested(shape),
    documented({ type: lazy(shape) }, options),
  );
}

/** An object whose members the domain judges; it names each one that is wrong. */
export function Free(schema: Record<string, unknown>, options: FieldOptions = {}): PropertyDecorator {
  return one(
    {
      code: 'not_an_object',
      detail: 'Send an object.',
      test: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
      schema: { type: 'object', ...schema },
    },
    options,
  );
}

/** A list of objects of one shape. */
export function Parts(shape: () => Type, options: ListOptions = {}): PropertyDecorator {
  const { min = 1, max = 50 } = options;
  return applyDecorators(
    ...present(options.optional),
    IsArray({ message: 'Send a list.' }),
    ArrayMinSize(min, { message: `Send at least ${min}.` }),
    ArrayMaxSize(max, { message: `Send at most ${max}.` }),
    ValidateNested({ each: true }),
    Nested(shape),
    documented({ type: lazy(shape), isArray: true, minItems: min, maxItems: max }, options),
  );
}

/** What every command may carry beside its own fields. */
export class CommandBody {
  @Moment({
    optional: true,
    description: 'when it was true; now unless told (two clocks: recordedAt is set by the server)',
  })
  occurredAt?: string;

  @Text({ optional: true, max: 500, description: 'why; required for late entries' })
  reason?: string;
}

/** A command that makes something new, under an id of the caller's choice if it likes. */
export class CreateBody extends CommandBody {
  @Id({ optional: true, description: 'UUIDv7 of the new thing; made by the server unless told' })
  id?: string;
}

/** The body without the envelope, ready for a decider: `{ type, …fields }`, members left out stay out. */
export function commandFrom<T extends string, B extends object>(
  type: T,
  body: B,
): { type: T } & Omit<B, 'occurredAt' | 'reason' | 'id'> {
  const {
    occurredAt: _occurredAt,
    reason: _reason,
    id: _id,
    ...fields
  } = JSON.parse(JSON.stringify(body)) as CreateBody;
  return { type, ...fields } as { type: T } & Omit<B, 'occurredAt' | 'reason' | 'id'>;
}
