import type { FastifyReply, FastifyRequest } from 'fastify';
import { malformed } from '#libs/http';
import { DomainError } from '#libs/kernel';

/** `__Host-`: a browser takes it over a safe connection only, and no other host of the same domain can set it. */
const NAME = '__Host-candor';
const ATTRIBUTES = { path: '/', secure: true, httpOnly: true, sameSite: 'lax' } as const;

/** @throws DomainError `malformed` when there are two: they could be two people */
export function sessionIn({ headers, cookies }: FastifyRequest): string | undefined {
  const sent = (headers.cookie ?? '').split(';').filter((one) => one.trim().startsWith(`${NAME}=`));
  if (sent.length <= 1) return cookies[NAME];
  throw malformed([
    {
      pointer: 'Cookie',
      code: 'signed_in_twice',
      detail: `Send the cookie ${NAME} once. In a browser, delete the cookies of this site and sign in.`,
    },
  ]);
}
export const giveSession = (reply: FastifyReply, token: string): void =>
  void reply.setCookie(NAME, token, ATTRIBUTES);
export const takeSession = (reply: FastifyReply): void => void reply.clearCookie(NAME, ATTRIBUTES);

/** The way to another service and back, sealed; gone after ten minutes. */
const JOURNEY = '__Host-candor-oidc';
export const JOURNEY_SECONDS = 600;
export const journeyIn = (request: FastifyRequest): string | undefined => request.cookies[JOURNEY];
export const giveJourney = (reply: FastifyReply, sealed: string): void =>
  void reply.setCookie(JOURNEY, sealed, { ...ATTRIBUTES, maxAge: JOURNEY_SECONDS });
export const takeJourney = (reply: FastifyReply): void => void reply.clearCookie(JOURNEY, ATTRIBUTES);

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * A browser sends cookies along with what the page of another site makes it send. So whatever changes something must come
 * from our own pages, as the browser says in `Sec-Fetch-Site` or `Origin`.
 * @param sure refuses also when the browser says nothing @throws DomainError `forbidden`
 */
export function refuseOtherSites({ method, headers, host }: FastifyRequest, sure: boolean): void {
  if (SAFE.includes(method)) return;
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  const ours =
    site !== undefined
      ? site === 'same-origin' || site === 'none'
      : origin !== undefined
        ? URL.canParse(origin) && new URL(origin).host === host
        : !sure;
  if (!ours)
    throw new DomainError(
      'forbidden',
      'other_site',
      'With a cookie, this is accepted from pages of this service only. Programs send Authorization: Bearer <token>.',
    );
}
