import { describe, expect, it } from 'vitest';
import type { GateDecision } from '#libs/consent';
import { addMinutes } from '#libs/kernel';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import type { HeldThen } from './afterwards.js';
import { session, type SessionCommand, type SessionEvent } from './session.js';
import { sessionSummary } from './summary.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const BEN = '0190aaaa-0000-7000-8000-0000000000b2';
const START = addMinutes(NOW, -3 * 24 * 60);
const minute = (minutes: number) => addMinutes(START, minutes);
const about = { relationshipId: '0190aaaa-0000-7000-8000-0000000000e1' };
const allowed: GateDecision = { result: 'allow', reasons: [], nextSteps: [], judged: [] };
const refusing: GateDecision = {
  result: 'refuse',
  reasons: [{ code: 'consent_withdrawn', detail: 'Ask again.', effect: 'block' }],
  nextSteps: ['Ask again.'],
  judged: [],
};
const people = { ...about, clientIds: [ANA], therapistId: STAFF, modality: 'in_person' as const };
const plan = { ...people, start: START, durationMinutes: 50, place: 'Room 2' };
const held: HeldThen = { ...people, start: minute(5), end: minute(55), gate: allowed };
const afterwards = (more: object = {}): SessionEvent => ({
  type: 'SessionRecordedAfterwards',
  data: { ...held, minutes: 50, minutesAfterWithdrawal: 0, ...more },
});
const record = (more: Partial<HeldThen> = {}, consentWithdrawnAt?: string): SessionCommand => ({
  type: 'RecordAfterwards',
  held: { ...held, ...more },
  ...(consentWithdrawnAt ? { consentWithdrawnAt } : {}),
});
const why = { reason: 'The network was down.' };
const scheduled: SessionEvent = { type: 'SessionScheduled', data: plan };
const started: SessionEvent = {
  type: 'SessionStarted',
  data: { ...about, modality: 'in_person', gate: allowed },
};
const ended: SessionEvent = {
  type: 'SessionEnded',
  data: { ...about, minutes: 50, minutesAfterWithdrawal: 0 },
};

const { given } = forDecider(session);

