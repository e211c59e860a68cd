import { Inject, Injectable } from '@nestjs/common';
import { EventStore, type Db } from '#libs/event-store';
import { SCOPES, type Principal, type Scope } from '#libs/http';
import {
  conflict,
  DomainError,
  missing,
  reasonIf,
  refuseIfAny,
  uuidv7,
  type Instant,
  type Role,
} from '#libs/kernel';
import { noteSignIn, type Origin, type Person } from '../log/sign-in-log.js';
import { digest, secretText } from '../secrets/secret-text.js';
import { inPractice, lockCredentials } from '../secrets/in-practice.js';

const YEAR_MS = 365 * 86_400_000;

const aYearAfter = (instant: Instant): Instant => new Date(Date.parse(instant) + YEAR_MS).toISOString();

/** What a token is to be good for. Of `roles` for those that the person has at the time it is used; without them for all. */
export interface TokenWish {
  label: string;
  scopes: readonly Scope[];
  roles?: readonly Role[];
  expiresAt: Instant;
}

export interface TokenShown {
  id: string;
  staffId: string;
  label: string;
  scopes: Scope[];
  roles: Role[] | null;
  createdAt: Instant;
  expiresAt: Instant;
  withdrawnAt: Instant | null;
}

/** API tokens of programs: 256 random bits, kept as SHA-256 only, bound to one staff member of one practice, for at most a year. */
@Injectable()
export class Tokens {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /**
   * For the first start, the demo and the command line: for all that the person may do, for a year.
   * @param token for automation that must know it beforehand; made of 256 random bits unless told @returns the token; it cannot be read again
   */
  async issue(
    practiceId: string,
    staffId: string,
    label: string,
    token = secretText('candor'),
  ): Promise<string> {
    const wish = { label, scopes: SCOPES, expiresAt: aYearAfter(this.store.clock.now()) };
    const isNew = await this.keep({ practiceId, staffId }, wish, uuidv7(), token);
    // A token given by the environment may be there from an earlier start; it must then still be this person's.
    if (!isNew && (await this.principal(token))?.staffId !== staffId)
      throw new Error(
        'This token was in use before, by somebody else or until it expired. Choose another one.',
      );
    return token;
  }

  /**
   * For a program of one's own; never good for more, or for longer, than what asks for it: roles that somebody gets later
   * are not those of the tokens they have. @throws DomainError `refused`, `unauthenticated`
   */
  async issueFor(
    caller: Principal,
    wish: TokenWish,
    origin: Origin,
  ): Promise<{ id: string; token: string; expiresAt: Instant }> {
    const now = this.store.clock.now();
    refuseIfAny([
      ...reasonIf(
        !wish.scopes.every((scope) => caller.scopes.includes(scope)),
        'scope_beyond_own',
        'A token cannot give what it has not: leave out the scopes that yours does not have.',
      ),
      ...reasonIf(
        wish.roles?.some((role) => !caller.roles.includes(role)) ?? false,
        'role_beyond_own',
        'Leave out the roles that you do not have.',
      ),
      ...reasonIf(wish.expiresAt <= now, 'expires_in_the_past', 'Choose today or a later day.'),
      ...reasonIf(wish.expiresAt > aYearAfter(now), 'expires_too_late', 'Choose a day within a year.'),
      ...reasonIf(
        caller.via === 'token' && wish.expiresAt > caller.credential!.endsAt,
        'expires_after_own',
        'A token cannot outlive the one that makes it. Choose an earlier day, or sign in.',
      ),
    ]);
    const token = secretText('candor');
    const id = uuidv7();
    const { label, scopes, expiresAt, roles = caller.roles as readonly Role[] } = wish;
    await this.keep(caller, { label, scopes, expiresAt, roles }, id, token, { caller, origin });
    return { id, token, expiresAt: wish.expiresAt };
  }

  /** Those of a practice, or of one person, newest first. */
  async of(practiceId: string, staffId?: string): Promise<TokenShown[]> {
    const { rows } = await this.store.of(practiceId).query<TokenShown>(
      `select id, staff_id as "staffId", label, scopes, roles, created_at as "createdAt", expires_at as "expiresAt", withdrawn_at as "withdrawnAt"
       from access.token where practice_id = $1 and ($2::uuid is null or staff_id = $2) order by created_at desc, id`,
      [practiceId, staffId ?? null],
    );
    return rows;
  }

