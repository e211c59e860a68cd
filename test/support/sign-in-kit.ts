import { Secret, TOTP } from 'otpauth';
import pg from 'pg';
import request from 'supertest';
import { expect } from 'vitest';
import type { Service, TestRole } from './http-kit.js';

/** Somebody who has accepted an invitation. */
export interface Enrolled {
  email: string;
  password: string;
  /** of the authenticator app, base32 */
  key: string;
  recoveryCodes: string[];
  invitation: string;
}

let people = 0;

/** What the authenticator app shows at an instant. */
export const codeAt = (key: string, instant: string): string =>
  new TOTP({ secret: Secret.fromBase32(key) }).generate({ timestamp: Date.parse(instant) });

/** Posts as somebody without a token. */
export function send(service: Service, path: string, body: object, headers: Record<string, string> = {}) {
  return request(service.app.getHttpServer()).post(path).set(headers).send(body);
}

/** @returns the invitation that an owner makes for a role of a practice */
export async function invited(service: Service, role: TestRole, practice = 'first'): Promise<string> {
  const staffId = service.practices[practice]!.staff[role];
  const answer = await request(service.app.getHttpServer())
    .post(`/v1/staff/${staffId}/invite`)
    .set('Authorization', `Bearer ${service.tokenOf('owner', practice)}`)
    .send({});
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return (answer.body as { invitation: string }).invitation;
}

export async function enrolled(service: Service, role: TestRole, practice = 'first'): Promise<Enrolled> {
  const invitation = await invited(service, role, practice);
  const opened = await send(service, '/v1/invitations/open', { invitation });
  const { key } = (opened.body as { authenticator: { key: string } }).authenticator;
  const email = `${role}.${++people}@example.org`;
  const password = `violet kettle ${people} under the bridge`;
  const code = codeAt(key, service.store.clock.now());
  const answer = await send(service, '/v1/invitations/accept', { invitation, email, password, code });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const { recoveryCodes } = answer.body as { recoveryCodes: string[] };
  return { email, password, key, recoveryCodes, invitation };
}

/** The cookie that an answer sets, as a browser sends it back. */
export const cookieOf = (answer: { headers: Record<string, string> }): string =>
  (answer.headers['set-cookie'] as unknown as string[]).map((cookie) => cookie.split(';')[0]!).join('; ');

/** Queries as the owner of the database. */
export async function asDatabaseOwner<T extends pg.QueryResultRow>(
  service: Service,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: service.databaseUrl });
  await client.connect();
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end();
  }
}
