import { describe, expect, it } from 'vitest';
import type { GateDecision } from '#libs/consent';
import { forDecider, NOW, STAFF } from '../../../../test/support/decider-kit.js';
import type { Observation } from './observations.js';
import { session, type SessionCommand, type SessionEvent } from './session.js';
import { sessionSummary } from './summary.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const about = { relationshipId: '0190aaaa-0000-7000-8000-0000000000e1' };
const gate = (result: GateDecision['result']): GateDecision => ({
  result,
  reasons: [],
  nextSteps: [],
  judged: [],
});
const scheduled: SessionEvent = {
  type: 'SessionScheduled',
  data: {
    ...about,
    clientIds: [ANA],
    therapistId: STAFF,
    start: NOW,
    durationMinutes: 50,
    modality: 'in_person',
  },
};
const started = (more: object = {}): SessionEvent => ({
  type: 'SessionStarted',
  data: { ...about, modality: 'in_person', gate: gate('allow'), ...more },
});
const notSought = { code: 'consent_not_sought', detail: 'Consent to recording was not sought. Offer it.' };
const never = { code: 'recording_agreed_never', detail: 'It is agreed that nothing is recorded.' };
const start = (more: object = {}): SessionCommand => ({
  type: 'StartSession',
  gate: gate('allow'),
  therapistNow: STAFF,
  recording: true,
  ...more,
});
const recording: Observation = { kind: 'RecordingStarted', medium: 'audio' };
const recordFromNow = (more: object = {}): SessionCommand => ({
  type: 'ObserveInSession',
  observation: recording,
  ...more,
});
const judged = (...reasons: { code: string; detail: string }[]) => ({ recordingJudged: { reasons } });

const { given } = forDecider(session);

describe("Refused: recording without everyone's consent", () => {
  it('from the start of the session', () => {
    given(scheduled)
      .when(start(judged(notSought, never)))
      .thenRefused('consent_not_sought', 'recording_agreed_never');
    given(scheduled)
      .when(start(judged()))
      .then(started({ recording: true }));
  });
  it('from some moment on', () => {
    given(scheduled, started())
      .when(recordFromNow(judged(notSought)))
      .thenRefused('consent_not_sought');
    given(scheduled, started())
      .when(recordFromNow(judged()))
      .then({ type: 'RecordingStarted', data: { ...about, medium: 'audio' } });
  });
  it('when nobody has looked whether they consent', () => {
    given(scheduled).when(start()).thenRefused('recording_not_judged');
    given(scheduled, started()).when(recordFromNow()).thenRefused('recording_not_judged');
  });
  it('neither in an emergency nor for safety: what lets the session start does not let it be recorded', () => {
    given(scheduled)
      .when(start({ gate: gate('emergency'), emergencyBasis: 'imminent_harm', ...judged(notSought) }))
      .thenRefused('consent_not_sought');
    given(scheduled)
      .when(start({ gate: gate('continue_for_safety'), continueForSafety: true, ...judged(notSought) }), {
        reason: 'She is alone.',
      })
      .thenRefused('consent_not_sought');
  });
});

it('a session says whether it was recorded', () => {
  const shown = (...past: SessionEvent[]) => sessionSummary(given(scheduled, ...past).state)?.recorded;
  expect(shown(started({ recording: true }))).toBe(true);
  expect(shown(started(), { type: 'RecordingStarted', data: { ...about, medium: 'video' } })).toBe(true);
  expect(shown(started())).toBeUndefined();
});
