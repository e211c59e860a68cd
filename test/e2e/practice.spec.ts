import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '#libs/kernel';
import { firstOwnerIdOf } from '#libs/practice';
import { OPERATOR, startService, type Service, type TestRole } from '../support/http-kit.js';

let service: Service;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ service, stop } = await startService());
  await service.addPractice('second');
});
afterAll(() => stop());

const asOperator = { Authorization: `Bearer ${OPERATOR}` };
const details = {
  name: 'Linden Street',
  zone: 'Europe/London',
  locale: 'en-GB',
  rulePack: 'uk-bacp',
  owner: { name: 'Noor Haddad' },
};

/** Asks a list for nothing older than what is there now. */
const list = async (role: TestRole, path: string) => {
  const position = await service.store.reader.position(service.first.id);
  return service.get(role, `${path}${path.includes('?') ? '&' : '?'}minPosition=${position}`);
};

describe('a practice over HTTP', () => {
  it('is registered by the operator together with its first owner', async () => {
    const receipt = await service.done('owner', '/v1/practices', details, asOperator);
    expect(receipt.events.map(({ type, position }) => [type, position])).toEqual([
      ['PracticeRegistered', 1],
      ['StaffRegistered', 2],
    ]);
    const ownerId = firstOwnerIdOf(receipt.id);
    const streams = await service.store.reader.streams(receipt.id, [
      `practice-${receipt.id}`,
      `staff-${ownerId}`,
    ]);
    expect(streams.map(({ data }) => data)).toEqual([
      { name: 'Linden Street', zone: 'Europe/London', locale: 'en-GB', rulePack: 'uk-bacp', demo: false },
      { name: 'Noor Haddad', roles: ['owner'] },
    ]);
  });

  it('is registered once per Idempotency-Key, and the key belongs to that request', async () => {
    const headers = { ...asOperator, 'Idempotency-Key': 'one-practice-please' };
    const first = await service.post('owner', '/v1/practices', details, headers);
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
    const again = await service.post('owner', '/v1/practices', details, headers);
    expect([again.status, again.headers['idempotency-replayed'], again.body]).toEqual([
      201,
      'true',
      first.body,
    ]);
    await service.refused(422, 'idempotency_key_reused', () =>
      service.post('owner', '/v1/practices', { ...details, name: 'Other' }, headers),
    );
  });

  it('is not registered by anybody who works at one, nor without an owner, nor with a language that is none', async () => {
    await service.refused(403, 'forbidden', () => service.post('owner', '/v1/practices', details));
    const problem = await service.refused(400, 'invalid_request', () =>
      service.post('owner', '/v1/practices', { ...details, owner: { nam: 'Noor' } }, asOperator),
    );
    expect(problem.errors).toMatchObject([
      { pointer: '/owner/nam', code: 'unknown_property' },
      { pointer: '/owner/name', code: 'not_a_text' },
    ]);
    await service.refused(422, 'locale_unknown', () =>
      service.post('owner', '/v1/practices', { ...details, locale: '??' }, asOperator),
    );
    const { detail } = await service.refused(422, 'rule_pack_unknown', () =>
      service.post('owner', '/v1/practices', { ...details, rulePack: 'uk-bcap' }, asOperator),
    );
    expect(detail).toContain('uk-bacp');
  });

  it('sets its policy, which looks forward and is read as of any moment', async () => {
    const before = await service.get('auditor', '/v1/practice');
    expect(before.body).toMatchObject({
      id: service.first.id,
      version: 1,
      name: 'first',
      policy: { lateEntryHours: 72 },
    });
    const change = {
      policy: { lateEntryHours: 24, staleEffects: { fee_changed: { effect: 'block_now', graceDays: 7 } } },
    };
    await service.done('owner', '/v1/practice/set-policy', change, { 'If-Match': '"1"' });
    const { policy } = (await service.get('therapist', '/v1/practice')).body;
    expect(policy).toMatchObject({
      lateEntryHours: 24,
      emergencyFollowUpHours: 48,
      staleEffects: { fee_changed: { effect: 'block_now', graceDays: 7 }, review_due: { effect: 'inform' } },
    });
    const { body: then } = await service.get('therapist', `/v1/practice?at=${before.body.at}`);
    expect(then).toMatchObject({ at: before.body.at, policy: { lateEntryHours: 72 } });
    const { body: unknown } = await service.get('therapist', `/v1/practice?knownAt=${before.body.knownAt}`);
    expect(unknown).toMatchObject({
      version: 2,
      knownAt: before.body.knownAt,
      policy: { lateEntryHours: 72 },
    });
    await service.refused(400, 'invalid_request', () =>
      service.get('therapist', '/v1/practice?knownAt=2999-01-01T00:00:00Z'),
    );
  });

  it('refuses a policy that makes no sense, from somebody who may not, or from who has not seen the newest', async () => {
    const change = { policy: { lateEntryHours: 24 } };
    const path = '/v1/practice/set-policy';
    await service.refused(403, 'forbidden', () => service.post('coordinator', path, change));
    await service.refused(400, 'invalid_request', () =>
      service.post('owner', path, {
        policy: { staleEffects: { never_heard_of: { effect: 'inform', graceDays: 0 } } },
      }),
    );
    await service.refused(400, 'invalid_request', () =>
      service.post('owner', path, { policy: { reviewIntervalMonths: 0 } }),
    );
    await service.refused(428, 'if_match_missing', () =>
      service.post('owner', path, change, { 'If-Match': null }),
    );
    const stale = await service.refused(412, 'version_stale', () =>
      service.post('owner', path, change, { 'If-Match': '"1"' }),
    );
    expect(stale).toMatchObject({ version: 2, eventsSince: [{ type: 'PracticePolicySet', version: 2 }] });
  });
});

