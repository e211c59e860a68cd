import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateDecision } from '#libs/consent';
import { addHours, addMinutes, DomainError } from '#libs/kernel';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import type { Surroundings } from './conflicts.js';
import type { Observation } from './observations.js';
import { session, type SessionCommand, type SessionEvent } from './session.js';
import { sessionSummary } from './summary.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const BEN = '0190aaaa-0000-7000-8000-0000000000b2';
const CARA = '0190aaaa-0000-7000-8000-0000000000c3';
const START = NOW;
const about = { relationshipId: '0190aaaa-0000-7000-8000-0000000000e1' };
const plan = {
  ...about,
  clientIds: [ANA],
  therapistId: STAFF,
  start: START,
  durationMinutes: 50,
  modality: 'in_person' as const,
};
const gate = (result: GateDecision['result'], reasons: GateDecision['reasons'] = []): GateDecision => ({
  result,
  reasons,
  nextSteps: [],
  judged: [{ stream: `consent-${THING}`, version: 7 }],
});
const allowed = gate('allow');
/** minutes after the planned start */
const minute = (minutes: number) => addMinutes(START, minutes);
const at = (minutes: number) => ({ occurredAt: minute(minutes) });

const scheduled: SessionEvent = { type: 'SessionScheduled', data: plan };
const couple: SessionEvent = { type: 'SessionScheduled', data: { ...plan, clientIds: [ANA, BEN] } };
const video: SessionEvent = { type: 'SessionScheduled', data: { ...plan, modality: 'video' } };
const started: SessionEvent = {
  type: 'SessionStarted',
  data: { ...about, modality: 'in_person', gate: allowed },
};
const paused: SessionEvent = { type: 'SessionPaused', data: about };
const resumed: SessionEvent = { type: 'SessionResumed', data: about };
const withdrawn: SessionEvent = {
  type: 'ConsentWithdrawnInSession',
  data: { ...about, clientId: ANA, scope: 'all' },
};
const ended = (minutes: number, minutesAfterWithdrawal = 0): SessionEvent => ({
  type: 'SessionEnded',
  data: { ...about, minutes, minutesAfterWithdrawal },
});
const noShow: SessionEvent = { type: 'SessionNoShow', data: about };
const cancelled: SessionEvent = {
  type: 'SessionCancelled',
  data: { ...about, by: 'client', noticeHours: 48, late: false },
};

const around: Surroundings = {
  relationshipOpen: true,
  members: [ANA, BEN],
  therapistActive: true,
  roomOpen: true,
  others: [],
  available: true,
  zone: 'Europe/Berlin',
};
const schedule: SessionCommand = { type: 'ScheduleSession', ...plan, around };
const start = (extra: object = {}): SessionCommand => ({
  type: 'StartSession',
  gate: allowed,
  therapistNow: STAFF,
  ...extra,
});
const cancel: SessionCommand = { type: 'CancelSession', by: 'client', lateCancelHours: 24 };
const missedBy = (clientId?: string): SessionCommand => ({
  type: 'RecordNoShow',
  graceMinutes: 15,
  ...(clientId ? { clientId } : {}),
});
const pause: SessionCommand = { type: 'PauseSession' };
const resume: SessionCommand = { type: 'ResumeSession' };
const end: SessionCommand = { type: 'EndSession' };
const safetyContact: SessionCommand = { type: 'MakeSafetyContact' };
const withdraw: SessionCommand = { type: 'WithdrawConsentInSession', clientId: ANA, scope: 'all' };
const observe = (observation: Observation): SessionCommand => ({ type: 'ObserveInSession', observation });
const rupture: Observation = {
  kind: 'RuptureNoticed',
  noticedBy: 'client',
  words: 'You were not listening.',
};

const { given } = forDecider(session);

