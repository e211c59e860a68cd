import { describe, test } from 'vitest';
import { forDecider, NOW } from '../../../../test/support/decider-kit.js';
import { rulePack } from './rule-pack.js';
import { SHIPPED_PACKS } from './packs.js';
import type { Requirement, RulePack } from './pack.js';

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

  test('that asks for less than the one Candor ships needs a reason, and shows what was dropped', () => {
    const next = { ...generic, validFrom: '2027-01-01' };
    const { treatment = [] } = generic.perPurpose;
    const without = (change: (one: Requirement) => Requirement | undefined) => ({
      perPurpose: { ...generic.perPurpose, treatment: treatment.flatMap((one) => change(one) ?? []) },
    });
    const cases: [Partial<RulePack>, object][] = [
      [
        without((one) => (one.element === 'risks' ? undefined : one)),
        { elements: [{ element: 'risks', purposes: ['treatment'] }] },
      ],
      [
        without((one) => (one.element === 'benefits' ? { ...one, when: { remote: true } } : one)),
        { elements: [{ element: 'benefits', purposes: ['treatment'] }] },
      ],
      [{ consents: [] }, { consents: ['telehealth', 'group_participation', 'joint_work_confidentiality'] }],
      [{ ageOfConsent: 16 }, { earlierAge: true }],
      [{ minorsAlone: { age: 14, clause: 'Invented Youth Act 3' } }, { earlierAge: true }],
    ];
    for (const [change, found] of cases) {
      const weaker = { elements: [], consents: [], earlierAge: false, ...found };
      const weakened = { ...next, ...change };
      given.given().when(publish(weakened)).thenRefused('weaker_needs_reason');
      given
        .given()
        .when(publish(weakened), { reason: 'our counsel says so' })
        .then({ type: 'RulePackPublished', data: { edition: weakened, weaker } });
    }
  });

  test('that asks for as much elsewhere, or for more, is not weaker', () => {
    const { treatment = [], ...others } = generic.perPurpose;
    const always = [...generic.always, ...treatment.map(({ when: _, ...one }) => one)];
    const stricter = { ...generic, validFrom: '2027-01-01', always, perPurpose: others, ageOfConsent: 21 };
    given
      .given()
      .when(publish(stricter))
      .then({ type: 'RulePackPublished', data: { edition: stricter } });
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

  test('lets only people decide alone as minors who are not of age yet', () => {
    const clause = 'Invented Youth Act 3';
    given
      .given()
      .when(publish({ minorsAlone: { age: 18, clause } }))
      .thenRefused('minors_alone_not_below_age_of_consent');
    given
      .given()
      .when(publish({ minorsAlone: { age: 14, clause } }))
      .then({
        type: 'RulePackPublished',
        data: { edition: { ...edition, minorsAlone: { age: 14, clause } } },
      });
  });

  test('with dates that make no sense is refused, with every reason', () => {
    given
      .given()
      .when(publish({ id: 'At Wien', validFrom: '2026-02-30', validTo: '2025-01-01' }))
      .thenRefused('id_unfit', 'valid_from_not_a_date', 'valid_to_before_valid_from');
  });
});
