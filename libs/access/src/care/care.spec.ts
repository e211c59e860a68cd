import { describe, expect, it } from 'vitest';
import { foldInto } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { recorded } from '../../../../test/support/decider-kit.js';
import { concernOf, type CareRow } from './care.js';
import { care } from './care.projection.js';

const PRACTICE = 'p';
const NOW = '2026-06-15T09:00:00.000Z';
type Happening = { type: string; data: object; actorId?: string; occurredAt?: string };
const on = (category: string, id: string, subjects: string[], ...events: Happening[]) =>
  recorded(category, events, id).map((event): Recorded => ({ ...event, subjects }));

const practice = on('practice', PRACTICE, [], {
  type: 'PracticeRegistered',
  data: { zone: 'Europe/Berlin' },
});
const pat = on('client', 'pat', ['pat'], { type: 'ClientRegistered', data: {} });
const opened = (therapistId: string, more: object = {}) => ({
  type: 'RelationshipOpened',
  data: { therapistId, unitId: 'u', members: ['pat'], ...more },
});
const relationship = (...later: Happening[]) => on('relationship', 'r', ['pat'], opened('thea'), ...later);
const within = (category: string, id: string, type: string, data: object = {}, actorId = 'thea') =>
  on(category, id, ['pat'], { type, data: { relationshipId: 'r', ...data }, actorId });

/** How somebody reaches a thing after some histories. */
function reach(staffId: string, id: string, ...streams: Recorded[][]): string[] {
  const rows = new Map<string, CareRow>();
  foldInto(care, rows, [practice, pat, ...streams].flat());
  const concern = concernOf(id, rows, { practiceId: PRACTICE, staffId, at: NOW });
  return [...(concern?.reaches ?? [])];
}

describe('A client is somebody’s own', () => {
  it('when they treat them, and nobody else’s', () => {
    for (const id of ['pat', 'r', 'u']) {
      expect(reach('thea', id, relationship())).toEqual(['own']);
      expect(reach('theo', id, relationship())).toEqual([]);
    }
    expect(reach('thea', 'pat')).toEqual([]);
  });

  it('and everything that lives in the relationship is', () => {
    for (const category of ['consent', 'boundary', 'session', 'series', 'disclosure']) {
      const thing = within(category, 'x', 'Happened');
      expect(reach('thea', 'x', relationship(), thing), category).toEqual(['own']);
      expect(reach('theo', 'x', relationship(), thing), category).toEqual([]);
    }
  });

  it('and what stands in no relationship goes with the client', () => {
    const disclosure = on('disclosure', 'd', ['pat'], {
      type: 'DisclosureRequested',
      data: { clientId: 'pat' },
    });
    expect(reach('thea', 'd', relationship(), disclosure)).toEqual(['own']);
    expect(reach('theo', 'd', relationship(), disclosure)).toEqual([]);
  });

  it('but another therapist of the same client does not see into that relationship', () => {
    const other = on('relationship', 'r2', ['pat'], opened('theo', { unitId: 'u2' }));
    const consent = within('consent', 'c', 'ConsentOffered');
    expect(reach('theo', 'pat', relationship(), other)).toEqual(['own']);
    expect(reach('theo', 'c', relationship(), other, consent)).toEqual([]);
  });

  it('also after it has ended: the work is not done when the last session is', () => {
    const ended = { type: 'RelationshipEnded', data: { by: 'client', reasonCode: 'moved_away' } };
    expect(reach('thea', 'r', relationship(ended))).toEqual(['own']);
  });

  it('no more when they have handed them over, except for the notes they wrote', () => {
    const handed = { type: 'TherapistReassigned', data: { from: 'thea', to: 'theo' } };
    const note = within('note', 'n', 'NoteDrafted');
    expect(reach('thea', 'r', relationship(handed))).toEqual([]);
    expect(reach('theo', 'r', relationship(handed))).toEqual(['own']);
    expect(reach('thea', 'n', relationship(handed), note)).toEqual(['author']);
    expect(reach('theo', 'n', relationship(handed), note)).toEqual(['own']);
  });

  it('while they stand in, on the days of the practice, and not longer', () => {
    const cover = (from: string, to: string) => ({
      type: 'CoverArranged',
      data: { therapistId: 'theo', from, to },
    });
    expect(reach('theo', 'pat', relationship(cover('2026-06-10', '2026-06-15')))).toEqual(['own']);
    expect(reach('theo', 'pat', relationship(cover('2026-06-16', '2026-06-20')))).toEqual([]);
    expect(reach('theo', 'pat', relationship(cover('2026-06-01', '2026-06-14')))).toEqual([]);
  });

  it('when they join a group that is treated, until they leave it', () => {
    const joined = { type: 'UnitMemberAdded', data: { clientId: 'kim' } };
    const left = { type: 'UnitMemberLeft', data: { clientId: 'kim' } };
    const unit = (...later: Happening[]) =>
      on('unit', 'u', ['pat', 'kim'], { type: 'UnitFormed', data: {} }, ...later);
    expect(reach('thea', 'kim', unit(joined), relationship())).toEqual(['own']);
    expect(reach('thea', 'kim', unit(joined, left), relationship())).toEqual([]);
  });

  it('under both records, when two of them are one person, until they are parted again', () => {
    const merged = { type: 'ClientsMerged', data: { otherClientId: 'pat', kept: 'other' } };
    const unmerged = { type: 'ClientsUnmerged', data: { otherClientId: 'pat' } };
    const twin = (...events: Happening[]) => on('client', 'twin', ['twin'], ...events);
    expect(reach('thea', 'twin', relationship(), twin(merged))).toEqual(['own']);
    expect(reach('thea', 'twin', relationship(), twin(merged, unmerged))).toEqual([]);
  });
});

