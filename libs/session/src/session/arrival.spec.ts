import { describe, expect, it } from 'vitest';
import { addMinutes } from '#libs/kernel';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { session, type SessionCommand, type SessionEvent } from './session.js';
import { sessionSummary } from './summary.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const BEN = '0190aaaa-0000-7000-8000-0000000000b2';
const CARA = '0190aaaa-0000-7000-8000-0000000000c3';
const START = addMinutes(NOW, 24 * 60);
const about = { relationshipId: '0190aaaa-0000-7000-8000-0000000000e1' };
const plan = {
  ...about,
  clientIds: [ANA],
  therapistId: STAFF,
  start: START,
  durationMinutes: 50,
  modality: 'in_person' as const,
};
const gate = { result: 'allow' as const, reasons: [], nextSteps: [], judged: [] };
/** minutes after the planned start */
const at = (minutes: number) => ({ occurredAt: addMinutes(START, minutes) });

const scheduled: SessionEvent = { type: 'SessionScheduled', data: plan };
const couple: SessionEvent = { type: 'SessionScheduled', data: { ...plan, clientIds: [ANA, BEN] } };
const confirmed = (by = ANA): SessionEvent => ({ type: 'SessionConfirmed', data: { ...about, by } });
const arrived = (clientId?: string): SessionEvent => ({
  type: 'ClientCheckedIn',
  data: { ...about, ...(clientId ? { clientId } : {}) },
});
const missed = (clientId?: string): SessionEvent => ({
  type: 'SessionNoShow',
  data: { ...about, ...(clientId ? { clientId } : {}) },
});
const started: SessionEvent = { type: 'SessionStarted', data: { ...about, modality: 'in_person', gate } };
const withdrawn: SessionEvent = {
  type: 'ConsentWithdrawnInSession',
  data: { ...about, clientId: ANA, scope: 'all' },
};
const cancelled: SessionEvent = {
  type: 'SessionCancelled',
  data: { ...about, by: 'client', noticeHours: 0, late: true },
};

const confirm = (clientId?: string): SessionCommand => ({
  type: 'ConfirmSession',
  ...(clientId ? { clientId } : {}),
});
const checkIn = (clientId?: string): SessionCommand => ({
  type: 'CheckIn',
  ...(clientId ? { clientId } : {}),
});
const noShow = (clientId?: string): SessionCommand => ({
  type: 'RecordNoShow',
  graceMinutes: 15,
  ...(clientId ? { clientId } : {}),
});
const start: SessionCommand = { type: 'StartSession', gate, therapistNow: STAFF };
const startedNow = (minutes: number) => ({ ...at(minutes), now: addMinutes(START, minutes) });

const { given } = forDecider(session);
const situationAfter = (...past: SessionEvent[]) => sessionSummary(given(...past).state)?.status;

describe('scheduled -> confirmed -> checked_in -> started', () => {
  it('goes through all of them', () => {
    given(scheduled).when(confirm(), at(-600)).then(confirmed());
    given(scheduled, confirmed()).when(checkIn(), at(-10)).then(arrived());
    given(scheduled, confirmed(), arrived()).when(start, startedNow(0)).then(started);
    expect(situationAfter(scheduled, confirmed())).toBe('confirmed');
    expect(situationAfter(scheduled, confirmed(), arrived())).toBe('checked_in');
    expect(situationAfter(scheduled, confirmed(), arrived(), started)).toBe('running');
  });
  it('neither confirming nor checking in is needed before the next', () => {
    given(scheduled).when(checkIn(), at(-10)).then(arrived());
    given(scheduled).when(start, startedNow(0)).then(started);
    given(scheduled, confirmed()).when(start, startedNow(0)).then(started);
  });
  it('what is confirmed, or whose clients are there, can still be cancelled', () => {
    for (const past of [[confirmed()], [arrived()]])
      given(scheduled, ...past)
        .when({ type: 'CancelSession', by: 'client', lateCancelHours: 24 }, at(0))
        .then(cancelled);
  });
  it('Refused: what only goes on in a session, while it is confirmed or its clients are there', () => {
    for (const past of [[confirmed()], [arrived()]])
      for (const type of ['PauseSession', 'ResumeSession', 'EndSession', 'MakeSafetyContact'] as const)
        given(scheduled, ...past)
          .when({ type }, at(1))
          .thenRefused('not_started');
  });
});

describe('confirming', () => {
  it('the same client confirming again appends nothing, also once they are there', () => {
    given(scheduled, confirmed()).when(confirm(), at(-100)).thenNothing();
    given(scheduled, confirmed(), arrived()).when(confirm(ANA), at(-5)).thenNothing();
    given(scheduled, confirmed(), started).when(confirm(ANA), at(5)).thenNothing();
  });
  it('of several clients each confirms for themself, and it is said who', () => {
    given(couple).when(confirm(), at(-600)).thenRefused('client_missing');
    given(couple).when(confirm(BEN), at(-600)).then(confirmed(BEN));
    given(couple, confirmed(BEN)).when(confirm(ANA), at(-600)).then(confirmed(ANA));
    expect(sessionSummary(given(couple, confirmed(BEN)).state)).toMatchObject({
      status: 'confirmed',
      confirmedBy: [BEN],
    });
  });
  it('Refused: by somebody who is not planned for it, and once the planned time has come', () => {
    given(scheduled).when(confirm(CARA), at(-600)).thenRefused('not_in_session');
    given(scheduled).when(confirm(), at(-0.01)).then(confirmed());
    given(scheduled).when(confirm(), at(0)).thenRefused('planned_time_has_passed');
    given(scheduled).when(confirm(CARA), at(0)).thenRefused('not_in_session', 'planned_time_has_passed');
  });
  it('Refused: a session that was cancelled, missed or has started', () => {
    given(scheduled, cancelled).when(confirm(), at(-60)).thenRefused('session_cancelled');
    given(scheduled, missed()).when(confirm(), at(-60)).thenRefused('session_missed');
    given(scheduled, started).when(confirm(), at(-5)).thenRefused('already_started');
  });
});

