import { describe, expect, it } from 'vitest';
import { foldInto } from '#libs/event-store';
import type { Recorded } from '#libs/kernel';
import { recorded } from '../../../../test/support/decider-kit.js';
import { ties } from './ties.projection.js';
import { between, pointedTo, type Asking, type Tie } from './ties.js';

type Happening = { type: string; data: object };
const on = (category: string, id: string, subjects: string[], ...events: Happening[]) =>
  recorded(category, events, id).map((event): Recorded => ({ ...event, subjects }));
const formed = (kind: string, ...members: string[]) => ({ type: 'UnitFormed', data: { kind, members } });
const opened = (therapistId: string, ...members: string[]) => ({
  type: 'RelationshipOpened',
  data: { therapistId, members },
});
const couple = on('unit', 'c', ['ash', 'pat'], formed('couple', 'ash', 'pat'));
const pats = (...later: Happening[]) => on('relationship', 'r', ['pat'], opened('thea', 'pat'), ...later);

/** Reads rows as the view does: those that others point to, until there are no more. */
function ask(asking: Asking, ...streams: Recorded[][]) {
  const all = new Map<string, Tie>();
  foldInto(ties, all, streams.flat());
  const rows = new Map<string, Tie>();
  for (let size = -1; size < rows.size;) {
    size = rows.size;
    for (const key of pointedTo(rows, asking)) if (all.has(key)) rows.set(key, all.get(key)!);
  }
  const { treatRelative, treatNamed } = between(rows, asking);
  // with every row there is, as when they are folded from the log, the answer is the same
  expect(between(all, asking)).toEqual({ treatRelative, treatNamed });
  return { relative: [...treatRelative], named: [...treatNamed], rows };
}

describe('who treats whom', () => {
  it('a therapist treats somebody else of the couple or family', () => {
    expect(ask({ clientIds: ['ash'] }, couple, pats())).toMatchObject({ relative: ['thea'], named: [] });
    expect(ask({ clientIds: ['pat'] }, couple, pats()).relative).toEqual([]);
    expect(ask({}, couple, pats()).relative).toEqual([]);
  });

  it('records of one person are one person, also where they are treated', () => {
    const ashs = on('relationship', 'r', ['ash2'], opened('thea', 'ash2'));
    const family = on('unit', 'c', ['ash2', 'pat'], formed('couple', 'ash2', 'pat'));
    const both = { clientIds: ['ash', 'ash2'] };
    expect(ask(both, family, ashs).relative, 'nobody is their own relative').toEqual([]);
    expect(ask(both, family, pats()).relative).toEqual(['thea']);
  });

  it('people of one group are no family', () => {
    const group = on('unit', 'g', ['ash', 'pat'], formed('group', 'ash', 'pat'));
    expect(ask({ clientIds: ['ash'] }, group, pats()).relative).toEqual([]);
  });

  it('whoever joins a family is one of it, whoever left is not', () => {
    const kim = on('relationship', 'k', ['kim'], opened('theo', 'kim'));
    const joined = { type: 'UnitMemberAdded', data: { clientId: 'kim' } };
    const left = { type: 'UnitMemberLeft', data: { clientId: 'kim' } };
    const family = (...later: Happening[]) =>
      on('unit', 'f', ['ash', 'pat', 'kim'], formed('family', 'ash', 'pat'), ...later);
    expect(ask({ clientIds: ['ash'] }, family(), kim).relative).toEqual([]);
    expect(ask({ clientIds: ['ash'] }, family(joined), kim).relative).toEqual(['theo']);
    expect(ask({ clientIds: ['kim'] }, family(joined), pats()).relative).toEqual(['thea']);
    expect(ask({ clientIds: ['ash'] }, family(joined, left), kim).relative).toEqual([]);
  });

  it('only the therapist of now counts, and only while it lasts', () => {
    const handed = { type: 'TherapistReassigned', data: { from: 'thea', to: 'theo' } };
    const ended = { type: 'RelationshipEnded', data: { by: 'client', reasonCode: 'moved_away' } };
    const moved = { type: 'FormatChanged', data: { from: 'in_person', to: 'video' } };
    expect(ask({ clientIds: ['ash'] }, couple, pats(moved, handed)).relative).toEqual(['theo']);
    expect(ask({ clientIds: ['ash'] }, couple, pats(ended)).relative).toEqual([]);
  });

  it('somebody the client named counts without being of the family', () => {
    expect(ask({ conflictsWith: ['pat'] }, pats())).toMatchObject({ relative: [], named: ['thea'] });
  });

  it('the family of a relative is not gone into', () => {
    const family = on('unit', 'f', ['pat', 'kim'], formed('family', 'pat', 'kim'));
    const kim = on('relationship', 'k', ['kim'], opened('theo', 'kim'));
    const { relative, rows } = ask({ clientIds: ['ash'] }, couple, family, pats(), kim);
    expect(relative).toEqual(['thea']);
    expect([...rows.keys()]).not.toContain('client-kim');
  });
});
