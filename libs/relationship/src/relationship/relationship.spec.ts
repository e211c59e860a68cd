import { describe, expect, it } from 'vitest';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { coverOn } from './cover.js';
import { relationshipIdOf, type RelationshipOpening } from './opening.js';
import { relationship, type RelationshipEvent } from './relationship.js';

const PRACTICE = 'lindenhof';
const opening: RelationshipOpening = {
  unitId: 'unit-1',
  unitKind: 'individual',
  members: ['cleo'],
  therapistId: 'thea',
  format: 'in_person',
  rulePack: 'generic',
};
const fine = {
  therapist: { isTherapist: true, active: true },
  stance: { published: true, suits: true },
};
const open = {
  type: 'OpenRelationship',
  ...opening,
  ...fine,
  mergedAway: [],
  rulePacks: { known: ['generic', 'us-co', 'us-old'], inForce: ['generic', 'us-co'] },
} as const;
const opened = { type: 'RelationshipOpened', data: opening } as const;
const ending = { by: 'agreement', reasonCode: 'goals_reached' } as const;
const ended = { type: 'RelationshipEnded', data: ending } as const;
const reassign = { type: 'ReassignTherapist', to: 'theo', ...fine } as const;
const { given } = forDecider(relationship);
const CONTEXT = {
  practiceId: PRACTICE,
  id: THING,
  actor: { id: STAFF, role: 'therapist' },
  now: NOW,
  occurredAt: NOW,
};
const on = (day: string) => ({ occurredAt: `${day}T09:00:00.000Z` });

describe('opening a relationship', () => {
  it('one unit, one therapist, one format', () => {
    given().when(open).then(opened);
    given(opened)
      .when({ ...open, format: 'video' })
      .thenRefused('already_open');
  });

  it('opening needs an active therapist', () => {
    const { isTherapist, active } = fine.therapist;
    given()
      .when({ ...open, therapist: { isTherapist: false, active } })
      .thenRefused('not_a_therapist');
    given()
      .when({ ...open, therapist: { isTherapist, active: false } })
      .thenRefused('therapist_deactivated');
    given()
      .when({ ...open, therapist: { isTherapist: false, active: false } })
      .thenRefused('not_a_therapist', 'therapist_deactivated');
  });

  it('a therapist without a published stance for this kind of unit cannot open', () => {
    given()
      .when({ ...open, stance: { published: false, suits: false } })
      .thenRefused('stance_not_published');
  });

  it('a couple, family or group relationship cannot carry partial_to_client, nor an individual one multi_partial', () => {
    for (const unitKind of ['couple', 'family', 'group', 'individual'] as const)
      given()
        .when({ ...open, unitKind, stance: { published: true, suits: false } })
        .thenRefused('stance_does_not_suit');
  });

  it('a rule pack that does not exist opens nothing', () => {
    given()
      .when({ ...open, rulePack: 'us-co' })
      .then({ type: 'RelationshipOpened', data: { ...opening, rulePack: 'us-co' } });
    given()
      .when({ ...open, rulePack: 'us-xx' })
      .thenRefused('rule_pack_unknown');
  });

  it('nor does one without an edition in force that day', () => {
    given()
      .when({ ...open, rulePack: 'us-old' })
      .thenRefused('rule_pack_not_in_force');
  });

  it('nobody is treated under a record that was merged away', () => {
    given()
      .when({ ...open, mergedAway: [{ clientId: 'cleo', into: 'clea' }] })
      .thenRefused('member_merged_away');
  });

  it('everything in the way is named at once', () => {
    given()
      .when({
        ...open,
        rulePack: 'us-xx',
        mergedAway: [{ clientId: 'cleo', into: 'clea' }],
        inquiryId: 'inq',
        inquiry: { accepted: false },
        therapist: { isTherapist: false, active: false },
        stance: { published: false, suits: false },
      })
      .thenRefused(
        'not_a_therapist',
        'therapist_deactivated',
        'stance_not_published',
        'member_merged_away',
        'rule_pack_unknown',
        'one_relationship_per_inquiry',
        'inquiry_not_accepted',
      );
  });
});

