import type { Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { clientRegistry } from '#libs/client';
import { closePools, openPools, tables } from '#libs/event-store';
import { addDays, uuidv7, type Recorded } from '#libs/kernel';
import { createApp } from '../../apps/api/src/create-app.js';
import { Service, startService, type TestRole } from '../support/http-kit.js';
import { givenConsent, givenRelationship, givenStance } from '../support/story.js';

let service: Service;
let stop: () => Promise<void>;
const jonas = { legalName: 'Jonas Weber', dateOfBirth: '1980-01-01', languages: ['de'], contacts: [] };

beforeAll(async () => {
  ({ service, stop } = await startService());
});
afterAll(() => stop());

/** Another person each time: nobody else of that name was born near that day. */
let born = jonas.dateOfBirth;
const somebody = () => ({
  ...jonas,
  legalName: `Jonas ${uuidv7()}`,
  dateOfBirth: (born = addDays(born, 1)),
});
const register = async (person: object = somebody()) =>
  (await service.done('coordinator', '/v1/clients', person)).id;
const ask = (person: object) => service.post('coordinator', '/v1/clients', person);
const read = async (role: TestRole, id: string) => (await service.get(role, `/v1/clients/${id}`)).body;
const eventsOf = (stream: string): Promise<Recorded[]> =>
  service.store.reader.streams(service.first.id, [stream]);

const position = () => service.store.reader.position(service.first.id);
/** Asks a list for nothing older than what is there now. */
const found = async (q: string): Promise<{ clientId: string; mergedInto?: string }[]> => {
  const path = `/v1/clients?q=${encodeURIComponent(q)}&minPosition=${await position()}`;
  return (await service.get('coordinator', path)).body.data;
};

describe('a possible duplicate', () => {
  it('is refused with the id of whoever is registered already, whatever case, accents and spaces', async () => {
    const person = { ...somebody(), legalName: 'José Núñez' };
    const id = await register(person);
    for (const legalName of ['José Núñez', 'JOSE NUNEZ', '  jose   nuñez ']) {
      const { reasons } = await service.refused(422, 'possible_duplicate', () =>
        ask({ ...person, legalName }),
      );
      expect(JSON.stringify(reasons), legalName).toContain(id);
    }
    await register({ ...person, dateOfBirth: '1974-12-06' });
    await register({ ...person, legalName: 'José Núñes' });
  });

  it('is refused also when the birth date has one digit mistyped, or day and month swapped, and it says which', async () => {
    const person = { ...somebody(), dateOfBirth: '1987-03-09' };
    const id = await register(person);
    for (const [dateOfBirth, words] of [
      ['1987-03-08', 'differs in one digit'],
      ['1987-09-03', 'the other way round'],
    ] as const) {
      const likely = { ...person, dateOfBirth };
      const { reasons } = await service.refused(422, 'possible_duplicate', () => ask(likely));
      expect(JSON.stringify(reasons), dateOfBirth).toContain(words);
      expect(JSON.stringify(reasons), 'the other birth date is not told').not.toContain('1987');
      await register({ ...likely, notADuplicateOf: [id] });
    }
    await register({ ...person, dateOfBirth: '1978-03-09' });
  });

  it('is registered when every like record is named as somebody else, and the log keeps what was said', async () => {
    const person = somebody();
    const first = await register(person);
    const second = await register({ ...person, notADuplicateOf: [first] });
    const { reasons } = await service.refused(422, 'possible_duplicate', () =>
      ask({ ...person, notADuplicateOf: [first] }),
    );
    expect(reasons).toHaveLength(1);
    expect(JSON.stringify(reasons)).toContain(second);
    expect(JSON.stringify(reasons)).not.toContain(first);
    const third = await register({ ...person, notADuplicateOf: [second, first] });
    expect((await eventsOf(`client-${third}`))[0]!.data).toMatchObject({ notADuplicateOf: [second, first] });
    expect(await read('coordinator', third)).not.toHaveProperty('notADuplicateOf');
  });

  it('is noticed by the name somebody has now, not the one they had', async () => {
    const person = somebody();
    const id = await register(person);
    await service.done(
      'coordinator',
      `/v1/clients/${id}/change-details`,
      { legalName: 'Jonas Amadi' },
      { 'If-Match': '"1"' },
    );
    await service.refused(422, 'possible_duplicate', () => ask({ ...person, legalName: 'jonas amadi' }));
    await register(person);
  });

  it('is noticed before and after the read model has caught up', async () => {
    const person = somebody();
    await register(person);
    await service.refused(422, 'possible_duplicate', () => ask(person));
    await service.settled();
    await service.refused(422, 'possible_duplicate', () => ask(person));
  });

  it('is noticed also when the read model has stopped', async () => {
    const person = somebody();
    await register(person);
    await service.settled();
    await tables.halt(service.store.worker, clientRegistry, service.first.id, 1, 'for this test');
    try {
      await service.refused(422, 'possible_duplicate', () => ask(person));
      await register();
    } finally {
      await service.store.worker.query(
        'update read.checkpoint set halted_at_position = null, halted_because = null',
      );
    }
  });

  it('does not slip through when ten register the same person at once', async () => {
    const person = somebody();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(person)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(9).fill(422)]);
    for (const { status, body } of answers)
      if (status === 422) expect(body).toMatchObject({ code: 'possible_duplicate' });
  });

  it('does not slip through when two instances of the service register the same person at once', async () => {
    const pools = openPools(service.databaseUrl, 5);
    const secret = Buffer.from('for tests only, not a secret at all');
    const app = await createApp({ ...pools, vault: service.store.vault, secret, follow: false });
    const neighbour = new Service(app, service.databaseUrl);
    neighbour.practices.first = service.first;
    for (let round = 0; round < 10; round++) {
      const person = somebody();
      const answers = await Promise.all([ask(person), neighbour.post('coordinator', '/v1/clients', person)]);
      expect(answers.map(({ status }) => status).sort(), `round ${round}`).toEqual([201, 422]);
    }
    await app.close();
    await closePools(pools);
  });

  it('does not keep many different people from being registered at once', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(somebody())));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(60).fill(201));
  });
});

