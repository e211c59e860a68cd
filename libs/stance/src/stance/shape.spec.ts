import { describe, expect, test } from 'vitest';
import { DIMENSIONS } from './dimensions.js';
import { EXAMPLE_FOR_ONE, EXAMPLE_FOR_SEVERAL } from './example.js';
import { malformed, malformedOwnWords } from './shape.js';

const found = (dimensions: unknown) =>
  malformed(dimensions).map(({ code, detail }) => `${code} ${detail.split(' ')[0]}`);

describe('the shape of a draft', () => {
  test('a draft may be incomplete', () => {
    expect(found({})).toEqual([]);
    for (const dimension of DIMENSIONS)
      expect(found({ [dimension]: EXAMPLE_FOR_ONE[dimension] })).toEqual([]);
    expect(found(EXAMPLE_FOR_SEVERAL)).toEqual([]);
  });

  test('there is no dimension called neutral', () => {
    expect(found({ neutral: true })).toEqual(['unknown_dimension neutral']);
  });

  test('a value that is none of the dimension is refused, wherever it stands', () => {
    const unknown = 'constructor';
    expect(
      found({
        partiality: unknown,
        allegiance: { to: unknown, yieldsWhen: [unknown] },
        informationSources: [unknown],
        perspective: { view: unknown, informedBy: [] },
        reciprocity: { expected: 'no', focus: unknown },
        selfDisclosure: { degree: unknown, topicsNever: [''] },
        unconditionality: { kinds: [unknown], degree: unknown, ownWords: ' ' },
        challenge: { willingness: unknown, style: unknown },
        advocacy: { for: unknown, notInCourt: 1 },
        safety: { shameFree: null, invitation: '' },
        feedback: { everySessions: 0, measure: '' },
        approach: { codes: [7], words: '' },
      }),
    ).toEqual([
      'unknown_value partiality',
      'unknown_value allegiance.to',
      'unknown_value allegiance.yieldsWhen[0]',
      'unknown_value informationSources[0]',
      'unknown_value perspective.view',
      'bad_shape reciprocity.expected',
      'unknown_value reciprocity.focus',
      'unknown_value selfDisclosure.degree',
      'bad_text selfDisclosure.topicsNever[0]',
      'unknown_value unconditionality.kinds[0]',
      'unknown_value unconditionality.degree',
      'bad_text unconditionality.ownWords',
      'unknown_value challenge.willingness',
      'unknown_value challenge.style',
      'unknown_value advocacy.for',
      'bad_shape advocacy.notInCourt',
      'bad_shape safety.shameFree',
      'bad_text safety.invitation',
      'bad_number feedback.everySessions',
      'bad_text feedback.measure',
      'bad_text approach.codes[0]',
      'bad_text approach.words',
    ]);
  });

  test('a dimension that is not an object, lacks a field or has one too many is refused', () => {
    expect(found(null)).toEqual(['bad_shape dimensions']);
    expect(found({ safety: null, challenge: [] })).toEqual(['bad_shape safety', 'bad_shape challenge']);
    expect(found({ challenge: { style: 'gentle', tone: 'warm' } })).toEqual([
      'unknown_value challenge.willingness',
      'unknown_field challenge.tone',
    ]);
  });

  test('a list names nothing twice', () => {
    expect(found({ informationSources: ['measures', 'measures', 'measures'] })).toEqual([
      'duplicate_value informationSources',
    ]);
    expect(found({ informationSources: 'measures' })).toEqual(['bad_shape informationSources']);
  });

  test('own words stand beside codes, but a code without words is refused: no client shall read one', () => {
    expect(found({ selfDisclosure: { degree: 'open', topicsNever: ['family', 'the war'] } })).toEqual([]);
    expect(found({ selfDisclosure: { degree: 'open', topicsNever: ['own_family'] } })).toEqual([
      'unknown_value selfDisclosure.topicsNever[0]',
    ]);
  });

  test('feedback is asked after a whole number of sessions', () => {
    const every = (everySessions: unknown) => found({ feedback: { everySessions } });
    expect([every(1), every(100)]).toEqual([[], []]);
    for (const wrong of [0, 101, 1.5, Number.NaN, '4'])
      expect(every(wrong)).toEqual(['bad_number feedback.everySessions']);
  });
});

describe('own words', () => {
  test('own words belong to a dimension, the opening or the closing', () => {
    const everywhere = Object.fromEntries(['opening', ...DIMENSIONS, 'closing'].map((key) => [key, 'words']));
    expect(malformedOwnWords(everywhere)).toEqual([]);
    expect(malformedOwnWords({ middle: 'words' })[0]?.code).toBe('unknown_own_words');
    expect(malformedOwnWords([])[0]?.code).toBe('bad_shape');
  });

  test('own words have 1 to 2000 characters that can be stored', () => {
    const wrong = (words: unknown) => malformedOwnWords({ opening: words }).map((reason) => reason.code);
    expect([wrong('a'), wrong('a'.repeat(2000))]).toEqual([[], []]);
    for (const words of ['', ' \n', 'a'.repeat(2001), 'a\u0000', 'a\ud800', null, 4])
      expect(wrong(words)).toEqual(['bad_text']);
  });
});