describe('scheduling', () => {
  it('plans a session', () => given().when(schedule).then(scheduled));
  it('another plan under the same id is refused', () =>
    given(scheduled)
      .when({ ...schedule, durationMinutes: 80 })
      .thenRefused('already_scheduled'));
  it('Refused: more than 12 hours', () => {
    given()
      .when({ ...schedule, durationMinutes: 721 })
      .thenRefused('duration_out_of_range');
    given()
      .when({ ...schedule, durationMinutes: 720 })
      .then({ type: 'SessionScheduled', data: { ...plan, durationMinutes: 720 } });
  });
  it('names all that is wrong with a plan', () => {
    given()
      .when({ ...schedule, clientIds: [], durationMinutes: 0.5 })
      .thenRefused('clients_missing', 'duration_out_of_range');
    given()
      .when({ ...schedule, durationMinutes: 50.5 })
      .thenRefused('duration_out_of_range');
    given()
      .when({ ...schedule, clientIds: [ANA, ANA], durationMinutes: 0 })
      .thenRefused('client_named_twice', 'duration_out_of_range');
  });
});

describe('`cancelled` (by whom, notice hours, late or not)', () => {
  const cancelledWith = (noticeHours: number, late: boolean): SessionEvent => ({
    type: 'SessionCancelled',
    data: { ...about, by: 'client', noticeHours, late },
  });
  it.each([
    [24 * 60, 24, false],
    [24 * 60 - 1, 23, true],
    [30, 0, true],
    [-10, 0, true],
  ])('%i minutes before: %i whole hours of notice, late %s', (minutes, hours, late) =>
    given(scheduled).when(cancel, at(-minutes)).then(cancelledWith(hours, late)),
  );
  it('after the planned start it is late even where any notice will do', () =>
    given(scheduled)
      .when({ ...cancel, lateCancelHours: 0 } as SessionCommand, at(10))
      .then(cancelledWith(0, true)));
  it('cancelling again later appends nothing, another canceller is refused', () => {
    given(scheduled, cancelled).when(cancel, at(-60)).thenNothing();
    given(scheduled, cancelled)
      .when({ ...cancel, by: 'practice' } as SessionCommand)
      .thenRefused('session_cancelled');
  });
  it('a session that has started is ended, not cancelled', () => {
    given(scheduled, started).when(cancel).thenRefused('already_started');
    given(scheduled, cancelled).when(start()).thenRefused('session_cancelled');
  });
});

describe('Refused: no-show before start plus grace', () => {
  it('before it', () => given(scheduled).when(missedBy(), at(14)).thenRefused('too_early_for_no_show'));
  it('from then on', () => given(scheduled).when(missedBy(), at(15)).then(noShow));
  it('nobody who was not planned', () =>
    given(scheduled).when(missedBy(CARA), at(1)).thenRefused('too_early_for_no_show', 'not_in_session'));
  it('a session whose clients came is no no-show', () => {
    given(scheduled, started).when(missedBy(), at(20)).thenRefused('already_started');
    given(scheduled, started).when(missedBy(ANA), at(20)).thenRefused('already_started');
    given(scheduled, noShow).when(start(), at(30)).thenRefused('session_missed');
  });
  it('one of a couple can be absent while the session is held with the other', () => {
    const benMissed: SessionEvent = { type: 'SessionNoShow', data: { ...about, clientId: BEN } };
    given(couple, started).when(missedBy(BEN), at(20)).then(benMissed);
    expect(sessionSummary(given(couple, benMissed).state)).toMatchObject({
      status: 'scheduled',
      absent: [BEN],
    });
    given(couple, benMissed, started).when(missedBy(ANA), at(20)).thenRefused('already_started');
    given(couple, benMissed)
      .when(missedBy(ANA), at(20))
      .then({ type: 'SessionNoShow', data: { ...about, clientId: ANA } });
    const bothMissed: SessionEvent = { type: 'SessionNoShow', data: { ...about, clientId: ANA } };
    expect(sessionSummary(given(couple, benMissed, bothMissed).state)?.status).toBe('no_show');
  });
});

