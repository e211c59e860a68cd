import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStream, type Instant, type Recorded } from '#libs/kernel';
import { EXAMPLE_FOR_ONE, type Dimensions } from '#libs/stance';
import { CLIENT, RELATIONSHIP, Story, THERAPIST } from '../../../../test/support/consent-story.js';
import { caseOf, partsOf, type StatusOf } from './case.js';
import { findingsIn } from './findings.js';

const DAY = (day: number, time = '10:00') => `2026-03-${String(day).padStart(2, '0')}T${time}:00.000Z`;
const SESSION = '0190abcd-0000-7000-8000-000000000001';
const STANCE = 'stance-0190eeee-0000-7000-8000-000000000009';
const ALLOWED = { result: 'allow', reasons: [], nextSteps: [], judged: [] };
const about = { relationshipId: RELATIONSHIP };
const SHARED = new Set(['practice', 'staff', 'rulepack', 'stance', 'document']);

/** What turned out by a moment, of everything that is in the story or of a part of it. */
function found(story: Story, knownAt: Instant, events: readonly Recorded[] = story.events) {
  const statusOf: StatusOf = (parts, _, clocks) => {
    try {
      return story.at(clocks.at, clocks.knownAt, new Map(parts));
    } catch {
      return undefined; // no relationship then
    }
  };
  const of = (shared: boolean) =>
    events.filter(({ stream }) => SHARED.has(parseStream(stream).category) === shared);
  const shared = { events: of(true), parts: partsOf(of(true)) };
  return findingsIn(caseOf(RELATIONSHIP, of(false), shared, knownAt, statusOf));
}
const kinds = (story: Story, knownAt: Instant) => found(story, knownAt).map(({ kind, code }) => [kind, code]);

/** Consent given on the first of March. */
const consented = (given: object = {}) => {
  const story = new Story().begin(DAY(1, '08:00'));
  story.give(DAY(1, '09:00'), given);
  return story;
};

function at(story: Story, type: string, data: object, when: Instant, recordedAt = when, id = SESSION) {
  return story.add(`session-${id}`, type, { ...about, ...data }, when, recordedAt);
}

/** A session of fifty minutes that began at ten; further events come between start and end. */
function held(
  story: Story,
  day: number,
  {
    gate = ALLOWED,
    meanwhile = () => undefined,
    id = SESSION,
    ...started
  }: {
    gate?: object;
    meanwhile?: () => unknown;
    id?: string;
    emergencyBasis?: string;
    continueForSafety?: boolean;
  } = {},
) {
  plan(story, day, id);
  const began = at(
    story,
    'SessionStarted',
    { modality: 'in_person', gate, ...started },
    DAY(day),
    DAY(day),
    id,
  );
  meanwhile();
  const minutes = { minutes: 50, minutesAfterWithdrawal: 0 };
  const end = DAY(day, '10:50');
  return { began, ended: at(story, 'SessionEnded', minutes, end, end, id) };
}

function plan(story: Story, day: number, id = SESSION) {
  const planned = {
    clientIds: [CLIENT],
    therapistId: THERAPIST,
    start: DAY(day),
    durationMinutes: 50,
    modality: 'in_person',
  };
  at(story, 'SessionScheduled', planned, DAY(1, '09:30'), DAY(1, '09:30'), id);
}

const withdraw = (story: Story, when: Instant, recordedAt = when) =>
  story.consent(
    'ConsentWithdrawn',
    { by: 'self', channel: 'phone', scope: { kind: 'all' } },
    when,
    recordedAt,
  );

function states(story: Story, dimensions: Partial<Dimensions>, when = DAY(2, '08:00')) {
  const data = {
    therapistId: THERAPIST,
    versionNo: 2,
    dimensions: { ...EXAMPLE_FOR_ONE, ...dimensions },
    statement: 'Statement 2',
    contentHash: 'sha256:2',
    materiality: 'cosmetic',
    changedDimensions: [],
  };
  return story.add(STANCE, 'StancePublished', data, when);
}

