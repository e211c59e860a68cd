import type { EventStore } from '#libs/event-store';
import { conflict, missing, type Instant } from '#libs/kernel';
import { noteSignIn, type Origin, type Person } from '../log/sign-in-log.js';
import { digest, secretText } from '../secrets/secret-text.js';
import { inPractice, lockCredentials } from '../secrets/in-practice.js';

const VALID_MS = 72 * 3_600_000;

export interface Invitation {
  /** `candor_invitation_…`; it cannot be read again */
  invitation: string;
  expiresAt: Instant;
}

/**
 * A new way in for a staff member, for 72 hours and once. It takes the place of any earlier one and of the account: the
 * password, the authenticator app, every session and every token of before end now, not when it is accepted. Tokens of
 * somebody who had no account yet go on: with that of the first start the first owner invites themself.
 * @param by who invites; nobody on the command line @throws DomainError `missing`, `conflict`
 */
export function invite(
  store: EventStore,
  person: Person,
  { by, origin, reason }: { by?: string; origin?: Origin; reason?: string } = {},
): Promise<Invitation> {
  const { practiceId, staffId } = person;
  const now = store.clock.now();
  const invitation = secretText('candor_invitation');
  const expiresAt = new Date(Date.parse(now) + VALID_MS).toISOString();
  return inPractice(store.pool, practiceId, async (db) => {
    await lockCredentials(db, staffId);
    const known = await db.query(
      'select from log.event where practice_id = $1 and stream = $2 and version = 1',
      [practiceId, `staff-${staffId}`],
    );
    if (!known.rowCount) missing('staff member');
    const active = await db.query('select from access.roles_of($1, $2)', [practiceId, staffId]);
    if (!active.rowCount)
      conflict(
        'staff_deactivated',
        'This staff member is deactivated. Register them anew if they have come back.',
      );
    // In this order: an acceptance of the earlier one that is under way is waited for, and what it made is seen and removed.
    await db.query(
      `insert into access.invitation (practice_id, staff_id, token_hash, expires_at) values ($1, $2, $3, $4)
       on conflict (practice_id, staff_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
      [practiceId, staffId, digest(invitation), expiresAt],
    );
    const { rowCount: had } = await db.query(
      'delete from access.account where practice_id = $1 and staff_id = $2',
      [practiceId, staffId],
    );
    if (had && by === staffId)
      conflict(
        'own_account',
        'Nobody resets their own account: a stolen session could be made to last. Ask another owner, or use the command line.',
      );
    await db.query('delete from access.session where practice_id = $1 and staff_id = $2', [
      practiceId,
      staffId,
    ]);
    const whence = {
      now,
      ...(by ? { by } : {}),
      ...(origin ? { origin } : {}),
      ...(reason ? { reason } : {}),
    };
    if (had) {
      const { rowCount: ended } = await db.query(
        'update access.token set withdrawn_at = $3 where practice_id = $1 and staff_id = $2 and withdrawn_at is null and expires_at > $3',
        [practiceId, staffId, now],
      );
      for (let each = 0; each < (ended ?? 0); each++)
        await noteSignIn(db, person, { kind: 'token_withdrawn', ...whence });
    }
    await noteSignIn(db, person, { kind: 'invitation_made', ...whence });
    return { invitation, expiresAt };
  });
}

/** For a browser: what follows the # is not sent to any server, so it stands in no log of one. */
export const linkOf = (publicUrl: string, invitation: string): string =>
  `${publicUrl}/invitation#${invitation}`;
