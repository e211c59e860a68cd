import { describe, expect, test } from 'vitest';
import { changedDimensions, changedWords, describeChanges, sameContent, type StanceContent } from './diff.js';
import type { Dimensions } from './dimensions.js';
import { EXAMPLE_FOR_ONE as BEFORE } from './example.js';

const after = (changes: Partial<Dimensions>): Dimensions => ({ ...BEFORE, ...changes });
const texts = (changes: Partial<Dimensions>, locale: 'en' | 'de' = 'en') =>
  describeChanges(BEFORE, after(changes), locale).map((change) => change.text);

describe('which dimensions changed', () => {
  test('a changed value is found, in reading order', () => {
    const later = after({
      feedback: { everySessions: 1 },
      partiality: 'multi_partial',
      allegiance: { to: 'client', yieldsWhen: ['imminent_harm'] },
    });
    expect(changedDimensions(BEFORE, later)).toEqual(['partiality', 'allegiance', 'feedback']);
  });

  test('lists are sets: another order is no change', () => {
    const { kinds, degree } = BEFORE.unconditionality;
    expect(
      changedDimensions(BEFORE, after({ unconditionality: { degree, kinds: kinds.toReversed() } })),
    ).toEqual([]);
  });

  test('an approach that is added or left out is a change', () => {
    const { approach: _, ...without } = BEFORE;
    expect(changedDimensions(BEFORE, without)).toEqual(['approach']);
    expect(changedDimensions(without, BEFORE)).toEqual(['approach']);
  });

  test('what nobody reads is no value, and yet it can be taken away', () => {
    const stray = after({ unconditionality: { ...BEFORE.unconditionality, ownWords: 'patience' } });
    expect(changedDimensions(BEFORE, stray)).toEqual([]);
    const content = { locale: 'en', ownWords: {} } as const;
    expect(sameContent({ ...content, dimensions: BEFORE }, { ...content, dimensions: stray })).toBe(false);
  });

  test('own words inside a dimension are words, but what `other` means is a value', () => {
    expect(
      changedDimensions(BEFORE, after({ safety: { shameFree: true, invitation: 'Come as you are.' } })),
    ).toEqual([]);
    expect(
      changedDimensions(BEFORE, after({ approach: { codes: ['person_centred'], words: 'Slowly.' } })),
    ).toEqual([]);
    const other = (ownWords: string) =>
      after({ unconditionality: { kinds: ['other'], degree: 'full', ownWords } });
    expect(changedDimensions(other('patience'), other('loyalty'))).toEqual(['unconditionality']);
  });
});

describe('which words changed', () => {
  const content: StanceContent = {
    locale: 'en',
    dimensions: BEFORE,
    ownWords: { opening: 'Hello.', closing: 'Bye.' },
  };

  test('changed, added and removed own words are found, those inside a dimension too', () => {
    const later: StanceContent = {
      locale: 'en',
      dimensions: after({
        safety: { shameFree: true, invitation: 'Come as you are.' },
        approach: { codes: ['person_centred'], words: 'Slowly.' },
      }),
      ownWords: { opening: 'Good day.', challenge: 'Ask me not to.' },
    };
    expect(changedWords(content, later)).toEqual([
      'opening',
      'challenge',
      'closing',
      'safety.invitation',
      'approach.words',
    ]);
    expect(changedWords(content, content)).toEqual([]);
  });

  test('content is the same when no value, no word and no language differs', () => {
    expect(sameContent(content, { ...content })).toBe(true);
    expect(sameContent(content, { ...content, locale: 'de' })).toBe(false);
    expect(sameContent(content, { ...content, ownWords: {} })).toBe(false);
    expect(
      sameContent(content, { ...content, dimensions: after({ informationSources: ['measures'] }) }),
    ).toBe(false);
  });
});

describe('changes in plain words', () => {
  test('a source that is added is named as added', () => {
    expect(
      describeChanges(BEFORE, after({ informationSources: ['client_account', 'collateral_person'] }), 'en'),
    ).toEqual([
      {
        dimension: 'informationSources',
        before: 'only what you tell me',
        after: 'what you tell me and people close to you',
        text: 'Sources of information: was “only what you tell me”, now also “people close to you”.',
      },
    ]);
  });

  test('the same change reads well in German', () => {
    expect(texts({ informationSources: ['client_account', 'collateral_person'] }, 'de')).toEqual([
      'Quellen meines Wissens: bisher „nur was Sie mir erzählen“, jetzt auch „Menschen aus Ihrem Umfeld“.',
    ]);
  });

  test('what is removed is named as removed', () => {
    expect(texts({ unconditionality: { kinds: ['regard'], degree: 'strong' } })).toEqual([
      'What I offer you: was “regard, empathy and respect”, no longer “empathy and respect”.',
    ]);
  });

  test('what is exchanged is shown before and after', () => {
    expect(texts({ informationSources: ['observation_in_session', 'outside_records'] })).toEqual([
      'Sources of information: was “only what you tell me”, ' +
        'now “what I notice in our sessions and records from elsewhere”.',
    ]);
    expect(texts({ feedback: { everySessions: 1, measure: 'Session Rating Scale' } })).toEqual([
      'How often I ask how our work is for you: was “every 4 sessions”, now “after every session”.',
    ]);
  });

  test('what is newly stated or no longer stated says so', () => {
    expect(texts({ feedback: { everySessions: 4 } })).toEqual([
      'What I use to ask you: was “Session Rating Scale”, now no longer stated.',
    ]);
    const { approach: _, ...without } = BEFORE;
    expect(describeChanges(without, BEFORE, 'en')).toEqual([
      {
        dimension: 'approach',
        before: 'not stated',
        after: 'person-centred therapy',
        text: 'How I work: newly stated, “person-centred therapy”.',
      },
    ]);
    expect(describeChanges(without, after({ approach: { codes: [], words: 'slowly' } }), 'en')[0]?.text).toBe(
      'How I work: newly stated, “slowly”.',
    );
  });

  test('each part of a dimension that changed has its own sentence', () => {
    expect(texts({ challenge: { willingness: 'on_invitation', style: 'direct' } })).toEqual([
      'Whether I challenge you: was “when I believe it can help you”, now “when you ask me to”. ' +
        'How I challenge you: was “gently and with care”, now “openly and directly”.',
    ]);
  });

  test('own words that say the same as a code still show up as a change', () => {
    const informedBy = (...words: string[]) => ({
      perspective: { ...BEFORE.perspective, informedBy: words },
    });
    expect(describeChanges(informedBy('training'), informedBy('my training'), 'en')[0]?.text).toContain(
      '“my training”',
    );
  });
});
