import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMATS } from '#libs/practice';
import {
  CHALLENGE_STYLES,
  CHALLENGE_WILLINGNESSES,
  EXAMPLE_FOR_ONE,
  PERSPECTIVE_VIEWS,
  SELF_DISCLOSURE_DEGREES,
} from '#libs/stance';
import type { Candidate } from './matching.js';
import type { Preferences } from './preferences.js';
import { suggestions } from './suggestions.js';

const thea: Candidate = {
  therapistId: 'thea',
  name: 'Thea Lind',
  isTherapist: true,
  active: true,
  languages: ['en', 'pl'],
  formats: ['in_person', 'video'],
  stance: EXAMPLE_FOR_ONE,
  treatsRelative: false,
  treatsNamed: false,
};
const theo: Candidate = {
  ...thea,
  therapistId: 'theo',
  name: 'Theo Brandt',
  languages: ['en'],
  formats: ['in_person'],
  stance: { ...EXAMPLE_FOR_ONE, challenge: { willingness: 'rarely', style: 'questions' } },
};
const order = (preferences: Preferences, candidates = [thea, theo]) =>
  suggestions(preferences, candidates).map(({ therapistId }) => therapistId);

describe('suggestions', () => {
  it('say in words which wishes a therapist meets and which not', () => {
    const wishes: Preferences = {
      format: 'video',
      languages: ['pl', 'tr'],
      stance: [
        { dimension: 'challenge', value: 'gentle' },
        { dimension: 'selfDisclosure', value: 'none' },
      ],
    };
    expect(suggestions(wishes, [thea])).toEqual([
      {
        therapistId: 'thea',
        name: 'Thea Lind',
        score: 3,
        reasons: [
          'About challenge, states “gentle”, as wished.',
          'Meets video, as wished.',
          'Speaks Polish, as wished.',
        ],
        unmet: [
          'About self disclosure, “none” is wished; states “rare for client benefit”, “family”.',
          'Does not speak Turkish.',
        ],
        conflicts: [],
      },
    ]);
  });

  it('put first whoever meets more wishes, then go by name', () => {
    expect(order({})).toEqual(['thea', 'theo']);
    expect(order({ stance: [{ dimension: 'challenge', value: 'rarely' }] })).toEqual(['theo', 'thea']);
  });

  it('put whoever something stands in the way of last, and list every conflict', () => {
    const wishes: Preferences = {
      format: 'video',
      stance: [{ dimension: 'challenge', value: 'gentle' }],
      excludedStance: [{ dimension: 'partiality', value: 'partial_to_client' }],
      excludedTherapistIds: ['thea'],
    };
    const [first, last] = suggestions(wishes, [
      { ...thea, treatsRelative: true, treatsNamed: true, formats: ['phone'] },
      { ...theo, stance: { ...EXAMPLE_FOR_ONE, partiality: 'multi_partial' }, formats: ['video'] },
    ]);
    expect([first!.therapistId, first!.conflicts]).toEqual(['theo', []]);
    expect(last!.conflicts.map(({ code }) => code)).toEqual([
      'therapist_excluded',
      'stance_excluded',
      'format_not_offered',
      'treats_family_member',
      'treats_person_named',
    ]);
  });

  it('know a language by its first part, and say so where nothing is recorded or published', () => {
    const [only] = suggestions(
      { format: 'video', languages: ['PT'], stance: [{ dimension: 'safety', value: 'true' }] },
      [{ ...thea, languages: ['pt-BR'], formats: undefined, stance: undefined }],
    );
    expect(only).toMatchObject({
      reasons: ['Speaks Portuguese, as wished.'],
      unmet: ['About safety, nothing is published.', 'Whether they meet video, as wished, is not recorded.'],
      conflicts: [{ code: 'stance_not_published' }],
    });
  });

  it('do not say that somebody does not speak a language when nobody said what they speak', () => {
    const { languages: _, ...silent } = thea;
    const unmet = (candidate: Candidate, ...languages: string[]) =>
      suggestions({ languages }, [candidate])[0]!.unmet;
    expect(unmet(silent, 'en')).toEqual(['Whether they speak English, as wished, is not recorded.']);
    expect(unmet({ ...thea, languages: ['de'] }, 'en', 'pt-br')).toEqual([
      'Does not speak English.',
      'Does not speak Brazilian Portuguese.',
    ]);
    expect(unmet(thea, 'sign language')).toEqual(['Does not speak sign language.']);
  });
});

