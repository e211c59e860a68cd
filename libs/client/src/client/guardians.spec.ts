import { describe, expect, it } from 'vitest';
import { forDecider } from '../../../../test/support/decider-kit.js';
import { client, type ClientEvent } from './client.js';
import { authorityHolds, type Guardian, type GuardianAuthority } from './guardians.js';

const registered: ClientEvent = {
  type: 'ClientRegistered',
  data: { legalName: 'Noor Adeyemi', dateOfBirth: '2012-02-29', languages: ['en'], contacts: [] },
};
const ines: GuardianAuthority = {
  guardianId: 'ines',
  name: 'Ines Adeyemi',
  relation: 'mother',
  scope: 'all',
  jointRule: 'sole',
  document: 'birth certificate, file 12',
  validFrom: '2024-01-01',
};
const record = (change: Partial<GuardianAuthority> = {}) =>
  ({ type: 'RecordGuardian', ...ines, ...change }) as const;
const recorded = (change: Partial<GuardianAuthority> = {}) =>
  ({ type: 'GuardianAuthorityRecorded', data: { ...ines, ...change } }) as const;
const end = (endedOn: string, guardianId = 'ines') => ({ type: 'EndGuardian', guardianId, endedOn }) as const;
const ended = (endedOn: string) =>
  ({ type: 'GuardianAuthorityEnded', data: { guardianId: 'ines', endedOn } }) as const;
const { given } = forDecider(client);

describe('guardians', () => {
  it('a guardian is recorded with document, scope and joint rule; several may stand beside each other', () => {
    given(registered).when(record()).then(recorded());
    given(registered, recorded({ jointRule: 'both' }))
      .when(record({ guardianId: 'tunde', name: 'Tunde Adeyemi', jointRule: 'both' }))
      .then(recorded({ guardianId: 'tunde', name: 'Tunde Adeyemi', jointRule: 'both' }));
    given(registered)
      .when(record({ scope: ['treatment', 'telehealth'], validTo: '2026-12-31' }))
      .then(recorded({ scope: ['treatment', 'telehealth'], validTo: '2026-12-31' }));
  });

  it('a guardian without name, document, clear scope or real dates is refused, with everything that is wrong', () => {
    given(registered)
      .when(record({ name: ' ', document: '', scope: [], validFrom: '2023-02-29' }))
      .thenRefused('guardian_name_missing', 'guardian_document_missing', 'scope_unclear', 'not_a_date');
    given(registered)
      .when(record({ scope: ['Treatment, all of it'] }))
      .thenRefused('scope_unclear');
    given(registered)
      .when(record({ validTo: '2023-12-31' }))
      .thenRefused('authority_ends_before_it_begins');
  });

  it("relation and purposes are words of a list, not somebody's own", () => {
    given(registered)
      .when(record({ relation: 'Ines, her mother', scope: ['Treatment, all of it'] }))
      .thenRefused('relation_not_a_code', 'scope_unclear');
    given(registered)
      .when(record({ relation: 'legal_representative' }))
      .then(recorded({ relation: 'legal_representative' }));
  });

  it('a guardian has one authority on a day: the next document follows when the one before has ended', () => {
    const order = { document: 'order 7 F 12/26', validFrom: '2026-05-01' };
    given(registered, recorded()).when(record(order)).thenRefused('authority_recorded');
    given(registered, recorded(), ended('2026-05-02')).when(record(order)).thenRefused('authority_recorded');
    given(registered, recorded(), ended('2026-05-01')).when(record(order)).then(recorded(order));
    given(registered, recorded({ validTo: '2026-04-30' }))
      .when(record(order))
      .then(recorded(order));
    given(registered, recorded({ validTo: '2026-05-01' }))
      .when(record(order))
      .thenRefused('authority_recorded');
  });

  it("an authority that began and ended on one day never held and stands in nobody's way", () => {
    given(registered, recorded(), ended('2024-01-01'))
      .when(record({ document: 'the right certificate' }))
      .then(recorded({ document: 'the right certificate' }));
  });

  it('an authority ends on the day that is said, or earlier if that turns out', () => {
    given(registered, recorded()).when(end('2026-06-10')).then(ended('2026-06-10'));
    given(registered, recorded(), ended('2026-06-10')).when(end('2026-06-05')).then(ended('2026-06-05'));
  });

  it('of two authorities of one guardian the one that holds then ends', () => {
    const first = recorded({ validTo: '2026-04-30' });
    const second = recorded({ document: 'order 7 F 12/26', validFrom: '2026-05-01' });
    expect(given(registered, first, second, ended('2026-06-10')).state).toMatchObject({
      guardians: [first.data, { ...second.data, endedOn: '2026-06-10' }],
    });
    const { state } = given(registered, first, second, ended('2026-06-10'));
    expect(state).not.toMatchObject({ guardians: [{ endedOn: expect.anything() }, {}] });
  });

  it('only an authority that holds then can end', () => {
    given(registered).when(end('2026-06-10')).thenRefused('guardian_unknown');
    given(registered, recorded()).when(end('2026-06-10', 'tunde')).thenRefused('guardian_unknown');
    given(registered, recorded()).when(end('2023-12-31')).thenRefused('no_authority_then');
    given(registered, recorded(), ended('2026-06-10'))
      .when(end('2026-06-11'))
      .thenRefused('no_authority_then');
    given(registered, recorded()).when(end('2026-02-30')).thenRefused('not_a_date');
  });

  it('holds from its first day to the end of its last, and no longer on the day it is ended', () => {
    const one: Guardian = { ...ines, scope: ['treatment'], validTo: '2026-06-30', at: '' };
    expect(authorityHolds(one, '2023-12-31')).toBe(false);
    expect(authorityHolds(one, '2024-01-01')).toBe(true);
    expect(authorityHolds(one, '2026-06-30')).toBe(true);
    expect(authorityHolds(one, '2026-07-01')).toBe(false);
    expect(authorityHolds({ ...one, endedOn: '2026-06-10' }, '2026-06-09')).toBe(true);
    expect(authorityHolds({ ...one, endedOn: '2026-06-10' }, '2026-06-10')).toBe(false);
    expect(authorityHolds(one, '2026-06-01', 'treatment')).toBe(true);
    expect(authorityHolds(one, '2026-06-01', 'recording')).toBe(false);
    expect(authorityHolds({ ...one, scope: 'all' }, '2026-06-01', 'recording')).toBe(true);
  });
});