describe('A session under valid consent', () => {
  it('is no finding, nor is one after a withdrawal that came later', () => {
    const story = consented();
    held(story, 5);
    withdraw(story, DAY(6));
    expect(found(story, DAY(20))).toEqual([]);
  });
});

describe('A session without valid consent', () => {
  it('is found from the day on which the practice learns that consent had been withdrawn before', () => {
    const story = consented();
    const { began } = held(story, 5);
    const withdrawn = withdraw(story, DAY(4), DAY(9));
    expect(found(story, DAY(8)), 'nobody knew').toEqual([]);
    const [finding, ...more] = found(story, DAY(9));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'session_without_valid_consent',
      code: 'consent_withdrawn',
      sessionId: SESSION,
      clientIds: [CLIENT],
      therapistId: THERAPIST,
      occurredAt: DAY(5),
      knownSince: DAY(9),
    });
    expect(finding!.events.map(({ eventId }) => eventId)).toEqual([began, withdrawn]);
  });

  it('keeps its id, whoever asks and whenever', () => {
    const story = consented();
    held(story, 5);
    withdraw(story, DAY(4), DAY(9));
    const [before] = found(story, DAY(9));
    story.consent('ConsentReviewed', { reviewOn: '2026-09-01' }, DAY(10));
    expect(found(story, DAY(20))).toEqual([before]);
  });

  it('is found no more once the withdrawal is known to have been entered in error', () => {
    const story = consented();
    held(story, 5);
    const withdrawn = withdraw(story, DAY(4), DAY(9));
    const error = { correctsEventId: withdrawn, requestedBy: 'client' };
    story.consent('ConsentEntryMarkedInError', error, DAY(12));
    expect(kinds(story, DAY(11))).toEqual([['session_without_valid_consent', 'consent_withdrawn']]);
    expect(found(story, DAY(12))).toEqual([]);
  });

  it('is found when the giving itself was entered in error', () => {
    const story = new Story().begin(DAY(1, '08:00'));
    const given = story.give(DAY(1, '09:00'));
    held(story, 5);
    const error = story.consent(
      'ConsentEntryMarkedInError',
      { correctsEventId: given, requestedBy: 'client' },
      DAY(7),
    );
    const [finding] = found(story, DAY(8));
    expect(finding).toMatchObject({ code: 'consent_not_given', knownSince: DAY(7) });
    expect(finding!.events.map(({ eventId }) => eventId)).toContain(error);
  });

  it('is found when consent had expired and its renewal counts for nothing', () => {
    const story = consented({ expiresOn: '2026-03-03' });
    const renewed = story.give(DAY(3, '09:00'));
    held(story, 5);
    expect(found(story, DAY(6))).toEqual([]);
    story.consent('ConsentEntryMarkedInError', { correctsEventId: renewed, requestedBy: 'client' }, DAY(7));
    expect(found(story, DAY(8))).toMatchObject([{ code: 'consent_expired', knownSince: DAY(7) }]);
  });

  it('is found when something that makes consent stale turns out to have happened before', () => {
    const story = consented();
    held(story, 5);
    story.bond('InformationSourceAdded', { source: 'outside_records' }, DAY(4), DAY(9));
    expect(kinds(story, DAY(9))).toContainEqual([
      'session_without_valid_consent',
      'information_source_changed',
    ]);
    expect(found(story, DAY(8))).toEqual([]);
  });

  it('is found at once when it was entered afterwards and the gate would have refused', () => {
    const story = consented();
    withdraw(story, DAY(4));
    const data = {
      clientIds: [CLIENT],
      therapistId: THERAPIST,
      start: DAY(5),
      end: DAY(5, '10:50'),
      modality: 'in_person',
      minutes: 50,
      minutesAfterWithdrawal: 50,
      gate: { ...ALLOWED, result: 'refuse' },
    };
    const entered = at(story, 'SessionRecordedAfterwards', data, DAY(5), DAY(6));
    const [finding, ...more] = found(story, DAY(6));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'session_entered_afterwards_without_consent',
      code: 'consent_withdrawn',
      occurredAt: DAY(5),
      knownSince: DAY(6),
    });
    expect(finding!.events.map(({ eventId }) => eventId)).toContain(entered);
    at(story, 'SessionMarkedInError', { correctsEventId: entered }, DAY(7));
    const [setAside, ...others] = found(story, DAY(7));
    expect(others, 'marked in error it counts for nothing').toEqual([]);
    expect(setAside, 'but the mark hides nothing').toMatchObject({
      kind: 'session_without_consent_marked_in_error',
      detail: expect.stringContaining('consent withdrawn'),
      knownSince: DAY(7),
    });
    expect(setAside!.events.map(({ type }) => type)).toContain('SessionMarkedInError');
  });

  it('is not found a second time for what the gate knew when it let the session go on for safety', () => {
    const story = consented();
    const stale = story.bond('InformationSourceAdded', { source: 'outside_records' }, DAY(4));
    const reason = { code: 'information_source_changed', effect: 'block', clientId: CLIENT, eventId: stale };
    const gate = { ...ALLOWED, result: 'continue_for_safety', reasons: [{ ...reason, detail: '' }] };
    held(story, 5, { gate, continueForSafety: true });
    expect(kinds(story, DAY(6))).toEqual([['session_continued_for_safety', 'continue_for_safety']]);
    story.bond('RelationshipEnded', { by: 'client', reasonCode: 'x' }, DAY(4, '12:00'), DAY(9));
    expect(kinds(story, DAY(9)).toSorted()).toEqual([
      ['session_continued_for_safety', 'continue_for_safety'],
      ['session_without_valid_consent', 'relationship_ended'],
    ]);
  });
});

