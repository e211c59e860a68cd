import { Inject, Injectable } from '@nestjs/common';
import { EventStore, type Db } from '#libs/event-store';
import { conflict, DomainError, reasonIf, refuseIfAny, type Instant } from '#libs/kernel';
import { noteSignIn, type Origin, type Person } from '../log/sign-in-log.js';
import { digest } from '../secrets/secret-text.js';
import { Secrets } from '../secrets/secrets.js';
import { inPractice } from '../secrets/in-practice.js';
import { Hashing } from './hashing.js';
import { passwordReasons } from './password.js';
import { enrolment, recoveryCodes, recoveryDigest, stepOf } from './second-factor.js';

type Invited = Person & { expiresAt: Instant; name: string; practice: string };

export interface Acceptance {
  invitation: string;
  email: string;
  password: string;
  code: string;
}

/** What somebody does with an invitation: look at it, and accept it once. */
@Injectable()
export class Invitations {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Hashing) private readonly hashing: Hashing,
  ) {}

  /** Who is invited, and what goes into their authenticator app. @throws DomainError `unauthenticated` */
  async open(invitation: string) {
    const { name, practice, expiresAt } = await this.find(invitation);
    const key = this.secrets.authenticatorKey(invitation);
    return { name, practice, expiresAt, authenticator: enrolment(key, `${practice}: ${name}`) };
  }

  /**
   * Sets the password and enrols the authenticator app, which has made `code`.
   * @returns the recovery codes, which cannot be read again @throws DomainError
   */
  async accept({ invitation, email, password, code }: Acceptance, origin: Origin): Promise<string[]> {
    const invited = await this.find(invitation);
    const key = this.secrets.authenticatorKey(invitation);
    const step = stepOf(key, code, this.store.clock.now());
    refuseIfAny([
      ...passwordReasons(password, [invited.name, invited.practice, email]),
      ...reasonIf(
        step === undefined,
        'code_wrong',
        'The code is not the one the authenticator app shows now. Check the clock of the device and send the next one.',
      ),
    ]);
    const hash = await this.hashing.inTurn((hasher) => hasher.hash(password));
    const codes = recoveryCodes();
    await this.enrol(invitation, invited, origin, (db) =>
      db.query(
        `insert into access.account (practice_id, staff_id, email_index, password_hash, totp_secret, totp_step, recovery_codes)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [
          invited.practiceId,
          invited.staffId,
          this.secrets.blindIndex('e-mail', email),
          hash,
          this.secrets.sealSecret(key, invited.staffId),
          step,
          codes.map(recoveryDigest),
        ],
      ),
    );
    return codes;
  }

  /** From now on whom `issuer` calls `subject` is this person. @throws DomainError */
  async acceptAs(invitation: string, issuer: string, subject: string, origin: Origin): Promise<Person> {
    const invited = await this.find(invitation);
    await this.enrol(invitation, invited, origin, (db) =>
      db.query(
        'insert into access.account (practice_id, staff_id, issuer, subject) values ($1, $2, $3, $4)',
        [invited.practiceId, invited.staffId, issuer, subject],
      ),
    );
    return invited;
  }

  /** Of several who accept the same one at once, one does: whoever deletes it. */
  private async enrol(
    invitation: string,
    { practiceId, staffId }: Person,
    origin: Origin,
    insert: (db: Db) => Promise<unknown>,
  ): Promise<void> {
    try {
      await inPractice(this.store.pool, practiceId, async (db) => {
        const now = this.store.clock.now();
        const { rowCount } = await db.query(
          'delete from access.invitation where practice_id = $1 and staff_id = $2 and token_hash = $3 and expires_at > $4',
          [practiceId, staffId, digest(invitation), now],
        );
        if (!rowCount) throw notInvited();
        await insert(db);
        await noteSignIn(db, { practiceId, staffId }, { kind: 'account_enrolled', now, origin });
      });
    } catch (error) {
      if ((error as { code?: string }).code !== '23505') throw error;
      conflict(
        'login_taken',
        'Somebody signs in with this already, maybe you yourself at another practice. Choose another e-mail address or identity.',
      );
    }
  }

  private async find(invitation: string): Promise<Invited> {
    const { rows } = await this.store.pool.query<Person & { expiresAt: Instant }>(
      `select practice_id as "practiceId", staff_id as "staffId", expires_at as "expiresAt"
       from access.invited($1, $2) i cross join lateral access.roles_of(i.practice_id, i.staff_id)`,
      [digest(invitation), this.store.clock.now()],
    );
    const [found] = rows;
    if (!found) throw notInvited();
    return { ...found, ...(await namesOf(this.store, found)) };
  }
}

/** What the person and the practice were called when they were registered. */
export async function namesOf(
  store: EventStore,
  { practiceId, staffId }: Person,
): Promise<{ name: string; practice: string }> {
  const streams = [`staff-${staffId}`, `practice-${practiceId}`];
  const events = await store.reader.streams(practiceId, streams);
  const nameIn = (type: string) =>
    (events.find((event) => event.type === type)?.data as { name?: string } | undefined)?.name ?? '';
  return { name: nameIn('StaffRegistered'), practice: nameIn('PracticeRegistered') };
}

const notInvited = () =>
  new DomainError(
    'unauthenticated',
    'invitation_invalid',
    'This invitation is not valid: it was used, is over, or another one took its place. Ask an owner for a new one.',
  );
