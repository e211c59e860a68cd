import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictJson, StrictJsonError, type StrictJsonCode } from './strict-json.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(body: string | Uint8Array, limits?: { levels: number }): { code: string; pointer: string } {
  try {
    const value = parseStrictJson(typeof body === 'string' ? bytes(body) : body, limits);
    throw new Error(`expected a refusal, got ${JSON.stringify(value)}`);
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    expect(error.detail).not.toBe('');
    return { code: error.code, pointer: error.pointer };
  }
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON is parsed strictly: refused, not repaired', () => {
  const refused: [string, string | Uint8Array, StrictJsonCode, string][] = [
    ['an empty body', '', 'empty_body', ''],
    ['a body of white space', ' \n\t', 'empty_body', ''],
    ['a byte order mark', '\ufeff{}', 'byte_order_mark', ''],
    ['invalid UTF-8', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), 'invalid_utf8', ''],
    ['overlong UTF-8', new Uint8Array([0x22, 0xc0, 0x80, 0x22]), 'invalid_utf8', ''],
    ['a surrogate in UTF-8 bytes', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'invalid_utf8', ''],
    ['duplicate keys', '{"a":{"b":1,"b":1}}', 'duplicate_key', '/a/b'],
    ['duplicate keys, one spelled with an escape', '{"a":1,"\\u0061":2}', 'duplicate_key', '/a'],
    ['raw U+0000', '{"a":"x\u0000"}', 'null_character', '/a'],
    ['escaped U+0000', '{"a":["x","\\u0000"]}', 'null_character', '/a/1'],
    ['U+0000 in a key', '{"a":{"\\u0000":1}}', 'null_character', '/a'],
    ['a lone high surrogate', '["\\ud83d"]', 'lone_surrogate', '/0'],
    ['a high surrogate before another character', '["\\ud83dx"]', 'lone_surrogate', '/0'],
    ['two high surrogates', '["\\ud83d\\ud83d"]', 'lone_surrogate', '/0'],
    ['a lone low surrogate', '["\\ude00"]', 'lone_surrogate', '/0'],
    ['two low surrogates', '["\\ude00\\ude00"]', 'lone_surrogate', '/0'],
    ['an integer beyond 2^53-1', '{"n":9007199254740992}', 'number_out_of_range', '/n'],
    ['an integer below -(2^53-1)', '{"n":-9007199254740993}', 'number_out_of_range', '/n'],
    ['a large integer in another spelling', '[1e16]', 'number_out_of_range', '/0'],
    ['1e400', '[1e400]', 'number_out_of_range', '/0'],
    ['1e-400', '[1e-400]', 'number_out_of_range', '/0'],
    ['-1e-400', '[-1e-400]', 'number_out_of_range', '/0'],
    ['a subnormal that would be rounded', '[3e-324]', 'number_too_precise', '/0'],
    ['-0', '[-0]', 'negative_zero', '/0'],
    ['-0.0e5', '[-0.0e5]', 'negative_zero', '/0'],
    ['a decimal with more than 15 significant digits', '[0.1234567890123456]', 'number_too_precise', '/0'],
    ['a decimal that would become an integer', '[9007199254740990.9]', 'number_too_precise', '/0'],
    ['a leading zero', '[01]', 'invalid_number', '/0'],
    ['a number that stops at its point', '[1.]', 'invalid_number', '/0'],
    ['a number that begins with its point', '[.5]', 'invalid_number', '/0'],
    ['a plus sign', '[+1]', 'invalid_number', '/0'],
    ['hexadecimal', '[0x1f]', 'invalid_number', '/0'],
    ['a minus sign alone', '[-]', 'invalid_number', '/0'],
    ['NaN', '[NaN]', 'unexpected_character', '/0'],
    ['33 levels', nested(33), 'too_many_levels', '/0'.repeat(32)],
    ['a megabyte of [', '['.repeat(1_000_000), 'too_many_levels', '/0'.repeat(32)],
    ['a megabyte of {"a":', '{"a":'.repeat(200_000), 'too_many_levels', '/a'.repeat(32)],
    ['trailing content', '{} x', 'trailing_content', ''],
    ['two values', '{}{}', 'trailing_content', ''],
    ['a line break in text', '["a\nb"]', 'control_character', '/0'],
    ['a tab in text', '["a\tb"]', 'control_character', '/0'],
    ['__proto__ as a key', '{"a":{"__proto__":{"admin":true}}}', 'forbidden_key', '/a/__proto__'],
    ['an escaped __proto__', '{"\\u005f_proto__":1}', 'forbidden_key', '/__proto__'],
    ['constructor as a key', '{"constructor":1}', 'forbidden_key', '/constructor'],
    ['prototype as a key', '{"prototype":1}', 'forbidden_key', '/prototype'],
    ['an unknown escape', '["\\x41"]', 'invalid_escape', '/0'],
    ['an escape without four hex digits', '["\\u12g4"]', 'invalid_escape', '/0'],
    ['text that stops', '{"a":"x', 'unexpected_end', '/a'],
    ['an escape that stops', '["\\', 'unexpected_end', '/0'],
    ['an object that stops', '{"a":1', 'unexpected_end', '/a'],
    ['a comma at the end of an array', '[1,]', 'unexpected_character', '/1'],
    ['a comma at the end of an object', '{"a":1,}', 'unexpected_character', ''],
    ['a key without quotes', '{a:1}', 'unexpected_character', ''],
    ['a comment', '/* */{}', 'unexpected_character', ''],
    ['a word cut short', '[tru]', 'unexpected_character', '/0'],
    ['a no-break space between tokens', '[\u00a01]', 'unexpected_character', '/0'],
  ];
  it.each(refused)('%s', (_, body, code, pointer) => expect(refusal(body)).toEqual({ code, pointer }));

  it('points with RFC 6901 escapes', () => expect(refusal('{"a/b":{"m~n":-0}}').pointer).toBe('/a~1b/m~0n'));

  it('points at the member at fault, not at one that was read before', () =>
    expect(refusal('{"a":{"b":[1,2]},"c":-0}').pointer).toBe('/c'));

  it('takes no quadratic time on a megabyte of digits', () => {
    const started = performance.now();
    expect(refusal(`[0.${'0'.repeat(1_000_000)}1]`).code).toBe('number_out_of_range');
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('what is accepted', () => {
  it('32 levels', () => expect(parseStrictJson(bytes(nested(32)))).toEqual(JSON.parse(nested(32))));

  it('another limit of levels', () => expect(refusal(nested(3), { levels: 2 }).code).toBe('too_many_levels'));

  it.each([
    '9007199254740991',
    '-9007199254740991',
    '0',
    '0.0',
    '1.0',
    '1e3',
    '1.50',
    '0.1',
    '123456789012.345',
    '5e-324',
    '-1.5E-7', // prettier-ignore
    '"\\ud83d\\ude00 \u{1f600} \\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00e9"',
    ' { "toString" : [ ] , "hasOwnProperty" : { } } ',
    'null', // prettier-ignore
  ])('%s', (text) => expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text)));

  /** No refused names, no -0, at most 15 significant digits, whole characters without U+0000. */
  const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\u0000'));
  const name = text.filter((value) => !['__proto__', 'constructor', 'prototype'].includes(value));
  const decimal = fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => Number(value.toPrecision(15)))
    .filter((value) => Number.isFinite(value) && !Number.isInteger(value) && Math.abs(value) > 1e-300);
  const { value: json } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger(),
      decimal,
      text,
      fc.array(tie('value'), { maxLength: 6 }),
      fc.dictionary(name, tie('value'), { maxKeys: 6 }).map((members) => ({ ...members })),
    ),
  }));

  it('any JSON value made of allowed things survives', () =>
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
        expect(parseStrictJson(bytes(JSON.stringify(value, null, indent)))).toStrictEqual(value);
      }),
      { numRuns: 1_000 },
    ));

  it('whatever bytes come, it either refuses with a code or agrees with JSON.parse', () => {
    let accepted = 0;
    const mutation = fc.tuple(fc.nat(), fc.constantFrom('change', 'insert', 'delete'), fc.oneof(fc.nat(255), fc.constantFrom(...bytes('{}[]",:\\u0-.e1 ')))); // prettier-ignore
    fc.assert(
      fc.property(json, fc.array(mutation, { minLength: 1, maxLength: 3 }), (value, mutations) => {
        const body = [...bytes(JSON.stringify(value))];
        for (const [where, how, byte] of mutations)
          body.splice(
            where % (body.length + 1),
            how === 'insert' ? 0 : 1,
            ...(how === 'delete' ? [] : [byte]),
          );
        let parsed: unknown;
        try {
          parsed = parseStrictJson(Uint8Array.from(body));
        } catch (error) {
          if (error instanceof StrictJsonError) return;
          throw error;
        }
        accepted++;
        expect(parsed).toStrictEqual(JSON.parse(new TextDecoder().decode(Uint8Array.from(body))));
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});