describe('a relationship out of an inquiry', () => {
  const context = { practiceId: PRACTICE, id: relationshipIdOf(PRACTICE, 'inq') };
  const inquiry = { accepted: true, clientId: 'cleo', therapistId: 'thea' };
  const fromInquiry = { ...open, inquiryId: 'inq', inquiry } as const;

  it('one inquiry is never turned into two relationships', () => {
    given()
      .when(fromInquiry, context)
      .then({ type: 'RelationshipOpened', data: { ...opening, inquiryId: 'inq' } });
    given()
      .when(fromInquiry, { ...context, id: 'another' })
      .thenRefused('one_relationship_per_inquiry');
    expect(relationshipIdOf(PRACTICE, 'inq')).toBe(relationshipIdOf(PRACTICE, 'inq'));
    expect(relationshipIdOf(PRACTICE, 'inq')).not.toBe(relationshipIdOf('rosenhof', 'inq'));
  });

  it('only an accepted inquiry becomes a relationship', () => {
    given()
      .when({ ...fromInquiry, inquiry: undefined }, context)
      .thenRefused(); // missing
    given()
      .when({ ...fromInquiry, inquiry: { accepted: false } }, context)
      .thenRefused('inquiry_not_accepted');
  });

  it('the client and the therapist are those of the inquiry', () => {
    given()
      .when({ ...fromInquiry, members: ['carl'] }, context)
      .thenRefused('inquiry_other_client');
    given()
      .when({ ...fromInquiry, therapistId: 'theo' }, context)
      .thenRefused('inquiry_other_therapist');
    given()
      .when({ ...fromInquiry, members: ['carl'], therapistId: 'theo' }, context)
      .thenRefused('inquiry_other_client', 'inquiry_other_therapist');
  });
});

describe('an open relationship', () => {
  it('is reassigned to another therapist; to the same one nothing happens', () => {
    given(opened)
      .when(reassign)
      .then({ type: 'TherapistReassigned', data: { from: 'thea', to: 'theo' } });
    given(opened)
      .when({ ...reassign, to: 'thea' })
      .thenNothing();
  });

  it('is reassigned only to somebody who could have opened it', () => {
    given(opened)
      .when({
        ...reassign,
        therapist: { isTherapist: true, active: false },
        stance: { published: true, suits: false },
      })
      .thenRefused('therapist_deactivated', 'stance_does_not_suit');
  });

  it('changes its format; to the same one nothing happens', () => {
    given(opened)
      .when({ type: 'ChangeFormat', to: 'video' })
      .then({ type: 'FormatChanged', data: { from: 'in_person', to: 'video' } });
    given(opened).when({ type: 'ChangeFormat', to: 'in_person' }).thenNothing();
  });

  it('remembers every source of information beside the client', () => {
    const first = { source: 'collateral_person', description: 'her sister' } as const;
    const second = { source: 'collateral_person', description: 'her teacher' } as const;
    const added = { type: 'InformationSourceAdded', data: first } as const;
    given(opened)
      .when({ type: 'AddInformationSource', ...first })
      .then(added);
    given(opened, added)
      .when({ type: 'AddInformationSource', ...second })
      .then({ type: 'InformationSourceAdded', data: second });
  });

  it('one change leaves everything else as it was', () => {
    const source = { source: 'outside_records' } as const;
    const past = given(
      opened,
      { type: 'InformationSourceAdded', data: source },
      { type: 'InformationSourceAdded', data: { source: 'mandator' } },
      { type: 'MandateRecorded', data: { mandator: 'the family court' } },
      { type: 'CoverArranged', data: { therapistId: 'tom', from: '2026-07-01', to: '2026-07-14' } },
      { type: 'TherapistReassigned', data: { from: 'thea', to: 'theo' } },
      { type: 'FormatChanged', data: { from: 'in_person', to: 'video' } },
      ended,
    );
    expect(past.state).toEqual({
      situation: 'ended',
      ending,
      opening,
      therapistId: 'theo',
      format: 'video',
      sources: [source, { source: 'mandator' }],
      mandates: [{ mandator: 'the family court' }],
      covers: [{ therapistId: 'tom', from: '2026-07-01', to: '2026-07-14' }],
      treatedBy: ['thea', 'tom', 'theo'],
      concerned: ['cleo'],
      since: { opening: NOW, therapist: NOW, format: NOW, last: NOW },
    });
  });

  it('what happens concerns those who are treated together by then, and not who has left', () => {
    const family: RelationshipEvent = {
      type: 'RelationshipOpened',
      data: { ...opening, members: ['cleo', 'ben'] },
    };
    const changes = [
      reassign,
      { type: 'ChangeFormat', to: 'video' },
      { type: 'AddInformationSource', source: 'outside_records' },
      { type: 'RecordMandate', mandator: 'the family court' },
      { type: 'EndRelationship', ...ending },
    ] as const;
    for (const command of changes) {
      const { when } = given(family);
      const decided = (together?: string[]) =>
        relationship.decide(given(family).state, { ...command, ...(together ? { together } : {}) }, CONTEXT);
      const [plain] = decided();
      when({ ...command, together: ['cleo', 'cara'] }).then({
        ...plain,
        data: { ...plain!.data, clientIds: ['cleo', 'cara'] },
      } as RelationshipEvent);
      expect(decided(['cleo', 'ben'])).toEqual([plain]);
      const after = given(family, {
        ...plain,
        data: { ...plain!.data, clientIds: ['cara'] },
      } as RelationshipEvent);
      expect(relationship.subjects(after.state)).toEqual(['cara']);
      expect(relationship.subjects(given(family, plain!).state)).toEqual(['cleo', 'ben']);
    }
  });

  it('what is known about another source is sealed', () => {
    expect(relationship.events.InformationSourceAdded.personal).toEqual(['description']);
  });

  it('concerns every member of its unit', () => {
    const couple = { ...opening, unitKind: 'couple' as const, members: ['cleo', 'carl'] };
    expect(relationship.subjects(given({ type: 'RelationshipOpened', data: couple }).state)).toEqual([
      'cleo',
      'carl',
    ]);
  });
});

