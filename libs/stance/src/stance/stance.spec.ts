import { addMinutes, isUuid } from '#libs/kernel';
import { describe, expect, test } from 'vitest';
import { NOW, STAFF, THING, forDecider } from '../../../../test/support/decider-kit.js';
import type { Dimensions } from './dimensions.js';
import { EXAMPLE_FOR_ONE, EXAMPLE_FOR_SEVERAL } from './example.js';
import { TEMPLATE_VERSION, statementOf } from './statement.js';
import {
  currentVersion,
  settingOf,
  settingOfUnit,
  stance,
  stanceIdOf,
  versionOf,
  type DraftStance,
  type StanceDrafted,
  type StancePublished,
  type StanceRetired,
} from './stance.js';

const LATER = '2026-07-01T09:00:00.000Z';
const OWN_WORDS = { opening: 'Welcome.' };
const WIDER: Partial<Dimensions> = { informationSources: ['client_account', 'collateral_person'] };

const { given } = forDecider(stance);
const toDraft = (changes: Partial<DraftStance> = {}): DraftStance => ({
  type: 'DraftStance',
  therapistId: STAFF,
  setting: 'individual',
  locale: 'en',
  dimensions: EXAMPLE_FOR_ONE,
  ownWords: OWN_WORDS,
  ...changes,
});
const drafted = (changes: Partial<StanceDrafted['data']> = {}): StanceDrafted => ({
  type: 'StanceDrafted',
  data: {
    therapistId: STAFF,
    setting: 'individual',
    locale: 'en',
    dimensions: EXAMPLE_FOR_ONE,
    ownWords: OWN_WORDS,
    ...changes,
  },
});
const published = (changes: Partial<StancePublished['data']> = {}): StancePublished => {
  const content = {
    dimensions: changes.dimensions ?? EXAMPLE_FOR_ONE,
    ownWords: changes.ownWords ?? OWN_WORDS,
    locale: changes.locale ?? 'en',
  };
  return {
    type: 'StancePublished',
    data: {
      therapistId: STAFF,
      setting: 'individual',
      versionNo: 1,
      ...content,
      templateVersion: TEMPLATE_VERSION,
      ...statementOf(content),
      materiality: 'material',
      changedDimensions: [],
      ...changes,
    },
  };
};
const retired: StanceRetired = { type: 'StanceRetired', data: { therapistId: STAFF, versionNo: 1 } };
const WIDENED = { ...EXAMPLE_FOR_ONE, ...WIDER };

test('only the therapist themself drafts, revises, publishes and retires their stance; an owner may retire it', () => {
  const colleague = { actor: { id: THING, role: 'therapist' } };
  given().when(toDraft(), colleague).thenRefused('not_your_stance');
  for (const past of [given(drafted()), given(drafted(), published())]) {
    past.when({ type: 'ReviseStance', dimensions: WIDER }, colleague).thenRefused('not_your_stance');
    past.when({ type: 'PublishStance' }, colleague).thenRefused('not_your_stance');
    past.when({ type: 'RetireStance' }, colleague).thenRefused('not_your_stance');
  }
  const { when } = given(drafted(), published());
  when({ type: 'RetireStance', asOwner: true }, { actor: { id: THING, role: 'owner' } }).then(retired);
});

describe('drafting', () => {
  test('a therapist drafts a stance', () => {
    given().when(toDraft()).then(drafted());
  });

  test('a draft may be incomplete', () => {
    given()
      .when(toDraft({ dimensions: {}, ownWords: undefined }))
      .then(drafted({ dimensions: {}, ownWords: {} }));
    given()
      .when(toDraft({ dimensions: { partiality: 'impartial_evaluator' } }))
      .then(drafted({ dimensions: { partiality: 'impartial_evaluator' } }));
  });

  test('a therapist has one stance for a setting, and revises that', () => {
    const { state, when } = given(drafted());
    when(toDraft({ dimensions: WIDENED })).thenRefused('stance_exists');
    expect(currentVersion(state)).toBeUndefined();
    given(drafted(), published()).when(toDraft()).thenNothing();
  });

  test('everything that is no value, no key or no language of a stance is refused at once', () => {
    given()
      .when(
        toDraft({
          locale: 'tlh' as 'en',
          dimensions: { partiality: 'neutral' as 'multi_partial' },
          ownWords: { middle: 'words', closing: '' },
        }),
      )
      .thenRefused('unknown_value', 'unknown_own_words', 'bad_text', 'unknown_locale');
    given()
      .when(toDraft({ dimensions: null as never }))
      .thenRefused('bad_shape');
  });

  test('a draft belongs to the setting its id was derived from', () => {
    given()
      .when(toDraft({ setting: 'unit' }))
      .thenRefused('setting_fixed');
    given()
      .when(toDraft({ dimensions: EXAMPLE_FOR_SEVERAL, setting: 'unit' }))
      .then(drafted({ dimensions: EXAMPLE_FOR_SEVERAL, setting: 'unit' }));
    // an evaluator belongs to neither setting, so the draft is kept and its publication refused
    const evaluator = { dimensions: { partiality: 'impartial_evaluator' }, setting: 'unit' } as const;
    given().when(toDraft(evaluator)).then(drafted(evaluator));
  });
});

