/** How people sign in to this installation. */
export interface SignInOptions {
  /** 32 bytes, kept outside the database: without them nobody can sign in, with them alone neither */
  secret: Buffer;
  /** where browsers reach the service, without a slash at the end */
  publicUrl: string;
  /** of whoever runs the platform; without one, practices are made at the first start only */
  operatorToken?: string;
  /** another service that vouches for people */
  oidc?: OidcOptions;
  /** of one person, and ten times as many of one practice; no limit unless told */
  requestsPerMinute?: number;
}

export interface OidcOptions {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

export const PUBLIC_URL = Symbol('public URL');
export const OPERATOR_TOKEN = Symbol('operator token');
export const REQUESTS_PER_MINUTE = Symbol('requests per minute');
