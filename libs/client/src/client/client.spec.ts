import { describe, expect, it } from 'vitest';
import { forDecider, THING } from '../../../../test/support/decider-kit.js';
import { client, type ClientDetails } from './client.js';

const details: ClientDetails = {
  legalName: 'Amira Okafor',
  dateOfBirth: '1991-02-28',
  languages: ['en'],
  contacts: [{ kind: 'email', value: 'amira@example.org', preferred: true }],
};
const registered = { type: 'ClientRegistered', data: details } as const;
const zone = 'Europe/Berlin';
const register = (change: Partial<ClientDetails>) =>
  ({ type: 'RegisterClient', zone, ...details, ...change }) as const;
const { given } = forDecider(client);

describe('client', () => {
  it('a client is registered once', () => {
    given().when(register({})).then(registered);
    given(registered)
      .when(register({ legalName: 'Somebody Else' }))
      .thenRefused('already_registered');
  });

  it('a birth date is not in the future, by the calendar of the practice', () => {
    const lateEvening = { now: '2026-06-15T22:30:00.000Z' }; // 16 June in Berlin, 15 June in New York
    const birth = { dateOfBirth: '2026-06-16' };
    given()
      .when(register(birth), lateEvening)
      .then({ type: 'ClientRegistered', data: { ...details, ...birth } });
    given()
      .when({ ...register(birth), zone: 'America/New_York' }, lateEvening)
      .thenRefused('birth_in_future');
    given(registered)
      .when({ type: 'ChangeClientDetails', zone, dateOfBirth: '2026-06-16' })
      .thenRefused('birth_in_future');
  });

  it('a birth date is a date that exists, not before 1900', () => {
    given()
      .when(register({ dateOfBirth: '1899-12-31' }))
      .thenRefused('birth_before_1900');
    given()
      .when(register({ dateOfBirth: '2023-02-29' }))
      .thenRefused('birth_not_a_date');
    given()
      .when(register({ dateOfBirth: '28.02.1991' }))
      .thenRefused('birth_not_a_date');
  });

  it('everything wrong with the details is named at once', () => {
    given()
      .when(register({ legalName: ' ', dateOfBirth: '', contacts: [{ kind: 'phone', value: ' ' }] }))
      .thenRefused('legal_name_missing', 'birth_not_a_date', 'contact_empty');
  });

  it('changed details hold only what differs from before', () => {
    given(registered)
      .when({
        type: 'ChangeClientDetails',
        zone,
        legalName: 'Amira Okafor',
        usedName: 'Ami',
        languages: ['en', 'ig'],
      })
      .then({ type: 'ClientDetailsChanged', data: { usedName: 'Ami', languages: ['en', 'ig'] } });
    given(registered).when({ type: 'ChangeClientDetails', zone, legalName: 'Amira Okafor' }).thenNothing();
  });

  it('a used name can be taken away again', () => {
    const named = { type: 'ClientDetailsChanged', data: { usedName: 'Ami' } } as const;
    given(registered, named)
      .when({ type: 'ChangeClientDetails', zone, usedName: null })
      .then({ type: 'ClientDetailsChanged', data: { usedName: null } });
    given(registered).when({ type: 'ChangeClientDetails', zone, usedName: null }).thenNothing();
  });

  it('a client who is not registered has no details to change', () => {
    given().when({ type: 'ChangeClientDetails', zone, usedName: 'Ami' }).thenRefused(); // missing
  });

  it('a change before the registration never passes silently', () => {
    expect(() => given({ type: 'ClientDetailsChanged', data: {} })).toThrow('begins with ClientRegistered');
  });

  it('every event concerns the client, and names, birth date and contacts are sealed', () => {
    expect(client.subjects(given(registered).state)).toEqual([THING]);
    expect(client.subjects(given(registered, { type: 'ClientDetailsChanged', data: {} }).state)).toEqual([
      THING,
    ]);
    for (const { personal } of Object.values(client.events))
      expect(personal).toEqual(['legalName', 'usedName', 'dateOfBirth', 'contacts']);
  });
});
