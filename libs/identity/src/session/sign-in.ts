import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import { Hashing, type Hasher } from '../account/hashing.js';
import { isRecoveryCode, recoveryDigest, stepOf } from '../account/second-factor.js';
import { noteSignIn, type Origin, type Person } from '../log/sign-in-log.js';
import { Secrets } from '../secrets/secrets.js';
import { inPractice } from '../secrets/in-practice.js';
import { Sessions } from './sessions.js';
import { Throttle } from './throttle.js';

/** A refusal takes as long whatever was wrong: longer than any way to it does when the service is not busy. */
const REFUSAL_MS = 250;

interface AccountRow {
  practice_id: string;
  staff_id: string;
  password_hash: string;
  totp_secret: Buffer;
}

export interface Credentials {
  email: string;
  password: string;
  code: string;
}

/** Signing in with e-mail, password and code. */
@Injectable()
export class SignIn {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Secrets) private readonly secrets: Secrets,
    @Inject(Hashing) private readonly hashing: Hashing,
    @Inject(Throttle) private readonly throttle: Throttle,
    @Inject(Sessions) private readonly sessions: Sessions,
  ) {}

  /** @returns the token of the new session @throws DomainError `unauthenticated`, `throttled`, `unavailable` */
  async begin(credentials: Credentials, origin: Origin): Promise<string> {
    const soonest = pause(REFUSAL_MS, undefined, { ref: false });
    const token = await this.hashing.inTurn((hasher) => this.judge(hasher, credentials, origin));
    if (token !== undefined) return token;
    await soonest;
    throw refusal();
  }

  private async judge(
    hasher: Hasher,
    { email, password, code }: Credentials,
    origin: Origin,
  ): Promise<string | undefined> {
    await this.throttle.attempt(email, origin.address);
    const account = await this.account(email);
    const rightPassword = await hasher.verify(account?.password_hash, password);
    if (!account) return undefined;
    const person: Person = { practiceId: account.practice_id, staffId: account.staff_id };
    const token = rightPassword ? await this.admit(account, person, code, origin) : undefined;
    if (token === undefined)
      await noteSignIn(this.store.of(person.practiceId), person, {
        kind: 'sign_in_refused',
        now: this.store.clock.now(),
        origin,
      });
    else await this.throttle.succeeded(email, origin.address);
    return token;
  }

  private async account(email: string): Promise<AccountRow | undefined> {
    const { rows } = await this.store.pool.query<AccountRow>('select * from access.account_by_email($1)', [
      this.secrets.blindIndex('e-mail', email),
    ]);
    return rows[0];
  }

  /** Of several who send the same code at once, one gets in; nobody does after an invitation has reset the account. */
  private admit(
    account: AccountRow,
    person: Person,
    code: string,
    origin: Origin,
  ): Promise<string | undefined> {
    const now = this.store.clock.now();
    const recovery = isRecoveryCode(code);
    const step = recovery
      ? undefined
      : stepOf(this.secrets.openSecret(account.totp_secret, person.staffId), code, now);
    if (!recovery && step === undefined) return Promise.resolve(undefined);
    return inPractice(this.store.pool, person.practiceId, async (db) => {
      const { rowCount } = recovery
        ? await db.query(
            `update access.account set recovery_codes = array_remove(recovery_codes, $4)
             where practice_id = $1 and staff_id = $2 and password_hash = $3 and $4 = any (recovery_codes)`,
            [person.practiceId, person.staffId, account.password_hash, recoveryDigest(code)],
          )
        : await db.query(
            `update access.account set totp_step = $4
             where practice_id = $1 and staff_id = $2 and password_hash = $3 and totp_step < $4`,
            [person.practiceId, person.staffId, account.password_hash, step],
          );
      const token = rowCount ? await this.sessions.begin(db, person, origin) : undefined;
      if (token === undefined) return undefined;
      if (recovery) await noteSignIn(db, person, { kind: 'recovery_code_used', now, origin });
      await noteSignIn(db, person, { kind: 'signed_in', now, origin });
      return token;
    });
  }
}

/** The same words for everything that can be wrong. */
export const refusal = (): DomainError =>
  new DomainError(
    'unauthenticated',
    'sign_in_refused',
    'This does not let you in. Check e-mail, password and code; a code works once. Otherwise ask an owner for a new invitation.',
  );
