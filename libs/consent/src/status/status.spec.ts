import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLIENT,
  CONSENT_FORM,
  FEES,
  GUARDIAN,
  OTHER,
  PARTNER,
  PRACTICE,
  Story,
} from '../../../../test/support/consent-story.js';
import { STALE_REASONS } from '#libs/practice';
import { consentGaps, judge, judgeAt, stopsAt } from '../gate/gate.js';

const JAN = '2026-01-10T09:00:00.000Z';
const FEB = '2026-02-10T09:00:00.000Z';
const MAR = '2026-03-10T09:00:00.000Z';
const APR = '2026-04-10T09:00:00.000Z';
const MAY = '2026-05-10T09:00:00.000Z';

/** What a giving rests on, where a spec does not care how it came about. */
const GIVEN = {
  by: 'self',
  expiresOn: '2026-06-30',
  reviewOn: '2026-05-01',
  stance: { stanceId: '0190eeee-0000-7000-8000-000000000009', versionNo: 1, contentHash: 'sha256:1' },
  documents: [
    { documentId: CONSENT_FORM, versionNo: 1, contentHash: 'sha256:d1', material: true, elements: [] },
  ],
  therapistId: '0190eeee-0000-7000-8000-000000000002',
  format: 'in_person',
  rulePack: { id: 'generic', validFrom: '2015-01-01' },
  majorityOn: null,
  signature: {},
};

const status = (story: Story, at: string, knownAt?: string) =>
  story.at(at, knownAt).consents[0]?.status ?? 'not_sought';
const reasons = (story: Story, at: string, knownAt?: string) =>
  story.at(at, knownAt).consents[0]!.reasons.map(({ code }) => code);
const begun = () => new Story().begin(JAN);
const given = (more: object = {}) => {
  const story = begun();
  story.give(FEB, more);
  return story;
};

