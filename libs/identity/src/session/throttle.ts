import { isIPv6 } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { DomainError } from '#libs/kernel';
import { Secrets } from '../secrets/secrets.js';

/** Attempts that need not wait; each one after them waits twice as long as the one before, a quarter of an hour at most. */
const FREE = { account: 5, address: 20 };
const LONGEST_SECONDS = 900;

/**
 * Slows down guessing, for an account and for an address, whether or not there is such an account. Never for ever. Kept in
 * the database, as keyed hashes, so that a restart or another instance does not forget it.
 */
@Injectable()
export class Throttle {
  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Secrets) private readonly secrets: Secrets,
  ) {}

  private keys = (account: string, address: string): [Buffer, Buffer] => [
    this.secrets.blindIndex('throttled address', network(address)),
    this.secrets.blindIndex('throttled account', account),
  ];

  /** Counts first, so that of many attempts at once only the free ones are judged. @throws DomainError `throttled` */
  async attempt(account: string, address: string): Promise<void> {
    const { rows } = await this.store.pool.query<{ wait: number }>(
      'select access.attempt($1, $2, $3, $4) as wait',
      [
        this.keys(account, address),
        [FREE.address, FREE.account],
        [LONGEST_SECONDS, LONGEST_SECONDS],
        this.store.clock.now(),
      ],
    );
    const { wait } = rows[0]!;
    if (wait > 0)
      throw new DomainError(
        'throttled',
        'too_many_attempts',
        `There were too many attempts. Wait ${wait} seconds, then try again.`,
        [],
        { retryAfterSeconds: wait },
      );
  }

  async succeeded(account: string, address: string): Promise<void> {
    const [addressKey, accountKey] = this.keys(account, address);
    await this.store.pool.query('select access.attempt_succeeded($1, $2)', [accountKey, addressKey]);
  }
}

/** Whoever has one IPv6 address has 2^64 of them: the first four groups, with the zeros that `::` leaves out. */
function network(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [before = [], after = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
