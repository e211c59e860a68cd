import { describe, expect, it } from 'vitest';
import {
  CLIENT,
  GUARDIAN,
  LATE_COMER,
  OTHER_GUARDIAN,
  PARTNER,
  PRACTICE,
  Story,
} from '../../../../test/support/consent-story.js';
import { judge } from '../gate/gate.js';
import { SHIPPED_PACKS } from '../rule-pack/packs.js';
import { rulePackIdOf } from '../rule-pack/rule-pack.js';

const JAN = '2026-01-10T09:00:00.000Z';
const FEB = '2026-02-10T09:00:00.000Z';
const MAR = '2026-03-10T09:00:00.000Z';
const APR = '2026-04-10T09:00:00.000Z';
const MAY = '2026-05-10T09:00:00.000Z';

const codes = (story: Story, at: string, knownAt?: string) =>
  story.at(at, knownAt).consents[0]!.reasons.map(({ code }) => code);
const gate = (story: Story, at: string) => judge(story.at(at), { at, format: 'in_person' }).result;

describe('who is treated together', () => {
  const couple = () => {
    const story = new Story().begin(JAN, { unitKind: 'family', members: [CLIENT, PARTNER] });
    story.giveTogether(FEB, CLIENT, PARTNER);
    return story;
  };

  it('a new member consents for themself: until then the unit’s consent is not sought for that member', () => {
    const story = couple();
    story.unit('UnitMemberAdded', { clientId: LATE_COMER }, MAR);
    expect([story.at(FEB).overall, story.at(MAR).overall]).toEqual(['given', 'not_sought']);
    expect(story.at(MAR).members).toContainEqual({ clientId: LATE_COMER, status: 'not_sought' });
    expect([gate(story, FEB), gate(story, MAR)]).toEqual(['allow', 'refuse']);
    story.giveTogether(APR, LATE_COMER);
    expect([story.at(APR).overall, gate(story, APR)]).toEqual(['given', 'allow']);
  });

  it('one who left no longer counts, and their consent is still there to be read', () => {
    const story = couple();
    story.consent(
      'ConsentWithdrawn',
      { by: 'self', channel: 'phone', scope: { kind: 'purpose' } },
      MAR,
      MAR,
      PARTNER,
    );
    story.unit('UnitMemberLeft', { clientId: PARTNER }, APR);
    expect([story.at(MAR).overall, story.at(APR).overall]).toEqual(['withdrawn', 'given']);
    expect([gate(story, MAR), gate(story, APR)]).toEqual(['refuse', 'allow']);
    expect(story.at(APR).consents.map(({ clientId, status }) => [clientId, status])).toContainEqual([
      PARTNER,
      'withdrawn',
    ]);
  });

  it('“who was a member then” and “who did we think was a member then” are two questions', () => {
    const story = couple();
    story.unit('UnitMemberAdded', { clientId: LATE_COMER }, MAR, MAY);
    expect([story.at(APR, APR).overall, story.at(APR).overall]).toEqual(['given', 'not_sought']);
  });

  it('members of a relationship that ended are those of its end', () => {
    const story = couple();
    story.bond('RelationshipEnded', { by: 'agreement', reasonCode: 'done' }, MAR);
    story.unit('UnitMemberAdded', { clientId: LATE_COMER }, APR);
    expect(story.at(MAY).members.map(({ clientId }) => clientId)).toEqual([CLIENT, PARTNER]);
  });

  it('a stance is acknowledged by all when the member furthest behind has acknowledged it', () => {
    const story = new Story().begin(JAN, { unitKind: 'couple', members: [CLIENT, PARTNER] });
    story.give(FEB);
    expect(story.at(FEB).stance).toMatchObject({ acknowledged: null, isCurrent: false });
    story.give(FEB, {}, FEB, PARTNER);
    expect(story.at(FEB).stance).toMatchObject({ acknowledged: { versionNo: 1 }, isCurrent: true });
    story.publishStance(2, MAR);
    const stance = {
      stanceId: '0190eeee-0000-7000-8000-000000000009',
      versionNo: 2,
      contentHash: 'sha256:2',
    };
    story.consent('StanceAcknowledged', stance, MAR, MAR, PARTNER);
    expect(story.at(MAR).stance).toMatchObject({
      acknowledged: { versionNo: 1, by: CLIENT },
      isCurrent: false,
      changedDimensions: ['challenge'],
      acknowledgements: [
        { by: CLIENT, versionNo: 1 },
        { by: PARTNER, versionNo: 2 },
      ],
    });
  });
});

