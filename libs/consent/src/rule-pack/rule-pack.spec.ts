import { describe, test } from 'vitest';
import { forDecider, NOW } from '../../../../test/support/decider-kit.js';
import { rulePack } from './rule-pack.js';
import { SHIPPED_PACKS } from './packs.js';
import type { RulePack } from './pack.js';

const generic = SHIPPED_PACKS[0]!;
const edition: RulePack = { ...generic, id: 'at-wien', validFrom: '2026-01-01' };
const published = { type: 'RulePackPublished', data: { edition } } as const;
const publish = (change: Partial<RulePack> = {}) =>
  ({ type: 'PublishRulePack', edition: { ...edition, ...change } }) as const;
const given = forDecider(rulePack);

describe('a rule pack of the practice', () => {
  test('is published as an edition with its dates', () => {
    given.given().when(publish()).then(published);
  });

  test('published a second time appends nothing', () => {
    given.given(published).when(publish()).then();
  });

  test('follows an earlier edition, also one that Candor ships', () => {
    const next = { ...generic, validFrom: '2027-01-01' };
    given
      .given()
      .when(publish(next))
      .then({ type: 'RulePackPublished', data: { edition: next } });
  });

  test('is never edited', () => {
    given
      .given(published)
      .when(publish({ ageOfConsent: 16 }))
      .thenRefused('edition_exists');
  });

  test('never changes what an earlier edition says about the past', () => {
    given
      .given(published)
      .when(publish({ validFrom: '2025-06-01' }))
      .thenRefused('edition_not_newer');
  });

  test('never begins in the past: consents were given by the edition before it', () => {
    for (const validFrom of ['2026-03-01', NOW.slice(0, 10)])
      given
        .given(published)
        .when(publish({ validFrom, ageOfConsent: 10 }))
        .thenRefused('edition_begins_in_the_past');
    given
      .given()
      .when(publish({ id: 'generic', validFrom: '2016-01-01' }))
      .thenRefused('edition_begins_in_the_past');
  });

  test('without the stance is refused: consent rests on it', () => {
    given
      .given()
      .when(publish({ always: [] }))
      .thenRefused('therapist_stance_missing');
  });

  test('with dates that make no sense is refused, with every reason', () => {
    given
      .given()
      .when(publish({ id: 'At Wien', validFrom: '2026-02-30', validTo: '2025-01-01' }))
      .thenRefused('id_unfit', 'valid_from_not_a_date', 'valid_to_before_valid_from');
  });
});