describe('Refused: starting when the gate refuses (unless an emergency)', () => {
  const withdrawnYesterday = {
    code: 'consent_withdrawn',
    detail: 'Ask again.',
    effect: 'block' as const,
    eventId: THING,
  };
  const reviewDue = { code: 'review_due', detail: 'Review it.', effect: 'inform' as const };
  const stale = { code: 'stance_changed', detail: 'Go through it.', effect: 'block' as const, clientId: ANA };

  it("names all of the gate's blocking reasons, with the facts that made them so", () => {
    const refusing = start({ gate: gate('refuse', [withdrawnYesterday, reviewDue, stale]) });
    given(scheduled).when(refusing).thenRefused('consent_withdrawn', 'stance_changed');
    try {
      session.decide(given(scheduled).state, refusing, context());
      expect.unreachable();
    } catch (error) {
      expect((error as DomainError).reasons[0]).toEqual({
        code: 'consent_withdrawn',
        detail: 'Ask again.',
        eventId: THING,
      });
    }
  });
  it('an emergency basis alone does not overrule the gate', () =>
    given(scheduled)
      .when(start({ gate: gate('refuse', [stale]), emergencyBasis: 'imminent_harm' }))
      .thenRefused('stance_changed'));
  it('a refusal without reasons is a refusal still', () =>
    given(scheduled)
      .when(start({ gate: gate('refuse', [reviewDue]) }))
      .thenRefused('gate_refused'));
  it('an emergency starts on a named basis', () => {
    const emergency = gate('emergency', [stale]);
    given(scheduled)
      .when(start({ gate: emergency }))
      .thenRefused('emergency_basis_missing');
    given(scheduled)
      .when(start({ gate: emergency, emergencyBasis: 'imminent_harm' }))
      .then({
        type: 'SessionStarted',
        data: { ...about, modality: 'in_person', gate: emergency, emergencyBasis: 'imminent_harm' },
      });
  });
  it('`continue_for_safety` with a reason is possible', () => {
    const forSafety = gate('continue_for_safety', [stale]);
    given(scheduled)
      .when(start({ gate: forSafety }))
      .thenRefused('continue_for_safety_missing', 'reason_missing');
    given(scheduled)
      .when(start({ gate: forSafety, continueForSafety: true }), { reason: 'She would be alone.' })
      .then({
        type: 'SessionStarted',
        data: { ...about, modality: 'in_person', gate: forSafety, continueForSafety: true },
      });
  });
  it("the gate's whole decision is stored, and nothing that was claimed without need", () =>
    given(scheduled)
      .when(
        start({ gate: gate('allow', [reviewDue]), emergencyBasis: 'imminent_harm', continueForSafety: true }),
      )
      .then({
        type: 'SessionStarted',
        data: { ...about, modality: 'in_person', gate: gate('allow', [reviewDue]) },
      }));
});

describe('starting', () => {
  it('Refused: starting twice', () => {
    given(scheduled, started).when(start(), at(5)).thenRefused('already_started');
    given(scheduled, started)
      .when(start({ clientLocation: 'at home' }))
      .thenRefused('already_started');
    given(scheduled, started, { ...ended(50), ...at(50) })
      .when(start(), at(55))
      .thenRefused('session_ended');
  });
  it('the same start again appends nothing, whatever the gate says by now', () => {
    given(scheduled, started)
      .when(start({ gate: gate('refuse') }))
      .thenNothing();
    given(scheduled, started, { ...ended(50), ...at(50) })
      .when(start())
      .thenNothing();
  });
  it("Refused: telehealth without the client's location", () => {
    given(video).when(start()).thenRefused('client_location_missing');
    given(video)
      .when(start({ clientLocation: ' ' }))
      .thenRefused('client_location_missing');
    given(video)
      .when(start({ clientLocation: 'Boulder, Colorado' }))
      .then({
        type: 'SessionStarted',
        data: { ...about, modality: 'video', gate: allowed, clientLocation: 'Boulder, Colorado' },
      });
  });
  it('starts from 60 minutes before the planned time to 12 hours after it', () => {
    given(scheduled).when(start(), at(-61)).thenRefused('too_early');
    given(scheduled).when(start(), at(-60)).then(started);
    given(scheduled).when(start(), at(720)).then(started);
    given(scheduled).when(start(), at(721)).thenRefused('too_late');
  });
  it('Refused: with a therapist who has been replaced since it was planned', () =>
    given(scheduled)
      .when(start({ therapistNow: THING }))
      .thenRefused('therapist_changed_since_planned'));
  it('Refused: a start more than 15 minutes ago', () => {
    const startedAgo = (minutes: number) =>
      given(scheduled).when(start(), { ...at(0), now: minute(minutes) });
    startedAgo(15).then(started);
    startedAgo(16).thenRefused('start_is_past');
  });
  it('names everything that stands in the way', () =>
    given(video)
      .when(start({ gate: gate('refuse') }), at(-90))
      .thenRefused('gate_refused', 'client_location_missing', 'too_early'));
});