  /** At once and for good, with every token that was made with it. @param ofAnybody an owner may end any, others their own only @throws DomainError `missing`, `conflict` */
  async withdraw(
    { practiceId, staffId: by }: Person,
    id: string,
    ofAnybody: boolean,
    origin: Origin,
    reason?: string,
  ): Promise<void> {
    const now = this.store.clock.now();
    await inPractice(this.store.pool, practiceId, async (db) => {
      const { rows } = await db.query<{ staffId: string }>(
        'select staff_id as "staffId" from access.token where practice_id = $1 and id = $2',
        [practiceId, id],
      );
      const [found] = rows;
      if (!found || (!ofAnybody && found.staffId !== by)) return missing('token');
      const { staffId } = found;
      // Before any row is locked: whoever resets the account, or withdraws what this was made with, locks in the same order.
      await lockCredentials(db, staffId);
      const { rows: ended } = await db.query<{ id: string }>(
        `with recursive made(id) as (
           select $2::uuid union select t.id from access.token t join made m on t.practice_id = $1 and t.made_with = m.id
         )
         update access.token set withdrawn_at = $3
         where practice_id = $1 and id in (select id from made) and withdrawn_at is null returning id`,
        [practiceId, id, now],
      );
      if (!ended.some((one) => one.id === id))
        return conflict('already_withdrawn', 'This token is withdrawn already.');
      const entry = { kind: 'token_withdrawn', now, by, origin, ...(reason ? { reason } : {}) } as const;
      for (const _ of ended) await noteSignIn(db, { practiceId, staffId }, entry);
    });
  }

  /** Whose token it is. Roles are those of this moment, read from the staff member's history; none once deactivated. */
  async principal(token: string): Promise<Principal | undefined> {
    const { rows } = await this.store.pool.query<{
      practice_id: string;
      staff_id: string;
      roles: string[];
      id: string;
      scopes: Scope[];
      only_roles: string[] | null;
      ends_at: Instant;
    }>({
      name: 'access.token_holder',
      text: 'select practice_id, staff_id, roles, id, scopes, only_roles, ends_at from access.token_holder($1, $2)',
      values: [digest(token), this.store.clock.now()],
    });
    const [found] = rows;
    if (!found) return undefined;
    const { practice_id: practiceId, staff_id: staffId, only_roles: only, scopes } = found;
    const roles = only ? found.roles.filter((role) => only.includes(role)) : found.roles;
    const credential = { id: found.id, endsAt: found.ends_at };
    return { practiceId, staffId, roles, via: 'token', scopes, credential };
  }

  /** @returns false when it is there already */
  private keep(
    { practiceId, staffId }: Person,
    { label, scopes, roles, expiresAt }: TokenWish,
    id: string,
    token: string,
    asked?: { caller: Principal; origin: Origin },
  ): Promise<boolean> {
    const now = this.store.clock.now();
    return inPractice(this.store.pool, practiceId, async (db) => {
      await lockCredentials(db, staffId);
      if (asked) await stillGood(db, asked.caller);
      const { rowCount } = await db.query(
        `insert into access.token (token_hash, practice_id, id, staff_id, label, scopes, roles, created_at, expires_at, made_with)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
        [
          digest(token),
          practiceId,
          id,
          staffId,
          label,
          scopes,
          roles ?? null,
          now,
          expiresAt,
          asked?.caller.via === 'token' ? asked.caller.credential!.id : null,
        ],
      );
      if (rowCount)
        await noteSignIn(
          db,
          { practiceId, staffId },
          { kind: 'token_issued', now, ...(asked ? { origin: asked.origin } : {}) },
        );
      return rowCount === 1;
    });
  }
}

/** What lets somebody in may have ended since they were let in. @throws DomainError `unauthenticated` */
async function stillGood(db: Db, { practiceId, via, credential }: Principal): Promise<void> {
  const { rowCount } = await db.query(
    via === 'session'
      ? 'select from access.session where practice_id = $1 and id = $2'
      : 'select from access.token where practice_id = $1 and id = $2 and withdrawn_at is null',
    [practiceId, credential!.id],
  );
  if (!rowCount)
    throw new DomainError('unauthenticated', 'not_signed_in', 'What let you in has ended. Sign in anew.');
}
