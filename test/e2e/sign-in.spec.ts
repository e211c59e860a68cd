import { randomUUID } from 'node:crypto';
import pg from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Tokens } from '#libs/identity';
import { FRESH, uuidv7 } from '#libs/kernel';
import { printInvitation } from '../../apps/cli/src/invite.command.js';
import { startService, type Service, type TestRole } from '../support/http-kit.js';
import { givenClient } from '../support/story.js';
import {
  asDatabaseOwner,
  codeAt,
  cookieOf,
  enrolled,
  invited,
  send,
  type Enrolled,
} from '../support/sign-in-kit.js';

/** stands still unless told otherwise */
let millis = Date.now();
const clock = { now: () => new Date(millis).toISOString() };
const pass = (minutes: number) => void (millis += minutes * 60_000);
/** long enough for another code */
const nextCode = () => pass(1);

let service: Service;
let stop: () => Promise<void>;
let therapist: Enrolled;
beforeAll(async () => {
  ({ service, stop } = await startService(clock, { signIn: { requestsPerMinute: 120 } }));
  await service.addPractice('second');
  therapist = await enrolled(service, 'therapist');
  nextCode();
});
afterAll(() => stop());
beforeEach(async () => {
  await asDatabaseOwner(service, 'delete from access.throttle');
  nextCode();
});

const SAME_SITE = { 'Sec-Fetch-Site': 'same-origin' };
const credentialsOf = ({ email, password, key }: Enrolled) => ({
  email,
  password,
  code: codeAt(key, clock.now()),
});
const signIn = (credentials: object, headers: Record<string, string> = {}) =>
  send(service, '/v1/sign-in', credentials, headers);
/** @returns the cookie of a new session */
const session = async (person = therapist): Promise<string> => {
  const answer = await signIn(credentialsOf(person));
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return cookieOf(answer);
};
/** A token for whom an invitation has taken theirs, as the command line makes one. */
const letInAnew = async (role: TestRole): Promise<void> => {
  const { id, staff, tokens } = service.first;
  tokens[role] = await service.app.get(Tokens).issue(id, staff[role], 'command line');
};
const get = (path: string, headers: Record<string, string>) =>
  request(service.app.getHttpServer()).get(path).set(headers);
const me = (cookie: string) => get('/v1/me', { Cookie: cookie });
const logOf = async (kind: string) =>
  (
    (await service.get('owner', `/v1/sign-ins?kind=${kind}&limit=200`)).body as {
      data: { staffId: string; byStaffId?: string; reason?: string; address?: string }[];
    }
  ).data;

/** @returns the milliseconds of ten answers, one after the other, of a service that has other things to do; shortest first */
async function answerTimes(): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < 10; n++) {
    const asked = performance.now();
    expect((await get('/health/live', {})).status).toBe(200);
    times.push(performance.now() - asked);
  }
  return times.toSorted((a, b) => a - b);
}

