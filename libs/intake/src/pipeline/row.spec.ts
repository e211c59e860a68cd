import { describe, expect, it } from 'vitest';
import { recorded } from '../../../../test/support/decider-kit.js';
import type { InquiryEvent } from '../inquiry/situation.js';
import { pipeline } from './pipeline.projection.js';
import { asOf, type PipelineRow } from './row.js';

const NOW = '2026-06-20T10:00:00.000Z';
const received = {
  type: 'InquiryReceived',
  data: { channel: 'phone', preferences: {}, dataNoticeGiven: true },
  occurredAt: '2026-06-09T22:30:00.000Z',
} as const;
const screened = (more: object = {}) =>
  ({ type: 'InquiryScreened', data: { risk: 'none', suitable: true, ...more } }) as const;
const waitlisted = {
  type: 'InquiryWaitlisted',
  data: { reasonCode: 'no_capacity', checkInEveryDays: 7, nextCheckInOn: '2026-06-20' },
} as const;
const matched: InquiryEvent = { type: 'TherapistMatched', data: { therapistId: 'thea', reasons: [] } };
const offered = { type: 'InquiryOffered', data: { therapistId: 'thea' } } as const;
const accepted = { type: 'InquiryAccepted', data: { clientId: 'cleo', therapistId: 'thea' } } as const;
const redirected: InquiryEvent = {
  type: 'InquiryRedirectedUrgently',
  data: { risk: 'urgent', to: 'a', told: ['b'], nextStep: 'c' },
};

function rowOf(...events: InquiryEvent[]): PipelineRow {
  const past = recorded('inquiry', events);
  const row = past.reduce<PipelineRow | undefined>(
    (before, event) => pipeline.evolve(before, event, 'inq'),
    undefined,
  );
  return row!;
}
const next = (...events: InquiryEvent[]) => asOf(rowOf(received, ...events), NOW, 'Europe/Berlin').nextStep;

describe('the pipeline', () => {
  it('says what comes next', () => {
    expect(next()).toBe('screen');
    expect(next(screened())).toBe('match_or_waitlist');
    expect(next(screened({ suitable: false }))).toBe('decline_or_refer');
    expect(next(screened(), waitlisted)).toBe('check_in');
    expect(
      next(screened(), waitlisted, { type: 'WaitlistCheckInRecorded', data: { stillWaiting: false } }),
    ).toBe('close');
    expect(next(screened(), matched)).toBe('offer');
    expect(next(screened(), matched, offered)).toBe('hear_answer');
    expect(next(screened(), matched, offered, accepted)).toBe('open_relationship');
    expect(next(redirected)).toBe('follow_up_redirection');
    expect(next({ type: 'InquiryWithdrawn', data: { channel: 'phone' } })).toBeNull();
  });

  it('a risk that is not reviewed comes first, at every step', () => {
    const raised = screened({ risk: 'raised' });
    for (const later of [[], [waitlisted], [matched], [matched, offered]])
      expect(next(raised, ...later)).toBe('review_risk');
    expect(next(raised, screened())).toBe('review_risk');
    expect(next(raised, screened({ reviewedByClinician: 'thea' }))).toBe('match_or_waitlist');
  });

  it('counts days and calls a check-in overdue by the calendar of the practice', () => {
    const row = rowOf(received, screened(), waitlisted);
    const at = (now: string) => {
      const { waitingDays, overdue } = asOf(row, now, 'Europe/Berlin');
      return [waitingDays, overdue];
    };
    expect(at('2026-06-20T21:59:00.000Z')).toEqual([10, false]);
    expect(at('2026-06-20T22:00:00.000Z')).toEqual([11, true]);
  });

  it('waiting again drops the match, and the relationship is the end of it', () => {
    expect(rowOf(received, screened(), matched, offered, waitlisted)).toMatchObject({
      status: 'waitlisted',
      therapistId: null,
      dueOn: '2026-06-20',
    });
    const [opened] = recorded(
      'relationship',
      [{ type: 'RelationshipOpened', data: { inquiryId: 'inq' } }],
      'rel',
    );
    expect(pipeline.keys(opened!)).toEqual(['inq']);
    const end = pipeline.evolve(rowOf(received, screened(), matched, offered, accepted), opened!, 'inq');
    expect(asOf(end, NOW, 'Europe/Berlin')).toMatchObject({ relationshipId: 'rel', nextStep: null });
    const [other] = recorded('relationship', [{ type: 'RelationshipOpened', data: {} }], 'rel');
    expect(pipeline.keys(other!)).toEqual([]);
  });
});