describe('a mandate', () => {
  const court = { mandator: 'the family court', reports: 'attendance only', since: '2026-05-01' };
  const recorded = { type: 'MandateRecorded', data: court } as const;

  it('is recorded with who sends the client and what is reported to them', () => {
    given(opened)
      .when({ type: 'RecordMandate', ...court })
      .then(recorded);
    const employer = { mandator: 'her employer' };
    given(opened, recorded)
      .when({ type: 'RecordMandate', ...employer })
      .then({ type: 'MandateRecorded', data: employer });
  });

  it('a mandate without a mandator is refused', () => {
    given(opened).when({ type: 'RecordMandate', mandator: ' ' }).thenRefused('mandator_missing');
  });

  it('who sends the client and what they are told is sealed', () => {
    expect(relationship.events.MandateRecorded.personal).toEqual(['mandator', 'reports']);
  });
});

describe('cover', () => {
  const july = { therapistId: 'theo', from: '2026-07-01', to: '2026-07-14' };
  const arrange = {
    type: 'ArrangeCover',
    ...july,
    therapist: fine.therapist,
    zone: 'Europe/Berlin',
    roles: ['coordinator'],
  } as const;
  const arranged = { type: 'CoverArranged', data: july } as const;

  it('another therapist stands in for a while; the relationship stays with its therapist', () => {
    given(opened).when(arrange).then(arranged);
    const withReason = { type: 'CoverArranged', data: { ...july, reason: 'holidays' } } as const;
    given(opened).when(arrange, { reason: 'holidays' }).then(withReason);
    const { state } = given(opened, withReason);
    expect(state).toMatchObject({ therapistId: 'thea', covers: [{ ...july, reason: 'holidays' }] });
    expect(relationship.events.CoverArranged.personal).toEqual(['reason']);
  });

  it('whoever stands in reads the notes: only its therapist, the front desk or the owner arranges it', () => {
    const byTherapist = { ...arrange, roles: ['therapist'] };
    const as = (id: string) => ({ actor: { id, role: 'therapist' } });
    given(opened).when(byTherapist, as('theo')).thenRefused('not_yours_to_arrange');
    given(opened).when(byTherapist, as('tom')).thenRefused('not_yours_to_arrange');
    given(opened).when(byTherapist, as('thea')).then(arranged);
    given(opened)
      .when({ ...arrange, roles: ['therapist', 'owner'] }, as('olga'))
      .then(arranged);
  });

  it('nobody stands in for themself, and only an active therapist stands in', () => {
    given(opened)
      .when({ ...arrange, therapistId: 'thea' })
      .thenRefused('covers_themself');
    given(opened)
      .when({ ...arrange, therapist: { isTherapist: false, active: false } })
      .thenRefused('not_a_therapist', 'therapist_deactivated');
  });

  it('cover ends after it begins, not before the relationship did, and is not for ever', () => {
    given(opened)
      .when({ ...arrange, from: '2026-07-14', to: '2026-07-01' })
      .thenRefused('cover_ends_before_it_begins');
    given(opened)
      .when({ ...arrange, from: '2026-06-01', to: '2026-06-14' })
      .thenRefused('cover_before_the_opening');
    given(opened)
      .when({ ...arrange, to: '2036-07-14' })
      .thenRefused('cover_too_long');
    const oneDay = { therapistId: 'theo', from: '2026-06-15', to: '2026-06-15' };
    given(opened)
      .when({ ...arrange, ...oneDay })
      .then({ type: 'CoverArranged', data: oneDay });
  });

  it('where two covers meet, the one arranged later holds', () => {
    const week = { therapistId: 'tom', from: '2026-07-08', to: '2026-07-20' };
    const past = given(opened, arranged, { type: 'CoverArranged', data: week });
    const covers = 'covers' in past.state ? past.state.covers : [];
    const on = (date: string) => coverOn(covers, date)?.therapistId;
    expect(
      ['2026-06-30', '2026-07-01', '2026-07-07', '2026-07-08', '2026-07-20', '2026-07-21'].map(on),
    ).toEqual([undefined, 'theo', 'theo', 'tom', 'tom', undefined]);
    past.when(arrange).then(arranged);
  });
});