describe('an invitation', () => {
  it('of an owner lets somebody choose a password and enrol an authenticator app, and in', async () => {
    const { staff } = service.first;
    const made = await service.post('owner', `/v1/staff/${staff.coordinator}/invite`, {
      reason: 'New here.',
    });
    const { link, invitation } = made.body as { link: string; invitation: string };
    expect(link).toBe(`http://localhost:3000/invitation#${invitation}`);
    const opened = await send(service, '/v1/invitations/open', { invitation });
    expect(opened.body).toMatchObject({ name: 'coordinator of first', practice: 'first' });
    const { key } = (opened.body as { authenticator: { key: string } }).authenticator;
    const own = { email: 'Sefa@Example.org', password: 'three quiet otters', code: codeAt(key, clock.now()) };
    const accepted = await send(service, '/v1/invitations/accept', { invitation, ...own });
    expect(new Set((accepted.body as { recoveryCodes: string[] }).recoveryCodes).size).toBe(10);
    await service.refused(401, 'sign_in_refused', () => signIn(own)); // the code was used
    nextCode();
    const email = 'sefa@example.org';
    const answer = await signIn({ ...own, email, code: codeAt(key, clock.now()) });
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-candor=candor_session_[\w-]{43}[0-9a-f]{8}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    const who = (await me(cookieOf(answer))).body;
    expect(who).toMatchObject({
      staffId: staff.coordinator,
      name: 'coordinator of first',
      roles: ['coordinator'],
      via: 'session',
      session: { current: true },
    });
    expect(await logOf('invitation_made')).toContainEqual(
      expect.objectContaining({ staffId: staff.coordinator, byStaffId: staff.owner, reason: 'New here.' }),
    );
  });

  it('is printed by the command line for whoever has the database, and is in the log without a maker', async () => {
    const printed: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const { auditor } = service.first.staff;
    await printInvitation(service.store, auditor, 'https://candor.test');
    vi.restoreAllMocks();
    const [, invitation] = /^https:\/\/candor\.test\/invitation#(\S+)\nGood until /.exec(printed.join(''))!;
    expect((await send(service, '/v1/invitations/open', { invitation })).status).toBe(200);
    const entry = (await logOf('invitation_made')).find(({ staffId }) => staffId === auditor);
    expect(entry).not.toHaveProperty('byStaffId');
    await expect(printInvitation(service.store, uuidv7(), '')).rejects.toThrow('no such staff member');
  });

  it('is made by owners only, for staff of their own practice who are there', async () => {
    const { staff } = service.first;
    const of = (id: string) => `/v1/staff/${id}/invite`;
    for (const role of ['coordinator', 'therapist', 'supervisor', 'auditor'] as const)
      await service.refused(403, 'forbidden', () => service.post(role, of(staff.therapist)));
    await service.refused(404, 'not_found', () => service.post('owner', of(uuidv7())));
    const theirs = service.practices.second!.staff.therapist;
    await service.refused(404, 'not_found', () => service.post('owner', of(theirs)));
    await service.done('owner', '/v1/staff', {
      id: '0190aaaa-0000-7000-8000-00000000000a',
      name: 'Gone',
      roles: ['therapist'],
    });
    await service.done('owner', '/v1/staff/0190aaaa-0000-7000-8000-00000000000a/deactivate');
    await service.refused(409, 'staff_deactivated', () =>
      service.post('owner', of('0190aaaa-0000-7000-8000-00000000000a')),
    );
  });

  it('is over after 72 hours, when it was used, and when a newer one took its place', async () => {
    const over = await invited(service, 'auditor');
    pass(72 * 60);
    const open = (invitation: string) => send(service, '/v1/invitations/open', { invitation });
    await service.refused(401, 'invitation_invalid', () => open(over));
    const older = await invited(service, 'auditor');
    await invited(service, 'auditor');
    await service.refused(401, 'invitation_invalid', () => open(older));
    await service.refused(401, 'invitation_invalid', () => open(therapist.invitation));
  });

  it('that two accept at once is accepted by one of them', async () => {
    const invitation = await invited(service, 'auditor');
    const opened = await send(service, '/v1/invitations/open', { invitation });
    const { key } = (opened.body as { authenticator: { key: string } }).authenticator;
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((name) =>
        send(service, '/v1/invitations/accept', {
          invitation,
          email: `${name}@example.org`,
          password: 'amber ladders at noon',
          code: codeAt(key, clock.now()),
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401]);
    const rows = await asDatabaseOwner(service, 'select from access.account where staff_id = $1', [
      service.first.staff.auditor,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('ends the account and every session of before at once, not only when it is accepted', async () => {
    const person = await enrolled(service, 'supervisor');
    nextCode();
    const cookie = await session(person);
    expect((await me(cookie)).status).toBe(200);
    await invited(service, 'supervisor');
    expect((await me(cookie)).status).toBe(401);
    nextCode();
    await service.refused(401, 'sign_in_refused', () => signIn(credentialsOf(person)));
    await letInAnew('supervisor');
  });

  it('ends the tokens that act as this person as well, also one that is being made meanwhile', async () => {
    const person = await enrolled(service, 'auditor');
    nextCode();
    const cookie = await session(person);
    const expiresOn = new Date(millis + 86_400_000).toISOString().slice(0, 10);
    const issue = (label: string) =>
      send(
        service,
        '/v1/tokens',
        { label, scopes: ['read', 'write'], expiresOn },
        { Cookie: cookie, ...SAME_SITE },
      );
    const { token } = (await issue('tablet')).body as { token: string };
    // the reset waits for somebody, and one who is let in by the session of before waits behind it
    const { auditor } = service.first.staff;
    const other = new pg.Client({ connectionString: service.databaseUrl });
    await other.connect();
    await other.query('begin');
    const lock = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';
    await other.query(lock, [`candor credentials ${auditor}`]);
    const waiting = (count: number) =>
      vi.waitFor(async () => {
        const { rows } = await other.query<{ count: string }>(
          "select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
        );
        expect(Number(rows[0]!.count)).toBe(count);
      });
    const reset = invited(service, 'auditor');
    await waiting(1);
    const late = issue('meanwhile').then((answer) => answer);
    await waiting(2);
    await other.query('commit');
    await other.end();
    await reset;
    expect((await late).status).toBe(401);
    for (const one of [token, service.tokenOf('auditor')])
      expect((await get('/v1/me', { Authorization: `Bearer ${one}` })).status).toBe(401);
    const { rows } = await service.store
      .of(service.first.id)
      .query('select from access.token where staff_id = $1 and withdrawn_at is null', [auditor]);
    expect(rows).toEqual([]);
    expect((await logOf('token_withdrawn')).map(({ staffId }) => staffId)).toContain(auditor);
    await letInAnew('auditor');
  });

  it('for one’s own account, which a stolen session could use to stay, is refused', async () => {
    const owner = await enrolled(service, 'owner');
    const path = `/v1/staff/${service.first.staff.owner}/invite`;
    await service.refused(409, 'own_account', () => service.post('owner', path));
    nextCode();
    expect((await signIn(credentialsOf(owner))).status, 'and the account is still there').toBe(200);
  });

  it('takes no password that is tried first, is short, or names the person or the practice', async () => {
    const invitation = await invited(service, 'supervisor');
    for (const [password, ...codes] of [
      ['short', 'password_too_short', 'password_too_common'],
      ['P4ssw0rd1234!', 'password_too_common'],
      ['qwertyuiop123456', 'password_too_common'],
      ['aaaaaaaaaaaaaaaa', 'password_too_common'],
      ['supervisor2026!!', 'password_too_common'],
    ] as const) {
      const body = { invitation, email: 'a@example.org', password, code: '000000' };
      const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
        send(service, '/v1/invitations/accept', body),
      );
      expect(reasons!.map(({ code }) => code)).toEqual([...codes, 'code_wrong']);
    }
  });
});

describe('signing in', () => {
  it('a code works once, also when two send it at once', async () => {
    const credentials = credentialsOf(therapist);
    const answers = await Promise.all([signIn(credentials), signIn(credentials), signIn(credentials)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401]);
    await service.refused(401, 'sign_in_refused', () => signIn(credentials));
  });

  it('a recovery code works once in place of a code, however it is typed, and is noted', async () => {
    const { email, password, recoveryCodes } = therapist;
    const code = recoveryCodes[0]!.toUpperCase().replaceAll('-', ' ');
    const answers = await Promise.all([1, 2].map(() => signIn({ email, password, code })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    expect(await logOf('recovery_code_used')).toHaveLength(1);
  });

  it('is refused in the same words and no sooner, whatever is wrong', async () => {
    const right = credentialsOf(therapist);
    const bodies: unknown[] = [];
    for (const wrong of [
      { email: 'nobody@example.org' },
      { password: 'quite another one' },
      { code: '123456' },
    ]) {
      const start = performance.now();
      const answer = await signIn({ ...right, ...wrong }, { 'X-Forwarded-For': '203.0.113.9' });
      expect(performance.now() - start).toBeGreaterThan(245);
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toBeUndefined();
      bodies.push(answer.body);
    }
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
    expect(await logOf('sign_in_refused')).toContainEqual(
      expect.objectContaining({
        staffId: service.first.staff.therapist,
        address: expect.stringContaining('127.0.0.1'),
      }),
    );
    const told = JSON.stringify(await logOf('sign_in_refused'));
    expect(told, 'an address that anybody could make up').not.toContain('203.0.113.9');
  });

  it('must wait after five attempts, longer each time, whether the account exists or not, and never for ever', async () => {
    for (const email of [therapist.email, 'nobody@example.org']) {
      await asDatabaseOwner(service, 'delete from access.throttle'); // of the address
      const attempt = () => signIn({ email, password: 'not the right one', code: '123456' });
      const free = await Promise.all(Array.from({ length: 8 }, attempt));
      expect(free.map(({ status }) => status).toSorted()).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
      const waits: number[] = [];
      for (const before of [6, 7, 40]) {
        await asDatabaseOwner(service, 'update access.throttle set attempts = $1', [before]);
        pass(15);
        expect((await attempt()).status, 'after the wait').toBe(401);
        const again = await attempt();
        expect(again.status).toBe(429);
        waits.push(Number(again.headers['retry-after']));
      }
      expect(waits).toEqual([4, 8, 900]);
    }
    pass(15);
    expect((await signIn(credentialsOf(therapist))).status, 'after the wait').toBe(200);
  });

  it('fifty at once neither stop the service nor queue without end', async () => {
    const together = async (body: (n: number) => object) => {
      const answers = Promise.all(Array.from({ length: 50 }, async (_, n) => signIn(body(n))));
      return { times: await answerTimes(), answers: await answers };
    };
    const start = performance.now();
    const cheap = await together(() => ({}));
    const { times, answers } = await together((n) => ({
      email: `flood${n}@example.org`,
      password: 'any password at all',
      code: '123456',
    }));
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(10);
    expect(busy[0]!.body).toMatchObject({ code: 'sign_in_busy' });
    expect(busy[0]!.headers['retry-after']).toBe('2');
    expect(answers.every(({ status }) => [401, 429, 503].includes(status))).toBe(true);
    expect(times[5]).toBeLessThan(200);
    // the slowest, on a machine with other things to do: not much worse than beside fifty that are refused unread
    expect(times.at(-1)).toBeLessThan(Math.max(500, cheap.times.at(-1)! * 3));
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});

describe('a session', () => {
  it('ends after 15 minutes unused, and lasts while it is used, for 12 hours', async () => {
    const unused = await session();
    pass(15);
    expect((await me(unused)).status).toBe(401);
    const used = await session();
    for (let minutes = 0; minutes < 12 * 60 - 14; minutes += 14) {
      expect((await me(used)).status, `after ${minutes} minutes`).toBe(200);
      pass(14);
    }
    expect((await me(used)).status).toBe(200);
    pass(14);
    expect((await me(used)).status).toBe(401);
  });

  it('is another one after each sign-in; the one before ends', async () => {
    const before = await session();
    nextCode();
    const answer = await signIn(credentialsOf(therapist), { Cookie: before, ...SAME_SITE });
    expect(cookieOf(answer)).not.toBe(before);
    expect([(await me(before)).status, (await me(cookieOf(answer))).status]).toEqual([401, 200]);
  });

  it('ends when it is signed out of, here or everywhere', async () => {
    const one = await session();
    nextCode();
    const two = await session();
    nextCode();
    const three = await session();
    const out = (cookie: string, body = {}) =>
      send(service, '/v1/sign-out', body, { Cookie: cookie, ...SAME_SITE });
    const answer = await out(one);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-candor=; Max-Age=0; Path=\/;/),
    ]);
    expect([(await me(one)).status, (await me(two)).status]).toEqual([401, 200]);
    await out(two, { everywhere: true });
    expect([(await me(two)).status, (await me(three)).status]).toEqual([401, 401]);
  });

  it('can be ended from another one, by its owner only', async () => {
    const lost = await session();
    nextCode();
    const cookie = await session();
    const { data } = (await get('/v1/me/sessions', { Cookie: cookie })).body as {
      data: { id: string; current: boolean }[];
    };
    const { id } = data.find(({ current }) => !current)!;
    await service.refused(404, 'not_found', () => service.post('owner', `/v1/me/sessions/${id}/end`));
    const ended = await send(
      service,
      `/v1/me/sessions/${id}/end`,
      { reason: 'Left in the library.' },
      { Cookie: cookie, ...SAME_SITE },
    );
    expect(ended.status).toBe(200);
    expect([(await me(lost)).status, (await me(cookie)).status]).toEqual([401, 200]);
    expect(await logOf('session_ended')).toEqual([
      expect.objectContaining({ reason: 'Left in the library.' }),
    ]);
  });

  it('ends at once when the roles change or the person is deactivated', async () => {
    const { therapist: id } = service.first.staff;
    const cookie = await session();
    await service.done('owner', `/v1/staff/${id}/change-roles`, { roles: ['therapist', 'supervisor'] });
    expect((await me(cookie)).status).toBe(401);
    nextCode();
    expect((await me(await session())).body).toMatchObject({ roles: ['therapist', 'supervisor'] });
    const gone = await enrolled(service, 'coordinator');
    nextCode();
    const theirs = await session(gone);
    await service.done('owner', `/v1/staff/${service.first.staff.coordinator}/deactivate`);
    expect((await me(theirs)).status).toBe(401);
    nextCode();
    await service.refused(401, 'sign_in_refused', () => signIn(credentialsOf(gone)));
  });

  it('gives access, makes tokens and breaks the glass only within 15 minutes of signing in', async () => {
    const cookie = await session();
    const as = { Cookie: cookie, ...SAME_SITE, 'Idempotency-Key': randomUUID() };
    const clientId = await givenClient(service);
    const asked = () =>
      [
        ['/v1/tokens', { label: 'x', scopes: ['read'], expiresOn: '2000-01-01' }, 'expires_in_the_past'],
        [
          '/v1/break-glass-grants',
          { clientId, reasonCode: 'other', minutes: 60, reason: 'short' },
          'reason_too_short',
        ],
      ] as const;
    for (const [path, body, code] of asked())
      await service.refused(422, code, () => send(service, path, body, as));
    pass(10);
    expect((await me(cookie)).status).toBe(200);
    pass(6);
    for (const [path, body] of asked())
      await service.refused(401, 'sign_in_again', () =>
        send(service, path, body, { ...as, 'Idempotency-Key': randomUUID() }),
      );
    expect((await me(cookie)).status, 'everything else goes on').toBe(200);
    const anew = { ...as, Cookie: await session(), 'Idempotency-Key': randomUUID() };
    const [path, body, code] = asked()[1];
    await service.refused(422, code, () => send(service, path, body, anew));
    // a program is not asked, and roles and erasure are guarded the same way
    await service.refused(422, code, () => service.post('therapist', path, body));
    expect([...FRESH].sort()).toEqual([
      'account:issue_token',
      'break_glass:open',
      'erasure:execute',
      'staff:give_access',
    ]);
  });

  it('is not sent together with a token: they could be two people', async () => {
    const cookie = await session();
    const both = { Cookie: cookie, Authorization: `Bearer ${service.tokenOf('owner')}` };
    const { errors } = await service.refused(400, 'invalid_request', () => get('/v1/me', both));
    expect(errors).toMatchObject([{ code: 'signed_in_twice' }]);
    await service.refused(400, 'invalid_request', () =>
      get('/v1/me', { ...both, Authorization: 'Bearer made_up' }),
    );
    await service.refused(400, 'invalid_request', () => me(`${cookie}; theme=dark; ${cookie}`));
  });

  it('changes nothing for the page of another site', async () => {
    const cookie = await session();
    const path = `/v1/staff/${service.first.staff.therapist}/record-absence`;
    const absence = (headers: Record<string, string>) =>
      send(
        service,
        path,
        { from: '2030-01-01', to: '2030-01-02' },
        {
          Cookie: cookie,
          'Idempotency-Key': randomUUID(),
          'If-Match': '*',
          Host: 'candor.test',
          ...headers,
        },
      );
    for (const headers of [
      {},
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'http://candor.test' },
      { Origin: 'http://evil.test' },
      { Origin: 'null' },
    ] as Record<string, string>[])
      await service.refused(403, 'other_site', () => absence(headers));
    await service.refused(415, 'unsupported_media_type', () =>
      request(service.app.getHttpServer())
        .post(path)
        .set({ Cookie: cookie, ...SAME_SITE, 'Content-Type': 'text/plain' })
        .send('{}'),
    );
    await service.refused(403, 'other_site', () => signIn({}, { Origin: 'http://evil.test' }));
    expect((await absence(SAME_SITE)).status).toBe(200);
    expect((await absence({ Origin: 'http://candor.test' })).status).toBe(200);
    const bearer = await service.post(
      'therapist',
      path,
      { from: '2030-02-01', to: '2030-02-02' },
      { 'Sec-Fetch-Site': 'cross-site' },
    );
    expect(bearer.status, 'a program with a token is no page').toBe(200);
  });
});

describe('a token', () => {
  const tomorrow = () => new Date(Date.parse(clock.now()) + 86_400_000).toISOString().slice(0, 10);
  const issue = (headers: Record<string, string>, wish: object = {}) =>
    send(
      service,
      '/v1/tokens',
      { label: 'tablet', scopes: ['read', 'write'], expiresOn: tomorrow(), ...wish },
      headers,
    );
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const asOwner = () => bearer(service.tokenOf('owner'));
  const issued = async (wish: object = {}, headers = asOwner()) => {
    const answer = await issue(headers, wish);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body as { id: string; token: string };
  };

  it('carries a checksum, works until its last day is over, and is in the log', async () => {
    const { token } = await issued();
    expect(token).toMatch(/^candor_[A-Za-z0-9_-]{43}[0-9a-f]{8}$/);
    expect((await get('/v1/me', bearer(token))).body).toMatchObject({
      via: 'token',
      scopes: ['read', 'write'],
    });
    pass(48 * 60);
    expect((await get('/v1/me', bearer(token))).status).toBe(401);
    expect((await logOf('token_issued')).length).toBeGreaterThan(0);
  });

  it('to read changes nothing, one to write reads nothing, and one for some roles has no others', async () => {
    const { token: reads } = await issued({ scopes: ['read'] });
    expect((await get('/v1/staff', bearer(reads))).status).toBe(200);
    await service.refused(403, 'scope_missing', () => issue(bearer(reads)));
    const { token: writes } = await issued({ scopes: ['write'] });
    await service.refused(403, 'scope_missing', () => get('/v1/staff', bearer(writes)));
    const { therapist: id } = service.first.staff;
    await service.done('owner', `/v1/staff/${id}/change-roles`, { roles: ['therapist', 'auditor'] });
    const own = bearer(service.tokenOf('therapist'));
    const { token: limited } = await issued({ roles: ['auditor'] }, own);
    expect((await get('/v1/me', bearer(limited))).body).toMatchObject({ roles: ['auditor'] });
    const { token: handedOn } = await issued({}, bearer(limited));
    expect((await get('/v1/me', bearer(handedOn))).body, 'limits are handed on').toMatchObject({
      roles: ['auditor'],
    });
    await service.done('owner', `/v1/staff/${id}/change-roles`, { roles: ['therapist'] });
    expect((await get('/v1/me', bearer(limited))).status, 'a role that is gone').toBe(403);
  });

  it('does not grow with the roles of whoever made it', async () => {
    const { token } = await issued({}, bearer(service.tokenOf('therapist')));
    const change = (roles: string[]) =>
      service.done('owner', `/v1/staff/${service.first.staff.therapist}/change-roles`, { roles });
    await change(['therapist', 'owner']);
    expect((await get('/v1/me', bearer(token))).body).toMatchObject({ roles: ['therapist'] });
    await service.refused(403, 'forbidden', () => get('/v1/sign-ins', bearer(token)));
    await change(['therapist']);
  });

  it('is good for nothing when whoever made it is deactivated', async () => {
    const staffId = uuidv7();
    await service.done('owner', '/v1/staff', { id: staffId, name: 'Soon Gone', roles: ['coordinator'] });
    await service.letIn(staffId);
    const { token } = await issued({}, bearer(service.tokenOf(staffId)));
    expect((await get('/v1/me', bearer(token))).status).toBe(200);
    await service.done('owner', `/v1/staff/${staffId}/deactivate`);
    expect((await get('/v1/me', bearer(token))).status).toBe(401);
  });

  it('is never good for more, or for longer, than what asks for it', async () => {
    const { token: short } = await issued({ scopes: ['write'] });
    await service.refused(422, 'scope_beyond_own', () => issue(bearer(short), { scopes: ['read'] }));
    await service.refused(422, 'role_beyond_own', () => issue(asOwner(), { roles: ['auditor'] }));
    const { reasons } = await service.refused(422, 'refused_for_several_reasons', () =>
      issue(asOwner(), { expiresOn: '2999-01-01' }),
    );
    expect(reasons!.map(({ code }) => code)).toEqual(['expires_too_late', 'expires_after_own']);
    await service.refused(422, 'expires_in_the_past', () => issue(asOwner(), { expiresOn: '2020-01-01' }));
    const nextWeek = new Date(Date.parse(clock.now()) + 7 * 86_400_000).toISOString().slice(0, 10);
    await service.refused(422, 'expires_after_own', () =>
      issue(bearer(short), { scopes: ['write'], expiresOn: nextWeek }),
    );
  });

  it('is withdrawn at once, by whose it is or an owner, never by others', async () => {
    const { id, token } = await issued({}, bearer(service.tokenOf('therapist')));
    const path = `/v1/tokens/${id}/withdraw`;
    await service.refused(404, 'not_found', () => service.post('supervisor', path));
    await service.refused(404, 'not_found', () =>
      service.post('owner', path, {}, bearer(service.tokenOf('owner', 'second'))),
    );
    expect((await service.post('owner', path, { reason: 'The tablet is lost.' })).status).toBe(200);
    expect((await get('/v1/me', bearer(token))).status).toBe(401);
    await service.refused(409, 'already_withdrawn', () => service.post('owner', path));
    const stolen = await issued({}, bearer(service.tokenOf('therapist')));
    const made = await issued({}, bearer(stolen.token));
    const further = await issued({}, bearer(made.token));
    const own = await issued({}, bearer(service.tokenOf('therapist')));
    expect((await service.post('owner', `/v1/tokens/${stolen.id}/withdraw`)).status).toBe(200);
    const after = [stolen, made, further, own].map(
      async (one) => (await get('/v1/me', bearer(one.token))).status,
    );
    expect(await Promise.all(after), 'what was made with it ends with it').toEqual([401, 401, 401, 200]);
    const shown = async (role: 'owner' | 'supervisor') =>
      ((await service.get(role, '/v1/tokens')).body as { data: { id: string; withdrawnAt?: string }[] }).data;
    expect(await shown('owner')).toContainEqual(
      expect.objectContaining({ id, withdrawnAt: expect.any(String) }),
    );
    expect((await shown('supervisor')).map((one) => one.id)).not.toContain(id);
  });

  it('is withdrawn together with what it made, also when both are withdrawn at once', async () => {
    for (let round = 0; round < 5; round++) {
      const first = await issued({}, bearer(service.tokenOf('therapist')));
      const second = await issued({}, bearer(first.token));
      const third = await issued({}, bearer(second.token));
      const made = [third, second, first];
      const [more, ...answers] = await Promise.all([
        issue(bearer(third.token), {}),
        ...made.map(({ id }) => service.post('owner', `/v1/tokens/${id}/withdraw`)),
      ]);
      for (const { status, text } of answers) expect([200, 409], text).toContain(status);
      expect([200, 401], JSON.stringify(more.body)).toContain(more.status);
      if (more.status === 200) made.push(more.body as (typeof made)[number]);
      for (const { token } of made) expect((await get('/v1/me', bearer(token))).status).toBe(401);
    }
  });
});

describe('who gets in', () => {
  it('is read by owners and auditors of the practice, and changed by nobody', async () => {
    const audit = await service.get('auditor', '/v1/sign-ins?limit=1');
    expect(audit.status).toBe(200);
    const { data, page } = audit.body as { data: { id: string }[]; page: { next: string } };
    const next = await service.get('auditor', `/v1/sign-ins?limit=1&cursor=${encodeURIComponent(page.next)}`);
    expect((next.body as { data: { id: string }[] }).data[0]!.id < data[0]!.id).toBe(true);
    for (const role of ['coordinator', 'therapist', 'supervisor'] as const)
      expect((await service.get(role, '/v1/sign-ins')).status).not.toBe(200);
    const theirs = await get('/v1/sign-ins', {
      Authorization: `Bearer ${service.tokenOf('owner', 'second')}`,
    });
    const { first } = service;
    expect(JSON.stringify(theirs.body)).not.toContain(first.staff.therapist);
    for (const change of [
      'delete from access.sign_in_log',
      "update access.sign_in_log set kind = 'signed_in'",
    ])
      await expect(asDatabaseOwner(service, change)).rejects.toThrow('append-only');
  });

  it('cannot be learnt of another practice from the database, whatever the service asks it', async () => {
    await session();
    await invited(service, 'auditor');
    const { first, second } = service.practices;
    for (const table of ['account', 'session', 'invitation', 'token', 'sign_in_log']) {
      const seen = async (practiceId: string) => {
        const rows = `select from access.${table} where practice_id = '${first!.id}'`;
        return (await service.store.of(practiceId).query(rows)).rowCount;
      };
      expect(await seen(first!.id), table).toBeGreaterThan(0);
      expect(await seen(second!.id), table).toBe(0);
      const { rowCount } = await service.store.pool.query(`select from access.${table}`);
      expect(rowCount, `${table}, whoever names no practice`).toBe(0);
    }
  });

  it('is nobody who has stolen the database: nothing in it lets in, no secret stands in it', async () => {
    const cookie = await session();
    const invitation = await invited(service, 'auditor');
    const { email, password, key, recoveryCodes } = therapist;
    const stolen = new Set<string>();
    const tried = new Set<string>();
    for (const table of ['account', 'session', 'invitation', 'token', 'sign_in_log', 'throttle'])
      for (const [n, row] of (await asDatabaseOwner(service, `select * from access.${table}`)).entries())
        for (const value of Object.values(row).flat() as unknown[]) {
          const spellings = Buffer.isBuffer(value)
            ? (['hex', 'base64', 'base64url', 'latin1'] as const).map((one) => value.toString(one))
            : [String(value)];
          for (const text of spellings) stolen.add(text);
          if (n < 3 && Buffer.isBuffer(value) && value.length === 32)
            for (const text of spellings) tried.add(text);
        }
    const dump = [...stolen].join('\n');
    const secrets = [cookie.split('=')[1]!, invitation, email, password, key, service.tokenOf('owner')];
    const keyBytes = Buffer.from((await import('otpauth')).Secret.fromBase32(key).buffer);
    for (const secret of [
      ...secrets,
      ...recoveryCodes,
      keyBytes.toString('hex'),
      keyBytes.toString('latin1'),
    ])
      expect(dump.includes(secret)).toBe(false);
    for (const value of [...tried].filter((text) => /^[\x21-\x7e]+$/.test(text))) {
      const answers = await Promise.all([
        get('/v1/me', { Authorization: `Bearer ${value}` }),
        get('/v1/me', { Cookie: `__Host-candor=${encodeURIComponent(value)}` }),
        send(service, '/v1/invitations/open', { invitation: value }),
      ]);
      expect(
        answers.map(({ status }) => status),
        value,
      ).toEqual([401, 401, 401]);
    }
    expect(tried.size).toBeGreaterThan(20);
    const [{ password_hash }] = (await asDatabaseOwner<{ password_hash: string }>(
      service,
      'select password_hash from access.account where staff_id = $1',
      [service.first.staff.therapist],
    )) as [{ password_hash: string }];
    expect(password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    nextCode();
    await service.refused(401, 'sign_in_refused', () =>
      signIn({ ...credentialsOf(therapist), password: password_hash }),
    );
  });

  it('gets nothing by the Idempotency-Key of somebody else', async () => {
    const as = (role: 'owner' | 'coordinator') =>
      send(service, '/v1/rooms', body, {
        Authorization: `Bearer ${service.tokenOf(role, 'second')}`,
        'Idempotency-Key': 'guessed',
      });
    const body = { id: uuidv7(), name: 'Attic' };
    expect((await as('owner')).status).toBe(201);
    const other = await as('coordinator');
    expect(other.headers['idempotency-replayed']).toBeUndefined();
    expect([other.status, (other.body as { code: string }).code]).toEqual([409, 'already_exists']);
  });

  it('may ask so often in a minute and is then told to wait; the others go on', async () => {
    const answers = await Promise.all(Array.from({ length: 130 }, () => service.get('auditor', '/v1/me')));
    const throttled = answers.filter(({ status }) => status === 429);
    expect(throttled.length).toBeGreaterThan(0);
    expect(throttled[0]!.body).toMatchObject({
      code: 'too_many_requests',
      type: '/problems/too_many_requests',
    });
    expect(Number(throttled[0]!.headers['retry-after'])).toBeGreaterThan(0);
    expect((await service.get('supervisor', '/v1/me')).status).toBe(200);
  });
});