describe('the states of a consent', () => {
  it('not sought, offered, in discussion, given: each from its own moment on', () => {
    const story = begun();
    expect(story.at(FEB).overall).toBe('not_sought');
    story.offer(FEB);
    expect(status(story, FEB)).toBe('offered');
    expect(story.at(JAN).consents).toEqual([]);
    story.consent('ElementDisclosed', { element: 'risks', how: 'spoken' }, MAR);
    expect([status(story, FEB), status(story, MAR)]).toEqual(['offered', 'in_discussion']);
    story.give(APR);
    expect([status(story, MAR), status(story, APR)]).toEqual(['in_discussion', 'given']);
  });

  it('declined, until given', () => {
    const story = begun();
    story.offer(FEB);
    story.consent('ConsentDeclined', { by: 'self' }, MAR);
    expect(status(story, MAR)).toBe('declined');
    story.give(APR);
    expect(status(story, APR)).toBe('given');
  });

  it('withdrawn counts more than anything else, and looks forward only', () => {
    const story = given({ expiresOn: '2026-03-01' });
    story.consent('ConsentWithdrawn', { by: 'self', channel: 'phone', scope: { kind: 'purpose' } }, MAR);
    story.publishStance(2, MAR);
    expect([status(story, FEB), status(story, APR)]).toEqual(['given', 'withdrawn']);
  });

  it('a withdrawal entered after the giving ends it, whatever its date', () => {
    const story = given();
    story.consent(
      'ConsentWithdrawn',
      { by: 'self', channel: 'letter', scope: { kind: 'purpose' } },
      '2026-01-20T09:00:00.000Z',
      MAR,
    );
    expect([status(story, APR, FEB), status(story, APR)]).toEqual(['given', 'withdrawn']);
    story.give(APR);
    expect(status(story, APR)).toBe('given');
  });

  it('a no to what was offered anew counts, also when it is entered after a yes to the same offer', () => {
    const story = given();
    story.offer(MAR);
    story.consent('ConsentRenewed', { ...GIVEN, validFrom: APR }, APR);
    story.consent('ConsentDeclined', { by: 'self' }, '2026-03-20T09:00:00.000Z', MAY);
    expect([status(story, APR, APR), status(story, MAY)]).toEqual(['given', 'declined']);
    const forSafety = { at: MAY, format: 'in_person', continueForSafety: true };
    expect(judge(story.at(MAY), forSafety).result).toBe('refuse');
    story.give(MAY);
    expect(status(story, MAY)).toBe('given');
  });

  it('a part withdrawn is shown and does not end the rest', () => {
    const story = given();
    story.consent(
      'ConsentWithdrawn',
      { by: 'self', channel: 'phone', scope: { kind: 'element', element: 'records_and_access' } },
      MAR,
    );
    expect([status(story, APR), reasons(story, APR)]).toEqual(['given', ['partly_withdrawn']]);
  });

  it('but a consent beside treatment cannot be relied on without the part that it is about', () => {
    const story = given();
    story.give(FEB, {}, FEB, CLIENT, 'recording');
    const withdraws = (element: string, at: string) =>
      story.consent(
        'ConsentWithdrawn',
        { by: 'self', channel: 'phone', scope: { kind: 'element', element } },
        at,
        at,
        CLIENT,
        'recording',
      );
    const gaps = (at: string) => consentGaps(story.at(at), [CLIENT], 'recording', at).map(({ code }) => code);
    withdraws('records_and_access', MAR);
    expect(gaps(MAR)).toEqual([]);
    withdraws('recording_and_observation', APR);
    expect([gaps(MAR), gaps(APR)]).toEqual([[], ['partly_withdrawn']]);
    expect(judge(story.at(APR), { at: APR, format: 'in_person' }).result).toBe('allow');
    story.give(MAY, {}, MAY, CLIENT, 'recording');
    expect(gaps(MAY)).toEqual([]);
  });

  it('expires at the end of the local day, whatever the zone of the server, clock changes included', () => {
    const winter = given({ expiresOn: '2026-03-28' });
    expect(status(winter, '2026-03-28T22:59:59.999Z')).toBe('given');
    expect(status(winter, '2026-03-28T23:00:00.000Z')).toBe('expired');
    const changed = given({ expiresOn: '2026-03-29' });
    expect(status(changed, '2026-03-29T21:59:59.999Z')).toBe('given');
    expect(status(changed, '2026-03-29T22:00:00.000Z')).toBe('expired');
    expect(winter.at(APR).consents[0]).toMatchObject({ since: '2026-03-28T23:00:00.000Z' });
  });

  it('expired counts more than stale', () => {
    const story = given({ expiresOn: '2026-03-01' });
    story.publishStance(2, FEB.replace('09:', '10:'));
    expect(status(story, APR)).toBe('expired');
  });

  it('deferred in an emergency, with a follow-up that blocks ordinary sessions when overdue, never a second emergency', () => {
    const story = begun();
    story.consent('ConsentDeferredForEmergency', { basis: 'imminent_harm', followUpBy: MAR }, FEB);
    expect([status(story, FEB), reasons(story, FEB)]).toEqual(['deferred_emergency', []]);
    expect(reasons(story, APR)).toEqual(['emergency_follow_up_overdue']);
    expect(
      judge(story.at(APR), { at: APR, format: 'in_person', emergencyBasis: 'imminent_harm' }).result,
    ).toBe('emergency');
    const after = given();
    after.consent(
      'ConsentDeferredForEmergency',
      { basis: 'imminent_harm', followUpBy: MAR },
      FEB.replace('09:', '11:'),
    );
    expect(judge(after.at(APR), { at: APR, format: 'in_person' })).toMatchObject({
      result: 'refuse',
      reasons: [{ code: 'emergency_follow_up_overdue', effect: 'block' }],
    });
    expect(judge(after.at(APR), { at: APR, format: 'in_person', continueForSafety: true }).result).toBe(
      'refuse',
    );
    after.consent('EmergencyFollowUpDone', { outcome: '' }, APR);
    expect(judge(after.at(APR), { at: APR, format: 'in_person' }).result).toBe('allow');
  });

  it('a second emergency does not move the deadline of the first', () => {
    const story = given();
    story.consent(
      'ConsentDeferredForEmergency',
      { basis: 'imminent_harm', followUpBy: MAR },
      FEB.replace('09:', '11:'),
    );
    story.consent('ConsentDeferredForEmergency', { basis: 'imminent_harm', followUpBy: MAY }, APR);
    expect(reasons(story, APR)).toEqual(['emergency_follow_up_overdue']);
  });

  it('a unit has the status of its worst member, naming who and never in whose words', () => {
    const story = new Story().begin(JAN, { unitKind: 'couple', members: [CLIENT, PARTNER] });
    story.giveTogether(FEB, CLIENT);
    expect(story.at(FEB).overall).toBe('not_sought');
    story.giveTogether(FEB, PARTNER);
    expect(story.at(FEB).overall).toBe('given');
    story.consent(
      'ConsentWithdrawn',
      { by: 'self', channel: 'phone', scope: { kind: 'all' } },
      MAR,
      MAR,
      PARTNER,
    );
    expect(story.at(MAR).overall).toBe('withdrawn');
    expect(story.at(MAR).members).toEqual([
      { clientId: CLIENT, status: 'given' },
      { clientId: PARTNER, status: 'withdrawn' },
    ]);
    expect(
      judge(story.at(MAR), { at: MAR, format: 'in_person' }).reasons.filter(
        ({ effect }) => effect === 'block',
      ),
    ).toMatchObject([{ code: 'consent_withdrawn', clientId: PARTNER }]);
  });
});