describe('what a session of several rests on', () => {
  it('a group’s asks for participation in the group, of everyone', () => {
    const story = new Story().begin(JAN, { unitKind: 'group', members: [CLIENT, PARTNER] });
    for (const member of [CLIENT, PARTNER]) story.give(FEB, {}, FEB, member);
    expect(gate(story, FEB)).toBe('refuse');
    for (const member of [CLIENT, PARTNER]) story.give(FEB, {}, FEB, member, 'group_participation');
    expect(gate(story, FEB)).toBe('allow');
  });

  it.each(['couple', 'family'])('a %s’s asks for confidentiality in joint work, of everyone', (unitKind) => {
    const story = new Story().begin(JAN, { unitKind, members: [CLIENT, PARTNER] });
    for (const member of [CLIENT, PARTNER]) story.give(FEB, {}, FEB, member);
    expect(judge(story.at(FEB), { at: FEB, format: 'in_person' })).toMatchObject({
      result: 'refuse',
      reasons: [CLIENT, PARTNER].map((clientId) => ({
        code: 'consent_not_sought',
        effect: 'block',
        clientId,
        detail: expect.stringContaining('joint_work_confidentiality'),
      })),
    });
    story.giveTogether(MAR, CLIENT);
    story.offer(MAR, PARTNER, 'joint_work_confidentiality');
    expect(gate(story, MAR)).toBe('refuse');
    story.giveTogether(APR, PARTNER);
    expect(gate(story, APR)).toBe('allow');
  });

  it('is what the rule pack in force says; what it does not ask for holds once it was asked for', () => {
    const story = new Story();
    const edition = { ...SHIPPED_PACKS[0]!, id: 'at-wien', consents: [] };
    const stricter = {
      ...edition,
      validFrom: '2026-04-01',
      consents: [{ purpose: 'joint_work_confidentiality', clause: 'Invented Act 4' }],
    };
    const pack = `rulepack-${rulePackIdOf(PRACTICE, 'at-wien')}`;
    for (const one of [edition, stricter]) story.add(pack, 'RulePackPublished', { edition: one }, JAN);
    story.begin(JAN, { rulePack: 'at-wien', unitKind: 'couple', members: [CLIENT, PARTNER] });
    for (const member of [CLIENT, PARTNER]) story.give(FEB, {}, FEB, member);
    expect([gate(story, MAR), gate(story, APR)]).toEqual(['allow', 'refuse']);
    story.offer(MAR, PARTNER, 'joint_work_confidentiality');
    expect(gate(story, MAR)).toBe('refuse');
  });

  it('one over video or phone asks for telehealth, one that is recorded for recording, of everyone', () => {
    const story = new Story().begin(JAN);
    story.give(FEB);
    const ask = (question: object) => judge(story.at(FEB), { at: FEB, format: 'in_person', ...question });
    expect(ask({ format: 'video' }).reasons).toMatchObject([
      { code: 'consent_not_sought', effect: 'block', detail: expect.stringContaining('telehealth') },
    ]);
    expect(ask({ format: 'phone' }).result).toBe('refuse');
    expect(ask({ also: 'recording' }).reasons).toMatchObject([
      { code: 'consent_not_sought', effect: 'block', detail: expect.stringContaining('recording') },
    ]);
    story.give(FEB, {}, FEB, CLIENT, 'recording');
    expect(ask({ also: 'recording' }).result).toBe('allow');
  });
});