describe('A session during which consent is withdrawn', () => {
  const meanwhile = (type: string, time: string) => (story: Story) => () => at(story, type, {}, DAY(5, time));

  it('is found with its minutes when it went on all the same', () => {
    const story = consented();
    const { ended } = held(story, 5);
    const withdrawn = withdraw(story, DAY(5, '10:20'), DAY(9));
    expect(found(story, DAY(8))).toEqual([]);
    const [finding, ...more] = found(story, DAY(9));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'session_went_on_without_consent',
      code: 'consent_withdrawn',
      occurredAt: DAY(5, '10:20'),
      knownSince: DAY(9),
    });
    expect(finding!.detail).toContain('30 minutes');
    expect(finding!.events.map(({ eventId }) => eventId)).toEqual(expect.arrayContaining([ended, withdrawn]));
  });

  it('is found as well where the practice lets something else stop a session at once, and only there', () => {
    for (const [effect, expected] of [
      ['block_now', [['session_went_on_without_consent', 'information_source_changed']]],
      ['block_next_session', []],
    ] as const) {
      const story = consented();
      const policy = { staleEffects: { information_source_changed: { effect, graceDays: 0 } } };
      story.add(`practice-${story.events[0]!.practiceId}`, 'PracticePolicySet', { policy }, DAY(2));
      held(story, 5);
      story.bond('InformationSourceAdded', { source: 'outside_records' }, DAY(5, '10:20'));
      const went = kinds(story, DAY(6)).filter(([kind]) => kind === 'session_went_on_without_consent');
      expect(went, effect).toEqual(expected);
    }
  });

  it('is none when it was paused, when the therapist looked after safety, or when it was about to end', () => {
    for (const [type, time] of [
      ['SessionPaused', '10:22'],
      ['SafetyContactMade', '10:24'],
    ] as const) {
      const story = consented();
      held(story, 5, { meanwhile: meanwhile(type, time)(story) });
      withdraw(story, DAY(5, '10:20'), DAY(9));
      expect(found(story, DAY(9)), type).toEqual([]);
    }
    const story = consented();
    held(story, 5);
    withdraw(story, DAY(5, '10:47'), DAY(9));
    expect(found(story, DAY(9))).toEqual([]);
  });
});

