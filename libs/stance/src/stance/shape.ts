import { isWellFormed, type Reason } from '#libs/kernel';
import * as values from './dimensions.js';
import { DIMENSIONS, type Dimension } from './dimensions.js';

/** Where a therapist may add words of their own: beside each dimension, before the first and after the last. */
export const OWN_WORDS_KEYS = ['opening', ...DIMENSIONS, 'closing'] as const;
/** The longest text a therapist may write in one place, in UTF-16 code units. */
const MOST_WORDS = 2000;

type Check = (value: unknown, at: string) => Reason[];

/** Everything in a draft that is no value of its dimension; [] when it can be kept. Incomplete is fine. */
export function malformed(dimensions: unknown): Reason[] {
  if (!isObject(dimensions)) return wrong('bad_shape', 'dimensions', 'must be an object');
  return Object.entries(dimensions).flatMap(([name, value]) => {
    if (!isOneOf(DIMENSIONS, name))
      return wrong('unknown_dimension', name, `is none of ${DIMENSIONS.join(', ')}`);
    return value === undefined ? [] : SHAPES[name](value, name);
  });
}

/** Everything wrong with the own words of a draft. */
export function malformedOwnWords(ownWords: unknown): Reason[] {
  if (!isObject(ownWords)) return wrong('bad_shape', 'ownWords', 'must be an object');
  return Object.entries(ownWords).flatMap(([key, words]) =>
    isOneOf(OWN_WORDS_KEYS, key)
      ? text()(words, `ownWords.${key}`)
      : wrong('unknown_own_words', `ownWords.${key}`, `is none of ${OWN_WORDS_KEYS.join(', ')}`),
  );
}

/** Everything wrong with one free text of 1..2000 characters. */
export const malformedText = (words: unknown, at: string): Reason[] => text()(words, at);

const oneOf =
  (allowed: readonly string[]): Check =>
  (value, at) =>
    isOneOf(allowed, value) ? [] : wrong('unknown_value', at, `must be one of ${allowed.join(', ')}`);

const text =
  (most = MOST_WORDS): Check =>
  (value, at) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= most && storable(value)
      ? []
      : wrong('bad_text', at, `must be a text of 1 to ${most} characters`);

/** Own words, or a known code. A word with an underscore is a code nobody has words for: no client shall read it. */
const codeOrWords =
  (codes: readonly string[]): Check =>
  (value, at) => {
    const reasons = text(200)(value, at);
    if (reasons.length > 0 || isOneOf(codes, value) || !String(value).includes('_')) return reasons;
    return wrong('unknown_value', at, `must be one of ${codes.join(', ')}, or plain words`);
  };

const setOf =
  (member: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value) || value.length > 20)
      return wrong('bad_shape', at, 'must be a list of at most 20');
    const twice = new Set(value.filter((item, index) => value.indexOf(item) < index));
    return [
      ...value.flatMap((item, index) => member(item, `${at}[${index}]`)),
      ...[...twice].flatMap((item) =>
        wrong('duplicate_value', at, `names ${JSON.stringify(item)} more than once`),
      ),
    ];
  };

const flag: Check = (value, at) =>
  typeof value === 'boolean' ? [] : wrong('bad_shape', at, 'must be true or false');

const count: Check = (value, at) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100
    ? []
    : wrong('bad_number', at, 'must be a whole number from 1 to 100');

const optional =
  (check: Check): Check =>
  (value, at) =>
    value === undefined ? [] : check(value, at);

const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, at) => {
    if (!isObject(value))
      return wrong('bad_shape', at, `must be an object with ${Object.keys(fields).join(', ')}`);
    return [
      ...Object.entries(fields).flatMap(([field, check]) => check(value[field], `${at}.${field}`)),
      ...Object.keys(value)
        .filter((field) => !Object.hasOwn(fields, field))
        .flatMap((field) => wrong('unknown_field', `${at}.${field}`, 'does not exist')),
    ];
  };

const SHAPES: { readonly [D in Dimension]-?: Check } = {
  partiality: oneOf(values.PARTIALITIES),
  allegiance: record({ to: oneOf(values.ALLEGIANCES), yieldsWhen: setOf(oneOf(values.YIELDS_WHEN)) }),
  informationSources: setOf(oneOf(values.INFORMATION_SOURCES)),
  perspective: record({
    view: oneOf(values.PERSPECTIVE_VIEWS),
    informedBy: setOf(codeOrWords(values.INFORMED_BY_CODES)),
  }),
  reciprocity: record({ expected: flag, focus: oneOf(values.RECIPROCITY_FOCUSES) }),
  selfDisclosure: record({
    degree: oneOf(values.SELF_DISCLOSURE_DEGREES),
    topicsNever: setOf(codeOrWords(values.TOPIC_CODES)),
  }),
  unconditionality: record({
    kinds: setOf(oneOf(values.UNCONDITIONALITY_KINDS)),
    degree: oneOf(values.UNCONDITIONALITY_DEGREES),
    ownWords: optional(text(200)),
  }),
  challenge: record({
    willingness: oneOf(values.CHALLENGE_WILLINGNESSES),
    style: oneOf(values.CHALLENGE_STYLES),
  }),
  advocacy: record({ for: oneOf(values.ADVOCACIES), notInCourt: flag }),
  safety: record({ shameFree: flag, invitation: text() }),
  feedback: record({ everySessions: count, measure: optional(text(200)) }),
  approach: record({ codes: setOf(codeOrWords(values.APPROACH_CODES)), words: optional(text()) }),
};

const wrong = (code: string, at: string, must: string): Reason[] => [{ code, detail: `${at} ${must}.` }];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isOneOf = <T extends string>(allowed: readonly T[], value: unknown): value is T =>
  allowed.some((known) => known === value);

/** What the log can hold (kernel/canonical-json): no U+0000, no lone surrogates. */
const storable = (value: string): boolean => !value.includes('\u0000') && isWellFormed(value);
