import { hash, verify } from '@node-rs/argon2';
import { DomainError } from '#libs/kernel';

/** OWASP's least for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const AT_ONCE = 2;
const WAITING = 20;

/** Of a password nobody has. Whoever names an unknown account waits as long as whoever names a known one. */
const NOBODYS =
  '$argon2id$v=19$m=19456,t=2,p=1$iHNamvTtBvHZitcI1p7ZKA$m10a8V2PwLhUrJqGyEJ7/PfuzLmA/mHcSuhof1ig8rM';

export interface Hasher {
  hash(password: string): Promise<string>;
  /** @param kept undefined: there is no such account */
  verify(kept: string | undefined, password: string): Promise<boolean>;
}

const hasher: Hasher = {
  hash: (password) => hash(password.normalize('NFKC'), COST),
  verify: async (kept, password) =>
    (await verify(kept ?? NOBODYS, password.normalize('NFKC'))) && kept !== undefined,
};

/** Hashing is made to be expensive: two people are served at a time, twenty more wait, everybody else is sent away at once. */
export class Hashing {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @throws DomainError `unavailable` when too many wait already */
  async inTurn<T>(work: (hasher: Hasher) => Promise<T>): Promise<T> {
    if (this.running < AT_ONCE) this.running++;
    else if (this.waiting.length < WAITING) await new Promise<void>((turn) => this.waiting.push(turn));
    else
      throw new DomainError(
        'unavailable',
        'sign_in_busy',
        'Too many people are signing in at this moment. Try again in a few seconds.',
        [],
        { retryAfterSeconds: 2 },
      );
    try {
      return await work(hasher);
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