describe('ending a relationship', () => {
  const end = { type: 'EndRelationship', ...ending } as const;
  const later = [
    reassign,
    { type: 'ChangeFormat', to: 'video' },
    { type: 'AddInformationSource', source: 'mandator' },
    { type: 'RecordMandate', mandator: 'the family court' },
    {
      type: 'ArrangeCover',
      therapistId: 'theo',
      from: '2026-07-01',
      to: '2026-07-14',
      therapist: fine.therapist,
      zone: 'Europe/Berlin',
      roles: ['coordinator'],
    },
  ] as const;

  it('an open relationship ends, with a reason code', () => {
    given(opened).when(end).then(ended);
    given(opened)
      .when({ ...end, reasonCode: ' ' })
      .thenRefused('reason_code_missing');
  });

  it('an ended relationship takes no further commands', () => {
    for (const command of [open, ...later, { ...end, by: 'client' } as const])
      given(opened, ended).when(command).thenRefused('relationship_ended');
    given(opened, ended).when(end).thenNothing();
  });

  it('nothing happens in a relationship before it was opened', () => {
    for (const command of [...later, end])
      given(opened).when(command, on('2026-06-14')).thenRefused('before_the_opening');
  });

  it('a change is not slipped in below a later one of its kind, nor an ending below anything', () => {
    const [fifth, tenth] = [on('2026-07-05'), on('2026-07-10')];
    const reassigned = { type: 'TherapistReassigned', data: { from: 'thea', to: 'theo' }, ...tenth } as const;
    const moved = { type: 'FormatChanged', data: { from: 'in_person', to: 'video' }, ...tenth } as const;
    const told = { type: 'InformationSourceAdded', data: { source: 'mandator' }, ...tenth } as const;
    given(opened, reassigned)
      .when({ ...reassign, to: 'tom' }, fifth)
      .thenRefused('before_last_entry');
    given(opened, moved).when({ type: 'ChangeFormat', to: 'phone' }, fifth).thenRefused('before_last_entry');
    for (const known of [reassigned, moved, told])
      given(opened, known).when(end, fifth).thenRefused('before_last_entry');
  });

  it('a late entry is taken where nothing later of its kind exists', () => {
    const [fifth, tenth] = [on('2026-07-05'), on('2026-07-10')];
    const moved = { type: 'FormatChanged', data: { from: 'in_person', to: 'video' }, ...tenth } as const;
    const told = { type: 'InformationSourceAdded', data: { source: 'mandator' }, ...tenth } as const;
    given(opened, moved)
      .when(reassign, fifth)
      .then({ type: 'TherapistReassigned', data: { from: 'thea', to: 'theo' } });
    given(opened, told)
      .when({ type: 'AddInformationSource', source: 'outside_records' }, fifth)
      .then({ type: 'InformationSourceAdded', data: { source: 'outside_records' } });
    given(opened, moved).when(end, tenth).then(ended);
  });

  it('an event before the opening never passes silently', () => {
    expect(() => given(ended)).toThrow('begins with RelationshipOpened');
  });

  it('a relationship that was never opened takes no commands', () => {
    for (const command of [...later, end]) given().when(command).thenRefused(); // missing
  });
});
