import { describe, expect, it } from 'vitest';
import { CLIENT, CONSENT_FORM, FEES, PARTNER, Story } from '../../../../test/support/consent-story.js';
import { byUrgency, worklistRows } from './worklist.js';

const JAN = '2026-01-10T09:00:00.000Z';
const FEB = '2026-02-10T09:00:00.000Z';
const MAR = '2026-03-10T09:00:00.000Z';
const APR = '2026-04-10T09:00:00.000Z';

const rows = (story: Story, at: string) => worklistRows(story.at(at)).sort(byUrgency);
const begun = (given: object = {}) => {
  const story = new Story().begin(JAN);
  story.give(FEB, given);
  return story;
};

describe('who must be asked again', () => {
  it('nobody whose consent holds, was never sought, was refused or withdrawn', () => {
    expect(rows(begun({ reviewOn: '2026-09-01' }), APR)).toEqual([]);
    expect(rows(new Story().begin(JAN), APR)).toEqual([]);
    const withdrawn = begun();
    withdrawn.publishStance(2, MAR);
    withdrawn.consent('ConsentWithdrawn', { by: 'self', channel: 'phone', scope: { kind: 'purpose' } }, MAR);
    expect(rows(withdrawn, APR)).toEqual([]);
  });

  it('by the moment the first reason begins to block a session', () => {
    const story = begun();
    story.publishDocument(CONSENT_FORM, 'consent_form', 2, MAR);
    expect(rows(story, MAR)).toMatchObject([
      { status: 'stale', reasons: [{ code: 'document_material_change' }], dueBy: '2026-03-24T23:00:00.000Z' },
    ]);
    story.publishStance(2, APR);
    expect(rows(story, APR)).toMatchObject([{ dueBy: '2026-03-24T23:00:00.000Z' }]);
  });

  it('by the day of the review where nothing blocks, and by no day where nothing sets one', () => {
    const fees = (reviewOn: string | null) => {
      const story = begun({ reviewOn });
      story.publishDocument(FEES, 'fee_schedule', 1, FEB);
      story.publishDocument(FEES, 'fee_schedule', 2, MAR);
      return rows(story, MAR);
    };
    expect(fees('2026-09-01')).toMatchObject([
      { reasons: [{ code: 'fee_changed' }], dueBy: '2026-08-31T22:00:00.000Z' },
    ]);
    expect(fees(null)).toMatchObject([{ dueBy: null }]);
    expect(rows(begun({ reviewOn: '2026-03-10' }), APR)).toMatchObject([
      { reasons: [{ code: 'review_due' }], dueBy: '2026-03-09T23:00:00.000Z' },
    ]);
  });

  it('when it has run out, and when an emergency waits for its follow-up', () => {
    expect(rows(begun({ expiresOn: '2026-03-01' }), APR)).toMatchObject([
      { status: 'expired', dueBy: '2026-03-01T23:00:00.000Z' },
    ]);
    const story = new Story().begin(JAN);
    story.consent('ConsentDeferredForEmergency', { basis: 'imminent_harm', followUpBy: MAR }, FEB);
    expect(rows(story, FEB)).toMatchObject([{ status: 'deferred_emergency', dueBy: MAR }]);
    story.consent('EmergencyFollowUpDone', { outcome: '' }, MAR);
    expect(rows(story, APR)).toEqual([]);
  });

  it('most urgent first, members only, and nobody in a relationship that has ended', () => {
    const story = new Story().begin(JAN, { unitKind: 'couple', members: [CLIENT, PARTNER] });
    story.give(FEB, { reviewOn: '2026-03-01' });
    story.give(FEB, { expiresOn: '2026-02-20' }, FEB, PARTNER);
    expect(rows(story, APR).map(({ clientId }) => clientId)).toEqual([PARTNER, CLIENT]);
    story.unit('UnitMemberLeft', { clientId: PARTNER }, MAR);
    expect(rows(story, APR).map(({ clientId }) => clientId)).toEqual([CLIENT]);
    story.bond('RelationshipEnded', { by: 'agreement', reasonCode: 'done' }, MAR);
    expect(rows(story, APR)).toEqual([]);
  });
});
