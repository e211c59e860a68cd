import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, policyAt, STALE_REASONS } from './policy.js';

const MARCH = '2026-03-01T00:00:00.000Z';
const JUNE = '2026-06-01T00:00:00.000Z';

describe('policy', () => {
  it('every stale reason has an effect of its own, and only a new document version has days of grace', () => {
    expect(Object.keys(DEFAULT_POLICY.staleEffects).sort()).toEqual([...STALE_REASONS].sort());
    const informs = STALE_REASONS.filter((reason) => DEFAULT_POLICY.staleEffects[reason].effect === 'inform');
    expect(informs).toEqual(['fee_changed', 'review_due']);
    const { document_material_change, ...others } = DEFAULT_POLICY.staleEffects;
    expect(document_material_change).toEqual({ effect: 'block_next_session', graceDays: 14 });
    expect(
      Object.values(others).every(({ effect, graceDays }) => effect !== 'block_now' && graceDays === 0),
    ).toBe(true);
  });

  it('until a practice says otherwise the default holds', () => {
    expect(policyAt([], JUNE)).toEqual(DEFAULT_POLICY);
    const { staleEffects: _, ...numbers } = DEFAULT_POLICY;
    expect(numbers).toEqual({
      lateEntryHours: 72,
      emergencyFollowUpHours: 48,
      reviewIntervalMonths: 12,
      noShowGraceMinutes: 15,
      lateCancelHours: 24,
      rareSelfDisclosureSessions: 4,
    });
  });

  it('a change counts from its moment on and never before', () => {
    const entries = [{ from: JUNE, policy: { lateEntryHours: 24 } }];
    expect(policyAt(entries, '2026-05-31T23:59:59.999Z').lateEntryHours).toBe(72);
    expect(policyAt(entries, JUNE).lateEntryHours).toBe(24);
  });

  it('a change entered late does not undo a newer one', () => {
    const entries = [
      { from: JUNE, policy: { lateEntryHours: 24 } },
      { from: MARCH, policy: { lateEntryHours: 48, lateCancelHours: 12 } },
    ];
    expect(policyAt(entries, MARCH)).toMatchObject({ lateEntryHours: 48, lateCancelHours: 12 });
    expect(policyAt(entries, JUNE)).toMatchObject({ lateEntryHours: 24, lateCancelHours: 12 });
  });

  it('of two changes from the same moment the one recorded later counts', () => {
    const entries = [
      { from: JUNE, policy: { lateEntryHours: 24 } },
      { from: JUNE, policy: { lateEntryHours: 36 } },
    ];
    expect(policyAt(entries, JUNE).lateEntryHours).toBe(36);
  });

  it('what a change leaves out stays as it was, each stale reason by itself', () => {
    const entries = [
      {
        from: MARCH,
        policy: { staleEffects: { fee_changed: { effect: 'block_now', graceDays: 3 } } } as const,
      },
      { from: JUNE, policy: { lateEntryHours: undefined, staleEffects: { fee_changed: undefined } } },
    ];
    expect(policyAt(entries, JUNE)).toEqual({
      ...DEFAULT_POLICY,
      staleEffects: { ...DEFAULT_POLICY.staleEffects, fee_changed: { effect: 'block_now', graceDays: 3 } },
    });
  });
});
