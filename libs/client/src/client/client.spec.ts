import { describe, expect, it } from 'vitest';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { client } from './client.js';
import { likenessOf, type ClientDetails } from './details.js';

const details: ClientDetails = {
  legalName: 'Amira Okafor',
  dateOfBirth: '1991-02-28',
  languages: ['en'],
  contacts: [{ kind: 'email', value: 'amira@example.org', preferred: true }],
};
const registered = { type: 'ClientRegistered', data: details } as const;
const zone = 'Europe/Berlin';
const register = (change: Partial<ClientDetails>) =>
  ({ type: 'RegisterClient', zone, alike: [], ...details, ...change }) as const;
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

  it('where the client is may be said, by a code, and changes', () => {
    given()
      .when(register({ jurisdiction: 'DE' }))
      .then({ type: 'ClientRegistered', data: { ...details, jurisdiction: 'DE' } });
    given(registered)
      .when({ type: 'ChangeClientDetails', zone, jurisdiction: 'US-CO' })
      .then({ type: 'ClientDetailsChanged', data: { jurisdiction: 'US-CO' } });
    given(registered)
      .when({ type: 'ChangeClientDetails', zone, jurisdiction: 'Colorado' })
      .thenRefused('jurisdiction_not_a_code');
  });

  it('who may be registered already is not registered again', () => {
    given()
      .when({ ...register({}), alike: ['one', 'two'] })
      .thenRefused('possible_duplicate');
    given()
      .when({ ...register({}), alike: ['one', 'two'], notADuplicateOf: ['one'] })
      .thenRefused('possible_duplicate');
    given()
      .when({ ...register({ legalName: '' }), alike: ['one'] })
      .thenRefused('legal_name_missing', 'possible_duplicate');
  });

  it('who is known to be somebody else is registered, and the log keeps that this was said', () => {
    given()
      .when({ ...register({}), alike: ['one', 'two'], notADuplicateOf: ['two', 'one'] })
      .then({ type: 'ClientRegistered', data: { ...details, notADuplicateOf: ['two', 'one'] } });
  });

  it('case, accents and spacing make no other person, another name or birth date does', () => {
    const like = (legalName: string, dateOfBirth = details.dateOfBirth) =>
      likenessOf({ legalName, dateOfBirth });
    for (const same of ['AMIRA OKAFOR', ' Amira  Okafor ', 'Ámira\tÖkafor'])
      expect(like(same), same).toBe(like('Amira Okafor'));
    expect(like('Jo Strauß')).toBe(like('JO STRAUSS'));
    expect(like('Amira Okafor', '1991-02-27')).not.toBe(like('Amira Okafor'));
    expect(like('Amira Okafo')).not.toBe(like('Amira Okafor'));
    expect(like('Amir Aokafor')).not.toBe(like('Amira Okafor'));
  });

  it('capacity is assessed for one decision, by whoever did it, as often as it is', () => {
    const assess = {
      type: 'AssessCapacity',
      decision: 'treatment',
      capable: false,
      note: 'Asked twice.',
    } as const;
    const assessed = {
      type: 'CapacityAssessed',
      data: { decision: 'treatment', capable: false, note: 'Asked twice.' },
    } as const;
    given(registered).when(assess).then(assessed);
    given(registered, { ...assessed, occurredAt: '2026-05-01T09:00:00.000Z' })
      .when(assess)
      .then(assessed);
    given(registered, { ...assessed, actorId: 'a colleague' })
      .when(assess)
      .then(assessed);
    given(registered)
      .when({ ...assess, decision: 'Everything' })
      .thenRefused('decision_not_a_code');
    expect(given(registered, assessed).state).toMatchObject({ assessments: [{ at: NOW, by: STAFF }] });
  });

  it('every event concerns the client, and identity, notes and documents are sealed', () => {
    expect(client.subjects(given(registered).state)).toEqual([THING]);
    expect(client.subjects(given(registered, { type: 'ClientDetailsChanged', data: {} }).state)).toEqual([
      THING,
    ]);
    const identity = ['legalName', 'usedName', 'dateOfBirth', 'contacts'];
    const sealed = Object.entries(client.events).map(([type, { personal }]) => [type, personal]);
    expect(Object.fromEntries(sealed.filter(([, personal]) => personal!.length > 0))).toEqual({
      ClientRegistered: identity,
      ClientDetailsChanged: identity,
      GuardianAuthorityRecorded: ['name', 'document'],
      CapacityAssessed: ['note'],
    });
  });
});
