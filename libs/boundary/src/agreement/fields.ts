/** One thing wrong with one member; `pointer` is RFC 6901. */
export type FieldProblem = { pointer: string; code: string; detail: string };

/** What one member may hold, how the API document shows it, and one value that it may have. */
export type Field<T> = {
  example: T;
  schema: Record<string, unknown>;
  problems(value: unknown, pointer: string): FieldProblem[];
};
export type Fields = Record<string, Field<unknown>>;
/** The members of an object by their fields. */
export type Values<F extends Fields> = { [Name in keyof F]: F[Name]['example'] };

/** `amountMinor` counts the smallest unit of the currency (cents); `currency` is ISO 4217. */
export type Money = { amountMinor: number; currency: string };

export const oneOf = <const T extends string>(...values: readonly [T, ...T[]]): Field<T> =>
  field(
    values[0],
    { type: 'string', enum: values },
    'not_a_choice',
    `Send one of ${values.join(', ')}.`,
    (value) => values.some((one) => one === value),
  );

/** At least one of some words, each once. */
export const someOf = <const T extends string>(...values: readonly [T, ...T[]]): Field<T[]> =>
  field<T[]>(
    [values[0]],
    { type: 'array', items: { type: 'string', enum: values }, minItems: 1, uniqueItems: true },
    'not_a_set',
    `Send a list of ${values.join(', ')}, each at most once.`,
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      new Set(value).size === value.length &&
      value.every((one) => values.some((known) => known === one)),
  );

export const whole = (least: number, most: number, example: number): Field<number> =>
  field(
    example,
    { type: 'integer', minimum: least, maximum: most },
    'not_a_whole_number',
    `Send a whole number from ${least} to ${most}.`,
    (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  );

export const flag = (): Field<boolean> =>
  field<boolean>(
    true,
    { type: 'boolean' },
    'not_a_boolean',
    'Send true or false.',
    (value) => typeof value === 'boolean',
  );

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const currency: Field<string> = field(
  'EUR',
  { type: 'string', pattern: '^[A-Z]{3}$' },
  'not_a_currency',
  'Send an ISO 4217 code, e.g. EUR.',
  (value) => typeof value === 'string' && CURRENCIES.has(value),
);
const MOST_MONEY = 100_000_000;

export const money = (amountMinor: number): Field<Money> => {
  const fields = { amountMinor: whole(0, MOST_MONEY, amountMinor), currency };
  return {
    example: { amountMinor, currency: 'EUR' },
    schema: schemaOf(fields, ['amountMinor', 'currency']),
    problems: (value, pointer) => objectProblems(fields, ['amountMinor', 'currency'], value, pointer),
  };
};

function field<T>(
  example: T,
  schema: Record<string, unknown>,
  code: string,
  detail: string,
  test: (value: unknown) => boolean,
): Field<T> {
  return {
    example,
    schema,
    problems: (value, pointer) => (test(value) ? [] : [{ pointer, code, detail }]),
  };
}

/** An object that has these members and no other. */
export const schemaOf = (fields: Fields, required: readonly string[]): Record<string, unknown> => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: false,
});

/** Everything wrong with a value that should be such an object. */
export function objectProblems(
  fields: Fields,
  required: readonly string[],
  value: unknown,
  pointer: string,
): FieldProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ pointer, code: 'not_an_object', detail: 'Send an object.' }];
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => ({
      pointer: `${pointer}/${name}`,
      code: 'missing',
      detail: 'This is needed. Add it.',
    })),
    ...Object.entries(value).flatMap(([name, member]) =>
      Object.hasOwn(fields, name)
        ? fields[name]!.problems(member, `${pointer}/${name}`)
        : [
            {
              pointer: `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
              code: 'unknown_property',
              detail: `There is no such property here. Send ${Object.keys(fields).join(', ') || 'nothing'}.`,
            },
          ],
    ),
  ];
}
