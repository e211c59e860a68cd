import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, uuidv7 } from '#libs/kernel';
import { startService, type Service, type TestRole } from '../support/http-kit.js';

let service: Service;
let stop: () => Promise<void>;
let theirs: string;
const asSecond = () => ({ Authorization: `Bearer ${service.tokenOf('coordinator', 'second')}` });
const mira = {
  legalName: 'Mirabel Okafor-José',
  usedName: 'Mira',
  dateOfBirth: '1991-02-28',
  languages: ['en'],
  contacts: [{ kind: 'email', value: 'mira@example.org', preferred: true }],
};

beforeAll(async () => {
  ({ service, stop } = await startService());
  await service.addPractice('second');
  theirs = (await service.done('coordinator', '/v1/clients', mira, asSecond())).id;
});
afterAll(() => stop());

/** Another person each time: nobody else has that name. */
let born = mira.dateOfBirth;
const somebody = () => ({
  ...mira,
  legalName: `Mirabel Okafor-José ${uuidv7()}`,
  dateOfBirth: (born = addDays(born, 1)),
});
const register = (person: object = somebody()) => service.done('coordinator', '/v1/clients', person);
const told = { guardians: [], capacity: [], mergedHere: [] };

/** Asks a list for nothing older than what is there now. */
const list = async (role: TestRole, path: string) => {
  const position = await service.store.reader.position(service.first.id);
  return service.get(role, `${path}${path.includes('?') ? '&' : '?'}minPosition=${position}`);
};