const anyValue = fc.oneof(
  fc.record({
    dimension: fc.constant('challenge'),
    value: fc.constantFrom(...CHALLENGE_WILLINGNESSES, ...CHALLENGE_STYLES),
  }),
  fc.record({ dimension: fc.constant('perspective'), value: fc.constantFrom(...PERSPECTIVE_VIEWS) }),
  fc.record({ dimension: fc.constant('selfDisclosure'), value: fc.constantFrom(...SELF_DISCLOSURE_DEGREES) }),
);
const anyLanguages = fc.uniqueArray(fc.constantFrom('en', 'de', 'pl', 'tr'), { maxLength: 3 });
const anyPreferences: fc.Arbitrary<Preferences> = fc.record(
  {
    format: fc.constantFrom(...FORMATS),
    languages: anyLanguages,
    stance: fc.array(anyValue, { maxLength: 4 }),
    excludedStance: fc.array(anyValue, { maxLength: 2 }),
    excludedFormats: fc.subarray([...FORMATS]),
  },
  { requiredKeys: [] },
);
const anyCandidate = fc
  .record({
    name: fc.constantFrom('Ada', 'Ben', 'Cyd'),
    languages: anyLanguages,
    formats: fc.option(fc.subarray([...FORMATS]), { nil: undefined }),
    treatsNamed: fc.boolean(),
    challenge: fc.record({
      willingness: fc.constantFrom(...CHALLENGE_WILLINGNESSES),
      style: fc.constantFrom(...CHALLENGE_STYLES),
    }),
    view: fc.constantFrom(...PERSPECTIVE_VIEWS),
    published: fc.boolean(),
  })
  .map(({ challenge, view, published, ...rest }) => ({
    ...thea,
    ...rest,
    stance: published ? { ...EXAMPLE_FOR_ONE, challenge, perspective: { view, informedBy: [] } } : undefined,
  }));
const anyCandidates = fc
  .array(anyCandidate, { minLength: 1, maxLength: 6 })
  .map((all): Candidate[] => all.map((one, index) => ({ ...one, therapistId: `therapist-${index}` })));

describe('for all wishes and therapists', () => {
  it('one more wish that somebody meets never lowers their rank', () => {
    fc.assert(
      fc.property(
        anyPreferences,
        anyCandidates,
        fc.nat(),
        anyValue,
        fc.nat(),
        (wishes, candidates, who, value, which) => {
          const one = candidates[who % candidates.length]!;
          const more: Preferences[] = [{ ...wishes, stance: [...(wishes.stance ?? []), value] }];
          const spoken = one.languages?.[which % Math.max(one.languages.length, 1)];
          if (spoken) more.push({ ...wishes, languages: [...(wishes.languages ?? []), spoken] });
          const format = one.formats?.[which % Math.max(one.formats.length, 1)];
          if (format && !wishes.format && !wishes.excludedFormats?.includes(format))
            more.push({ ...wishes, format });
          const place = (asked: Preferences) => order(asked, candidates).indexOf(one.therapistId);
          const score = (asked: Preferences) => suggestions(asked, [one])[0]!.score;
          for (const asked of more)
            if (score(asked) > score(wishes)) expect(place(asked)).toBeLessThanOrEqual(place(wishes));
        },
      ),
    );
  });

  it('the order does not depend on the order in which therapists were found, and nobody is lost', () => {
    fc.assert(
      fc.property(
        anyPreferences,
        anyCandidates.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        (wishes, [some, shuffled]) => {
          expect(suggestions(wishes, shuffled)).toEqual(suggestions(wishes, some));
          expect(order(wishes, some).toSorted()).toEqual(
            some.map(({ therapistId }) => therapistId).toSorted(),
          );
        },
      ),
    );
  });

  it('the score is the number of reasons, and whoever has no conflict comes before whoever has one', () => {
    fc.assert(
      fc.property(anyPreferences, anyCandidates, (wishes, candidates) => {
        const all = suggestions(wishes, candidates);
        for (const { score, reasons } of all) expect(score).toBe(reasons.length);
        const blocked = all.map(({ conflicts }) => conflicts.length > 0);
        expect(blocked).toEqual(blocked.toSorted((a, b) => Number(a) - Number(b)));
      }),
    );
  });
});