describe('a minor’s consent', () => {
  const SOLE = [{ guardianId: GUARDIAN, jointRule: 'sole' }];
  const BOTH = [GUARDIAN, OTHER_GUARDIAN].map((guardianId) => ({ guardianId, jointRule: 'both' }));
  const permitted = (guardians?: object[], majorityOn = '2030-03-10') => {
    const story = new Story().begin(JAN);
    story.client('ClientDetailsChanged', { dateOfBirth: '2012-03-10' }, JAN);
    for (const { guardianId, jointRule } of (guardians ?? []) as typeof SOLE)
      story.guardian(guardianId, jointRule as 'sole', JAN);
    story.give(FEB, { by: 'substitute', majorityOn, ...(guardians ? { guardians } : {}) });
    return story;
  };

  it('goes stale when an authority it was given on ends, on the day it ends', () => {
    const story = permitted(SOLE);
    const ended = story.client(
      'GuardianAuthorityEnded',
      { guardianId: GUARDIAN, endedOn: '2026-04-01' },
      MAR,
    );
    expect(codes(story, '2026-03-31T21:59:59.999Z')).toEqual([]);
    expect(story.at('2026-03-31T22:00:00.000Z').consents[0]!.reasons).toMatchObject([
      { code: 'guardian_authority_changed', since: '2026-03-31T22:00:00.000Z', eventId: ended },
    ]);
    expect([gate(story, MAR), gate(story, APR)]).toEqual(['allow', 'refuse']);
    expect(codes(story, APR, FEB)).toEqual([]);
  });

  it('goes stale by itself when the document says that the authority ends', () => {
    const story = new Story().begin(JAN);
    story.guardian(GUARDIAN, 'sole', JAN, { validTo: '2026-03-31' });
    story.give(FEB, { by: 'substitute', majorityOn: '2030-03-10', guardians: SOLE });
    expect([codes(story, '2026-03-31T21:59:59.999Z'), codes(story, APR)]).toEqual([
      [],
      ['guardian_authority_changed'],
    ]);
  });

  it('goes stale when another guardian with a joint rule is recorded, and not by one who decides as well', () => {
    const either = permitted([{ guardianId: GUARDIAN, jointRule: 'either' }]);
    either.guardian(OTHER_GUARDIAN, 'either', MAR);
    expect(codes(either, APR)).toEqual([]);
    const both = permitted([{ guardianId: GUARDIAN, jointRule: 'either' }]);
    const recorded = both.guardian(OTHER_GUARDIAN, 'both', MAR, { validFrom: '2026-03-10' });
    expect(both.at(APR).consents[0]!.reasons).toMatchObject([
      { code: 'guardian_authority_changed', eventId: recorded },
    ]);
    expect(codes(both, '2026-03-09T22:59:59.999Z')).toEqual([]);
  });

  it('goes stale when one of two who decide together no longer may', () => {
    const story = permitted(BOTH);
    expect(codes(story, MAR)).toEqual([]);
    story.client('GuardianAuthorityEnded', { guardianId: OTHER_GUARDIAN, endedOn: '2026-04-01' }, MAR);
    expect(codes(story, APR)).toEqual(['guardian_authority_changed']);
  });

  it('what a guardian may decide about something else does not touch it', () => {
    const story = permitted(SOLE);
    story.guardian(OTHER_GUARDIAN, 'both', MAR, { scope: ['research'] });
    expect(codes(story, APR)).toEqual([]);
  });

  it('on a document named with the consent goes stale when somebody is recorded who decides only together', () => {
    const story = permitted();
    story.guardian(GUARDIAN, 'sole', MAR);
    expect(codes(story, APR)).toEqual([]);
    story.guardian(OTHER_GUARDIAN, 'both', MAR);
    expect(codes(story, APR)).toEqual(['guardian_authority_changed']);
  });

  it('ends at local midnight of majority, by the date of birth that is known and not by the one that was known then', () => {
    const story = permitted();
    const corrected = story.client('ClientDetailsChanged', { dateOfBirth: '2008-03-20' }, APR);
    expect(codes(story, '2026-03-19T22:59:59.999Z')).toEqual([]);
    expect(story.at('2026-03-19T23:00:00.000Z').consents[0]!.reasons).toMatchObject([
      { code: 'majority_reached', since: '2026-03-19T23:00:00.000Z', eventId: corrected },
    ]);
    expect(codes(story, APR, MAR)).toEqual([]);
    const younger = permitted(undefined, '2026-03-10');
    expect(codes(younger, APR)).toEqual([]);
  });

  it('of somebody born on 29 February ends on 1 March of a common year', () => {
    const story = new Story().begin(JAN);
    story.client('ClientDetailsChanged', { dateOfBirth: '2008-02-29' }, JAN);
    story.give(FEB, { by: 'substitute', majorityOn: '2026-03-01' });
    expect([codes(story, '2026-02-28T22:59:59.999Z'), codes(story, '2026-02-28T23:00:00.000Z')]).toEqual([
      [],
      ['majority_reached'],
    ]);
  });

  it('was none by themself when it turns out that they were not of age', () => {
    const story = new Story().begin(JAN);
    story.client('ClientDetailsChanged', { dateOfBirth: '2000-03-10' }, JAN);
    story.give(FEB);
    expect(codes(story, MAR)).toEqual([]);
    story.client('ClientDetailsChanged', { dateOfBirth: '2010-03-10' }, MAR);
    expect([codes(story, APR), gate(story, APR)]).toEqual([['minor_needs_guardian'], 'refuse']);
    expect(codes(story, MAR, FEB)).toEqual([]);
  });

  it('by themself holds where the pack lets them decide alone, until they are found unable', () => {
    const story = new Story();
    const edition = {
      ...SHIPPED_PACKS[0]!,
      id: 'at-wien',
      minorsAlone: { age: 14, clause: 'Invented Youth Act 3' },
    };
    const pack = `rulepack-${rulePackIdOf(PRACTICE, 'at-wien')}`;
    story.add(pack, 'RulePackPublished', { edition }, JAN);
    story.begin(JAN, { rulePack: 'at-wien' });
    story.client('ClientDetailsChanged', { dateOfBirth: '2010-03-10' }, JAN);
    story.give(FEB, { rulePack: { id: 'at-wien', validFrom: '2015-01-01' } });
    expect([codes(story, MAR), gate(story, MAR)]).toEqual([[], 'allow']);
    story.client('CapacityAssessed', { decision: 'treatment', capable: false }, MAR);
    expect([codes(story, APR), gate(story, APR)]).toEqual([['capacity_changed'], 'refuse']);
    story.client('ClientDetailsChanged', { dateOfBirth: '2013-03-10' }, MAR);
    expect(codes(story, APR)).toEqual(['capacity_changed', 'minor_needs_guardian']);
  });

  it('shows a dissent, which is never overwritten by what is said later', () => {
    const story = permitted(SOLE);
    story.consent('DissentRecorded', { words: 'I do not want to' }, MAR);
    expect([codes(story, MAR), gate(story, MAR)]).toEqual([['dissent_recorded'], 'allow']);
    story.consent('AssentRecorded', {}, APR);
    expect(codes(story, APR)).toEqual([]);
    expect(story.at(APR).consents[0]!.assent.map(({ said, at }) => [said, at])).toEqual([
      ['dissent', MAR],
      ['assent', APR],
    ]);
    expect(JSON.stringify(story.at(APR))).not.toContain('I do not want to');
  });
});