describe('An emergency', () => {
  const emergency = () => {
    const story = new Story().begin(DAY(1, '08:00'));
    story.offer(DAY(1, '09:00'));
    const gate = { ...ALLOWED, result: 'emergency' };
    held(story, 5, { gate, emergencyBasis: 'imminent_harm' });
    const deferred = { basis: 'imminent_harm', followUpBy: DAY(7), sessionId: SESSION };
    story.consent('ConsentDeferredForEmergency', deferred, DAY(5));
    return story;
  };

  it('is found when its deadline passes without a follow-up', () => {
    const story = emergency();
    expect(found(story, DAY(7))).toEqual([]);
    expect(found(story, DAY(7, '10:01'))).toMatchObject([
      {
        kind: 'emergency_without_follow_up',
        code: 'follow_up_missing',
        knownSince: DAY(7),
        sessionId: SESSION,
      },
    ]);
  });

  it('is none when the follow-up was done in time, and stays one when it was done late', () => {
    const inTime = emergency();
    inTime.consent('EmergencyFollowUpDone', { outcome: '' }, DAY(6), DAY(12));
    expect(kinds(inTime, DAY(11)), 'nobody knew of it yet').toHaveLength(1);
    expect(found(inTime, DAY(12))).toEqual([]);
    const late = emergency();
    late.consent('EmergencyFollowUpDone', { outcome: '' }, DAY(8));
    expect(kinds(late, DAY(20))).toEqual([['emergency_without_follow_up', 'follow_up_late']]);
  });

  it('that was entered afterwards is one without follow-up, and not a session held without consent', () => {
    const story = new Story().begin(DAY(1, '08:00'));
    story.offer(DAY(1, '09:00'));
    const data = {
      clientIds: [CLIENT],
      therapistId: THERAPIST,
      start: DAY(5),
      end: DAY(5, '10:50'),
      modality: 'in_person',
      minutes: 50,
      minutesAfterWithdrawal: 0,
      gate: { ...ALLOWED, result: 'emergency' },
      emergencyBasis: 'imminent_harm',
    };
    at(story, 'SessionRecordedAfterwards', data, DAY(5, '10:50'), DAY(6));
    const deferred = { basis: 'imminent_harm', followUpBy: DAY(7), sessionId: SESSION };
    story.consent('ConsentDeferredForEmergency', deferred, DAY(5, '10:50'), DAY(6));
    expect(found(story, DAY(7))).toEqual([]);
    expect(kinds(story, DAY(8))).toEqual([['emergency_without_follow_up', 'follow_up_missing']]);
  });

  it('counts for nothing when its session was marked in error', () => {
    const story = emergency();
    at(story, 'SessionMarkedInError', {}, DAY(6));
    expect(kinds(story, DAY(20))).toEqual([['session_without_consent_marked_in_error', 'marked_in_error']]);
  });
});

