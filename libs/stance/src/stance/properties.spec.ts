import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedDimensions, describeChanges } from './diff.js';
import * as values from './dimensions.js';
import type { Dimensions } from './dimensions.js';
import { EXAMPLE_FOR_ONE } from './example.js';
import { LOCALES, LOCALE_CODES } from './locales/index.js';
import { OWN_WORDS_KEYS, malformed, malformedOwnWords } from './shape.js';
import { renderStatement, statementOf } from './statement.js';

const of = <T extends string>(tuple: readonly T[]) => fc.constantFrom(...tuple);
const some = <T extends string>(tuple: readonly T[]) => fc.shuffledSubarray([...tuple]);
const words = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => text.trim() !== '');
const plain = words.filter((text) => !text.includes('_'));
const codesOrWords = (codes: readonly string[]) =>
  fc.uniqueArray(fc.oneof(of(codes), plain), { maxLength: 4 });

/** Any stance of the right shape, publishable or not. */
const anyDimensions: fc.Arbitrary<Dimensions> = fc.record(
  {
    partiality: of(values.PARTIALITIES),
    allegiance: fc.record({ to: of(values.ALLEGIANCES), yieldsWhen: some(values.YIELDS_WHEN) }),
    informationSources: some(values.INFORMATION_SOURCES),
    perspective: fc.record({
      view: of(values.PERSPECTIVE_VIEWS),
      informedBy: codesOrWords(values.INFORMED_BY_CODES),
    }),
    reciprocity: fc.record({ expected: fc.boolean(), focus: of(values.RECIPROCITY_FOCUSES) }),
    selfDisclosure: fc.record({
      degree: of(values.SELF_DISCLOSURE_DEGREES),
      topicsNever: codesOrWords(values.TOPIC_CODES),
    }),
    unconditionality: fc.record(
      {
        kinds: some(values.UNCONDITIONALITY_KINDS),
        degree: of(values.UNCONDITIONALITY_DEGREES),
        ownWords: words,
      },
      { requiredKeys: ['kinds', 'degree'] },
    ),
    challenge: fc.record({
      willingness: of(values.CHALLENGE_WILLINGNESSES),
      style: of(values.CHALLENGE_STYLES),
    }),
    advocacy: fc.record({ for: of(values.ADVOCACIES), notInCourt: fc.boolean() }),
    safety: fc.record({ shameFree: fc.boolean(), invitation: words }),
    feedback: fc.record(
      { everySessions: fc.integer({ min: 1, max: 100 }), measure: words },
      { requiredKeys: ['everySessions'] },
    ),
    approach: fc.record({ codes: codesOrWords(values.APPROACH_CODES), words }, { requiredKeys: ['codes'] }),
  },
  { requiredKeys: values.DIMENSIONS.filter((dimension) => dimension !== 'approach') },
);
const anyOwnWords = fc.dictionary(of(OWN_WORDS_KEYS), words);
const anyLocale = of(LOCALE_CODES);