describe('whether a client can decide', () => {
  const assessed = (story: Story, capable: boolean, when: string, decision = 'treatment', known = when) =>
    story.client('CapacityAssessed', { decision, capable }, when, known);

  it('is found otherwise after the giving, for this very decision', () => {
    const story = new Story().begin(JAN);
    assessed(story, false, JAN);
    story.give(FEB);
    assessed(story, false, MAR, 'research');
    expect(codes(story, MAR)).toEqual([]);
    const found = assessed(story, false, APR);
    expect(story.at(APR).consents[0]!.reasons).toMatchObject([
      { code: 'capacity_changed', since: APR, eventId: found },
    ]);
    assessed(story, true, MAY);
    expect(codes(story, MAY)).toEqual([]);
  });

  it('is found while a legal representative decides: then the client is asked', () => {
    const story = new Story().begin(JAN);
    story.give(FEB, { by: 'substitute' });
    assessed(story, true, MAR);
    expect(codes(story, MAR)).toEqual(['capacity_changed']);
  });
});

describe('where a client is', () => {
  it('elsewhere than when they consented makes it stale; that it became known where does not', () => {
    const story = new Story().begin(JAN);
    story.give(FEB);
    story.client('ClientDetailsChanged', { jurisdiction: 'DE' }, MAR);
    expect(codes(story, MAR)).toEqual([]);
    story.give(MAR, { jurisdiction: 'DE' });
    story.client('ClientDetailsChanged', { jurisdiction: 'AT' }, APR);
    expect(codes(story, APR)).toEqual(['jurisdiction_changed']);
    story.client('ClientDetailsChanged', { jurisdiction: 'DE' }, MAY);
    expect(codes(story, MAY)).toEqual([]);
  });
});

describe('a mandate', () => {
  it('makes consent stale, and shows where the stance contradicts it', () => {
    const story = new Story().begin(JAN);
    story.give(FEB);
    const recorded = story.bond('MandateRecorded', { mandator: 'District court' }, MAR);
    expect(codes(story, MAR)).toEqual(['information_source_changed', 'confidentiality_changed']);
    expect(story.at(MAR).stance!.contradictions).toMatchObject([
      { code: 'client_is_not_only_source', eventId: recorded },
      { code: 'allegiance_without_mandator', eventId: recorded },
    ]);
    expect(JSON.stringify(story.at(MAR))).not.toContain('District court');
    story.give(APR);
    expect(codes(story, APR)).toEqual([]);
  });

  it('asks for what a pack wants disclosed to somebody who is sent', () => {
    const story = new Story().begin(JAN);
    story.give(FEB);
    const mandated = story.events.findLast(
      ({ type, data }) =>
        type === 'ElementDisclosed' && (data as { element: string }).element === 'mandated_services',
    )!;
    story.consent(
      'ConsentEntryMarkedInError',
      { correctsEventId: mandated.eventId, requestedBy: 'client' },
      FEB,
    );
    const missing = (at: string) => story.at(at).consents[0]!.missing.map(({ element }) => element);
    expect([missing(FEB), codes(story, FEB)]).toEqual([[], []]);
    story.bond('MandateRecorded', { mandator: 'District court' }, MAR);
    expect([missing(FEB), missing(MAR)]).toEqual([[], ['mandated_services']]);
  });

  it('known when consent was given is no news', () => {
    const story = new Story().begin(JAN);
    story.bond('MandateRecorded', { mandator: 'District court' }, JAN);
    story.give(FEB);
    expect(codes(story, MAR)).toEqual([]);
  });
});