describe('pausing, resuming, ending', () => {
  it('pauses and resumes', () => {
    given(scheduled, started).when(pause, at(10)).then(paused);
    given(scheduled, started, { ...paused, ...at(10) })
      .when(resume, at(15))
      .then(resumed);
    given(scheduled, started).when(resume, at(5)).thenRefused('not_paused');
  });
  it('minutes are counted from start to end without pauses, rounded once', () =>
    given(
      scheduled,
      { ...started, ...at(0.25) },
      { ...paused, ...at(10) },
      { ...resumed, ...at(15.25) },
      { ...paused, ...at(30) },
      { ...resumed, ...at(40) },
    )
      .when(end, at(50.5))
      .then(ended(35)));
  it('a session that ends in a pause counts to the pause', () =>
    given(scheduled, started, { ...paused, ...at(10) })
      .when(end, at(50))
      .then(ended(10)));
  it('Refused: ending before starting', () => {
    given(scheduled).when(end).thenRefused('not_started');
    given(scheduled, started).when(end, at(-1)).thenRefused('before_last_entry');
    given(scheduled, started, { ...paused, ...at(10) })
      .when(end, at(9))
      .thenRefused('before_last_entry');
    given(scheduled, started).when(end, at(0)).then(ended(0));
  });
  it('Refused: ending before what was recorded in it', () => {
    const noticed = { type: 'RuptureRepaired', data: about, ...at(30) } as const;
    const contacted = { type: 'SafetyContactMade', data: about, ...at(30) } as const;
    for (const known of [noticed, contacted, { ...withdrawn, ...at(30) }, { ...paused, ...at(30) }])
      given(scheduled, started, known).when(end, at(29)).thenRefused('before_last_entry');
    given(scheduled, started, noticed).when(end, at(30)).then(ended(30));
  });
  it('Refused: more than 12 hours', () => {
    given(scheduled, started).when(end, at(721)).thenRefused('longer_than_12_hours');
    given(scheduled, started).when(end, at(720)).then(ended(720));
  });
  it('nor does one go on after a pause once 12 hours have passed: the gate has yet to judge another', () => {
    const { when } = given(scheduled, started, { ...paused, ...at(50) });
    when(resume, at(721)).thenRefused('longer_than_12_hours');
    when(resume, at(720)).then(resumed);
    when(end, at(3000)).then(ended(50));
  });
  it('nothing happens in a session after it ended', () => {
    const { when } = given(scheduled, started, { ...ended(50), ...at(50) });
    for (const command of [pause, resume, end, safetyContact, observe(rupture), cancel])
      when(command, at(60)).thenRefused('session_ended');
  });
  it('pausing and resuming before the entry before them is refused', () => {
    given(scheduled, { ...started, ...at(5) })
      .when(pause, at(4))
      .thenRefused('before_last_entry');
    given(scheduled, started, { ...paused, ...at(10) })
      .when(resume, at(9))
      .thenRefused('before_last_entry');
  });
  it('out of order: nothing happens in a session that was not planned or not started', () => {
    for (const command of [
      start(),
      pause,
      resume,
      end,
      safetyContact,
      observe(rupture),
      cancel,
      missedBy(),
      withdraw,
    ])
      expect(() => session.decide(session.initial, command, context())).toThrow('no such session');
    for (const command of [pause, resume, end, safetyContact, observe(rupture)])
      given(scheduled).when(command).thenRefused('not_started');
    expect(sessionSummary(session.initial)).toBeUndefined();
  });
});