describe('what makes a consent stale', () => {
  const stale: [string, string, (story: Story) => void, object?][] = [
    ['stance_changed', 'a materially different stance was published', (story) => story.publishStance(2, MAR)],
    [
      'therapist_changed',
      'reassignment',
      (story) => story.bond('TherapistReassigned', { from: '', to: OTHER }, MAR),
    ],
    [
      'format_changed',
      'office to video',
      (story) => story.bond('FormatChanged', { from: 'in_person', to: 'video' }, MAR),
    ],
    [
      'information_source_changed',
      'the first collateral contact',
      (story) => story.bond('InformationSourceAdded', { source: 'collateral_person' }, MAR),
    ],
    [
      'document_material_change',
      'a material new version of a signed document',
      (story) => story.publishDocument(CONSENT_FORM, 'consent_form', 2, MAR),
    ],
    [
      'fee_changed',
      'a new fee schedule',
      (story) => {
        story.publishDocument(FEES, 'fee_schedule', 1, FEB);
        story.publishDocument(FEES, 'fee_schedule', 2, MAR);
      },
    ],
    [
      'majority_reached',
      'a birthday, at local midnight by itself',
      () => undefined,
      { by: 'substitute', majorityOn: '2026-03-10' },
    ],
    ['review_due', 'the interval elapsed', () => undefined, { reviewOn: '2026-03-10' }],
    [
      'confidentiality_changed',
      'a mandate',
      (story) => story.bond('MandateRecorded', { mandator: 'A court' }, MAR),
    ],
    [
      'jurisdiction_changed',
      'the client is elsewhere',
      (story) => {
        story.client('ClientDetailsChanged', { jurisdiction: 'DE' }, JAN);
        story.client('ClientDetailsChanged', { jurisdiction: 'AT' }, MAR);
      },
      { jurisdiction: 'DE' },
    ],
    [
      'guardian_authority_changed',
      'an order',
      (story) => {
        story.guardian(GUARDIAN, 'sole', JAN);
        story.client('GuardianAuthorityEnded', { guardianId: GUARDIAN, endedOn: '2026-03-10' }, MAR);
      },
      {
        by: 'substitute',
        majorityOn: '2030-01-01',
        guardians: [{ guardianId: GUARDIAN, jointRule: 'sole' }],
      },
    ],
    [
      'capacity_changed',
      'an assessment',
      (story) => story.client('CapacityAssessed', { decision: 'treatment', capable: false }, MAR),
    ],
  ];
  it('every reason of the table has a test', () => {
    expect(stale.map(([code]) => code).sort()).toEqual([...STALE_REASONS].sort());
  });

  it.each(stale)(
    '%s does what the practice’s policy says, from when it was set',
    (code, _why, happens, more = {}) => {
      const story = begun();
      story.give(FEB, more);
      happens(story);
      const set = (effect: string, graceDays: number, when: string) =>
        story.add(
          `practice-${PRACTICE}`,
          'PracticePolicySet',
          { policy: { staleEffects: { [code]: { effect, graceDays } } } },
          when,
        );
      const found = (at: string) => story.at(at).consents[0]!.reasons.find((one) => one.code === code)!;
      const blocks = (at: string) => {
        const { blocksFrom } = found(at);
        return blocksFrom !== null && blocksFrom <= at;
      };
      set('inform', 0, '2026-03-11T09:00:00.000Z');
      set('block_next_session', 40, '2026-04-11T09:00:00.000Z');
      set('block_now', 0, '2026-06-01T09:00:00.000Z');
      expect([found(APR).effect, blocks(APR)]).toEqual(['inform', false]);
      expect([found(MAY).effect, blocks(MAY)]).toEqual(['block_next_session', true]);
      expect([blocks('2026-04-18T21:59:59.999Z'), blocks('2026-04-19T22:00:00.000Z')]).toEqual([false, true]);
      expect([found('2026-06-02T09:00:00.000Z').effect, blocks('2026-06-02T09:00:00.000Z')]).toEqual([
        'block_now',
        true,
      ]);
    },
  );

  it.each(stale)('%s: %s', (code, _why, happens, more = {}) => {
    const story = begun();
    story.give(FEB, more);
    happens(story);
    expect([status(story, '2026-03-09T22:59:59.999Z'), status(story, APR)]).toEqual(['given', 'stale']);
    expect(reasons(story, APR)).toContain(code);
  });

  it('a mandate also changes confidentiality', () => {
    const story = given();
    story.bond('InformationSourceAdded', { source: 'mandator' }, MAR);
    expect(reasons(story, APR)).toEqual(['information_source_changed', 'confidentiality_changed']);
  });

  it('every reason is named, each with the event that made it true and when it blocks', () => {
    const story = given({ reviewOn: '2026-03-10' });
    const published = story.publishStance(2, MAR, 'material', ['challenge', 'feedback']);
    story.publishDocument(CONSENT_FORM, 'consent_form', 2, MAR);
    const [stance, document, review] = story.at(APR).consents[0]!.reasons;
    expect(stance).toMatchObject({
      code: 'stance_changed',
      effect: 'block_next_session',
      since: MAR,
      blocksFrom: MAR,
      eventId: published,
    });
    expect(stance!.detail).toContain('challenge, feedback');
    expect(document).toMatchObject({
      code: 'document_material_change',
      since: MAR,
      blocksFrom: '2026-03-24T23:00:00.000Z',
    });
    expect(review).toMatchObject({ code: 'review_due', effect: 'inform', blocksFrom: null });
  });

  it('what blocks at once has no days of grace, whatever number stands beside it', () => {
    const story = given();
    const policy = { staleEffects: { document_material_change: { effect: 'block_now', graceDays: 14 } } };
    story.add(`practice-${PRACTICE}`, 'PracticePolicySet', { policy }, FEB);
    story.publishDocument(CONSENT_FORM, 'consent_form', 2, MAR);
    expect(story.at(MAR).consents[0]!.reasons).toMatchObject([{ effect: 'block_now', blocksFrom: MAR }]);
    expect(judge(story.at(MAR), { at: MAR, format: 'in_person' }).result).toBe('refuse');
  });

  it('what blocks at once stops a session that rests on it; what blocks the next one does not', () => {
    for (const [effect, codes] of [
      ['block_now', ['information_source_changed']],
      ['block_next_session', []],
    ] as const) {
      const story = given();
      const policy = { staleEffects: { information_source_changed: { effect, graceDays: 0 } } };
      story.add(`practice-${PRACTICE}`, 'PracticePolicySet', { policy }, FEB);
      const added = story.bond('InformationSourceAdded', { source: 'outside_records' }, MAR);
      const stops = stopsAt(story.at(MAR), { at: MAR, format: 'in_person' });
      expect(stops.map(({ code }) => code)).toEqual(codes);
      for (const { since, position } of stops)
        expect([since, story.events[position! - 1]!.eventId]).toEqual([MAR, added]);
      expect(stopsAt(story.at(MAR), { at: FEB, format: 'in_person' })).toEqual([]);
    }
  });

  it('what only informs, or is in its grace days, does not block; afterwards it does', () => {
    const story = given();
    story.publishDocument(CONSENT_FORM, 'consent_form', 2, MAR);
    const gate = (at: string) => judge(story.at(at), { at, format: 'in_person' }).result;
    expect([gate('2026-03-24T22:59:59.999Z'), gate('2026-03-24T23:00:00.000Z')]).toEqual(['allow', 'refuse']);
  });

  it('the practice’s policy decides per reason, from when it was set', () => {
    const story = given();
    story.publishStance(2, MAR);
    story.add(
      `practice-${PRACTICE}`,
      'PracticePolicySet',
      { policy: { staleEffects: { stance_changed: { effect: 'inform', graceDays: 0 } } } },
      APR,
    );
    const gate = (at: string) => judge(story.at(at), { at, format: 'in_person' }).result;
    expect([gate(MAR), gate(APR)]).toEqual(['refuse', 'allow']);
  });

  it('a cosmetic change of the stance does not', () => {
    const story = given();
    story.publishStance(2, MAR, 'cosmetic', []);
    expect(status(story, APR)).toBe('given');
    expect(story.at(APR).stance).toMatchObject({
      versionNo: 2,
      isCurrent: false,
      changedDimensions: [],
      acknowledged: { versionNo: 1 },
    });
  });

  it('what it was given on and no longer counts does: entries marked in error, and later findings', () => {
    const foundations = [
      'StanceAcknowledged',
      'ComprehensionRecorded',
      'VoluntarinessRecorded',
      'ElementDisclosed',
    ];
    const codes = [
      'stance_not_acknowledged',
      'comprehension_not_recorded',
      'voluntariness_not_recorded',
      'element_not_disclosed',
    ];
    foundations.forEach((type, index) => {
      const story = given();
      const wrong = story.events.findLast(
        (event) =>
          event.type === type &&
          (type !== 'ElementDisclosed' || (event.data as { element: string }).element === 'risks'),
      )!;
      story.consent(
        'ConsentEntryMarkedInError',
        { correctsEventId: wrong.eventId, requestedBy: 'clinician' },
        MAR,
      );
      expect([status(story, APR), reasons(story, APR)]).toEqual(['stale', [codes[index]]]);
      expect(judge(story.at(APR), { at: APR, format: 'in_person' }).result).toBe('refuse');
    });
    const story = given();
    story.consent(
      'ComprehensionRecorded',
      { method: 'teach_back', understood: false, capacity: { attested: false } },
      MAR,
    );
    story.consent('VoluntarinessRecorded', { voluntary: false, mandated: false, pressures: [] }, MAR);
    expect(reasons(story, APR)).toEqual(['not_understood', 'not_voluntary']);
  });

  it('a source that was there but was not told when consenting does', () => {
    const story = given();
    story.bond('InformationSourceAdded', { source: 'outside_records' }, JAN, MAR);
    expect(reasons(story, APR)).toEqual(['information_source_changed']);
  });

  it('what the client already knew when consenting does not', () => {
    const story = begun();
    story.bond('InformationSourceAdded', { source: 'collateral_person' }, JAN);
    story.give(FEB);
    expect(status(story, APR)).toBe('given');
  });

  it('renewing on what is in force now ends it; a review ends a due review', () => {
    const story = given({ reviewOn: '2026-03-10' });
    story.publishStance(2, MAR);
    story.consent(
      'StanceAcknowledged',
      { stanceId: '0190eeee-0000-7000-8000-000000000009', versionNo: 2, contentHash: 'sha256:2' },
      APR,
    );
    expect(status(story, APR)).toBe('stale');
    story.give(APR, {
      stance: { stanceId: '0190eeee-0000-7000-8000-000000000009', versionNo: 2, contentHash: 'sha256:2' },
      reviewOn: '2026-05-01',
    });
    expect(status(story, APR)).toBe('given');
    expect(reasons(story, MAY)).toEqual(['review_due']);
    story.consent('ConsentReviewed', { reviewOn: '2027-05-01' }, MAY);
    expect(status(story, MAY)).toBe('given');
  });
});

