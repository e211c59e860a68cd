import { Inject, Injectable, Logger } from '@nestjs/common';
import { EventStore } from '#libs/event-store';
import { canonicalJson, DomainError, uuidv7, type Instant } from '#libs/kernel';
import { accessLeafHash, type AccessData } from './entry.js';

const MOST_AT_ONCE = 256;

interface Waiting {
  accessId: string;
  data: AccessData;
  resolve(): void;
  reject(error: DomainError): void;
}

/** Writes down who read what. Reads of one practice that wait for the database go together and share a commit. */
@Injectable()
export class AccessLog {
  private readonly logger = new Logger('access log');
  private readonly queues = new Map<string, Waiting[]>();

  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  /**
   * Resolves when the entry is on disk, and not before.
   * @throws DomainError `unavailable` when it is not: then nobody may see what was read
   */
  append(practiceId: string, data: AccessData): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = this.queues.get(practiceId);
      const one = { accessId: uuidv7(), data, resolve, reject };
      if (waiting) waiting.push(one);
      else {
        this.queues.set(practiceId, [one]);
        void this.drain(practiceId);
      }
    });
  }

  /** One call at a time. The queue is there as long as somebody works on it. */
  private async drain(practiceId: string): Promise<void> {
    for (let batch; (batch = this.queues.get(practiceId)!.splice(0, MOST_AT_ONCE)).length > 0;) {
      try {
        await this.send(practiceId, batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.logger.warn(`reads of practice ${practiceId} could not be written down: ${String(error)}`);
        for (const { reject } of batch) reject(unwritten());
      }
    }
    this.queues.delete(practiceId);
  }

  private async send(practiceId: string, batch: readonly Waiting[]): Promise<void> {
    const data = `[${batch.map((one) => canonicalJson(one.data)).join()}]`;
    const ids = batch.map(({ accessId }) => accessId);
    for (let at = this.store.clock.now(); ;) {
      const hashes = batch.map(({ accessId, data }) => accessLeafHash({ accessId, at, data, practiceId }));
      const { rows } = await this.store.of(practiceId).query<{ latest: Instant | null }>({
        name: 'access.log_reads',
        text: 'select access.log_reads($1, $2, $3, $4, $5) as latest',
        values: [practiceId, at, ids, data, hashes],
      });
      const { latest } = rows[0]!;
      if (latest === null) return;
      at = latest; // another process has a faster clock, and time in one log never goes backwards
    }
  }
}

const unwritten = (): DomainError =>
  new DomainError(
    'unavailable',
    'access_log_unavailable',
    'Who reads about a client is written down first, and that did not succeed. Ask again in a moment.',
  );