describe('`record-afterwards` enters a session that was held, with a reason, whatever its consent was', () => {
  it('one that was planned, confirmed or whose clients were there', () => {
    const confirmed: SessionEvent = { type: 'SessionConfirmed', data: { ...about, by: ANA } };
    const arrived: SessionEvent = { type: 'ClientCheckedIn', data: about };
    given(scheduled).when(record(), why).then(afterwards());
    given(scheduled, confirmed).when(record(), why).then(afterwards());
    given(scheduled, arrived).when(record(), why).then(afterwards());
    expect(sessionSummary(given(scheduled, afterwards()).state)).toEqual({
      ...plan,
      status: 'ended',
      confirmedBy: [],
      arrived: [],
      absent: [],
      startedAt: minute(5),
      endedAt: minute(55),
      minutes: 50,
      minutesWithConsent: 50,
      minutesAfterWithdrawal: 0,
      gateResult: 'allow',
      recordedAfterwards: true,
    });
  });
  it('one that was held in an emergency, with its basis', () => {
    const gate: GateDecision = { ...refusing, result: 'emergency' };
    const emergency = { gate, emergencyBasis: 'imminent_harm' as const };
    given(scheduled).when(record(emergency), why).then(afterwards(emergency));
    expect(sessionSummary(given(scheduled, afterwards(emergency)).state)).toMatchObject({
      gateResult: 'emergency',
      emergencyBasis: 'imminent_harm',
    });
  });
  it('one that was never planned', () => {
    given().when(record(), why).then(afterwards());
    expect(sessionSummary(given(afterwards()).state)).toMatchObject({
      ...people,
      status: 'ended',
      start: minute(5),
      durationMinutes: 50,
      recordedAfterwards: true,
    });
    expect(session.subjects(given(afterwards({ clientIds: [ANA, BEN] })).state)).toEqual([ANA, BEN]);
  });
  it('The gate cannot refuse what has already happened: its refusal is stored', () =>
    given(scheduled)
      .when(record({ gate: refusing }), why)
      .then(afterwards({ gate: refusing })));
  it('minutes after a withdrawal are counted', () =>
    given(scheduled)
      .when(record({}, minute(40)), why)
      .then(afterwards({ minutesAfterWithdrawal: 15 })));
  it('and so are those after something came up that blocks at once', () =>
    given(scheduled)
      .when({ ...record(), stoppedSince: minute(45) } as SessionCommand, why)
      .then(afterwards({ minutesAfterStop: 10 })));
  it('Refused: without a reason', () => {
    given(scheduled).when(record()).thenRefused('reason_missing');
    given(scheduled).when(record(), { reason: ' ' }).thenRefused('reason_missing');
  });
  it('Refused: ending before starting', () => {
    given(scheduled)
      .when(record({ end: minute(4) }), why)
      .thenRefused('end_before_start');
    given(scheduled)
      .when(record({ end: minute(5) }), why)
      .thenRefused('end_before_start');
  });
  it('Refused: more than 12 hours', () => {
    given(scheduled)
      .when(record({ end: minute(5 + 721) }), why)
      .thenRefused('longer_than_12_hours');
    given(scheduled)
      .when(record({ end: minute(5 + 720) }), why)
      .then(afterwards({ end: minute(725), minutes: 720 }));
  });
  it('Refused: one that is not over', () =>
    given(scheduled)
      .when(record({ start: addMinutes(NOW, -30), end: addMinutes(NOW, 1) }), why)
      .thenRefused('not_over_yet'));
  it('names everything that is wrong', () =>
    given(scheduled)
      .when(record({ start: addMinutes(NOW, 90), end: addMinutes(NOW, 30) }))
      .thenRefused('reason_missing', 'end_before_start', 'not_over_yet'));
  it('Refused: starting twice, and what was cancelled, missed or entered in error', () => {
    given(scheduled, started).when(record(), why).thenRefused('already_started');
    given(scheduled, started, { ...ended, occurredAt: addMinutes(NOW, 50) })
      .when(record(), why)
      .thenRefused('session_ended');
    given(scheduled, afterwards())
      .when(record({ end: minute(60) }), why)
      .thenRefused('session_ended');
    given(scheduled, { type: 'SessionNoShow', data: about })
      .when(record(), why)
      .thenRefused('session_missed');
    given(scheduled, { type: 'SessionMarkedInError', data: about })
      .when(record(), why)
      .thenRefused('session_entered_in_error');
  });
  it('a withdrawal that was made in it can still be entered', () => {
    const withdraw: SessionCommand = { type: 'WithdrawConsentInSession', clientId: ANA, scope: 'all' };
    given(scheduled, afterwards())
      .when(withdraw, { occurredAt: minute(30) })
      .then({ type: 'ConsentWithdrawnInSession', data: { ...about, clientId: ANA, scope: 'all' } });
    given(scheduled, afterwards())
      .when(withdraw, { occurredAt: minute(56) })
      .thenRefused('not_running_then');
  });
  it('starting more than 15 minutes ago is refused, and the refusal says how a session is entered that was held', () => {
    const context = {
      practiceId: THING,
      id: THING,
      actor: { id: STAFF, role: 'therapist' },
      now: minute(30),
      occurredAt: minute(5),
    };
    const start: SessionCommand = { type: 'StartSession', gate: allowed, therapistNow: STAFF };
    expect(() => session.decide(given(scheduled).state, start, context)).toThrow(/record-afterwards/);
  });
});