describe('While a session runs therapists record what matters to the relationship', () => {
  const observations: Observation[] = [
    {
      kind: 'SelfDisclosureMade',
      topic: 'family',
      purpose: 'to show it can be said',
      words: 'I lost my father.',
    },
    { kind: 'ChallengeOffered', style: 'gentle', invited: true },
    rupture,
    { kind: 'RuptureRepaired', words: 'We talked about it.' },
    { kind: 'AllianceFeedbackGiven', score: 31, measure: 'srs' },
    { kind: 'BoundaryTouchedOn', topic: 'gifts' },
  ];
  it.each(observations)('$kind', (observation) => {
    const { kind, ...fields } = observation;
    const event = { type: kind, data: { ...about, ...fields } } as SessionEvent;
    given(scheduled, started).when(observe(observation), at(5)).then(event);
    given(scheduled, started, paused).when(observe(observation), at(5)).then(event);
    given(scheduled, started, { ...event, ...at(5) })
      .when(observe(observation), at(6))
      .then(event);
  });
  it('a score is whole and between 0 and 40', () => {
    for (const score of [-1, 41, 3.5, Number.NaN])
      given(scheduled, started)
        .when(observe({ kind: 'AllianceFeedbackGiven', score, measure: 'srs' }))
        .thenRefused('score_out_of_range');
  });
  it('not from before it began', () =>
    given(scheduled, started).when(observe(rupture), at(-1)).thenRefused('before_last_entry'));
});

