import { describe, expect, it } from 'vitest';
import { forDecider, NOW } from '../../../../test/support/decider-kit.js';
import { membersAt, treatedDuring, unit, type UnitKind } from './unit.js';

const form = (kind: UnitKind, members: string[]) => ({ type: 'FormUnit', kind, members }) as const;
const formed = (kind: UnitKind, ...members: string[]) =>
  ({ type: 'UnitFormed', data: { kind, members } }) as const;
const add = (clientId: string) => ({ type: 'AddUnitMember', clientId }) as const;
const remove = (clientId: string) => ({ type: 'RemoveUnitMember', clientId }) as const;
const added = (clientId: string, occurredAt = NOW) =>
  ({ type: 'UnitMemberAdded', data: { clientId }, occurredAt }) as const;
const left = (clientId: string, occurredAt = NOW) =>
  ({ type: 'UnitMemberLeft', data: { clientId }, occurredAt }) as const;
/** 09:00 on a day of June 2026 */
const june = (day: number) => `2026-06-${String(day).padStart(2, '0')}T09:00:00.000Z`;
const since = (day: number, ...members: string[]) =>
  ({ ...formed('family', ...members), occurredAt: june(day) }) as const;
const { given } = forDecider(unit);

describe('unit', () => {
  it('an individual unit has exactly one member', () => {
    given()
      .when(form('individual', ['ada']))
      .then(formed('individual', 'ada'));
    given().when(form('individual', [])).thenRefused('member_count');
    given()
      .when(form('individual', ['ada', 'ben']))
      .thenRefused('member_count');
  });

  it('a couple has exactly two members', () => {
    given()
      .when(form('couple', ['ada', 'ben']))
      .then(formed('couple', 'ada', 'ben'));
    given()
      .when(form('couple', ['ada']))
      .thenRefused('member_count');
    given()
      .when(form('couple', ['ada', 'ben', 'cem']))
      .thenRefused('member_count');
  });

  it('a family or group has at least two members', () => {
    given()
      .when(form('family', ['ada', 'ben', 'cem']))
      .then(formed('family', 'ada', 'ben', 'cem'));
    given()
      .when(form('group', ['ada', 'ben']))
      .then(formed('group', 'ada', 'ben'));
    given()
      .when(form('family', ['ada']))
      .thenRefused('member_count');
    given()
      .when(form('group', ['ada']))
      .thenRefused('member_count');
  });

  it('nobody is a member twice, and naming one person twice makes no couple', () => {
    given()
      .when(form('couple', ['ada', 'ada']))
      .thenRefused('member_count', 'member_twice');
    given()
      .when(form('family', ['ada', 'ben', 'ada']))
      .thenRefused('member_twice');
  });

  it('a unit is formed once; the order of its members says nothing', () => {
    given(formed('couple', 'ada', 'ben'))
      .when(form('couple', ['ben', 'ada']))
      .thenNothing();
    given(formed('couple', 'ada', 'ben'))
      .when(form('couple', ['ada', 'cem']))
      .thenRefused('already_formed');
    given(formed('couple', 'ada', 'ben'))
      .when(form('family', ['ada', 'ben']))
      .thenRefused('already_formed');
  });

  it('what happens to a unit concerns every member', () => {
    expect(unit.subjects(given(formed('couple', 'ada', 'ben')).state)).toEqual(['ada', 'ben']);
  });

  it('somebody joins a family or group', () => {
    given(formed('family', 'ada', 'ben'))
      .when(add('cem'))
      .then({ type: 'UnitMemberAdded', data: { clientId: 'cem' } });
    given(since(1, 'ada', 'ben'), added('cem', june(2)), left('cem', june(3)))
      .when(add('cem'), { occurredAt: june(4) })
      .then({ type: 'UnitMemberAdded', data: { clientId: 'cem' } });
    given().when(add('cem')).thenRefused(); // missing
  });

  it('nobody joins a couple or somebody who is treated alone', () => {
    given(formed('couple', 'ada', 'ben'))
      .when(add('cem'))
      .thenRefused('member_count');
    given(formed('individual', 'ada')).when(add('ben')).thenRefused('member_count');
  });

  it('nobody joins twice, joins before the unit was formed, or comes back before they left', () => {
    given(since(1, 'ada', 'ben'))
      .when(add('ben'))
      .thenRefused('already_member');
    given(since(2, 'ada', 'ben'))
      .when(add('cem'), { occurredAt: june(1) })
      .thenRefused('before_forming');
    given(since(1, 'ada', 'ben', 'cem'), left('cem', june(4)))
      .when(add('cem'), { occurredAt: june(3) })
      .thenRefused('member_twice');
  });

  it('a couple stays two, and a family or group keeps at least two', () => {
    given(formed('couple', 'ada', 'ben'))
      .when(remove('ben'))
      .thenRefused('member_count');
    given(formed('individual', 'ada')).when(remove('ada')).thenRefused('member_count');
    given(formed('family', 'ada', 'ben'))
      .when(remove('ben'))
      .thenRefused('member_count');
    given(formed('group', 'ada', 'ben', 'cem'))
      .when(remove('ben'))
      .then({ type: 'UnitMemberLeft', data: { clientId: 'ben' } });
  });

  it('a leaving that is entered late must not have left too few at any time since', () => {
    const history = [since(1, 'ada', 'ben'), added('cem', june(5))];
    given(...history)
      .when(remove('ben'), { occurredAt: june(6) })
      .then({ type: 'UnitMemberLeft', data: { clientId: 'ben' } });
    given(...history)
      .when(remove('ben'), { occurredAt: june(4) })
      .thenRefused('member_count');
    given(since(1, 'ada', 'ben', 'cem'), left('cem', june(8)))
      .when(remove('ben'), { occurredAt: june(4) })
      .thenRefused('member_count');
  });

  it('only a member leaves, and not before they joined', () => {
    given(formed('family', 'ada', 'ben', 'cem'))
      .when(remove('dan'))
      .thenRefused('not_a_member');
    given(since(1, 'ada', 'ben'), added('cem', june(5)))
      .when(remove('cem'), { occurredAt: june(4) })
      .thenRefused('left_before_joining');
  });

  it('leaving looks forward: whoever was a member then was a member then', () => {
    const { state } = given(since(1, 'ada', 'ben'), added('cem', june(5)), left('ben', june(8)));
    expect(state).toMatchObject({ members: ['ada', 'cem'] });
    expect(membersAt(state, '2026-05-31T09:00:00.000Z')).toEqual(['ada', 'ben']);
    expect(membersAt(state, june(1))).toEqual(['ada', 'ben']);
    expect(membersAt(state, june(5))).toEqual(['ada', 'ben', 'cem']);
    expect(membersAt(state, '2026-06-08T08:59:59.999Z')).toEqual(['ada', 'ben', 'cem']);
    expect(membersAt(state, june(8))).toEqual(['ada', 'cem']);
  });

  it('a leaving concerns whoever left, what comes after it does not', () => {
    const leaving = [since(1, 'ada', 'ben', 'cem'), left('cem', june(2))];
    expect(unit.subjects(given(...leaving).state)).toEqual(['ada', 'ben', 'cem']);
    expect(unit.subjects(given(...leaving, added('dan', june(3))).state)).toEqual(['ada', 'ben', 'dan']);
  });

  it('forming it again with those it was formed of says nothing new, whoever came since', () => {
    given(since(1, 'ada', 'ben'), added('cem', june(5)))
      .when(form('family', ['ada', 'ben']))
      .thenNothing();
  });

  it('who is treated is told by the time: who left before or joined after was not treated then', () => {
    const { state } = given(since(1, 'ada', 'ben', 'cem'), left('ben', june(5)), added('dot', june(9)));
    if (state.situation === 'none') throw new Error('it was formed');
    const { stays } = state;
    const treated = (from: string, until: string | null) => {
      const { members, stays: meanwhile } = treatedDuring(stays, from, until);
      return [members.join(), meanwhile.map(({ clientId }) => clientId).join()];
    };
    expect(treated(june(2), null)).toEqual(['ada,cem,dot', 'ada,ben,cem,dot']);
    expect(treated(june(6), null)).toEqual(['ada,cem,dot', 'ada,cem,dot']);
    expect(treated(june(2), june(4))).toEqual(['ada,ben,cem', 'ada,ben,cem']);
    expect(treated(june(2), june(7))).toEqual(['ada,cem', 'ada,ben,cem']);
    expect(treated(june(5), june(9)), 'who left then is gone, who joined then is there').toEqual([
      'ada,cem,dot',
      'ada,cem,dot',
    ]);
    const before = '2026-05-01T09:00:00.000Z';
    expect(treated(before, '2026-05-02T09:00:00.000Z'), 'formed later than it began').toEqual([
      'ada,ben,cem',
      'ada,ben,cem',
    ]);
  });
});