describe('an entry in error', () => {
  const CLERK = '0190aaaa-0000-7000-8000-0000000000d4';
  const marked: SessionEvent = {
    type: 'SessionMarkedInError',
    data: { ...about, correctsEventId: '0190aaaa-0000-7000-8000-000000000001' },
  };
  const mark = (roles: string[] = ['therapist'], withdrawnInIt = false): SessionCommand => ({
    type: 'MarkSessionInError',
    roles,
    withdrawnInIt,
  });
  const wrong = { reason: 'It was another client.' };
  const clerk = { actor: { id: CLERK, role: 'coordinator' } };
  const withdrawn: SessionEvent = {
    type: 'ConsentWithdrawnInSession',
    data: { ...about, clientId: ANA, scope: 'recording' },
  };

  it('counts for nothing and stays to be seen', () => {
    given(scheduled, started, { ...ended, occurredAt: addMinutes(NOW, 50) })
      .when(mark(), wrong)
      .then(marked);
    expect(sessionSummary(given(scheduled, started, ended, marked).state)).toEqual({
      ...plan,
      status: 'entered_in_error',
      confirmedBy: [],
      arrived: [],
      absent: [],
    });
  });
  it('names the entry with which the session came to be', () =>
    given(afterwards()).when(mark(), wrong).then(marked));
  it('can be any session: planned, cancelled, missed, running', () => {
    for (const past of [
      [],
      [started],
      [{ type: 'SessionNoShow', data: about } as const],
      [{ type: 'SessionCancelled', data: { ...about, by: 'client', noticeHours: 1, late: true } } as const],
    ])
      given(scheduled, ...past)
        .when(mark(), wrong)
        .then(marked);
  });
  it('Refused: without a reason', () => given(scheduled).when(mark()).thenRefused('reason_missing'));
  it('Refused: of a session that was held, by anybody but its therapist, a supervisor or an owner', () => {
    for (const past of [[started], [started, ended], [afterwards()]]) {
      given(scheduled, ...past)
        .when(mark(['coordinator']), { ...wrong, ...clerk })
        .thenRefused('not_entitled');
      given(scheduled, ...past)
        .when(mark(['therapist']), { ...wrong, ...clerk })
        .thenRefused('not_entitled');
      for (const role of ['supervisor', 'owner'])
        given(scheduled, ...past)
          .when(mark(['coordinator', role]), { ...wrong, ...clerk })
          .then(marked);
    }
    given(scheduled)
      .when(mark(['coordinator']), { ...wrong, ...clerk })
      .then(marked);
  });
  it('Refused: hiding a withdrawal made in the session', () => {
    given(scheduled, started, withdrawn).when(mark(), wrong).thenRefused('withdrawal_in_session');
    given(scheduled, started, withdrawn, ended).when(mark(), wrong).thenRefused('withdrawal_in_session');
    given(scheduled, started, ended)
      .when(mark(['therapist'], true), wrong)
      .thenRefused('withdrawal_in_session');
    given(scheduled, started, withdrawn)
      .when(mark(['coordinator']), clerk)
      .thenRefused('reason_missing', 'not_entitled', 'withdrawal_in_session');
  });
  it('marking it again appends nothing, and nothing else happens in it any more', () => {
    const over = given(scheduled, started, marked);
    over.when(mark()).thenNothing();
    const commands: SessionCommand[] = [
      { type: 'StartSession', gate: allowed, therapistNow: STAFF },
      { type: 'ConfirmSession' },
      { type: 'CheckIn' },
      { type: 'PauseSession' },
      { type: 'ResumeSession' },
      { type: 'EndSession' },
      { type: 'MakeSafetyContact' },
      { type: 'CancelSession', by: 'client', lateCancelHours: 24 },
      { type: 'RecordNoShow', graceMinutes: 15 },
      { type: 'ObserveInSession', observation: { kind: 'RuptureRepaired' } },
    ];
    for (const command of commands) over.when(command).thenRefused('session_entered_in_error');
    over
      .when({ type: 'WithdrawConsentInSession', clientId: ANA, scope: 'all' })
      .thenRefused('not_running_then');
  });
});
