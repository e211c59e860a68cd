import { describe, expect, it } from 'vitest';
import { foldInto } from '#libs/event-store';
import { recorded } from '../../../../test/support/decider-kit.js';
import { units, type UnitRow } from './units.projection.js';

const formed = { type: 'UnitFormed', data: { kind: 'family', members: ['ada', 'ben'] } };
const cem = { clientId: 'cem' };
const opened = {
  type: 'RelationshipOpened',
  data: { unitId: 'f', unitKind: 'family', members: ['ada', 'ben'] },
};
const on = (category: string, id: string, ...events: { type: string; data: object; occurredAt?: string }[]) =>
  recorded(category, events, id);
const row = (...streams: ReturnType<typeof on>[]) => {
  const rows = new Map<string, UnitRow>();
  foldInto(units, rows, streams.flat());
  return rows.get('f');
};

describe('the list of units', () => {
  it('knows who joined and who left, and the relationships opened for it', () => {
    const joined = { type: 'UnitMemberAdded', data: cem, occurredAt: '2026-06-16T09:00:00.000Z' };
    const left = {
      type: 'UnitMemberLeft',
      data: { clientId: 'ben' },
      occurredAt: '2026-06-17T09:00:00.000Z',
    };
    expect(row(on('unit', 'f', formed, joined, left), on('relationship', 'r', opened))).toMatchObject({
      unitId: 'f',
      kind: 'family',
      members: ['ada', 'cem'],
      stays: [
        { clientId: 'ada' },
        { clientId: 'ben', until: left.occurredAt },
        { clientId: 'cem', from: joined.occurredAt },
      ],
      relationships: ['r'],
    });
  });

  it('is not touched by what else happens to a relationship', () => {
    const ended = { type: 'RelationshipEnded', data: { by: 'client', reasonCode: 'moved_away' } };
    expect(on('relationship', 'r', opened, ended).map((event) => units.keys(event))).toEqual([['f'], []]);
  });

  it('takes a unit as its relationship tells it when nothing is told of its forming', () => {
    expect(row(on('relationship', 'r', opened))).toMatchObject({
      kind: 'family',
      members: ['ada', 'ben'],
      relationships: ['r'],
    });
  });
});
