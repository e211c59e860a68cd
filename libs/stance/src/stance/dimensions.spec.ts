import { describe, expect, test } from 'vitest';
import type { UnitKind } from '#libs/client';
import { DIMENSIONS, clientIsOnlySource, suits, unsuited, type Dimensions } from './dimensions.js';
import { EXAMPLE_FOR_ONE, EXAMPLE_FOR_SEVERAL } from './example.js';
import { unpublishable } from './publishable.js';

const codes = (draft: Partial<Dimensions>) => unpublishable(draft).map((reason) => reason.code);
const forOne = (changes: Partial<Dimensions>) => codes({ ...EXAMPLE_FOR_ONE, ...changes });
const forSeveral = (changes: Partial<Dimensions>) => codes({ ...EXAMPLE_FOR_SEVERAL, ...changes });
const withFields = <D extends keyof Dimensions>(dimension: D, fields: Partial<NonNullable<Dimensions[D]>>) =>
  forOne({ [dimension]: { ...(EXAMPLE_FOR_ONE[dimension] as object), ...fields } });

describe('a publishable stance', () => {
  test('the examples are publishable', () => {
    expect(codes(EXAMPLE_FOR_ONE)).toEqual([]);
    expect(codes(EXAMPLE_FOR_SEVERAL)).toEqual([]);
  });

  test('a publishable stance answers every dimension except approach', () => {
    const reasons = unpublishable({});
    expect(reasons.map((reason) => reason.detail)).toEqual(
      DIMENSIONS.filter((dimension) => dimension !== 'approach').map((dimension) => `Answer ${dimension}.`),
    );
    for (const dimension of DIMENSIONS) {
      const { [dimension]: _, ...rest } = EXAMPLE_FOR_ONE;
      expect(codes(rest), dimension).toEqual(dimension === 'approach' ? [] : ['dimension_missing']);
    }
  });

  test('impartial_evaluator is refused', () => {
    expect(forOne({ partiality: 'impartial_evaluator' })).toEqual(['impartial_evaluator_refused']);
  });

  test('multi_partial needs focus: unit_members', () => {
    expect(forSeveral({ reciprocity: { expected: false, focus: 'client_only' } })).toEqual([
      'multi_partial_needs_unit_members',
    ]);
  });

  test('partial_to_client needs focus: client_only', () => {
    expect(withFields('reciprocity', { focus: 'unit_members' })).toEqual([
      'partial_to_client_needs_client_only',
    ]);
  });

  test('the first duty goes to whom the therapist is partial to', () => {
    expect(withFields('allegiance', { to: 'treatment_unit' })).toEqual(['allegiance_contradicts_partiality']);
    expect(forSeveral({ allegiance: { to: 'client', yieldsWhen: ['imminent_harm'] } })).toEqual([
      'allegiance_contradicts_partiality',
    ]);
    const mandated = { to: 'client_with_duty_to_mandator', yieldsWhen: ['mandator_report'] } as const;
    expect([forOne({ allegiance: mandated }), forSeveral({ allegiance: mandated })]).toEqual([[], []]);
  });

  test('the promise of safety says when it yields', () => {
    expect(withFields('allegiance', { yieldsWhen: [] })).toEqual(['yields_when_missing']);
  });

  test('a duty to a mandator is shown beside the promise of safety, and only then', () => {
    expect(withFields('allegiance', { to: 'client_with_duty_to_mandator' })).toEqual([
      'mandator_duty_contradictory',
    ]);
    expect(withFields('allegiance', { yieldsWhen: ['mandator_report'] })).toEqual([
      'mandator_duty_contradictory',
    ]);
  });

  test('sources of information are named, and the client is one of them', () => {
    expect(forOne({ informationSources: [] })).toEqual(['information_sources_empty']);
    expect(forOne({ informationSources: ['mandator', 'outside_records'] })).toEqual(['client_not_a_source']);
    expect(forOne({ informationSources: ['measures', 'outside_records'] })).toEqual([]);
  });

  test('nothing is expected in return', () => {
    expect(withFields('reciprocity', { expected: true })).toEqual(['reciprocity_expected']);
  });

  test('who discloses nothing has no list of closed topics', () => {
    expect(withFields('selfDisclosure', { degree: 'none' })).toEqual(['topics_without_self_disclosure']);
    expect(withFields('selfDisclosure', { degree: 'none', topicsNever: [] })).toEqual([]);
  });

  test('unconditionality is claimed with its kinds, or not claimed without any', () => {
    expect(withFields('unconditionality', { kinds: [] })).toEqual(['kinds_missing']);
    expect(withFields('unconditionality', { degree: 'not_claimed' })).toEqual(['not_claimed_names_kinds']);
    expect(withFields('unconditionality', { degree: 'not_claimed', kinds: [] })).toEqual([]);
  });

  test('the kind `other` comes with own words, and own words with the kind `other`', () => {
    expect(withFields('unconditionality', { kinds: ['other'] })).toEqual(['other_needs_own_words']);
    expect(withFields('unconditionality', { ownWords: 'patience' })).toEqual(['own_words_without_other']);
    expect(withFields('unconditionality', { kinds: ['other'], ownWords: 'patience' })).toEqual([]);
  });

  test('every client is promised a place free of shame', () => {
    expect(withFields('safety', { shameFree: false })).toEqual(['shame_free_required']);
  });

  test('an approach says something, in codes or in words', () => {
    expect(forOne({ approach: { codes: [] } })).toEqual(['approach_empty']);
    expect(forOne({ approach: { codes: [], words: 'Slowly.' } })).toEqual([]);
  });

  test('all reasons are named at once', () => {
    const { safety: _, ...rest } = EXAMPLE_FOR_ONE;
    expect(codes({ ...rest, partiality: 'impartial_evaluator', informationSources: [] })).toEqual([
      'dimension_missing',
      'impartial_evaluator_refused',
      'information_sources_empty',
    ]);
  });
});

describe('the client as a source', () => {
  test('the client is the only source until measures, people, records or a mandate are named', () => {
    const only = (...informationSources: Dimensions['informationSources'][number][]) =>
      clientIsOnlySource({ informationSources });
    expect(only('client_account')).toBe(true);
    expect(only('client_account', 'observation_in_session')).toBe(true);
    expect(only('client_account', 'measures')).toBe(false);
    expect(only('measures')).toBe(false);
    expect(only('client_account', 'collateral_person')).toBe(false);
    expect(only('client_account', 'outside_records')).toBe(false);
    expect(only('client_account', 'mandator')).toBe(false);
    expect(only()).toBe(false);
    expect(clientIsOnlySource({})).toBe(false);
  });
});

describe('the unit a stance suits', () => {
  test('a couple, family or group cannot carry partial_to_client, nor an individual multi_partial', () => {
    const kinds: UnitKind[] = ['individual', 'couple', 'family', 'group'];
    const suited = (partiality: Dimensions['partiality']) =>
      kinds.filter((kind) => suits({ partiality }, kind));
    expect(suited('partial_to_client')).toEqual(['individual']);
    expect(suited('multi_partial')).toEqual(['couple', 'family', 'group']);
    expect(suited('impartial_evaluator')).toEqual([]);
    expect(unsuited({ partiality: 'partial_to_client' }, 'couple')?.code).toBe('stance_does_not_suit_unit');
  });
});