describe('staff over HTTP', () => {
  const noor = {
    name: 'Noor Haddad',
    roles: ['therapist'],
    credentials: 'MBACP 12345',
    languages: ['en', 'ar'],
  };

  it('are registered, given roles, listed and deactivated', async () => {
    const id = uuidv7();
    const registered = await service.post('owner', '/v1/staff', { id, ...noor });
    expect([registered.status, registered.headers.location, registered.headers.etag]).toEqual([
      201,
      `/v1/staff/${id}`,
      '"1"',
    ]);
    await service.done(
      'owner',
      `/v1/staff/${id}/change-roles`,
      { roles: ['supervisor', 'therapist'] },
      { 'If-Match': '"1"' },
    );
    expect((await service.get('therapist', `/v1/staff/${id}`)).body).toEqual({
      ...noor,
      id,
      version: 2,
      status: 'active',
      roles: ['therapist', 'supervisor'],
      recordedCredentials: [],
      supervisions: [],
      availability: [],
      absences: [],
    });
    const supervisors = await list('auditor', '/v1/staff?role=supervisor&status=active');
    expect(supervisors.body.data.map(({ staffId }: { staffId: string }) => staffId).sort()).toEqual(
      [id, service.first.staff.supervisor].sort(),
    );

    await service.done('owner', `/v1/staff/${id}/deactivate`);
    const gone = await list('auditor', '/v1/staff?status=deactivated');
    expect(gone.body.data).toMatchObject([
      { ...noor, staffId: id, roles: ['therapist', 'supervisor'], status: 'deactivated' },
    ]);
    await service.refused(409, 'staff_deactivated', () =>
      service.post('owner', `/v1/staff/${id}/change-roles`, { roles: ['owner'] }),
    );
  });

  it('nobody changes their own roles, and only an owner changes those of others', async () => {
    const { owner, therapist } = service.first.staff;
    await service.refused(422, 'own_roles', () =>
      service.post('owner', `/v1/staff/${owner}/change-roles`, { roles: ['owner', 'auditor'] }),
    );
    await service.refused(422, 'own_roles', () => service.post('owner', `/v1/staff/${owner}/deactivate`));
    await service.refused(403, 'forbidden', () =>
      service.post('coordinator', `/v1/staff/${therapist}/change-roles`, { roles: ['owner'] }),
    );
    await service.refused(403, 'forbidden', () => service.post('coordinator', '/v1/staff', noor));
  });

  it('of two owners who deactivate each other at once, one remains', async () => {
    await service.addPractice('rivals');
    const { id: practiceId, staff, tokens } = service.practices.rivals!;
    const rivalId = uuidv7();
    const asOwner = { Authorization: `Bearer ${tokens.owner}` };
    await service.done('owner', '/v1/staff', { id: rivalId, name: 'Rival', roles: ['owner'] }, asOwner);
    const { Tokens } = await import('#libs/identity');
    const asRival = {
      Authorization: `Bearer ${await service.app.get(Tokens).issue(practiceId, rivalId, 'rival')}`,
    };
    const answers = await Promise.all([
      service.post('owner', `/v1/staff/${rivalId}/deactivate`, {}, asOwner),
      service.post('owner', `/v1/staff/${staff.owner}/deactivate`, {}, asRival),
    ]);
    // the slower one is refused; or, once deactivated, not even let in
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      expect.toSatisfy((status: number) => status === 401 || status === 403),
    ]);
  });

  it('of another practice look exactly like staff that do not exist', async () => {
    for (const path of ['', '/change-roles', '/deactivate']) {
      const [theirs, none] = [service.practices.second!.staff.therapist, uuidv7()];
      const ask = (id: string) =>
        path
          ? service.post(
              'owner',
              `/v1/staff/${id}${path}`,
              path === '/deactivate' ? {} : { roles: ['auditor'] },
            )
          : service.get('owner', `/v1/staff/${id}`);
      const [there, nowhere] = [await ask(theirs), await ask(none)];
      expect([there.status, there.text.replaceAll(theirs, none)]).toEqual([404, nowhere.text]);
    }
  });

  it('unknown properties and filters are named', async () => {
    const body = await service.refused(400, 'invalid_request', () =>
      service.post('owner', '/v1/staff', { ...noor, salary: 1 }),
    );
    expect(body.errors).toMatchObject([{ pointer: '/salary', code: 'unknown_property' }]);
    await service.refused(400, 'invalid_request', () => list('owner', '/v1/staff?rolle=owner'));
  });
});