describe('If consent is withdrawn during a session, the only accepted next acts are pause, safety contact and end', () => {
  const running = given(scheduled, started, { ...withdrawn, ...at(20) });
  const pausedAfterwards = given(scheduled, started, { ...withdrawn, ...at(20) }, { ...paused, ...at(21) });

  it('is withdrawn by a client of the session, in any situation of it', () => {
    given(scheduled, started).when(withdraw, at(20)).then(withdrawn);
    given(scheduled, started, paused).when(withdraw, at(20)).then(withdrawn);
    given(scheduled, started)
      .when({ type: 'WithdrawConsentInSession', clientId: CARA, scope: 'all' })
      .thenRefused('not_in_session');
  });
  it('pause, safety contact and end are accepted', () => {
    running.when(pause, at(21)).then(paused);
    running.when(safetyContact, at(21)).then({ type: 'SafetyContactMade', data: about });
    running.when(end, at(25)).then(ended(25, 5));
    pausedAfterwards.when(safetyContact, at(22)).then({ type: 'SafetyContactMade', data: about });
    pausedAfterwards.when(end, at(22)).then(ended(21, 1));
  });
  it('everything else is refused', () => {
    running.when(observe(rupture), at(21)).thenRefused('consent_withdrawn');
    pausedAfterwards.when(resume, at(22)).thenRefused('consent_withdrawn');
    given(couple, started, withdrawn).when(missedBy(BEN), at(30)).thenRefused('consent_withdrawn');
    running.when(cancel, at(21)).thenRefused('already_started');
    running.when(start(), at(21)).thenRefused('already_started');
  });
  it('nor is it accepted where the withdrawal was entered on the consent itself', () => {
    const entered = { consentWithdrawn: true };
    given(scheduled, started)
      .when({ ...observe(rupture), ...entered } as SessionCommand)
      .thenRefused('consent_withdrawn');
    given(scheduled, started, paused)
      .when({ ...resume, ...entered } as SessionCommand, at(5))
      .thenRefused('consent_withdrawn');
    given(scheduled, started)
      .when({ type: 'EndSession', consentWithdrawnAt: minute(30) }, at(40))
      .then(ended(40, 10));
  });
  it('nor where something has come up that blocks at once: pause, safety contact and end are accepted', () => {
    const stoppedBy = [{ code: 'consent_blocks_now', detail: 'Ask the client.' }];
    given(scheduled, started)
      .when({ ...observe(rupture), stoppedBy } as SessionCommand)
      .thenRefused('consent_blocks_now');
    given(scheduled, started, paused)
      .when({ ...resume, stoppedBy, consentWithdrawn: true } as SessionCommand, at(5))
      .thenRefused('consent_withdrawn', 'consent_blocks_now');
  });
  it('and its minutes after that are counted apart, as those after a withdrawal are', () => {
    const after = (minutesAfterStop: number, minutesAfterWithdrawal: number, minutes = 40): SessionEvent => ({
      type: 'SessionEnded',
      data: { ...about, minutes, minutesAfterWithdrawal, minutesAfterStop },
    });
    const over = { type: 'EndSession', stoppedSince: minute(30) } as const;
    given(scheduled, started).when(over, at(40)).then(after(10, 0));
    given(scheduled, started)
      .when({ ...over, consentWithdrawnAt: minute(25) }, at(40))
      .then(after(10, 15));
    given(scheduled, started, { ...paused, ...at(33) })
      .when(over, at(40))
      .then(after(3, 0, 33));
    // known before it began, or of a time at which it was over
    given(scheduled, started)
      .when({ ...over, stoppedSince: minute(-60) }, at(40))
      .then(after(40, 0));
    given(scheduled, started)
      .when({ ...over, stoppedSince: minute(41) }, at(40))
      .then(ended(40));
  });
  it('that it was over before a withdrawal that is known by now is entered only with a reason', () => {
    const endedBefore = { type: 'EndSession', consentWithdrawnAt: minute(30) } as const;
    given(scheduled, started).when(endedBefore, at(29)).thenRefused('end_before_withdrawal_needs_reason');
    given(scheduled, started)
      .when(endedBefore, { ...at(29), reason: 'She had left at noon.' })
      .then(ended(29, 0));
  });
  it('withdrawing more, or by another client, is never refused', () => {
    running
      .when({ type: 'WithdrawConsentInSession', clientId: ANA, scope: 'recording' }, at(21))
      .then({ type: 'ConsentWithdrawnInSession', data: { ...about, clientId: ANA, scope: 'recording' } });
    given(couple, started, withdrawn)
      .when({ type: 'WithdrawConsentInSession', clientId: BEN, scope: 'all' }, at(21))
      .then({ type: 'ConsentWithdrawnInSession', data: { ...about, clientId: BEN, scope: 'all' } });
  });
  it('withdrawing the same again appends nothing', () =>
    given(couple, started, withdrawn, {
      type: 'ConsentWithdrawnInSession',
      data: { ...about, clientId: BEN, scope: 'all' },
    })
      .when(withdraw, at(30))
      .thenNothing());
  it('minutes are counted from the first withdrawal on, without pauses', () => {
    const past = [scheduled, started, { ...withdrawn, ...at(20) }, { ...paused, ...at(22) }] as const;
    given(...past)
      .when({ type: 'EndSession', consentWithdrawnAt: minute(15) }, at(50))
      .then(ended(22, 7));
    given(...past)
      .when({ type: 'EndSession', consentWithdrawnAt: minute(21) }, at(50))
      .then(ended(22, 2));
  });
  it('a withdrawal entered late is accepted if the session was running then', () => {
    const over = given(scheduled, started, { ...ended(50), ...at(50) });
    over.when(withdraw, at(40)).then(withdrawn);
    over.when(withdraw, at(51)).thenRefused('not_running_then');
    given(scheduled).when(withdraw).thenRefused('not_running_then');
    given(scheduled, started).when(withdraw, at(-1)).thenRefused('not_running_then');
    given(scheduled, started, { ...withdrawn, ...at(20) }, { ...ended(50), ...at(50) })
      .when(withdraw, at(51))
      .then();
  });
});