describe('a search', () => {
  it('finds a client by part of an address or a telephone number however it is spaced', async () => {
    const id = await register({
      ...somebody(),
      contacts: [
        { kind: 'email', value: 'J.Weber@Example.org' },
        { kind: 'phone', value: '+49 (30) 555-0123' },
      ],
    });
    for (const q of ['j.weber@example', '4930 5550', '555 01 23', '(30) 555'])
      expect(await found(q), q).toMatchObject([{ clientId: id }]);
    expect(await found('555-0124')).toEqual([]);
    await service.done(
      'coordinator',
      `/v1/clients/${id}/change-details`,
      { contacts: [] },
      { 'If-Match': '"1"' },
    );
    expect(await found('j.weber@example')).toEqual([]);
  });
});

describe('guardians and capacity over HTTP', () => {
  const guardian = () => ({
    guardianId: uuidv7(),
    name: 'Ines Weber',
    relation: 'mother',
    allPurposes: true,
    jointRule: 'sole',
    document: 'birth certificate, file 12',
    validFrom: '2020-01-01',
  });

  it('a guardian is recorded and ended, and shown with both dates; auditors get no name and no document', async () => {
    const id = await register();
    const { allPurposes: _, ...ines } = guardian();
    await service.done('coordinator', `/v1/clients/${id}/record-guardian`, { ...ines, allPurposes: true });
    await service.done('coordinator', `/v1/clients/${id}/end-guardian`, {
      guardianId: ines.guardianId,
      endedOn: '2026-01-31',
    });
    const shown = { ...ines, scope: 'all', endedOn: '2026-01-31', at: expect.any(String) };
    expect((await read('coordinator', id)).guardians).toEqual([shown]);
    const { name: _name, document: _document, ...anonymous } = shown;
    expect((await read('auditor', id)).guardians).toEqual([anonymous]);
    expect((await eventsOf(`client-${id}`)).map(({ type, subjects }) => [type, subjects])).toEqual([
      ['ClientRegistered', [id]],
      ['GuardianAuthorityRecorded', [id]],
      ['GuardianAuthorityEnded', [id]],
    ]);
  });

  it('a guardian needs one scope, a document and dates in order', async () => {
    const id = await register();
    const path = `/v1/clients/${id}/record-guardian`;
    const { allPurposes: _, ...open } = guardian();
    for (const body of [open, { ...open, allPurposes: true, purposes: ['treatment'] }])
      await service.refused(400, 'invalid_request', () => service.post('coordinator', path, body));
    await service.refused(422, 'authority_ends_before_it_begins', () =>
      service.post('coordinator', path, { ...guardian(), validTo: '2019-12-31' }),
    );
    await service.refused(403, 'forbidden', () => service.post('auditor', path, guardian()));
    await service.refused(404, 'not_found', () =>
      service.post('coordinator', `/v1/clients/${uuidv7()}/record-guardian`, guardian()),
    );
    await service.refused(409, 'guardian_unknown', () =>
      service.post('coordinator', `/v1/clients/${id}/end-guardian`, {
        guardianId: uuidv7(),
        endedOn: '2026-01-31',
      }),
    );
  });

  it('two authorities of one guardian recorded at once do not both stand', async () => {
    const id = await register();
    const ines = guardian();
    const answers = await Promise.all(
      ['order 1', 'order 2', 'order 3'].map((document) =>
        service.post('coordinator', `/v1/clients/${id}/record-guardian`, { ...ines, document }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422]);
  });

  it('capacity is assessed by a clinician; the note is for clinicians', async () => {
    const { clientId: id } = await givenRelationship(service);
    const path = `/v1/clients/${id}/assess-capacity`;
    const finding = { decision: 'treatment', capable: false };
    await service.done('therapist', path, { ...finding, note: 'Could not say what a session is for.' });
    const assessed = { ...finding, at: expect.any(String), by: service.first.staff.therapist };
    expect((await read('supervisor', id)).capacity).toEqual([
      { ...assessed, note: 'Could not say what a session is for.' },
    ]);
    for (const role of ['coordinator', 'auditor'] as const)
      expect((await read(role, id)).capacity, role).toEqual([assessed]);
    await service.refused(403, 'forbidden', () => service.post('coordinator', path, finding));
  });

  it('where the client is may change, and auditors see it', async () => {
    const id = await register({ ...somebody(), jurisdiction: 'DE' });
    await service.done(
      'coordinator',
      `/v1/clients/${id}/change-details`,
      { jurisdiction: 'US-CO' },
      { 'If-Match': '"1"' },
    );
    expect(await read('auditor', id)).toMatchObject({ jurisdiction: 'US-CO' });
    await service.refused(422, 'jurisdiction_not_a_code', () =>
      service.post(
        'coordinator',
        `/v1/clients/${id}/change-details`,
        { jurisdiction: 'us-co' },
        { 'If-Match': '"2"' },
      ),
    );
  });
});

describe('merging over HTTP', () => {
  /** Two records of one person, the second to go. */
  const two = async () => {
    const person = { ...somebody(), usedName: `Jo ${uuidv7()}` };
    const kept = await register(person);
    return { person, kept, gone: await register({ ...person, notADuplicateOf: [kept] }) };
  };
  const addMember = (unitId: string, clientId: string) =>
    service.post('coordinator', `/v1/units/${unitId}/add-member`, { clientId });
  const step = (role: TestRole, verb: string, id: string, otherClientId: string) =>
    service.post(role, `/v1/clients/${id}/${verb}`, { otherClientId });
  const done = async (role: TestRole, verb: string, id: string, otherClientId: string) =>
    expect((await step(role, verb, id, otherClientId)).status).toBe(200);
  const merged = async () => {
    const records = await two();
    await done('coordinator', 'merge', records.gone, records.kept);
    await done('owner', 'confirm-merge', records.gone, records.kept);
    return records;
  };

  it('takes two people; nothing is moved or deleted, and each record says what became of it', async () => {
    const { person, kept, gone } = await two();
    await done('coordinator', 'merge', gone, kept);
    expect((await read('owner', gone)).proposal).toEqual({
      kind: 'merge',
      otherClientId: kept,
      by: service.first.staff.coordinator,
    });
    await service.refused(422, 'second_person_needed', () =>
      step('coordinator', 'confirm-merge', gone, kept),
    );
    const before = await eventsOf(`client-${gone}`);
    await done('owner', 'confirm-merge', gone, kept);
    const after = await eventsOf(`client-${gone}`);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(await read('auditor', gone)).toMatchObject({ mergedInto: kept, mergedHere: [] });
    expect(await read('owner', gone)).toMatchObject({ ...person });
    expect(await read('auditor', kept)).toMatchObject({ mergedHere: [gone] });
    expect(await found(person.usedName)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ clientId: gone, mergedInto: kept }),
        expect.not.objectContaining({ mergedInto: expect.anything() }),
      ]),
    );
  });

  it('is undone by two people', async () => {
    const { kept, gone } = await merged();
    await done('owner', 'unmerge', gone, kept);
    await service.refused(422, 'second_person_needed', () => step('owner', 'confirm-unmerge', gone, kept));
    await done('coordinator', 'confirm-unmerge', gone, kept);
    expect(await read('owner', gone)).not.toHaveProperty('mergedInto');
    expect(await read('owner', kept)).toMatchObject({ mergedHere: [] });
    expect((await eventsOf(`client-${kept}`)).map(({ type }) => type)).toEqual([
      'ClientRegistered',
      'ClientsMerged',
      'ClientsUnmerged',
    ]);
  });

  it('leaves the record that went without new details, guardians or units', async () => {
    const { person, kept, gone } = await merged();
    await service.refused(422, 'merged_away', () =>
      service.post(
        'coordinator',
        `/v1/clients/${gone}/change-details`,
        { usedName: 'Jo' },
        { 'If-Match': '"3"' },
      ),
    );
    await service.refused(422, 'member_merged_away', () =>
      service.post('coordinator', '/v1/units', { kind: 'individual', members: [gone] }),
    );
    const { reasons } = await service.refused(422, 'possible_duplicate', () => ask(person));
    expect(JSON.stringify(reasons), 'the record to use is the one that is kept').toContain(kept);
    expect(JSON.stringify(reasons)).not.toContain(gone);
  });

  it('makes no chain and no circle, also when both directions are confirmed at once', async () => {
    const { kept, gone } = await two();
    await done('coordinator', 'merge', gone, kept);
    await done('coordinator', 'merge', kept, gone);
    const answers = await Promise.all([
      step('owner', 'confirm-merge', gone, kept),
      step('owner', 'confirm-merge', kept, gone),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
    const other = await register();
    const away = answers[0]!.status === 200 ? gone : kept;
    await service.refused(422, 'other_merged_away', () => step('coordinator', 'merge', other, away));
  });

  it('is refused for two who are treated together, until they are no longer', async () => {
    const { kept, gone } = await two();
    await givenStance(service, 'couple');
    const opened = { therapistId: service.first.staff.therapist, format: 'in_person' };
    const form = async (kind: string, members: string[]) =>
      (await service.done('coordinator', '/v1/units', { kind, members })).id;
    const open = async (unitId: string) =>
      (await service.done('coordinator', '/v1/relationships', { ...opened, unitId })).id;
    const couple = await form('couple', [kept, gone]);
    await done('coordinator', 'merge', gone, kept); // as yet nobody is treated
    const both = await open(couple);
    const { reasons } = await service.refused(422, 'treated_together', () =>
      step('owner', 'confirm-merge', gone, kept),
    );
    expect(reasons).toMatchObject([{ otherId: both, detail: expect.stringContaining(couple) }]);
    await service.refused(422, 'treated_together', () => step('owner', 'merge', kept, gone));
    await service.done('therapist', `/v1/relationships/${both}/end`, { by: 'agreement', reasonCode: 'x' });
    await done('owner', 'confirm-merge', gone, kept);
    await service.refused(422, 'member_merged_away', () =>
      service.post('coordinator', '/v1/relationships', { ...opened, unitId: couple }),
    );
  });

  it('leaves nobody a member twice: who is in a unit under the record that went is not added under the other', async () => {
    const { kept, gone } = await two();
    const { id } = await service.done('coordinator', '/v1/units', {
      kind: 'group',
      members: [gone, await register(), await register()],
    });
    await done('coordinator', 'merge', gone, kept);
    await done('owner', 'confirm-merge', gone, kept);
    await service.refused(422, 'member_twice', () => addMember(id, kept));
    await service.done('coordinator', `/v1/units/${id}/remove-member`, { clientId: gone });
    expect((await addMember(id, kept)).status).toBe(200);
    for (const record of [kept, gone]) {
      const path = `/v1/units?clientId=${record}&minPosition=${await position()}`;
      expect((await service.get('owner', path)).body.data).toMatchObject([{ unitId: id }]);
    }
  });

  it('moves no consent: each stands under the record it was given at, and either record answers for the whole person', async () => {
    const one = await givenRelationship(service);
    const other = await givenRelationship(service);
    const [gone, kept] = [one.clientId, other.clientId];
    await givenConsent(service, one);
    const status = async (id: string, query = '') => {
      const { body } = await service.get('therapist', `/v1/clients/${id}/consent-status${query}`);
      const relationships = body.relationships as {
        relationshipId: string;
        overall: string;
        consents: { clientId: string; status: string; documents?: object[] }[];
      }[];
      const standing = relationships.map(({ relationshipId, overall }) => [relationshipId, overall]);
      return { overall: body.overall, relationships, standing: Object.fromEntries(standing) };
    };
    expect(await status(gone)).toMatchObject({ overall: 'given' });
    const before = await status(kept);
    expect(before.standing).toEqual({ [other.relationshipId]: 'not_sought' });
    const unmerged = new Date().toISOString();
    await done('coordinator', 'merge', gone, kept);
    await done('owner', 'confirm-merge', gone, kept);

    const whole = { [one.relationshipId]: 'given', [other.relationshipId]: 'not_sought' };
    for (const [record, query] of [
      [kept, ''],
      [gone, ''],
      [kept, `?at=${new Date().toISOString()}`],
    ] as const) {
      const { overall, standing, relationships } = await status(record, query);
      expect(standing, 'what was given in one relationship is not given in the other').toEqual(whole);
      expect(overall, 'the worst of the open ones').toBe('not_sought');
      const theirs = relationships.find(({ relationshipId }) => relationshipId === one.relationshipId)!;
      expect(theirs.consents).toMatchObject([{ clientId: gone, status: 'given', documents: [{}] }]);
    }
    expect((await status(kept, `?knownAt=${unmerged}`)).standing).toEqual(before.standing);
    await done('coordinator', 'unmerge', gone, kept);
    await done('owner', 'confirm-unmerge', gone, kept);
    for (const query of ['', `?at=${new Date().toISOString()}`])
      expect((await status(kept, query)).standing).toEqual(before.standing);
  });

  it('and treating the two together do not both happen, whichever slips in before the other is stored', async () => {
    await givenStance(service, 'couple');
    const therapistId = service.first.staff.therapist;
    const treating = (unitId: string) =>
      service.post('coordinator', '/v1/relationships', { unitId, therapistId, format: 'video' });
    /** The first is judged, the second happens whole, then the first is stored, or judged anew. */
    const between = async (first: () => PromiseLike<Response>, second: () => PromiseLike<Response>) => {
      const append = service.store.append.bind(service.store);
      let slipped: Response | undefined;
      vi.spyOn(service.store, 'append').mockImplementationOnce(async (...args) => {
        slipped = await second();
        return append(...args);
      });
      const { status, body } = await first();
      vi.restoreAllMocks();
      return [slipped!.status, status, body.code];
    };
    const asked = async () => {
      const { kept, gone } = await two();
      const members = { kind: 'couple', members: [kept, gone] };
      const unitId = (await service.done('coordinator', '/v1/units', members)).id;
      await done('coordinator', 'merge', gone, kept);
      return { unitId, merging: () => step('owner', 'confirm-merge', gone, kept) };
    };
    const one = await asked();
    expect(await between(one.merging, () => treating(one.unitId))).toEqual([201, 422, 'treated_together']);
    const other = await asked();
    expect(await between(() => treating(other.unitId), other.merging)).toEqual([
      200,
      422,
      'member_merged_away',
    ]);
  });

  it('knows only records of this practice, and is for the front desk', async () => {
    const [id, other] = [await register(), await register()];
    await service.refused(404, 'not_found', () => step('coordinator', 'merge', id, uuidv7()));
    await service.refused(403, 'forbidden', () => step('therapist', 'merge', id, uuidv7()));
    await service.refused(422, 'same_record', () => step('coordinator', 'merge', id, id));
    await service.refused(409, 'not_asked', () => step('coordinator', 'confirm-merge', id, other));
  });
});