describe('revising', () => {
  test('what is given replaces, the rest stays', () => {
    given(drafted())
      .when({ type: 'ReviseStance', dimensions: WIDER, ownWords: { closing: 'See you.' }, locale: 'de' })
      .then(
        drafted({
          dimensions: WIDENED,
          ownWords: { opening: 'Welcome.', closing: 'See you.' },
          locale: 'de',
        }),
      );
  });

  test('null takes an answer away', () => {
    const { approach: _, ...withoutApproach } = EXAMPLE_FOR_ONE;
    given(drafted())
      .when({ type: 'ReviseStance', dimensions: { approach: null }, ownWords: { opening: null } })
      .then(drafted({ dimensions: withoutApproach, ownWords: {} }));
  });

  test('a revision without a change appends nothing', () => {
    given(drafted()).when({ type: 'ReviseStance' }).thenNothing();
    given(drafted(), published())
      .when({
        type: 'ReviseStance',
        dimensions: { ...EXAMPLE_FOR_ONE, approach: undefined },
        ownWords: OWN_WORDS,
      })
      .thenNothing();
  });

  test('a revision builds on the newest words, published or not', () => {
    const feedback = { everySessions: 1 };
    given(drafted(), published(), drafted({ dimensions: WIDENED }))
      .when({ type: 'ReviseStance', dimensions: { feedback } })
      .then(drafted({ dimensions: { ...WIDENED, feedback } }));
    given(drafted(), published())
      .when({ type: 'ReviseStance', dimensions: { feedback } })
      .then(drafted({ dimensions: { ...EXAMPLE_FOR_ONE, feedback } }));
  });

  test('a stance cannot flip between one client and several', () => {
    given(drafted())
      .when({ type: 'ReviseStance', dimensions: { partiality: 'multi_partial' } })
      .thenRefused('setting_fixed');
    given(drafted({ setting: 'unit', dimensions: EXAMPLE_FOR_SEVERAL }))
      .when({ type: 'ReviseStance', dimensions: { partiality: 'partial_to_client' } })
      .thenRefused('setting_fixed');
  });

  test('an unknown dimension or key is refused even when it is to be taken away', () => {
    given(drafted())
      .when({ type: 'ReviseStance', dimensions: { neutral: null } as object, ownWords: { middle: null } })
      .thenRefused('unknown_dimension', 'unknown_own_words');
  });

  test('there must be a stance to revise, publish or retire', () => {
    for (const type of ['ReviseStance', 'PublishStance', 'RetireStance'] as const)
      expect(() => stance.decide(stance.initial, { type }, { occurredAt: NOW } as never)).toThrow(
        'no such stance',
      );
  });
});

