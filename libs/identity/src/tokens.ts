import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import type { Principal } from '#libs/http';

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

/** API tokens: 256 random bits, kept as SHA-256 only, bound to one staff member of one practice, for at most a year. */
@Injectable()
export class Tokens {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /** @param token for automation that must know it beforehand; made of 256 random bits unless told @returns the token; it cannot be read again */
  async issue(
    practiceId: string,
    staffId: string,
    label: string,
    token = `candor_${randomBytes(32).toString('base64url')}`,
  ): Promise<string> {
    const now = new Date();
    const expires = new Date(now.getTime() + 365 * 86_400_000);
    const { rowCount } = await this.store.pool.query(
      'insert into access.token (token_hash, practice_id, staff_id, label, created_at, expires_at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
      [hash(token), practiceId, staffId, label, now, expires],
    );
    // A token given by the environment may be there from an earlier start; it must then still be this person's.
    if (!rowCount && (await this.principal(token))?.staffId !== staffId)
      throw new Error(
        'This token was in use before, by somebody else or until it expired. Choose another one.',
      );
    return token;
  }

  /** Whose token it is. Roles are those of this moment, read from the staff member's history; none once deactivated. */
  async principal(token: string): Promise<Principal | undefined> {
    const { rows } = await this.store.pool.query<{
      practice_id: string;
      staff_id: string;
      type: string | null;
      roles: string[] | null;
    }>({
      name: 'access.principal',
      text: `select t.practice_id, t.staff_id, e.type, e.data->'roles' as roles from access.token t
             left join log.event e on e.practice_id = t.practice_id and e.stream = 'staff-' || t.staff_id
             where t.token_hash = $1 and t.expires_at > now() order by e.version`,
      values: [hash(token)],
    });
    const [first] = rows;
    if (!first) return undefined;
    let roles: string[] = [];
    for (const row of rows) {
      if (row.type === 'StaffRegistered' || row.type === 'RolesChanged') roles = row.roles ?? [];
      if (row.type === 'StaffDeactivated') roles = [];
    }
    return roles.length > 0 ? { practiceId: first.practice_id, staffId: first.staff_id, roles } : undefined;
  }
}