describe('joining and leaving a unit over HTTP', () => {
  const family = async (kind = 'family') => {
    const members = [await register(), await register()];
    const { id } = await service.done('coordinator', '/v1/units', { kind, members });
    return { id, members };
  };
  const change = (id: string, verb: 'add-member' | 'remove-member', clientId: string) =>
    service.post('coordinator', `/v1/units/${id}/${verb}`, { clientId });

  it('somebody joins, somebody leaves, and it stays known who was in it when', async () => {
    const { id, members } = await family();
    const joins = await register();
    expect((await change(id, 'add-member', joins)).status).toBe(200);
    expect((await change(id, 'remove-member', members[0]!)).status).toBe(200);
    const { body } = await service.get('coordinator', `/v1/units/${id}`);
    expect(body).toMatchObject({ version: 3, members: [members[1], joins] });
    const [first, second, third] = body.stays;
    expect([first, second, third].map(({ clientId }) => clientId)).toEqual([...members, joins]);
    expect(first.until > third.from).toBe(true);
    expect((await eventsOf(`unit-${id}`)).at(-1)!.subjects, 'it concerns whoever left').toContain(members[0]);
  });

  it('is listed with who was in it when, by who is or was a member and by kind', async () => {
    const { id, members } = await family();
    const [stays, leaves] = members as [string, string];
    const joins = await register();
    await change(id, 'add-member', joins);
    await change(id, 'remove-member', leaves);
    const list = async (query: string) =>
      (await service.get('auditor', `/v1/units?${query}&minPosition=${await position()}`)).body.data;
    for (const member of [stays, leaves, joins]) {
      const [row, ...others] = await list(`clientId=${member}`);
      expect([row.unitId, others]).toEqual([id, []]);
      expect(row).toMatchObject({ kind: 'family', members: [stays, joins], relationships: [] });
      expect(row.stays).toMatchObject([
        { clientId: stays },
        { clientId: leaves, until: expect.any(String) },
        { clientId: joins },
      ]);
    }
    expect(await list(`clientId=${stays}&kind=couple`)).toEqual([]);
    expect(await list(`clientId=${uuidv7()}`)).toEqual([]);
    const families: { unitId: string; kind: string }[] = await list('kind=family&limit=200');
    expect(new Set(families.map(({ kind }) => kind))).toEqual(new Set(['family']));
    expect(families.map(({ unitId }) => unitId)).toContain(id);
    expect(await service.get('auditor', '/v1/units?kind=crowd')).toMatchObject({ status: 400 });
  });

  it('only registered clients join, each once, and nobody joins a couple', async () => {
    const { id, members } = await family();
    await service.refused(404, 'not_found', () => change(id, 'add-member', uuidv7()));
    await service.refused(409, 'already_member', () => change(id, 'add-member', members[0]!));
    const couple = await family('couple');
    const third = await register();
    await service.refused(422, 'member_count', () => change(couple.id, 'add-member', third));
    await service.refused(422, 'member_count', () => change(couple.id, 'remove-member', couple.members[0]!));
  });

  it('two who leave a family of three at once do not leave one alone', async () => {
    const { id, members } = await family();
    await change(id, 'add-member', await register());
    const answers = await Promise.all(members.map((member) => change(id, 'remove-member', member)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });
});
