import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, contentHash } from './canonical-json.js';

const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\u0000', ''));
const scalar = fc.oneof(text, fc.maxSafeInteger(), fc.boolean(), fc.constant(null));
/** Whatever the log may hold. */
const storable = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('members')),
  list: fc.array(tie('value'), { maxLength: 5 }),
  members: fc.dictionary(fc.oneof(text, fc.constantFrom('a', 'ä', '10', '9', '__proto__')), tie('value'), {
    maxKeys: 5,
  }),
})).value;

describe('the canonical form of a value', () => {
  test('is that of RFC 8785, as others have written it down', () => {
    fc.assert(
      fc.property(storable, (value) => void expect(canonicalJson(value)).toBe(canonicalize(value))),
      { seed: 8785, numRuns: 500 },
    );
  });

  test('sorts members by UTF-16 code units: the example of RFC 8785 §3.2.3', () => {
    const members = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.values(JSON.parse(canonicalJson(members)) as object)).toHaveLength(7);
    expect(canonicalJson(members)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    );
  });

  test('does not depend on the order in which members were written', () => {
    expect(canonicalJson({ a: 1, b: { d: 2, c: 3 } })).toBe(canonicalJson({ b: { c: 3, d: 2 }, a: 1 }));
  });

  test('leaves out what is undefined, and writes minus zero as zero', () => {
    expect(canonicalJson({ a: undefined, b: -0 })).toBe('{"b":0}');
  });

  test.each([
    ['a fraction', 0.5],
    ['a number that has been rounded', 2 ** 53],
    ['infinity', Infinity],
    ['not a number', NaN],
    ['a big integer', 1n],
    ['U+0000', 'a\u0000b'],
    ['half of a surrogate pair', '\ud83d'],
    ['a surrogate pair the wrong way round', '\ude00\ud83d'],
    ['a function', () => 1],
    ['nothing in a list', [undefined]],
  ])('refuses %s, at any depth and as a value or a name', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
    expect(() => canonicalJson({ deep: [{ down: value }] })).toThrow(TypeError);
    if (typeof value === 'string') expect(() => canonicalJson({ [value]: 1 })).toThrow(TypeError);
  });

  test('has one hash, known from elsewhere', () => {
    expect(contentHash(canonicalJson({}))).toBe(
      'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
    );
  });
});
