import { describe, it } from 'vitest';
import { addMinutes } from '#libs/kernel';
import { forDecider, NOW, STAFF } from '../../../../test/support/decider-kit.js';
import type { AgreedFee, CancelWish } from './cancellation.js';
import { session, type SessionEvent } from './session.js';

const ANA = '0190aaaa-0000-7000-8000-0000000000a1';
const START = addMinutes(NOW, 3 * 24 * 60);
const about = { relationshipId: '0190aaaa-0000-7000-8000-0000000000e1' };
const scheduled: SessionEvent = {
  type: 'SessionScheduled',
  data: {
    ...about,
    clientIds: [ANA],
    therapistId: STAFF,
    start: START,
    durationMinutes: 50,
    modality: 'in_person',
  },
};
const fee = { amountMinor: 4500, currency: 'EUR', agreedVersionNo: 2 };
const agreed: AgreedFee = { noticeHours: 24, fee };
const cancel = (more: Partial<CancelWish> = {}) => ({
  type: 'CancelSession' as const,
  by: 'client' as const,
  lateCancelHours: 24,
  ...more,
});
const cancelled = (more: object): SessionEvent => ({
  type: 'SessionCancelled',
  data: { ...about, by: 'client', noticeHours: 2, late: true, ...more },
});
const hoursBefore = (hours: number) => ({ occurredAt: addMinutes(START, -hours * 60) });

const { given } = forDecider(session);

describe('Refused: late-cancel fee without an agreed `fees_and_cancellation`', () => {
  it('without an agreement in force', () =>
    given(scheduled)
      .when(cancel({ chargeFee: true }), hoursBefore(2))
      .thenRefused('fee_not_agreed'));
  it('with an agreement that names no fee', () =>
    given(scheduled)
      .when(cancel({ chargeFee: true, agreed: { noticeHours: 24 } }), hoursBefore(2))
      .thenRefused('fee_not_named'));
  it('takes what was agreed, with the version that says so', () =>
    given(scheduled)
      .when(cancel({ chargeFee: true, agreed }), hoursBefore(2))
      .then(cancelled({ fee })));
  it('takes nothing where nobody asks for it', () =>
    given(scheduled).when(cancel({ agreed }), hoursBefore(2)).then(cancelled({})));
});

describe('A fee is only for a client who cancels late', () => {
  it('Refused: a fee for what was cancelled in time by the policy', () => {
    given(scheduled)
      .when(cancel({ chargeFee: true, agreed: { noticeHours: 48, fee } }), hoursBefore(24))
      .thenRefused('not_late');
  });
  it('Refused: a fee for what was cancelled in time by the agreement', () =>
    given(scheduled)
      .when(cancel({ chargeFee: true, agreed: { noticeHours: 12, fee } }), hoursBefore(12))
      .thenRefused('not_late'));
  it('Refused: a fee for what the practice or the therapist cancelled', () => {
    for (const by of ['practice', 'therapist'] as const)
      given(scheduled)
        .when(cancel({ by, chargeFee: true, agreed }), hoursBefore(2))
        .thenRefused('not_cancelled_by_client');
  });
  it('names everything that speaks against it', () =>
    given(scheduled)
      .when(cancel({ by: 'therapist', chargeFee: true }), hoursBefore(30))
      .thenRefused('not_cancelled_by_client', 'not_late', 'fee_not_agreed'));
  it('cancelling the same again appends nothing; asking for a fee afterwards is refused', () => {
    given(scheduled, cancelled({ fee }))
      .when(cancel({ chargeFee: true, agreed }), hoursBefore(1))
      .thenNothing();
    given(scheduled, cancelled({}))
      .when(cancel({ chargeFee: true, agreed }), hoursBefore(1))
      .thenRefused('session_cancelled');
  });
});
