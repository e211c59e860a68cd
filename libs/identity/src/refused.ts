import type { FastifyRequest } from 'fastify';
import type { SignedIn } from '#libs/http';
import type { DomainError } from '#libs/kernel';

/** Is told whom the guard turned away, for whatever must be found later. What keeps it is built on this lib, so it is handed in. */
export interface Refused {
  /** Never throws: a refusal stands whether or not it could be written down. */
  keep(request: FastifyRequest & SignedIn, error: DomainError): Promise<void>;
}
export const REFUSED = Symbol('refused');
