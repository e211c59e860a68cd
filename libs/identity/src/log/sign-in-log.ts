import type { FastifyRequest } from 'fastify';
import type { Db } from '#libs/event-store';
import { uuidv7, type Instant } from '#libs/kernel';

/** What owners and auditors can read about who gets in, and how. */
export const SIGN_IN_KINDS = [
  'invitation_made',
  'account_enrolled',
  'signed_in',
  'sign_in_refused',
  'recovery_code_used',
  'signed_out',
  'session_ended',
  'token_issued',
  'token_withdrawn',
] as const;
export type SignInKind = (typeof SIGN_IN_KINDS)[number];

/** Whom it is about, and whose credentials. */
export interface Person {
  practiceId: string;
  staffId: string;
}

/** From where a request came: the address as far as the service can tell, and what the browser calls itself. */
export interface Origin {
  address: string;
  agent: string;
}

export const originOf = ({ ip, headers }: FastifyRequest): Origin => ({
  address: ip,
  agent: (headers['user-agent'] ?? '').replaceAll(/[^\x20-\x7e]/g, '').slice(0, 120),
});

export interface SignInEntry {
  kind: SignInKind;
  now: Instant;
  /** who did it, if it was not the person themself */
  by?: string;
  origin?: Origin;
  reason?: string;
}

/** One entry. In the transaction of what it tells of, if there is one: rather neither than one without the other. */
export async function noteSignIn(
  db: Db,
  { practiceId, staffId }: Person,
  { kind, now, by, origin, reason }: SignInEntry,
): Promise<void> {
  await db.query(
    `insert into access.sign_in_log (practice_id, id, at, kind, staff_id, by_staff_id, address, agent, reason)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      practiceId,
      uuidv7(Date.parse(now)),
      now,
      kind,
      staffId,
      by ?? null,
      origin?.address ?? null,
      origin?.agent ?? null,
      reason ?? null,
    ],
  );
}