describe('Practice against the stance', () => {
  const withStance = (dimensions: Partial<Dimensions>, type: string, data: object) => {
    const story = consented();
    const published = states(story, dimensions);
    const observed: string[] = [];
    held(story, 5, { meanwhile: () => observed.push(at(story, type, data, DAY(5, '10:10'))) });
    return { story, proof: [published, ...observed] };
  };

  it('is a self-disclosure where the stance discloses nothing', () => {
    const degree = { selfDisclosure: { degree: 'none' as const, topicsNever: [] } };
    const { story, proof } = withStance(degree, 'SelfDisclosureMade', { topic: 'my own divorce' });
    const [finding] = found(story, DAY(6));
    expect(finding).toMatchObject({
      kind: 'self_disclosure_against_stance',
      code: 'stance_discloses_nothing',
    });
    expect(finding!.events.map(({ eventId }) => eventId)).toEqual(proof);
    expect(JSON.stringify(finding), 'nobody’s words').not.toContain('divorce');
  });

  it('is a self-disclosure on a topic the stance never speaks about, and on no other', () => {
    const never = {
      selfDisclosure: { degree: 'rare_for_client_benefit' as const, topicsNever: ['family', 'my faith'] },
    };
    for (const [topic, expected] of [
      ['Family', ['topic_never_disclosed']],
      ['My  faith', ['topic_never_disclosed']],
      ['money', []],
    ] as const)
      expect(
        kinds(withStance(never, 'SelfDisclosureMade', { topic }).story, DAY(6)).map(([, code]) => code),
        topic,
      ).toEqual(expected);
  });

  it('is a challenge without invitation where the stance waits for one or rarely challenges', () => {
    const codes = (willingness: Dimensions['challenge']['willingness'], invited: boolean) =>
      kinds(
        withStance({ challenge: { willingness, style: 'gentle' } }, 'ChallengeOffered', {
          style: 'gentle',
          invited,
        }).story,
        DAY(6),
      ).map(([, code]) => code);
    expect(codes('rarely', false)).toEqual(['stance_challenges_rarely']);
    expect(codes('on_invitation', false)).toEqual(['challenge_not_invited']);
    expect(codes('rarely', true)).toEqual([]);
    expect(codes('on_invitation', true)).toEqual([]);
    expect(codes('will_challenge', false)).toEqual([]);
  });

  it('is judged by the stance in force at that moment', () => {
    const { story } = withStance({}, 'SelfDisclosureMade', { topic: 'money' });
    states(story, { selfDisclosure: { degree: 'none', topicsNever: [] } }, DAY(6));
    expect(found(story, DAY(20))).toEqual([]);
  });

  it('is information from elsewhere where the client is the only source, and a mandate as well', () => {
    for (const [type, data] of [
      ['InformationSourceAdded', { source: 'collateral_person' }],
      ['MandateRecorded', { mandator: 'a court' }],
    ] as const) {
      const story = consented();
      states(story, {});
      story.bond(type, data, DAY(4));
      expect(kinds(story, DAY(5)), type).toEqual([
        ['information_source_against_stance', 'client_is_not_only_source'],
      ]);
    }
    const named = consented();
    states(named, { informationSources: ['client_account', 'collateral_person'] });
    named.bond('InformationSourceAdded', { source: 'collateral_person' }, DAY(4));
    expect(found(named, DAY(5))).toEqual([]);
    named.bond('InformationSourceAdded', { source: 'outside_records' }, DAY(4));
    expect(kinds(named, DAY(5))).toEqual([['information_source_against_stance', 'source_not_named']]);
  });
});

