import { describe, expect, it } from 'vitest';
import { forDecider } from '../../../../test/support/decider-kit.js';
import { unit, type UnitKind } from './unit.js';

const form = (kind: UnitKind, members: string[]) => ({ type: 'FormUnit', kind, members }) as const;
const formed = (kind: UnitKind, ...members: string[]) =>
  ({ type: 'UnitFormed', data: { kind, members } }) as const;
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
});
