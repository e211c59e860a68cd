import { describe, expect, it } from 'vitest';
import { forDecider, NOW, STAFF, THING } from '../../../../test/support/decider-kit.js';
import { client, type Alike } from './client.js';
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
const like = (clientId: string, because: Alike['because'] = 'same_birth_date'): Alike => ({
  clientId,
  because,
});
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
      .when({ ...register({}), alike: [like('one'), like('two')] })
      .thenRefused('possible_duplicate');
    given()
      .when({ ...register({}), alike: [like('one'), like('two')], notADuplicateOf: ['one'] })
      .thenRefused('possible_duplicate');
    given()
      .when({ ...register({ legalName: '' }), alike: [like('one')] })
      .thenRefused('legal_name_missing', 'possible_duplicate');
  });

  it('each way in which somebody may be registered already is a reason of its own', () => {
    const alike = [like('one', 'one_digit_apart'), like('two'), like('three', 'day_and_month_swapped')];
    const { when } = given();
    when({ ...register({}), alike }).thenRefused(
      'possible_duplicate',
      'possible_duplicate',
      'possible_duplicate',
    );
    when({ ...register({}), alike, notADuplicateOf: ['two', 'three'] }).thenRefused('possible_duplicate');
  });

  it('who is known to be somebody else is registered, and the log keeps that this was said', () => {
    given()
      .when({ ...register({}), alike: [like('one'), like('two')], notADuplicateOf: ['two', 'one'] })
      .then({ type: 'ClientRegistered', data: { ...details, notADuplicateOf: ['two', 'one'] } });
  });

  const likeAmira = (legalName: string, dateOfBirth = details.dateOfBirth) =>
    likenessOf(details, { legalName, dateOfBirth });

  it('case, accents and spacing make no other person, another name does', () => {
    for (const same of ['AMIRA OKAFOR', ' Amira  Okafor ', 'Ámira\tÖkafor'])
      expect(likeAmira(same), same).toBe('same_birth_date');
    const [strauss, other] = ['Jo Strauß', 'JO STRAUSS'].map((legalName) => ({ ...details, legalName }));
    expect(likenessOf(strauss!, other!)).toBe('same_birth_date');
    expect(likeAmira('Amira Okafo')).toBeUndefined();
    expect(likeAmira('Amir Aokafor')).toBeUndefined();
  });

  it('a birth date with one digit mistyped, or with day and month swapped, may be the same person’s', () => {
    for (const mistyped of ['1991-02-27', '1991-02-18', '1991-03-28', '1981-02-28', '2991-02-28'])
      expect(likeAmira('Amira Okafor', mistyped), mistyped).toBe('one_digit_apart');
    for (const another of ['1991-03-27', '1919-02-28', '1991-12-18', '1990-02-27'])
      expect(likeAmira('Amira Okafor', another), another).toBeUndefined();
    const born = (dateOfBirth: string) => ({ ...details, dateOfBirth });
    expect(likenessOf(born('1991-02-11'), born('1991-11-02'))).toBe('day_and_month_swapped');
    expect(likenessOf(born('1991-02-03'), born('1991-03-02'))).toBe('day_and_month_swapped');
    expect(likenessOf(born('1991-02-11'), born('1992-11-02'))).toBeUndefined();
    expect(likeAmira('Amir Okafor', '1991-02-27')).toBeUndefined();
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