describe('for every stance', () => {
  test('the generator makes drafts of the right shape', () => {
    fc.assert(
      fc.property(anyDimensions, anyOwnWords, (dimensions, ownWords) => {
        expect([...malformed(dimensions), ...malformedOwnWords(ownWords)]).toEqual([]);
      }),
    );
  });

  test('the statement is a pure function of dimensions, own words and locale', () => {
    const reordered = (dimensions: Dimensions): Dimensions =>
      JSON.parse(JSON.stringify(dimensions), (_, value: unknown) =>
        Array.isArray(value) ? value.toReversed() : value,
      );
    fc.assert(
      fc.property(anyDimensions, anyOwnWords, anyLocale, (dimensions, ownWords, locale) => {
        const first = statementOf({ dimensions, ownWords, locale });
        expect(statementOf(structuredClone({ dimensions, ownWords, locale }))).toEqual(first);
        expect(statementOf({ dimensions: reordered(dimensions), ownWords, locale })).toEqual(first);
      }),
    );
  });

  test('the promise of safety mentions every yieldsWhen in its own paragraph', () => {
    fc.assert(
      fc.property(anyDimensions, anyOwnWords, anyLocale, (dimensions, ownWords, locale) => {
        const { statement, yieldsWhen } = LOCALES[locale];
        const promise = renderStatement({ dimensions, ownWords, locale })
          .split('\n\n')
          .find((paragraph) => paragraph.startsWith(statement.shameFree[`${dimensions.safety.shameFree}`]));
        for (const limit of dimensions.allegiance.yieldsWhen) expect(promise).toContain(yieldsWhen[limit]);
        expect(promise).toContain(
          dimensions.allegiance.yieldsWhen.length ? statement.limits : statement.limitsNotStated,
        );
      }),
    );
  });

  test('unconditionality and challenge share a paragraph', () => {
    fc.assert(
      fc.property(anyDimensions, anyLocale, (dimensions, locale) => {
        const say = LOCALES[locale].statement;
        const paragraphs = renderStatement({ dimensions, ownWords: {}, locale }).split('\n\n');
        const opening = Object.values(say.unconditionality).map((phrase) => phrase.split('{')[0]!);
        const shared = paragraphs.filter((paragraph) => opening.some((start) => paragraph.startsWith(start)));
        expect(shared).toHaveLength(1);
        expect(shared[0]).toContain(say.acceptanceIsNotSilence);
        expect(shared[0]).toContain(say.challengeStyle[dimensions.challenge.style]);
      }),
    );
  });

  test('nothing differs from itself, and difference goes both ways', () => {
    fc.assert(
      fc.property(anyDimensions, anyDimensions, (a, b) => {
        expect(changedDimensions(a, structuredClone(a))).toEqual([]);
        expect(changedDimensions(a, b)).toEqual(changedDimensions(b, a));
      }),
    );
  });

  test('every changed dimension is described in words, in both locales', () => {
    fc.assert(
      fc.property(anyDimensions, anyDimensions, anyLocale, (a, b, locale) => {
        const changes = describeChanges(a, b, locale);
        expect(changes.map((change) => change.dimension)).toEqual(changedDimensions(a, b));
        for (const { text, before, after } of changes) {
          expect(text.length).toBeGreaterThan(10);
          expect(`${text}${before}${after}`).not.toMatch(/undefined|“”|„“/);
          expect(Math.min(before.length, after.length)).toBeGreaterThan(0);
        }
      }),
    );
  });
});

test('every combination of values renders in both locales', () => {
  // dimensions that share a paragraph are combined with each other; the rest stays as in the example
  const groups: Partial<Dimensions>[][] = [
    product(values.PARTIALITIES, values.ALLEGIANCES, subsets(values.YIELDS_WHEN), [true, false]).map(
      ([partiality, to, yieldsWhen, shameFree]) => ({
        partiality,
        allegiance: { to, yieldsWhen },
        safety: { shameFree, invitation: 'Welcome' },
      }),
    ),
    product(
      subsets(values.UNCONDITIONALITY_KINDS),
      values.UNCONDITIONALITY_DEGREES,
      values.CHALLENGE_WILLINGNESSES,
      values.CHALLENGE_STYLES,
    ).map(([kinds, degree, willingness, style]) => ({
      unconditionality: { kinds, degree, ownWords: 'loyalty' },
      challenge: { willingness, style },
    })),
    product(subsets(values.INFORMATION_SOURCES), values.PERSPECTIVE_VIEWS, values.INFORMED_BY_CODES, [
      true,
    ]).map(([informationSources, view, code]) => ({
      informationSources,
      perspective: { view, informedBy: [code] },
    })),
    product(
      [true, false],
      values.RECIPROCITY_FOCUSES,
      values.SELF_DISCLOSURE_DEGREES,
      values.TOPIC_CODES,
    ).map(([expected, focus, degree, topic]) => ({
      reciprocity: { expected, focus },
      selfDisclosure: { degree, topicsNever: [topic] },
    })),
    product(values.ADVOCACIES, [true, false], [1, 2], values.APPROACH_CODES).map(
      ([advocacy, notInCourt, everySessions, code]) => ({
        advocacy: { for: advocacy, notInCourt },
        feedback: { everySessions },
        approach: { codes: [code] },
      }),
    ),
  ];
  const wrong = groups
    .flat()
    .flatMap((changes) =>
      LOCALE_CODES.map((locale) =>
        renderStatement({ dimensions: { ...EXAMPLE_FOR_ONE, ...changes }, ownWords: {}, locale }),
      ).filter((statement) => /undefined|null|[{}_]| {2}|\n{3}|\.\.|“”|„“/.test(statement)),
    );
  expect(wrong).toEqual([]);
});

function product<A, B, C, D>(
  as: readonly A[],
  bs: readonly B[],
  cs: readonly C[],
  ds: readonly D[],
): [A, B, C, D][] {
  return as.flatMap((a) => bs.flatMap((b) => cs.flatMap((c) => ds.map((d): [A, B, C, D] => [a, b, c, d]))));
}

function subsets<T>(items: readonly T[]): T[][] {
  return items.reduce<T[][]>((sets, item) => [...sets, ...sets.map((set) => [...set, item])], [[]]);
}