describe('Practice against the stance, over several sessions', () => {
  const idOf = (day: number) => `0190abcd-0000-7000-8000-0000000001${String(day).padStart(2, '0')}`;
  const discloses = (story: Story, day: number, times = 1) =>
    held(story, day, {
      id: idOf(day),
      meanwhile: () => {
        for (let minute = 10; minute < 10 + times; minute++)
          at(story, 'SelfDisclosureMade', { topic: 'money' }, DAY(day, `10:${minute}`), undefined, idOf(day));
      },
    });
  const meets = (story: Story, day: number, meanwhile?: () => unknown) =>
    held(story, day, { id: idOf(day), ...(meanwhile ? { meanwhile } : {}) });
  const setPolicy = (story: Story, rareSelfDisclosureSessions: number, when: Instant) =>
    story.add(
      `practice-${story.events[0]!.practiceId}`,
      'PracticePolicySet',
      { policy: { rareSelfDisclosureSessions } },
      when,
    );
  /** Rare by the stance; feedback asked for so seldom that it does not matter. */
  const rarely = () => {
    const story = consented();
    const degree = 'rare_for_client_benefit' as const;
    const published = states(story, {
      selfDisclosure: { degree, topicsNever: [] },
      feedback: { everySessions: 90 },
    });
    return { story, published };
  };

  it('one self-disclosure in four sessions is rare, a second one within four is not', () => {
    const { story, published } = rarely();
    discloses(story, 3);
    for (const day of [4, 5, 6]) meets(story, day);
    discloses(story, 7);
    expect(found(story, DAY(20)), 'the fifth session').toEqual([]);
    discloses(story, 9);
    const [finding, ...more] = found(story, DAY(20));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'self_disclosure_against_stance',
      code: 'more_often_than_rare',
      sessionId: idOf(9),
    });
    const disclosed = story.events.filter(({ type }) => type === 'SelfDisclosureMade');
    expect(finding!.events.map(({ eventId }) => eventId)).toEqual([
      published,
      disclosed[1]!.eventId,
      disclosed[2]!.eventId,
    ]);
  });

  it('what is rare is the practice’s policy, from when it says so, and the change is part of the proof', () => {
    const { story } = rarely();
    discloses(story, 3);
    discloses(story, 4);
    const set = setPolicy(story, 1, DAY(5));
    discloses(story, 6);
    expect(found(story, DAY(20)), 'only what was before the change').toMatchObject([
      { sessionId: idOf(4), code: 'more_often_than_rare' },
    ]);
    discloses(story, 7, 2);
    const [, twice, ...more] = found(story, DAY(20));
    expect(more).toEqual([]);
    expect(twice!.events.map(({ eventId }) => eventId)).toContain(set);
  });

  it('under a stance that discloses moderately nobody counts', () => {
    const story = consented();
    states(story, { selfDisclosure: { degree: 'moderate_for_client_benefit', topicsNever: [] } });
    discloses(story, 3, 3);
    expect(found(story, DAY(20))).toEqual([]);
  });

  const asksEvery = (everySessions: number) => {
    const story = consented();
    return { story, published: states(story, { feedback: { everySessions } }) };
  };
  const feedback = (story: Story, day: number) => () =>
    at(story, 'AllianceFeedbackGiven', { score: 30 }, DAY(day, '10:40'), undefined, idOf(day));

  it('is as many sessions without feedback as the stance asks for it after, proved by their ends', () => {
    const { story, published } = asksEvery(3);
    meets(story, 3);
    meets(story, 4, feedback(story, 4));
    const ends = [5, 6, 7].map((day) => meets(story, day).ended);
    expect(found(story, DAY(6, '12:00')).length).toBe(0);
    const [finding, ...more] = found(story, DAY(20));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      kind: 'feedback_against_stance',
      code: 'feedback_missed',
      sessionId: idOf(7),
      knownSince: DAY(7, '10:50'),
    });
    expect(finding!.events.map(({ eventId }) => eventId)).toEqual([published, ...ends]);
    meets(story, 8);
    expect(found(story, DAY(20)), 'once for the same sessions').toEqual([finding]);
  });

  it('feedback in every session is missed by the first without it', () => {
    const { story } = asksEvery(1);
    meets(story, 3, feedback(story, 3));
    expect(found(story, DAY(20))).toEqual([]);
    meets(story, 4);
    expect(kinds(story, DAY(20))).toEqual([['feedback_against_stance', 'feedback_missed']]);
  });

  it('a stance that asks more often looks forward only, and an emergency counts for nothing', () => {
    const { story } = asksEvery(9);
    meets(story, 3);
    meets(story, 4);
    states(story, { feedback: { everySessions: 2 } }, DAY(5));
    meets(story, 6);
    const gate = { ...ALLOWED, result: 'emergency' };
    held(story, 7, { id: idOf(7), gate, emergencyBasis: 'imminent_harm' });
    expect(found(story, DAY(20))).toEqual([]);
    meets(story, 8);
    expect(found(story, DAY(20))).toMatchObject([{ code: 'feedback_missed', sessionId: idOf(8) }]);
  });
});