describe('what is shown', () => {
  it('a session that was held', () =>
    expect(
      sessionSummary(
        given(scheduled, started, { ...withdrawn, ...at(20) }, { ...ended(25, 5), ...at(25) }).state,
      ),
    ).toEqual({
      ...plan,
      status: 'ended',
      confirmedBy: [],
      arrived: [],
      absent: [],
      startedAt: START,
      gateResult: 'allow',
      consentWithdrawnAt: minute(20),
      endedAt: minute(25),
      minutes: 25,
      minutesWithConsent: 20,
      minutesAfterWithdrawal: 5,
    }));
  it('minutes that rest on consent are told apart from those after it was withdrawn or stopped', () => {
    const shown = (
      result: GateDecision['result'],
      minutesAfterWithdrawal: number,
      minutesAfterStop?: number,
    ) => {
      const began: SessionEvent = {
        type: 'SessionStarted',
        data: { ...about, modality: 'in_person', gate: gate(result) },
      };
      const data = {
        ...about,
        minutes: 50,
        minutesAfterWithdrawal,
        ...(minutesAfterStop === undefined ? {} : { minutesAfterStop }),
      };
      return sessionSummary(given(scheduled, began, { type: 'SessionEnded', data, ...at(50) }).state);
    };
    expect(shown('allow', 0)).toMatchObject({ minutes: 50, minutesWithConsent: 50 });
    expect(shown('allow', 0)).not.toHaveProperty('minutesAfterStop');
    expect(shown('allow', 0, 12)).toMatchObject({ minutesWithConsent: 38, minutesAfterStop: 12 });
    expect(shown('allow', 20, 12)).toMatchObject({ minutesWithConsent: 30, minutesAfterWithdrawal: 20 });
    for (const exception of ['emergency', 'continue_for_safety', 'refuse'] as const)
      expect(shown(exception, 0)).toMatchObject({ minutes: 50, minutesWithConsent: 0 });
  });
  it('nobody who may not read clinical text learns what a therapist told of themself', () =>
    expect(session.events.SelfDisclosureMade.personal).toEqual(['topic', 'purpose', 'words']));
  it('a session that was cancelled', () =>
    expect(sessionSummary(given(scheduled, cancelled).state)).toMatchObject({
      status: 'cancelled',
      cancelled: { by: 'client', noticeHours: 48, late: false },
    }));
  it('every event concerns the clients of the session', () =>
    expect(session.subjects(given(couple, started).state)).toEqual([ANA, BEN]));
});

it('whatever is tried, a session is held at most once, and after a withdrawal or an error nothing goes on in it', () => {
  const { durationMinutes: _, ...people } = plan;
  const commands: SessionCommand[] = [
    schedule,
    { type: 'ConfirmSession' },
    { type: 'CheckIn' },
    { type: 'RecordAfterwards', held: { ...people, end: minute(30), gate: allowed } },
    { type: 'MarkSessionInError', roles: ['therapist'], withdrawnInIt: false },
    start(),
    pause,
    resume,
    end,
    withdraw,
    safetyContact,
    observe(rupture),
    cancel,
    missedBy(),
  ];
  const steps = fc.array(fc.tuple(fc.constantFrom(...commands), fc.integer({ min: -5, max: 60 })), {
    maxLength: 25,
  });
  fc.assert(
    fc.property(steps, (tried) => {
      const past: (SessionEvent & { occurredAt: string })[] = [
        { ...scheduled, occurredAt: addHours(START, -48) },
      ];
      for (const [command, minutes] of tried) {
        const { state } = given(...past);
        try {
          const events = session.decide(state, command, context(minutes));
          past.push(...events.map((event) => ({ ...event, ...at(minutes) })));
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
      }
      const held = sessionSummary(given(...past).state);
      const types = past.map(({ type }) => type);
      const times = (...some: SessionEvent['type'][]) => types.filter((type) => some.includes(type)).length;
      expect(times('SessionStarted', 'SessionRecordedAfterwards')).toBeLessThanOrEqual(1);
      expect(times('SessionEnded', 'SessionRecordedAfterwards')).toBeLessThanOrEqual(1);
      expect(types.slice(0, -1)).not.toContain('SessionMarkedInError');
      const withdrawnAt = types.indexOf('ConsentWithdrawnInSession');
      for (const type of withdrawnAt < 0 ? [] : types.slice(withdrawnAt + 1))
        expect(['SessionPaused', 'SafetyContactMade', 'SessionEnded']).toContain(type);
      if (held?.minutes === undefined) return;
      expect(held.minutes * 60_000).toBeLessThanOrEqual(
        Date.parse(held.endedAt!) - Date.parse(held.startedAt!),
      );
      expect(held.minutesAfterWithdrawal).toBeLessThanOrEqual(held.minutes);
    }),
    { numRuns: 500 },
  );
});

function context(minutes = 0) {
  const actor = { id: STAFF, role: 'therapist' };
  const now = minute(minutes);
  return { practiceId: THING, id: THING, actor, now, occurredAt: now, reason: 'It was so.' };
}
