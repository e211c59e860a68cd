import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMinutes } from '#libs/kernel';
import { forDecider, NOW, recorded, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { calendar, type StoredRow } from '../calendar/calendar.projection.js';
import type { Other } from './conflicts.js';
import { session, type SessionCommand, type SessionEvent } from './session.js';
import { sessionSummary } from './summary.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const BEN = '0190aaaa-0000-7000-8000-0000000000b2';
const OTHER = '0190aaaa-0000-7000-8000-0000000000f6';
const about = { relationshipId: '0190aaaa-0000-7000-8000-0000000000e1' };
const plan = {
  ...about,
  clientIds: [ANA, BEN],
  therapistId: STAFF,
  start: NOW,
  durationMinutes: 50,
  modality: 'in_person' as const,
};
const gate = { result: 'allow' as const, reasons: [], nextSteps: [], judged: [] };
const who = (clientId?: string) => ({ ...about, ...(clientId ? { clientId } : {}) });

const scheduled: SessionEvent = { type: 'SessionScheduled', data: plan };
const confirmed = (by = ANA): SessionEvent => ({ type: 'SessionConfirmed', data: { ...about, by } });
const arrived = (clientId?: string): SessionEvent => ({ type: 'ClientCheckedIn', data: who(clientId) });
const missed = (clientId?: string): SessionEvent => ({ type: 'SessionNoShow', data: who(clientId) });
const fee = { amountMinor: 4500, currency: 'EUR', agreedVersionNo: 1 };
const cancelled: SessionEvent = {
  type: 'SessionCancelled',
  data: { ...about, by: 'client', noticeHours: 0, late: true, fee },
};
const started: SessionEvent = { type: 'SessionStarted', data: { ...about, modality: 'in_person', gate } };
const ended: SessionEvent = {
  type: 'SessionEnded',
  data: { ...about, minutes: 0, minutesAfterWithdrawal: 0 },
};
const withdrawn: SessionEvent = {
  type: 'ConsentWithdrawnInSession',
  data: { ...about, clientId: ANA, scope: 'all' },
};
const inError: SessionEvent = { type: 'SessionMarkedInError', data: about };
/** The kit counts the events of a test from 1. */
const eventId = (no: number) => `0190aaaa-0000-7000-8000-${String(no).padStart(12, '0')}`;
const corrected = (no: number, more: object = {}): SessionEvent => ({
  type: 'SessionEntryCorrected',
  data: { ...about, correctsEventId: eventId(no), ...more },
});
const correct = (no: number, more: { others?: Other[]; override?: boolean } = {}): SessionCommand => ({
  type: 'CorrectEntry',
  correctsEventId: eventId(no),
  zone: 'Europe/Berlin',
  ...more,
});
const why = { reason: 'It was entered for the wrong session.' };

const { given } = forDecider(session);
const situationOf = (...events: SessionEvent[]) => given(...events).state.situation;

describe('One wrong entry is corrected by itself, and everything is as it was before it', () => {
  it('a no-show of everyone: they are expected again', () => {
    given(scheduled, confirmed(), missed()).when(correct(3), why).then(corrected(3));
    const { state } = given(scheduled, confirmed(), missed(), corrected(3));
    expect(sessionSummary(state)).toMatchObject({ status: 'confirmed', confirmedBy: [ANA], absent: [] });
  });
  it('a no-show of one of several, also when the session is over', () => {
    const past = [scheduled, started, missed(BEN), ended];
    given(...past)
      .when(correct(3), why)
      .then(corrected(3));
    expect(sessionSummary(given(...past, corrected(3)).state)).toMatchObject({ status: 'ended', absent: [] });
  });
  it('a check-in: nobody is there any more, and what was entered after it stays', () => {
    given(scheduled, arrived(ANA)).when(correct(2), why).then(corrected(2));
    expect(situationOf(scheduled, arrived(ANA), corrected(2))).toBe('scheduled');
    const { state } = given(scheduled, arrived(ANA), arrived(BEN), corrected(2));
    expect(sessionSummary(state)).toMatchObject({ status: 'checked_in', arrived: [BEN] });
  });
  it('a confirmation: who has not said that they will come is not shown to have', () => {
    given(scheduled, confirmed(BEN)).when(correct(2), why).then(corrected(2));
    expect(situationOf(scheduled, confirmed(BEN), corrected(2))).toBe('scheduled');
  });
  it('a cancellation with its fee: the session is on again and can be cancelled as it was meant', () => {
    given(scheduled, confirmed(), cancelled).when(correct(3), why).then(corrected(3));
    const { state, when } = given(scheduled, confirmed(), cancelled, corrected(3));
    expect(sessionSummary(state)).not.toHaveProperty('cancelled');
    expect(state.situation).toBe('confirmed');
    when({ type: 'CancelSession', by: 'practice', lateCancelHours: 24 }).then({
      type: 'SessionCancelled',
      data: { ...about, by: 'practice', noticeHours: 0, late: true },
    });
  });
  it('the right entry can follow the wrong one', () =>
    given(scheduled, missed(ANA), corrected(2))
      .when({ type: 'RecordNoShow', clientId: BEN, graceMinutes: 15 }, { occurredAt: addMinutes(NOW, 20) })
      .then(missed(BEN)));
});

describe('Refused', () => {
  it('without a reason', () => given(scheduled, missed()).when(correct(2)).thenRefused('reason_missing'));
  it('what is no such entry of this session: planning, starting, ending and what was observed', () => {
    for (const no of [1, 2, 3, 9])
      given(scheduled, started, ended).when(correct(no), why).thenRefused('entry_not_correctable');
  });
  it('what a decision about consent rests on: who was there when it started, was recorded or entered', () => {
    given(scheduled, arrived(), started).when(correct(2), why).thenRefused('decision_rests_on_entry');
    given(scheduled, missed(BEN), started).when(correct(2), why).thenRefused('decision_rests_on_entry');
    const recording: SessionEvent = { type: 'RecordingStarted', data: { ...about, medium: 'audio' } };
    given(scheduled, started, missed(BEN), recording)
      .when(correct(3), why)
      .thenRefused('decision_rests_on_entry');
    const { durationMinutes: _, ...people } = plan;
    const held = { ...people, clientIds: [ANA], end: addMinutes(NOW, 50), gate };
    const afterwards: SessionEvent = {
      type: 'SessionRecordedAfterwards',
      data: { ...held, minutes: 50, minutesAfterWithdrawal: 0 },
    };
    given(scheduled, missed(BEN), afterwards).when(correct(2), why).thenRefused('decision_rests_on_entry');
  });
  it('in a session that was entered in error', () =>
    given(scheduled, missed(), inError).when(correct(2), why).thenRefused('session_entered_in_error'));
  it('while a session runs in which consent was withdrawn', () => {
    given(scheduled, started, missed(BEN), withdrawn).when(correct(3), why).thenRefused('consent_withdrawn');
    given(scheduled, started, missed(BEN))
      .when({ ...correct(3), consentWithdrawn: true } as SessionCommand, why)
      .thenRefused('consent_withdrawn');
  });

  const taken: Other = { ...plan, clientIds: [], sessionId: OTHER };
  it('putting a session back on whose time was taken meanwhile, without a reasoned override', () => {
    given(scheduled, cancelled)
      .when(correct(2, { others: [taken] }), why)
      .thenRefused('therapist_overlap');
    given(scheduled, cancelled)
      .when(correct(2, { others: [taken], override: true }), why)
      .then(corrected(2, { overridden: ['therapist_overlap'] }));
    given(scheduled, cancelled)
      .when(correct(2, { others: [{ ...taken, sessionId: THING }] }), why)
      .then(corrected(2));
  });
  it('never for an overlap of a session that was on all the time', () =>
    given(scheduled, arrived())
      .when(correct(2, { others: [taken] }), why)
      .then(corrected(2)));
});

describe('The calendar', () => {
  const someone = fc.constantFrom(ANA, BEN, undefined).map((clientId) => (clientId ? { clientId } : {}));
  const command = fc.oneof(
    fc.constantFrom(ANA, BEN).map((clientId): SessionCommand => ({ type: 'ConfirmSession', clientId })),
    someone.map((one): SessionCommand => ({ type: 'CheckIn', ...one })),
    someone.map((one): SessionCommand => ({ type: 'RecordNoShow', graceMinutes: 15, ...one })),
    fc.constantFrom<SessionCommand>(
      { type: 'CancelSession', by: 'client', lateCancelHours: 24 },
      { type: 'StartSession', gate, therapistNow: STAFF },
      { type: 'EndSession' },
    ),
    fc.integer({ min: 2, max: 8 }).map((no) => correct(no)),
  );
  const steps = fc.array(fc.tuple(command, fc.integer({ min: -5, max: 60 })), { maxLength: 12 });
  const decide = (events: readonly SessionEvent[], wish: SessionCommand, occurredAt: string) => {
    const actor = { id: STAFF, role: 'therapist' };
    try {
      const context = { practiceId: '', id: THING, actor, now: occurredAt, occurredAt, ...why };
      return session.decide(given(...events).state, wish, context);
    } catch {
      return []; // refused
    }
  };

  it('says the same as the session, whatever was entered and corrected', () => {
    fc.assert(
      fc.property(steps, (wishes) => {
        const events: (SessionEvent & { occurredAt?: string })[] = [scheduled];
        for (const [wish, minutes] of wishes) {
          const occurredAt = addMinutes(NOW, minutes);
          events.push(...decide(events, wish, occurredAt).map((event) => ({ ...event, occurredAt })));
        }
        const row = recorded('session', events).reduce<StoredRow | undefined>(
          (before, event) => calendar.evolve(before, event, THING),
          undefined,
        );
        const { entries: _, sessionId, ...shown } = row!;
        expect(sessionId).toBe(THING);
        expect(shown).toEqual(sessionSummary(given(...events).state));
      }),
      { numRuns: 500 },
    );
  });
});
