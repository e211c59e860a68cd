import { Inject, Injectable } from '@nestjs/common';
import { EventStore, type Db } from '#libs/event-store';
import { SCOPES, type Principal } from '#libs/http';
import { missing, uuidv7, type Instant } from '#libs/kernel';
import { noteSignIn, type Origin, type Person, type SignInKind } from '../log/sign-in-log.js';
import { digest, secretText } from '../secrets/secret-text.js';
import { inPractice } from '../secrets/in-practice.js';

const IDLE_MS = 15 * 60_000;
const LONGEST_MS = 12 * 3_600_000;
/** So long after it began a session shows that its owner is there, and not only their browser. */
const FRESH_MS = 15 * 60_000;
/** Noting every request would be a write for each; so an unused session ends after 14 to 15 minutes. */
const NOTED_EVERY_MS = 60_000;

const later = (instant: Instant, ms: number): Instant => new Date(Date.parse(instant) + ms).toISOString();

/** The times of a session. */
export interface SessionTimes {
  id: string;
  begunAt: Instant;
  /** it ends then unless it is used before */
  idleUntil: Instant;
  /** it ends then in any case */
  endsAt: Instant;
}

/**
 * Sessions of people in browsers: 256 random bits in a cookie, kept as SHA-256. One ends after 15 minutes unused, after 12
 * hours, when it is ended, and at once when the person's roles change.
 */
@Injectable()
export class Sessions {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /** Begins one, in the transaction that has checked who it is for; undefined for whoever has no role any more. */
  async begin(db: Db, { practiceId, staffId }: Person, { agent }: Origin): Promise<string | undefined> {
    const token = secretText('candor_session');
    const now = this.store.clock.now();
    // What is left of others that ended by themselves goes at this occasion.
    await db.query(
      'delete from access.session where practice_id = $1 and staff_id = $2 and (ends_at <= $3 or seen_at <= $4)',
      [practiceId, staffId, now, later(now, -IDLE_MS)],
    );
    const { rowCount } = await db.query(
      `insert into access.session (practice_id, id, staff_id, token_hash, roles_version, agent, begun_at, seen_at, ends_at)
       select $1, $2, $3, $4, r.version, $5, $6, $6, $7 from access.roles_of($1, $3) r`,
      [practiceId, uuidv7(), staffId, digest(token), agent, now, later(now, LONGEST_MS)],
    );
    return rowCount ? token : undefined;
  }

  /** Whose session it is, while it lasts. */
  async principal(token: string): Promise<Principal | undefined> {
    const now = this.store.clock.now();
    const { rows } = await this.store.pool.query<{
      practice_id: string;
      staff_id: string;
      roles: string[];
      id: string;
      seen_at: Instant;
      ends_at: Instant;
    }>({
      name: 'access.session_holder',
      text: 'select practice_id, staff_id, roles, id, seen_at, ends_at from access.session_holder($1, $2, $3)',
      values: [digest(token), later(now, -IDLE_MS), now],
    });
    const [found] = rows;
    if (!found) return undefined;
    if (found.seen_at <= later(now, -NOTED_EVERY_MS))
      await this.store
        .of(found.practice_id)
        .query('update access.session set seen_at = $3 where practice_id = $1 and id = $2 and seen_at < $3', [
          found.practice_id,
          found.id,
          now,
        ]);
    return {
      practiceId: found.practice_id,
      staffId: found.staff_id,
      roles: found.roles,
      via: 'session',
      scopes: SCOPES,
      credential: { id: found.id, endsAt: found.ends_at },
      // it began so long before it ends
      isFresh: now <= later(found.ends_at, FRESH_MS - LONGEST_MS),
    };
  }

  /** Those of one person that last, newest first. */
  async of({ practiceId, staffId }: Person): Promise<(SessionTimes & { agent: string })[]> {
    const now = this.store.clock.now();
    const { rows } = await this.store.of(practiceId).query<{
      id: string;
      agent: string;
      begunAt: Instant;
      seenAt: Instant;
      endsAt: Instant;
    }>(
      `select s.id, s.agent, s.begun_at as "begunAt", s.seen_at as "seenAt", s.ends_at as "endsAt"
       from access.session s join access.roles_of($1, $2) r on r.version = s.roles_version
       where s.practice_id = $1 and s.staff_id = $2 and s.seen_at > $3 and s.ends_at > $4 order by s.id desc`,
      [practiceId, staffId, later(now, -IDLE_MS), now],
    );
    return rows.map(({ seenAt, ...session }) => ({ ...session, idleUntil: later(seenAt, IDLE_MS) }));
  }

  /** Ends one of a person's sessions, or all of them. @throws DomainError `missing` when there is no such session */
  async end(
    { practiceId, staffId }: Person,
    which: { id: string } | 'all',
    kind: Extract<SignInKind, 'signed_out' | 'session_ended'>,
    origin: Origin,
    reason?: string,
  ): Promise<void> {
    await inPractice(this.store.pool, practiceId, async (db) => {
      const { rowCount } = await db.query(
        'delete from access.session where practice_id = $1 and staff_id = $2 and ($3::uuid is null or id = $3)',
        [practiceId, staffId, which === 'all' ? null : which.id],
      );
      if (!rowCount && which !== 'all') missing('session');
      await noteSignIn(
        db,
        { practiceId, staffId },
        { kind, now: this.store.clock.now(), origin, ...(reason ? { reason } : {}) },
      );
    });
  }
}