describe('the two clocks', () => {
  it('“what held on that day” and “what did we know on that day” are two questions', () => {
    const story = given();
    story.consent(
      'ConsentWithdrawn',
      { by: 'self', channel: 'letter', scope: { kind: 'purpose' } },
      MAR,
      APR,
    );
    expect(status(story, MAR, MAR)).toBe('given');
    expect(status(story, MAR, APR)).toBe('withdrawn');
    expect(status(story, FEB, APR)).toBe('given');
  });

  it('a policy learned of late does not change what was known before', () => {
    const story = given();
    story.publishStance(2, MAR);
    const policy = { staleEffects: { stance_changed: { effect: 'inform', graceDays: 0 } } };
    story.add(`practice-${PRACTICE}`, 'PracticePolicySet', { policy }, MAR, MAY);
    const effect = (knownAt: string) => story.at(APR, knownAt).consents[0]!.reasons[0]!.effect;
    expect([effect(APR), effect(MAY)]).toEqual(['block_next_session', 'inform']);
  });

  it('an entry marked in error counts for nothing from the moment the correction is known', () => {
    const story = given();
    const wrong = story.consent(
      'ConsentWithdrawn',
      { by: 'self', channel: 'letter', scope: { kind: 'purpose' } },
      MAR,
    );
    story.consent('ConsentEntryMarkedInError', { correctsEventId: wrong, requestedBy: 'client' }, APR);
    expect(status(story, MAR, MAR)).toBe('withdrawn');
    expect(status(story, MAR, APR)).toBe('given');
  });

  it('the same gap is a defect in 2023 and none in 2025: completeness is judged by the pack in force when given', () => {
    const gaps = (year: number) => {
      const day = (month: string) => `${year}-${month}-10T09:00:00.000Z`;
      const story = new Story().begin(day('01'), { rulePack: 'us-co' });
      story.give(day('02'), { rulePack: { id: 'us-co', validFrom: '2020-07-01' } });
      return story.at(day('03')).consents[0]!.missing.map(({ element }) => element);
    };
    expect(gaps(2023)).toContain('levels_of_regulation');
    expect(gaps(2025)).not.toContain('levels_of_regulation');
    expect(gaps(2025)).toContain('copy_provided');
  });

  const DAY = 86_400_000;
  const instants = fc
    .integer({ min: 0, max: 200 })
    .map((day) => new Date(Date.parse(JAN) + day * DAY).toISOString());
  const happenings = fc.array(
    fc.record({
      what: fc.integer({ min: 0, max: 22 }),
      lateDays: fc.integer({ min: 0, max: 40 }),
      afterHours: fc.integer({ min: 1, max: 400 }),
    }),
    { maxLength: 18 },
  );

  /** Any history of one relationship: recorded in order, each entry up to forty days late. */
  function randomStory(list: readonly { what: number; lateDays: number; afterHours: number }[]): Story {
    const story = begun();
    let recorded = Date.parse(JAN);
    let version = 1;
    let document = 1;
    for (const { what, lateDays, afterHours } of list) {
      recorded += afterHours * 3_600_000;
      const recordedAt = new Date(recorded).toISOString();
      const occurredAt = new Date(Math.max(recorded - lateDays * DAY, Date.parse(JAN))).toISOString();
      const withdrawn = { by: 'self', channel: 'phone', scope: { kind: 'purpose' } };
      if (what === 0) story.consent('ConsentWithdrawn', withdrawn, occurredAt, recordedAt);
      else if (what === 1) story.publishStance(++version, occurredAt, 'material', ['challenge'], recordedAt);
      else if (what === 2) story.publishStance(++version, occurredAt, 'cosmetic', [], recordedAt);
      else if (what === 3) story.bond('TherapistReassigned', { from: '', to: OTHER }, occurredAt, recordedAt);
      else if (what === 4)
        story.bond('InformationSourceAdded', { source: 'outside_records' }, occurredAt, recordedAt);
      else if (what === 5) story.publishDocument(CONSENT_FORM, 'consent_form', ++document, recordedAt);
      else if (what === 6)
        story.consent(
          'ConsentDeferredForEmergency',
          { basis: 'imminent_harm', followUpBy: recordedAt },
          occurredAt,
          recordedAt,
        );
      else if (what === 7) story.consent('ConsentDeclined', { by: 'self' }, occurredAt, recordedAt);
      else if (what === 8 && story.events.length > 0)
        story.consent(
          'ConsentEntryMarkedInError',
          { correctsEventId: story.events.at(-1)!.eventId, requestedBy: 'client' },
          recordedAt,
        );
      else if (what === 9)
        story.bond('RelationshipEnded', { by: 'client', reasonCode: 'done' }, occurredAt, recordedAt);
      else if (what === 11)
        story.add(
          `practice-${PRACTICE}`,
          'PracticePolicySet',
          { policy: { staleEffects: { stance_changed: { effect: 'inform', graceDays: 0 } } } },
          occurredAt,
          recordedAt,
        );
      else if (what === 13) story.unit('UnitMemberAdded', { clientId: PARTNER }, occurredAt, recordedAt);
      else if (what === 14) story.unit('UnitMemberLeft', { clientId: PARTNER }, occurredAt, recordedAt);
      else if (what === 15) {
        const validFrom = occurredAt.slice(0, 10);
        const authority = { guardianId: GUARDIAN, scope: 'all', jointRule: 'sole', validFrom };
        story.client('GuardianAuthorityRecorded', authority, occurredAt, recordedAt);
      } else if (what === 16) {
        const ended = { guardianId: GUARDIAN, endedOn: occurredAt.slice(0, 10) };
        story.client('GuardianAuthorityEnded', ended, occurredAt, recordedAt);
      } else if (what === 17) {
        const assessed = { decision: 'treatment', capable: lateDays % 2 === 0 };
        story.client('CapacityAssessed', assessed, occurredAt, recordedAt);
      } else if (what === 18) {
        const dateOfBirth = `20${String(8 + (lateDays % 4)).padStart(2, '0')}-03-10`;
        story.client('ClientDetailsChanged', { dateOfBirth }, occurredAt, recordedAt);
      } else if (what === 19) {
        const jurisdiction = lateDays % 2 === 0 ? 'DE' : 'AT';
        story.client('ClientDetailsChanged', { jurisdiction }, occurredAt, recordedAt);
      } else if (what === 20) story.bond('MandateRecorded', { mandator: '' }, occurredAt, recordedAt);
      else if (what === 21) story.consent('DissentRecorded', {}, occurredAt, recordedAt);
      else if (what === 22) {
        const permitted = {
          by: 'substitute',
          majorityOn: '2026-03-10',
          guardians: [{ guardianId: GUARDIAN, jointRule: 'sole' }],
        };
        const data = { ...GIVEN, ...permitted, validFrom: occurredAt };
        story.consent('ConsentGiven', data, occurredAt, recordedAt);
      } else story.consent('ConsentGiven', { ...GIVEN, validFrom: occurredAt }, occurredAt, recordedAt);
    }
    return story;
  }

  it('replay of any prefix equals the as-of answer', () => {
    fc.assert(
      fc.property(happenings, instants, fc.nat(), (list, at, pick) => {
        const story = randomStory(list);
        const last = story.events[pick % story.events.length]!;
        const prefix = story.events.filter((event) => event.recordedAt <= last.recordedAt);
        const clocks = { at, knownAt: last.recordedAt };
        expect(story.whole(clocks, story.events)).toEqual(story.whole(clocks, prefix));
      }),
      { numRuns: 300 },
    );
  });

  it('a late event never changes an answer with an earlier knownAt', () => {
    fc.assert(
      fc.property(
        happenings,
        fc.record({
          what: fc.constantFrom(0, 1, 3, 4, 7, 9, 10, 11),
          lateDays: fc.integer({ min: 1, max: 40 }),
          afterHours: fc.integer({ min: 1, max: 400 }),
        }),
        instants,
        (list, late, at) => {
          const before = randomStory(list);
          const after = randomStory([...list, late]);
          const clocks = { at, knownAt: before.events.at(-1)!.recordedAt };
          expect(after.whole(clocks, after.events)).toEqual(before.whole(clocks, before.events));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not change when the facts have been stored and read back', () => {
    fc.assert(
      fc.property(happenings, instants, (list, at) => {
        const story = randomStory(list);
        const stored = new Map(
          [...story.parts()].map(([key, part]) => [key, JSON.parse(JSON.stringify(part)) as typeof part]),
        );
        expect(JSON.stringify(story.at(at, undefined, stored))).toEqual(JSON.stringify(story.at(at)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the gate', () => {
  it('lists all reasons, and what to do next', () => {
    const story = new Story().begin(JAN, { unitKind: 'couple', members: [CLIENT, PARTNER] });
    story.give(FEB);
    story.publishStance(2, MAR);
    const decision = judge(story.at(APR), { at: APR, format: 'video' });
    expect(decision.result).toBe('refuse');
    const blocking = decision.reasons.filter(({ effect }) => effect === 'block');
    expect(blocking.map(({ code, clientId }) => [code, clientId])).toEqual([
      ['stance_changed', CLIENT],
      ['consent_not_sought', CLIENT],
      ['consent_not_sought', CLIENT],
      ['consent_not_sought', PARTNER],
      ['consent_not_sought', PARTNER],
      ['consent_not_sought', PARTNER],
    ]);
    expect(decision.nextSteps.length).toBeGreaterThan(1);
  });

  it('continues for safety what had begun, never over a withdrawal or a no', () => {
    const story = given();
    story.publishStance(2, MAR);
    expect(judge(story.at(APR), { at: APR, format: 'in_person', continueForSafety: true }).result).toBe(
      'continue_for_safety',
    );
    story.consent('ConsentWithdrawn', { by: 'self', channel: 'phone', scope: { kind: 'purpose' } }, APR);
    expect(judge(story.at(APR), { at: APR, format: 'in_person', continueForSafety: true }).result).toBe(
      'refuse',
    );
    expect(judge(begun().at(APR), { at: APR, format: 'in_person', continueForSafety: true }).result).toBe(
      'refuse',
    );
    const couple = new Story().begin(JAN, { unitKind: 'couple', members: [CLIENT, PARTNER] });
    couple.give(FEB);
    couple.give(FEB, {}, FEB, PARTNER);
    couple.consent(
      'ConsentWithdrawn',
      { by: 'self', channel: 'phone', scope: { kind: 'purpose' } },
      MAR,
      MAR,
      PARTNER,
    );
    expect(judge(couple.at(APR), { at: APR, format: 'in_person', continueForSafety: true }).result).toBe(
      'refuse',
    );
  });

  it('refuses when the stance was retired', () => {
    const story = given();
    story.add(
      'stance-0190eeee-0000-7000-8000-000000000009',
      'StanceRetired',
      { therapistId: '', versionNo: 1 },
      MAR,
    );
    expect(judge(story.at(APR), { at: APR, format: 'in_person' }).reasons.map(({ code }) => code)).toEqual([
      'stance_not_published',
    ]);
    expect(story.at(APR).stance).toMatchObject({ statement: 'Statement 1', retiredAt: MAR });
  });

  it('judges several moments at once: what stands in the way at one of them stands in the way', () => {
    const story = given();
    story.consent('ConsentWithdrawn', { by: 'self', channel: 'phone', scope: { kind: 'purpose' } }, MAR);
    const moments = [FEB, APR].map((at) => ({ at, status: story.at(at) }));
    expect(judgeAt(moments, { format: 'in_person' }, [])).toMatchObject({
      result: 'refuse',
      reasons: [{ code: 'consent_withdrawn' }],
    });
  });

  it('never continues what was only consented to for something else', () => {
    const story = begun();
    story.offer(FEB);
    story.consent('ConsentGiven', { ...GIVEN, validFrom: FEB }, FEB, FEB, CLIENT, 'electronic_communication');
    expect(judge(story.at(APR), { at: APR, format: 'in_person', continueForSafety: true }).result).toBe(
      'refuse',
    );
  });

  it('refuses when the relationship has ended, and when there was none', () => {
    const story = given();
    story.bond('RelationshipEnded', { by: 'client', reasonCode: 'done' }, MAR);
    expect(judge(story.at(APR), { at: APR, format: 'in_person' }).reasons.map(({ code }) => code)).toEqual([
      'relationship_ended',
    ]);
    expect(judge(undefined, { at: APR, format: 'in_person', emergencyBasis: 'imminent_harm' })).toMatchObject(
      { result: 'refuse', reasons: [{ code: 'relationship_not_open' }] },
    );
  });
});

describe('the stance in the answer', () => {
  it('is whole, in plain words, with the version acknowledged, the version in force and what changed', () => {
    const story = given();
    story.publishStance(2, MAR, 'material', ['informationSources']);
    expect(story.at(APR).stance).toMatchObject({
      statement: 'Statement 2',
      versionNo: 2,
      acknowledged: { versionNo: 1, by: CLIENT },
      isCurrent: false,
      changedDimensions: ['informationSources'],
    });
    expect(story.at(FEB).stance).toMatchObject({
      statement: 'Statement 1',
      isCurrent: true,
      changedDimensions: [],
    });
  });

  it('says so when the client is no longer the only source', () => {
    const story = given();
    const added = story.bond('InformationSourceAdded', { source: 'outside_records' }, MAR);
    expect(story.at(APR).stance!.contradictions).toMatchObject([
      { code: 'client_is_not_only_source', eventId: added },
    ]);
  });
});