describe('checking in', () => {
  it('again appends nothing', () => {
    given(scheduled, arrived()).when(checkIn(), at(3)).thenNothing();
    given(scheduled, arrived()).when(checkIn(ANA), at(3)).thenNothing();
    given(couple, arrived(ANA), arrived(BEN)).when(checkIn(), at(3)).thenNothing();
    given(scheduled, arrived(), started).when(checkIn(), at(3)).thenNothing();
  });
  it('of several one can come before the other, also while the session runs', () => {
    given(couple).when(checkIn(ANA), at(-5)).then(arrived(ANA));
    given(couple, arrived(ANA)).when(checkIn(BEN), at(2)).then(arrived(BEN));
    given(couple, arrived(ANA), started).when(checkIn(BEN), at(10)).then(arrived(BEN));
    const late = given(couple, arrived(ANA), started, arrived(BEN)).state;
    expect(sessionSummary(late)).toMatchObject({ status: 'running', arrived: [ANA, BEN] });
  });
  it('who was taken for absent may still come', () => {
    given(couple, missed(BEN)).when(checkIn(BEN), at(20)).then(arrived(BEN));
    expect(sessionSummary(given(couple, missed(BEN), arrived(BEN)).state)).toMatchObject({
      status: 'checked_in',
      arrived: [BEN],
      absent: [],
    });
    given(couple, missed(BEN)).when(checkIn(), at(20)).then(arrived());
    expect(sessionSummary(given(couple, missed(BEN), arrived()).state)).toMatchObject({
      arrived: [ANA],
      absent: [BEN],
    });
  });
  it('Refused: more than 2 hours before or 12 hours after the planned time, or somebody who is not planned', () => {
    given(scheduled).when(checkIn(), at(-121)).thenRefused('too_early_to_check_in');
    given(scheduled).when(checkIn(), at(-120)).then(arrived());
    given(scheduled).when(checkIn(), at(720)).then(arrived());
    given(scheduled).when(checkIn(), at(721)).thenRefused('too_late');
    given(scheduled).when(checkIn(CARA), at(-121)).thenRefused('not_in_session', 'too_early_to_check_in');
  });
  it('Refused: a session that was cancelled, missed or has ended', () => {
    const ended: SessionEvent = {
      type: 'SessionEnded',
      data: { ...about, minutes: 50, minutesAfterWithdrawal: 0 },
    };
    given(scheduled, cancelled).when(checkIn(), at(0)).thenRefused('session_cancelled');
    given(scheduled, missed()).when(checkIn(), at(20)).thenRefused('session_missed');
    given(scheduled, started, { ...ended, ...at(50) })
      .when(checkIn(), at(51))
      .thenRefused('session_ended');
  });
  it('Refused: once consent is withdrawn in the session, entered in it or on the consent itself', () => {
    given(couple, started, withdrawn).when(checkIn(BEN), at(10)).thenRefused('consent_withdrawn');
    given(couple, started)
      .when({ type: 'CheckIn', clientId: BEN, consentWithdrawn: true }, at(10))
      .thenRefused('consent_withdrawn');
  });
});

describe('a no-show', () => {
  it('Refused: of somebody who has checked in', () => {
    given(scheduled, arrived()).when(noShow(), at(20)).thenRefused('client_is_there');
    given(couple, arrived(ANA)).when(noShow(), at(20)).thenRefused('client_is_there');
    given(couple, arrived(ANA)).when(noShow(ANA), at(20)).thenRefused('client_is_there');
    given(couple, arrived(ANA)).when(noShow(BEN), at(20)).then(missed(BEN));
    given(scheduled, arrived()).when(noShow(), at(5)).thenRefused('too_early_for_no_show', 'client_is_there');
  });
  it('of somebody who had confirmed is one all the same', () =>
    given(scheduled, confirmed()).when(noShow(), at(20)).then(missed()));
  it('Refused: once consent was withdrawn on the consent itself while the session runs', () =>
    given(couple, started)
      .when({ type: 'RecordNoShow', graceMinutes: 15, clientId: BEN, consentWithdrawn: true }, at(20))
      .thenRefused('consent_withdrawn'));
});

it('nothing of this happens to a session that does not exist', () => {
  const context = { practiceId: THING, id: THING, actor: { id: STAFF, role: 'coordinator' }, now: NOW };
  for (const command of [confirm(), checkIn(), noShow()])
    expect(() => session.decide(session.initial, command, { ...context, occurredAt: NOW })).toThrow(
      'no such session',
    );
});
