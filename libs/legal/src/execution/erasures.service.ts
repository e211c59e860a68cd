import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import {
  EventStore,
  FOLLOW,
  isOutage,
  PROJECTIONS,
  tableOf,
  tables,
  type Projection,
} from '#libs/event-store';
import { legalMatters } from '../matters/matters.projection.js';
import { Erasing } from './erasing.service.js';

const POLL_MS = 5_000;

/** Finishes every erasure that was executed: whoever began it may have died, or been without its keys. */
@Injectable()
export class Erasures implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('erasures');
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private stopped = false;

  constructor(
    @Inject(EventStore) private readonly store: EventStore,
    @Inject(Erasing) private readonly erasing: Erasing,
    @Inject(PROJECTIONS) private readonly projections: readonly Projection[],
    @Inject(FOLLOW) private readonly follow: boolean,
  ) {}

  onApplicationBootstrap(): void {
    if (this.follow) this.next(0);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Everything that is left to do now, of all practices. */
  async poll(): Promise<void> {
    try {
      const { rows } = await this.store.worker.query<{ practice_id: string; key: string }>(
        `select practice_id, key from ${tableOf(legalMatters)} where "status" = 'executed'`,
      );
      const due = rows.filter(({ key }) => !this.erasing.isSettled(key));
      // The read model that tells of it may itself have left use before it had heard of it.
      const outOfUse = await tables.outOfUse(this.store.worker, this.projections);
      const practiceIds = new Set([...due.map((row) => row.practice_id), ...outOfUse.keys()]);
      // Keys of every practice first: no key waits until the read models of another practice are folded.
      for (const practiceId of practiceIds) await this.erasing.destroyKeys(practiceId);
      for (const practiceId of practiceIds) if (!this.stopped) await this.erasing.carryOut(practiceId);
    } catch (error) {
      if (!isOutage(error)) this.logger.warn(`erasures could not be polled: ${String(error)}`);
    }
  }

  private next(after: number): void {
    this.timer = setTimeout(() => {
      this.running = this.poll().finally(() => {
        if (!this.stopped) this.next(POLL_MS);
      });
    }, after).unref();
  }
}
