import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startService, type Service } from '../support/http-kit.js';
import {
  browse,
  CLIENT,
  signed,
  signedByAStranger,
  signedWithTheClientSecret,
  startProvider,
  unsigned,
  type Forgery,
} from '../support/oidc-kit.js';
import { cookieOf, invited, send } from '../support/sign-in-kit.js';

const PUBLIC_URL = 'https://candor.test';
const BACK = `${PUBLIC_URL}/v1/sign-in/oidc/callback`;

let service: Service;
let provider: Awaited<ReturnType<typeof startProvider>>['settings'];
let stop: () => Promise<unknown>;
beforeAll(async () => {
  const started = await startProvider(BACK);
  provider = started.settings;
  const oidc = { issuer: provider.issuer, ...CLIENT };
  const running = await startService(undefined, { signIn: { publicUrl: PUBLIC_URL, oidc } });
  service = running.service;
  stop = () => Promise.all([running.stop(), started.stop()]);
  await link('therapist', 'ilka');
}, 60_000);
afterAll(() => stop());
beforeEach(() => Object.assign(provider, { subject: 'ilka', forge: undefined, away: undefined }));

const get = (path: string, cookie = '') =>
  request(service.app.getHttpServer()).get(path).set('Cookie', cookie);

/** Sets out, and comes to where the provider sends the browser back. */
async function travelled(): Promise<{ path: string; journey: string }> {
  const out = await get('/v1/sign-in/oidc');
  expect(out.status).toBe(303);
  return { path: await browse(out.headers.location!, BACK), journey: cookieOf(out) };
}

const signIn = async () => {
  const { path, journey } = await travelled();
  return get(path, journey);
};

async function link(role: 'therapist' | 'supervisor', subject: string) {
  provider.subject = subject;
  const out = await send(service, '/v1/sign-in/oidc', { invitation: await invited(service, role) });
  const { location } = out.body as { location: string };
  return get(await browse(location, BACK), cookieOf(out));
}

const refused = (path: string, journey: string) =>
  service.refused(401, 'sign_in_refused', async () => {
    const answer = await get(path, journey);
    expect(answer.headers['set-cookie']?.toString() ?? '').not.toContain('__Host-candor=');
    return answer;
  });

describe('OpenID Connect', () => {
  it('lets in whoever accepted an invitation with it, and asks for PKCE, state and nonce', async () => {
    const out = new URL((await get('/v1/sign-in/oidc')).headers.location!);
    expect(Object.fromEntries(out.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: BACK,
      scope: 'openid',
      code_challenge_method: 'S256',
      state: expect.stringMatching(/.{32}/),
      nonce: expect.stringMatching(/.{32}/),
    });
    const answer = await signIn();
    expect([answer.status, answer.headers.location]).toEqual([303, '/']);
    const session = (answer.headers['set-cookie'] as unknown as string[]).find((one) =>
      one.startsWith('__Host-candor='),
    )!;
    expect(session).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect((await get('/v1/me', session.split(';')[0])).body).toMatchObject({
      staffId: service.first.staff.therapist,
      via: 'session',
    });
  });

  it('knows people by issuer and subject, never by e-mail, and each subject for one person', async () => {
    provider.subject = 'somebody else with the same e-mail address';
    const { path, journey } = await travelled();
    await refused(path, journey);
    const taken = await link('supervisor', 'ilka');
    expect([taken.status, (taken.body as { code: string }).code]).toEqual([409, 'login_taken']);
  });

  it('lets nobody in with another state, another issuer, another journey, none, or the same answer again', async () => {
    const { path, journey } = await travelled();
    const other = await travelled();
    const altered = (name: string, value: string) => {
      const url = new URL(path, PUBLIC_URL);
      url.searchParams.set(name, value);
      return url.pathname + url.search;
    };
    await refused(altered('state', 'made-up'), journey);
    await refused(altered('iss', 'https://evil.test'), journey);
    await refused(path, other.journey);
    await refused(path, '');
    await refused(path, '__Host-candor-oidc=AAAA');
    expect((await get(other.path, other.journey)).status, 'untouched it is fine').toBe(303);
    await refused(other.path, other.journey);
  });

  it.each<[string, Forgery | undefined]>([
    ['another nonce', (claims) => signed({ ...claims, nonce: 'another' })],
    ['no nonce', ({ nonce: _, ...claims }) => signed(claims)],
    ['another issuer', (claims) => signed({ ...claims, iss: 'https://evil.test' })],
    ['another audience', (claims) => signed({ ...claims, aud: 'another-client' })],
    ['a time that is over', (claims) => signed({ ...claims, exp: 1_700_000_000 })],
    ['no signature (alg none)', unsigned],
    ['the client secret as its key (HS256)', signedWithTheClientSecret],
    ['the signature of a stranger', signedByAStranger],
  ])('lets nobody in with an ID token that has %s', async (_, forge) => {
    const { path, journey } = await travelled();
    provider.forge = forge;
    await refused(path, journey);
  });

  it.each(['cut', 502, 503] as const)(
    'says so when the provider cannot be asked (%s), and refuses nobody for it',
    async (away) => {
      const { path, journey } = await travelled();
      provider.away = away;
      const answer = await get(path, journey);
      expect([answer.status, answer.body.code]).toEqual([503, 'identity_provider_unavailable']);
      expect(answer.headers['retry-after']).toBeDefined();
      expect(answer.headers['set-cookie']?.toString() ?? '').not.toContain('__Host-candor=');
      provider.away = undefined;
      expect((await get(path, journey)).status, 'and later lets in with the same').toBe(303);
    },
  );

  it('would let in with a token that is forged with the provider’s own key and says the same', async () => {
    provider.forge = signed;
    expect((await signIn()).status).toBe(303);
  });

  it('ends with a new invitation', async () => {
    await link('supervisor', 'ruth');
    expect((await signIn()).status).toBe(303);
    await invited(service, 'supervisor');
    const { path, journey } = await travelled();
    await refused(path, journey);
  });
});