describe('Boundaries', () => {
  const gifts = { ...about, topic: 'gifts' };
  const boundary = (story: Story, type: string, data: object, when: Instant, recordedAt = when) =>
    story.add('boundary-0190abcd-0000-7000-8000-0000000000b0', type, { ...gifts, ...data }, when, recordedAt);
  const agreed = (story: Story, when: Instant) =>
    boundary(story, 'BoundaryAgreed', { versionNo: 1, party: {}, how: 'spoken', inForce: true }, when);
  const touched = (story: Story, topic = 'gifts') =>
    held(story, 5, { meanwhile: () => at(story, 'BoundaryTouchedOn', { topic }, DAY(5, '10:10')) });
  const crossed = (story: Story, when = DAY(5), recordedAt = when) =>
    boundary(
      story,
      'CrossingRecorded',
      { crossingId: 'x', clientIds: [CLIENT], crossedBy: { staffId: THERAPIST }, planned: false, words: 'w' },
      when,
      recordedAt,
    );
  const assessed = (story: Story, outcome: string, when: Instant) =>
    boundary(story, 'CrossingAssessed', { crossingId: 'x', outcome }, when);

  it('that a session touched on without an agreement in force are found', () => {
    const open = consented();
    touched(open);
    expect(kinds(open, DAY(6))).toEqual([['boundary_touched_without_agreement', 'gifts']]);
    const closed = consented();
    agreed(closed, DAY(2));
    touched(closed);
    expect(found(closed, DAY(6))).toEqual([]);
    const ended = consented();
    agreed(ended, DAY(2));
    boundary(ended, 'BoundaryEnded', { reasonCode: 'no_longer_needed' }, DAY(3));
    touched(ended);
    expect(kinds(ended, DAY(6))).toHaveLength(1);
    const fixed = consented();
    touched(fixed, 'sexual_contact');
    expect(found(fixed, DAY(6)), 'this rule needs no agreement').toEqual([]);
  });

  it('that were crossed without an agreement in force are found', () => {
    const story = consented();
    crossed(story);
    expect(kinds(story, DAY(6))).toEqual([['crossing_without_agreement', 'gifts']]);
    const before = consented();
    agreed(before, DAY(2));
    crossed(before);
    expect(found(before, DAY(6))).toEqual([]);
  });

  it('that were crossed and not assessed are found after 14 days from when it was known', () => {
    const story = consented();
    agreed(story, DAY(2));
    crossed(story, DAY(5), DAY(7));
    expect(found(story, DAY(21))).toEqual([]);
    expect(found(story, DAY(21, '10:01'))).toMatchObject([
      { kind: 'crossing_not_assessed', occurredAt: DAY(5), knownSince: DAY(21) },
    ]);
    assessed(story, 'neutral', DAY(22));
    expect(found(story, DAY(22))).toEqual([]);
  });

  it('that were crossed with harm and not repaired are found after 30 days', () => {
    const story = consented();
    agreed(story, DAY(2));
    crossed(story, DAY(3));
    assessed(story, 'harmful', DAY(4));
    expect(found(story, '2026-04-03T10:00:00.000Z')).toEqual([]);
    expect(kinds(story, '2026-04-03T10:01:00.000Z')).toEqual([['crossing_unresolved', 'gifts']]);
    boundary(story, 'CrossingRepaired', { crossingId: 'x', repair: '' }, '2026-04-05T10:00:00.000Z');
    expect(found(story, '2026-04-06T10:00:00.000Z')).toEqual([]);
  });

  it('that were violated stay found until somebody is told, however much was repaired', () => {
    const story = consented();
    agreed(story, DAY(2));
    crossed(story, DAY(3));
    assessed(story, 'violation', DAY(4));
    boundary(story, 'CrossingRepaired', { crossingId: 'x', repair: '' }, DAY(6));
    assessed(story, 'harmful', DAY(7));
    expect(kinds(story, DAY(8))).toEqual([['violation_not_escalated', 'gifts']]);
    boundary(story, 'CrossingEscalated', { crossingId: 'x', to: 'regulator' }, DAY(9));
    expect(found(story, DAY(10))).toEqual([]);
  });
});