describe('a client over HTTP', () => {
  it('is registered, changed and read', async () => {
    const person = somebody();
    const { id } = await register(person);
    expect((await service.get('owner', `/v1/clients/${id}`)).body).toEqual({
      id,
      version: 1,
      ...person,
      ...told,
    });
    await service.done(
      'coordinator',
      `/v1/clients/${id}/change-details`,
      { legalName: 'Mirabel Okafor', withoutUsedName: true },
      { 'If-Match': '"1"' },
    );
    const { usedName: _, ...without } = person;
    expect((await service.get('owner', `/v1/clients/${id}`)).body).toEqual({
      ...without,
      ...told,
      id,
      version: 2,
      legalName: 'Mirabel Okafor',
    });
  });

  it('is found by part of a name, in any case and without accents', async () => {
    const person = { ...somebody(), legalName: 'Àine Ünal', usedName: 'Bo' };
    const { id } = await register(person);
    for (const q of ['aine', 'ÄINE  Ü', 'unal', 'BO']) {
      const { body } = await list('coordinator', `/v1/clients?q=${encodeURIComponent(q)}`);
      expect(body.data, q).toEqual([
        {
          clientId: id,
          legalName: 'Àine Ünal',
          usedName: 'Bo',
          dateOfBirth: person.dateOfBirth,
          languages: ['en'],
        },
      ]);
    }
    for (const q of ['%', '_', "' or true --", 'unal bo'])
      expect((await list('coordinator', `/v1/clients?q=${encodeURIComponent(q)}`)).body.data, q).toEqual([]);
  });

  it('is found under the new name after a change, page by page', async () => {
    const ids = [await register(), await register(), await register()].map(({ id }) => id).sort();
    for (const id of ids)
      await service.done(
        'owner',
        `/v1/clients/${id}/change-details`,
        { usedName: 'Zsofia' },
        { 'If-Match': '"1"' },
      );
    const first = await list('coordinator', '/v1/clients?q=zsofia&limit=2');
    const second = await list('coordinator', `/v1/clients?q=ZSOFIA&limit=2&cursor=${first.body.page.next}`);
    expect([...first.body.data, ...second.body.data].map(({ clientId }) => clientId)).toEqual(ids);
    expect(second.body.page).toEqual({ limit: 2 });
    await service.refused(400, 'invalid_request', () =>
      list('coordinator', `/v1/clients?q=mira&limit=2&cursor=${first.body.page.next}`),
    );
  });

  it('has no name, birth date or contacts for auditors, who cannot search for names either', async () => {
    const { id } = await register();
    expect((await service.get('auditor', `/v1/clients/${id}`)).body).toEqual({
      id,
      version: 1,
      languages: ['en'],
      ...told,
    });
    const { body } = await list('auditor', '/v1/clients');
    expect(body.data).toContainEqual({ clientId: id, languages: ['en'] });
    expect(JSON.stringify(body)).not.toContain('Mira');
    await service.refused(403, 'forbidden', () => list('auditor', '/v1/clients?q=mira'));
  });

  it('is not born tomorrow, nor changed unseen', async () => {
    await service.refused(422, 'birth_in_future', () =>
      service.post('coordinator', '/v1/clients', { ...mira, dateOfBirth: '2999-01-01' }),
    );
    const { id } = await register();
    const path = `/v1/clients/${id}/change-details`;
    await service.refused(428, 'if_match_missing', () =>
      service.post('coordinator', path, { usedName: 'M' }, { 'If-Match': null }),
    );
    await service.refused(428, 'if_match_star', () =>
      service.post('coordinator', path, { usedName: 'M' }, { 'If-Match': '*' }),
    );
    await service.refused(400, 'invalid_request', () =>
      service.post('coordinator', path, { usedName: 'M', withoutUsedName: true }, { 'If-Match': '"1"' }),
    );
    await service.refused(403, 'forbidden', () =>
      service.post('therapist', path, { usedName: 'M' }, { 'If-Match': '"1"' }),
    );
    await service.done('coordinator', path, { usedName: 'M' }, { 'If-Match': '"1"' });
    const stale = await service.refused(412, 'version_stale', () =>
      service.post('coordinator', path, { usedName: 'N' }, { 'If-Match': '"1"' }),
    );
    expect(stale).toMatchObject({ version: 2, eventsSince: [{ type: 'ClientDetailsChanged', version: 2 }] });
    expect(JSON.stringify(stale)).not.toContain('"M"');
  });

  it('is registered once however often the same request arrives', async () => {
    const headers = { 'Idempotency-Key': 'mira-once' };
    const person = somebody();
    const first = await service.post('coordinator', '/v1/clients', person, headers);
    const again = await service.post('coordinator', '/v1/clients', person, headers);
    expect([again.status, again.headers['idempotency-replayed'], again.text]).toEqual([
      201,
      'true',
      first.text,
    ]);
    await service.refused(409, 'already_exists', () =>
      service.post('coordinator', '/v1/clients', { ...person, id: first.body.id }),
    );
  });

  it('names each property it does not know', async () => {
    const { errors } = await service.refused(400, 'invalid_request', () =>
      service.post('coordinator', '/v1/clients', {
        ...mira,
        gender: 'x',
        contacts: [{ kind: 'email', value: 'a', note: 'b' }],
      }),
    );
    expect(errors!.map(({ pointer, code }) => [pointer, code]).sort()).toEqual([
      ['/contacts/0/note', 'unknown_property'],
      ['/gender', 'unknown_property'],
    ]);
  });

  it('of another practice looks exactly like one that does not exist', async () => {
    const none = uuidv7();
    for (const ask of [
      (id: string) => service.get('coordinator', `/v1/clients/${id}`),
      (id: string) =>
        service.post(
          'coordinator',
          `/v1/clients/${id}/change-details`,
          { usedName: 'M' },
          { 'If-Match': '"1"' },
        ),
      (id: string) => service.post('coordinator', '/v1/units', { kind: 'individual', members: [id] }),
    ]) {
      const [there, nowhere] = [await ask(theirs), await ask(none)];
      expect([there.status, there.text.replaceAll(theirs, none)]).toEqual([404, nowhere.text]);
    }
  });
});

describe('a unit over HTTP', () => {
  it('is formed of clients and read', async () => {
    const members = [(await register()).id, (await register()).id];
    const { id } = await service.done('coordinator', '/v1/units', { kind: 'couple', members });
    expect((await service.get('auditor', `/v1/units/${id}`)).body).toEqual({
      id,
      version: 1,
      kind: 'couple',
      members,
      stays: members.map((clientId) => ({ clientId, from: expect.any(String) })),
    });
  });

  it('has as many members as its kind says, each named once', async () => {
    const { id } = await register();
    await service.refused(422, 'member_count', () =>
      service.post('coordinator', '/v1/units', { kind: 'couple', members: [id] }),
    );
    await service.refused(400, 'invalid_request', () =>
      service.post('coordinator', '/v1/units', { kind: 'couple', members: [id, id] }),
    );
  });
});