describe('An inquiry', () => {
  const inquiry = (...later: Happening[]) =>
    on('inquiry', 'i', ['i'], { type: 'InquiryReceived', data: {} }, ...later);
  const matched = { type: 'TherapistMatched', data: { therapistId: 'thea' } };

  it('is nobody’s until a therapist is matched, and then theirs', () => {
    expect(reach('theo', 'i', inquiry())).toEqual(['unmatched']);
    expect(reach('thea', 'i', inquiry(matched))).toEqual(['own']);
    expect(reach('theo', 'i', inquiry(matched))).toEqual([]);
  });

  it('is nobody’s again when the match falls', () => {
    const waiting = { type: 'InquiryWaitlisted', data: {} };
    expect(reach('thea', 'i', inquiry(matched, waiting))).toEqual(['unmatched']);
  });

  it('makes the client the matched therapist’s before there is a relationship, and whoever’s that is after', () => {
    const accepted = on('inquiry', 'i', ['pat', 'i'], {
      type: 'InquiryAccepted',
      data: { therapistId: 'thea' },
    });
    const begun = on('relationship', 'r', ['pat'], opened('theo', { inquiryId: 'i' }));
    expect(reach('thea', 'pat', inquiry(matched), accepted)).toEqual(['own']);
    expect(reach('thea', 'pat', inquiry(matched), accepted, begun)).toEqual([]);
    expect(reach('theo', 'i', inquiry(matched), accepted, begun)).toEqual(['own']);
  });

  it('of somebody who is a client already gives nobody their record by matching it, or closing it', () => {
    const about = (...later: Happening[]) =>
      on('inquiry', 'i', ['pat'], { type: 'InquiryReceived', data: { clientId: 'pat' } }, ...later);
    const toTheo = { type: 'TherapistMatched', data: { therapistId: 'theo' }, actorId: 'theo' };
    const taken = { type: 'InquiryWithdrawn', data: {}, actorId: 'theo' };
    for (const later of [[toTheo], [taken]]) {
      expect(reach('theo', 'i', about(...later), relationship())).toEqual(['own']);
      expect(reach('theo', 'pat', about(...later), relationship())).toEqual([]);
    }
    const accepted = { type: 'InquiryAccepted', data: { therapistId: 'theo' } };
    expect(reach('theo', 'pat', about(toTheo, accepted), relationship())).toEqual(['own']);
  });

  it('that was closed unmatched stays readable to whoever closed it, and to no other therapist', () => {
    const referred = { type: 'InquiryReferred', data: {}, actorId: 'theo' };
    expect(reach('theo', 'i', inquiry(referred))).toEqual(['own']);
    expect(reach('thea', 'i', inquiry(referred))).toEqual([]);
  });
});

describe('A supervisor reaches', () => {
  const assigned = (from?: string) => ({
    type: 'SupervisionAssigned',
    data: { supervisorId: 'sue', ...(from ? { from } : {}) },
  });
  const ended = { type: 'SupervisionEnded', data: { supervisorId: 'sue' } };
  const thea = (...events: Happening[]) => on('staff', 'thea', [], ...events);
  const note = within('note', 'n', 'NoteDrafted');

  it('the clients of whom they supervise, while they do', () => {
    for (const id of ['pat', 'r', 'n']) {
      expect(reach('sue', id, relationship(), note, thea(assigned()))).toEqual(['supervisees']);
      expect(reach('sue', id, relationship(), note)).toEqual([]);
      expect(reach('sue', id, relationship(), note, thea(assigned(), ended))).toEqual([]);
      expect(reach('sue', id, relationship(), note, thea(assigned('2026-07-01T00:00:00.000Z')))).toEqual([]);
    }
  });
});

describe('What is no client’s', () => {
  it('belongs to somebody all the same: their stance, their own record', () => {
    const stance = on('stance', 's', [], { type: 'StanceDrafted', data: { therapistId: 'thea' } });
    const staff = on('staff', 'thea', [], { type: 'StaffRegistered', data: {} });
    expect(reach('thea', 's', stance)).toEqual(['own']);
    expect(reach('theo', 's', stance)).toEqual([]);
    expect(reach('thea', 'thea', staff)).toEqual(['own']);
    expect(reach('theo', 'thea', staff)).toEqual([]);
  });
});