describe('Adding a late event', () => {
  /** Things that can be learned late, each for a day in the past. */
  const LATE: readonly ((story: Story, when: Instant, recordedAt: Instant) => unknown)[] = [
    withdraw,
    (story, when, recordedAt) => story.give(when, {}, recordedAt),
    (story, when, recordedAt) =>
      story.bond('InformationSourceAdded', { source: 'outside_records' }, when, recordedAt),
    (story, when, recordedAt) =>
      story.bond('RelationshipEnded', { by: 'client', reasonCode: 'x' }, when, recordedAt),
    (story, when, recordedAt) =>
      story.events.some(({ type }) => type === 'SessionMarkedInError') ||
      at(story, 'BoundaryTouchedOn', { topic: 'gifts' }, when, recordedAt),
    (story, _, recordedAt) => at(story, 'SessionMarkedInError', {}, recordedAt),
    (story, when, recordedAt) =>
      story.consent(
        'ConsentEntryMarkedInError',
        {
          correctsEventId: story.events.find(({ type }) => type === 'ConsentGiven')!.eventId,
          requestedBy: 'client',
        },
        when,
        recordedAt,
      ),
    (story, when, recordedAt) =>
      story.add(
        `practice-${story.events[0]!.practiceId}`,
        'PracticePolicySet',
        { policy: { staleEffects: { information_source_changed: { effect: 'inform', graceDays: 0 } } } },
        when,
        recordedAt,
      ),
  ];

  it('never changes an answer with an earlier knownAt', () =>
    fc.assert(
      fc.property(
        fc.array(fc.record({ what: fc.nat(LATE.length - 1), day: fc.integer({ min: 2, max: 6 }) }), {
          minLength: 1,
          maxLength: 6,
        }),
        (learned) => {
          const story = consented();
          held(story, 5);
          const answers: [knownAt: Instant, answer: unknown][] = [];
          learned.forEach(({ what, day }, index) => {
            const knownAt = DAY(7 + index, '12:00');
            answers.push([knownAt, found(story, knownAt)]);
            LATE[what]!(story, DAY(day, '10:05'), DAY(7 + index, '13:00'));
          });
          for (const [knownAt, answer] of answers) expect(found(story, knownAt)).toEqual(answer);
        },
      ),
      { numRuns: 60 },
    ));

  it('may change what is known from then on', () => {
    const story = consented();
    held(story, 5);
    withdraw(story, DAY(4), DAY(9));
    expect([DAY(8), DAY(9)].map((knownAt) => found(story, knownAt).length)).toEqual([0, 1]);
  });
});

describe('A grant by which the glass was broken before a client', () => {
  const GRANT = 'grant-0190abcd-0000-7000-8000-0000000000f1';
  const grant = { staffId: THERAPIST, clientId: CLIENT };
  const broken = (story: Story) =>
    story.add(GRANT, 'BreakGlassOpened', { ...grant, reviewBy: DAY(8) }, DAY(5));

  it('is found when nobody has reviewed it by its deadline, and not before', () => {
    const story = consented();
    broken(story);
    expect(kinds(story, DAY(8))).toEqual([]);
    expect(kinds(story, DAY(8, '10:01'))).toEqual([['break_glass_not_reviewed', 'review_missing']]);
    expect(found(story, DAY(20))[0]).toMatchObject({ clientIds: [CLIENT], knownSince: DAY(8) });
  });

  it('is no finding when it was reviewed in time, and one when that came late', () => {
    const intime = consented();
    broken(intime);
    intime.add(GRANT, 'BreakGlassReviewed', { ...grant, finding: 'justified' }, DAY(7));
    expect(kinds(intime, DAY(20))).toEqual([]);
    const late = consented();
    broken(late);
    late.add(GRANT, 'BreakGlassReviewed', { ...grant, finding: 'justified' }, DAY(9));
    expect(kinds(late, DAY(20))).toEqual([['break_glass_not_reviewed', 'review_late']]);
  });
});
