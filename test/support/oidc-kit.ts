import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const CLIENT = { clientId: 'candor', clientSecret: 'a secret that only tests know, long enough' };

type Claims = Record<string, unknown>;
/** Makes another ID token out of the one that the provider has issued. */
export type Forgery = (claims: Claims) => string;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: strangersKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const signedWith = (key: KeyObject) => (claims: Claims) => {
  const text = `${encoded({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${encoded(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`;
};
/** With the provider's own key, as nobody else could. */
export const signed = signedWith(privateKey);
export const signedByAStranger = signedWith(strangersKey);
export const unsigned: Forgery = (claims) => `${encoded({ alg: 'none' })}.${encoded(claims)}.`;
export const signedWithTheClientSecret: Forgery = (claims) => {
  const text = `${encoded({ alg: 'HS256' })}.${encoded(claims)}`;
  return `${text}.${createHmac('sha256', CLIENT.clientSecret).update(text).digest('base64url')}`;
};

interface Settings {
  issuer: string;
  subject: string;
  forge: Forgery | undefined;
  /** what the token endpoint does instead of answering: cuts off, or says that it cannot now */
  away: 'cut' | 502 | 503 | undefined;
}

/** oidc-provider on loopback, which believes whoever comes to be `provider.subject`. */
export async function startProvider(redirectUri: string) {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: [redirectUri] },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['for tests only'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, email: 'therapist@example.org', email_verified: true }),
    }),
    ttl: { Interaction: 60, Session: 60, Grant: 60, AccessToken: 60, IdToken: 60 },
  });
  const settings: Settings = { issuer, subject: 'somebody', forge: undefined, away: undefined };
  const answer = provider.callback();
  handle = (request, response) => {
    if (request.url!.startsWith('/interaction/')) return void interact(request, response);
    const { away } = settings;
    if (request.url === '/token' && away !== undefined)
      return away === 'cut'
        ? void request.socket.destroy()
        : void response.writeHead(away, { 'Content-Type': 'text/html' }).end('<h1>Later</h1>');
    if (request.url === '/token' && settings.forge) replaceToken(response, settings.forge);
    void answer(request, response);
  };
  async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login')
      return provider.interactionFinished(request, response, { login: { accountId: settings.subject } });
    const grant = new provider.Grant({ accountId: session!.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid');
    const result = { consent: { grantId: await grant.save() } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  }
  return { settings, stop: () => new Promise((done) => server.close(done)) };
}

function replaceToken(response: ServerResponse, forge: Forgery): void {
  const end = response.end.bind(response);
  response.end = ((body: Buffer | string) => {
    const answer = JSON.parse(String(body)) as { id_token?: string };
    if (answer.id_token)
      answer.id_token = forge(
        JSON.parse(Buffer.from(answer.id_token.split('.')[1]!, 'base64url').toString()) as Claims,
      );
    const text = JSON.stringify(answer);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    return end(text);
  }) as ServerResponse['end'];
}

/** What a browser without any cookie of the provider does, until it is sent back. @returns path and query it is sent back to */
export async function browse(location: string, backTo: string): Promise<string> {
  const cookies = new Map<string, string>();
  let next = location;
  for (let steps = 0; steps < 10; steps++) {
    const answer = await fetch(next, {
      redirect: 'manual',
      headers: { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(name!, value!);
    }
    const to = answer.headers.get('location');
    if (!to) throw new Error(`${next}: ${answer.status} ${await answer.text()}`);
    next = new URL(to, next).href;
    if (next.startsWith(backTo)) return next.slice(new URL(next).origin.length);
  }
  throw new Error('sent around in circles');
}
