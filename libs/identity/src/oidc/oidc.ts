import { Inject, Injectable, Logger } from '@nestjs/common';
import * as client from 'openid-client';
import { EventStore } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import { Invitations } from '../account/invitations.js';
import { noteSignIn, type Origin, type Person } from '../log/sign-in-log.js';
import { PUBLIC_URL, type OidcOptions } from '../options.js';
import { Secrets } from '../secrets/secrets.js';
import { inPractice } from '../secrets/in-practice.js';
import { JOURNEY_SECONDS } from '../session/cookies.js';
import { Sessions } from '../session/sessions.js';
import { refusal } from '../session/sign-in.js';

export const OIDC = Symbol('OpenID Connect');
const CALLBACK = '/v1/sign-in/oidc/callback';

/** What must fit when somebody comes back. In a sealed cookie: only the browser that set out can come back. */
interface Journey {
  state: string;
  nonce: string;
  verifier: string;
  until: number;
  invitation?: string;
}

/**
 * Signing in with OpenID Connect: code flow with PKCE, state and nonce. Issuer, audience, signature, expiry and nonce of the
 * ID token are checked by openid-client; an unsigned one is refused. Who it is says (iss, sub), never an e-mail address.
 */
@Injectable()
export class Oidc {
  private readonly logger = new Logger('sign-in');
  private config?: Promise<client.Configuration>;

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Sessions) private readonly sessions: Sessions,
    @Inject(Invitations) private readonly invitations: Invitations,
    @Inject(OIDC) private readonly options: OidcOptions,
    @Inject(PUBLIC_URL) private readonly publicUrl: string,
  ) {}

  /** @param invitation accepted on coming back @returns where to send the browser, and the cookie it comes back with */
  async setOut(invitation?: string): Promise<{ location: string; journey: string }> {
    const config = await this.provider();
    const journey: Journey = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
      until: Date.now() + JOURNEY_SECONDS * 1000,
      ...(invitation === undefined ? {} : { invitation }),
    };
    const location = client.buildAuthorizationUrl(config, {
      redirect_uri: this.publicUrl + CALLBACK,
      scope: 'openid',
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    const sealed = this.secrets.sealSecret(Buffer.from(JSON.stringify(journey)), 'oidc journey');
    return { location: location.href, journey: sealed.toString('base64url') };
  }

  /** @param path with its query, as the browser asked for it @returns the token of the new session @throws DomainError `unauthenticated` */
  async comeBack(path: string, sealed: string | undefined, origin: Origin): Promise<string> {
    const { issuer, subject, invitation } = await this.identity(path, this.opened(sealed));
    const person =
      invitation === undefined
        ? await this.person(issuer, subject)
        : await this.invitations.acceptAs(invitation, issuer, subject, origin);
    if (!person) throw refusal();
    const token = await inPractice(this.store.pool, person.practiceId, async (db) => {
      const linked = await db.query(
        'select from access.account where practice_id = $1 and staff_id = $2 and issuer = $3 and subject = $4 for update',
        [person.practiceId, person.staffId, issuer, subject],
      );
      const begun = linked.rowCount ? await this.sessions.begin(db, person, origin) : undefined;
      const kind = begun === undefined ? 'sign_in_refused' : 'signed_in';
      await noteSignIn(db, person, { kind, now: this.store.clock.now(), origin });
      return begun;
    });
    if (token === undefined) throw refusal();
    return token;
  }

  private async identity(path: string, { state, nonce, verifier, invitation }: Journey) {
    const config = await this.provider();
    try {
      const tokens = await client.authorizationCodeGrant(config, new URL(path, this.publicUrl), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const { iss: issuer, sub: subject } = tokens.claims()!;
      return { issuer, subject, invitation };
    } catch (error) {
      if (!isOutage(error)) throw refusal();
      throw this.unavailable(error);
    }
  }

  private opened(sealed = ''): Journey {
    try {
      const journey = JSON.parse(
        this.secrets.openSecret(Buffer.from(sealed, 'base64url'), 'oidc journey').toString(),
      ) as Journey;
      if (journey.until > Date.now()) return journey;
    } catch {
      // none, or not one of ours
    }
    throw refusal();
  }

  private async person(issuer: string, subject: string): Promise<Person | undefined> {
    const { rows } = await this.store.pool.query<Person>(
      'select practice_id as "practiceId", staff_id as "staffId" from access.account_by_identity($1, $2)',
      [issuer, subject],
    );
    return rows[0];
  }

  /** Asked once; again at the next sign-in when it did not answer. @throws DomainError `unavailable` */
  private async provider(): Promise<client.Configuration> {
    try {
      return await (this.config ??= this.discover());
    } catch (error) {
      this.config = undefined;
      throw this.unavailable(error);
    }
  }

  private unavailable(error: unknown): DomainError {
    this.logger.warn(`${this.options.issuer} cannot be asked who somebody is: ${String(error)}`);
    return new DomainError(
      'unavailable',
      'identity_provider_unavailable',
      'The service that vouches for you does not answer. Try again in a moment.',
    );
  }

  private async discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.options;
    const url = new URL(issuer);
    const isLocal = url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
    return client.discovery(url, clientId, clientSecret, undefined, {
      // the signature counts even though the token comes over TLS; without TLS only from this very machine
      execute: [client.enableNonRepudiationChecks, ...(isLocal ? [client.allowInsecureRequests] : [])],
    });
  }
}

/** Nothing came back, not in time, or that it cannot answer now; whatever else is wrong is wrong with what came. */
function isOutage(error: unknown): boolean {
  if (error instanceof TypeError) return error.message === 'fetch failed' || error.message === 'terminated';
  if (error instanceof client.ResponseBodyError) return cannotNow(error.status);
  if (!(error instanceof client.ClientError)) return false;
  return error.code === 'OAUTH_TIMEOUT' || (error.cause instanceof Response && cannotNow(error.cause.status));
}

const cannotNow = (status: number): boolean => status >= 500 || status === 429;