describe('publishing', () => {
  test('the first publication is material', () => {
    given(drafted()).when({ type: 'PublishStance' }).then(published());
    given(drafted())
      .when({ type: 'PublishStance', materiality: 'cosmetic' })
      .thenRefused('first_version_is_material');
  });

  test('a stance is refused with everything that is missing', () => {
    const { approach: _, safety: __, feedback: ___, ...rest } = EXAMPLE_FOR_ONE;
    given(drafted({ dimensions: { ...rest, partiality: 'impartial_evaluator' } }))
      .when({ type: 'PublishStance', changeSummary: ' ' })
      .thenRefused('dimension_missing', 'dimension_missing', 'impartial_evaluator_refused', 'bad_text');
  });

  test('changing any value is always material', () => {
    const { when } = given(drafted(), published(), drafted({ dimensions: WIDENED }));
    const next = { versionNo: 2, dimensions: WIDENED, changedDimensions: ['informationSources'] } as const;
    when({ type: 'PublishStance' }).then(published({ ...next, materiality: 'material' }));
    when({ type: 'PublishStance', materiality: 'cosmetic' }).thenRefused('changed_value_is_material');
  });

  test('a change called cosmetic is refused for every changed value', () => {
    const dimensions = { ...WIDENED, feedback: { everySessions: 1 } };
    given(drafted(), published(), drafted({ dimensions }))
      .when({ type: 'PublishStance', materiality: 'cosmetic' })
      .thenRefused('changed_value_is_material', 'changed_value_is_material');
  });

  test('changing only own words is cosmetic unless the therapist says material', () => {
    const ownWords = { opening: 'Good day.' };
    const { when } = given(drafted(), published(), drafted({ ownWords }));
    when({ type: 'PublishStance' }).then(published({ versionNo: 2, ownWords, materiality: 'cosmetic' }));
    when({ type: 'PublishStance', materiality: 'material' }).then(published({ versionNo: 2, ownWords }));
  });

  test('another language is a change of words', () => {
    given(drafted(), published(), drafted({ locale: 'de' }))
      .when({ type: 'PublishStance', changeSummary: 'Now in German.' })
      .then(
        published({ versionNo: 2, locale: 'de', materiality: 'cosmetic', changeSummary: 'Now in German.' }),
      );
  });

  test('nothing new is not published again', () => {
    given(drafted(), published()).when({ type: 'PublishStance', materiality: 'material' }).thenNothing();
    given(drafted(), published(), drafted({ dimensions: WIDENED }), drafted())
      .when({ type: 'PublishStance' })
      .thenNothing();
  });

  test('the same values in newer template words are a cosmetic version', () => {
    given(drafted(), published({ templateVersion: 0, statement: 'as it was once said' }))
      .when({ type: 'PublishStance' })
      .then(published({ versionNo: 2, materiality: 'cosmetic' }));
  });

  test('no version is slipped in below one that clients have read', () => {
    const { when } = given(
      drafted(),
      { ...published(), occurredAt: LATER },
      drafted({ dimensions: WIDENED }),
    );
    when({ type: 'PublishStance' }, { occurredAt: NOW }).thenRefused('before_current_version');
    when({ type: 'RetireStance' }, { occurredAt: NOW }).thenRefused('before_current_version');
    const earlier = { occurredAt: LATER, now: addMinutes(LATER, 60) };
    when({ type: 'PublishStance' }, earlier).thenRefused('in_force_until_now');
    when({ type: 'RetireStance' }, earlier).thenRefused('in_force_until_now');
    when({ type: 'PublishStance' }, { occurredAt: LATER }).then(
      published({ versionNo: 2, dimensions: WIDENED, changedDimensions: ['informationSources'] }),
    );
  });

  test('old versions stay readable to whoever acknowledged them', () => {
    const second = published({
      versionNo: 2,
      dimensions: WIDENED,
      changedDimensions: ['informationSources'],
    });
    const { state } = given(
      drafted(),
      published(),
      drafted({ dimensions: WIDENED }),
      { ...second, occurredAt: LATER },
      { ...retired, data: { therapistId: STAFF, versionNo: 2 } },
    );
    const { therapistId: _, setting: __, ...first } = published().data;
    expect(versionOf(state, 1)).toEqual({
      ...first,
      publishedAt: NOW,
      eventId: '0190aaaa-0000-7000-8000-000000000002',
    });
    expect(versionOf(state, 2)?.statement).toBe(second.data.statement);
    expect(currentVersion(state)).toMatchObject({ versionNo: 2, publishedAt: LATER });
    expect(versionOf(state, 3)).toBeUndefined();
  });

  test('a statement published is regenerated from its version byte for byte', () => {
    const version = currentVersion(given(drafted(), published()).state)!;
    expect(statementOf(version)).toEqual({ statement: version.statement, contentHash: version.contentHash });
  });
});

describe('retiring', () => {
  test('a published stance is retired once', () => {
    given(drafted(), published()).when({ type: 'RetireStance' }).then(retired);
  });

  test('a draft that nobody has read is not retired', () => {
    given(drafted()).when({ type: 'RetireStance' }).thenRefused('stance_not_published');
  });

  test('a retired stance takes no more changes', () => {
    const { when } = given(drafted(), published(), retired);
    when(toDraft()).thenRefused('stance_retired');
    when({ type: 'ReviseStance', dimensions: WIDER }).thenRefused('stance_retired');
    when({ type: 'PublishStance' }).thenRefused('stance_retired');
  });
});

describe('whose stance it is', () => {
  test('one therapist has one stance for individuals and one for couples, families and groups', () => {
    const ids = [
      stanceIdOf('practice', 'therapist', 'individual'),
      stanceIdOf('practice', 'therapist', 'unit'),
      stanceIdOf('practice', 'another', 'unit'),
      stanceIdOf('another', 'therapist', 'unit'),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(ids.every(isUuid)).toBe(true);
    expect(stanceIdOf('practice', 'therapist', 'individual')).toBe(ids[0]);
    expect([settingOf('partial_to_client'), settingOf('multi_partial'), settingOf()]).toEqual([
      'individual',
      'unit',
      'individual',
    ]);
    expect((['individual', 'couple', 'family', 'group'] as const).map(settingOfUnit)).toEqual([
      'individual',
      'unit',
      'unit',
      'unit',
    ]);
  });

  test('no event of a stance concerns a client, and none has anything to seal', () => {
    expect(stance.subjects(given(drafted(), published()).state)).toEqual([]);
    expect(Object.values(stance.events).flatMap((event) => event.personal)).toEqual([]);
  });
});
